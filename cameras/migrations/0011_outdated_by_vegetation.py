"""What a camera sees is outdated by new, changed or removed trees and hedges too."""

from importlib import import_module

from django.db import migrations

earlier = import_module("cameras.migrations.0002_outdated_viewsheds")
CROWNS = {"table": "geo_vegetation", "column": "area"}


class Migration(migrations.Migration):
    dependencies = [("cameras", "0010_names_of_assumed_fields"), ("geo", "0002_vegetation")]

    operations = [
        migrations.RunSQL(earlier.FUNCTION.format(**CROWNS), earlier.FUNCTION_BACK.format(table="geo_vegetation"))
    ]
