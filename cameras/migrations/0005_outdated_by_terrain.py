"""What a camera sees is outdated by new, changed or removed terrain too."""

from importlib import import_module

from django.db import migrations

earlier = import_module("cameras.migrations.0002_outdated_viewsheds")
TERRAIN = {"table": "geo_terrainsurface", "column": "bounds"}


class Migration(migrations.Migration):
    dependencies = [("cameras", "0004_names_of_choices")]

    operations = [
        migrations.RunSQL(earlier.FUNCTION.format(**TERRAIN), earlier.FUNCTION_BACK.format(table="geo_terrainsurface"))
    ]
