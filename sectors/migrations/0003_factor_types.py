"""The kinds of risk factor that every installation begins with."""

from django.db import migrations

from sectors.services.factor_types import FACTOR_TYPES


def seed(apps, schema_editor):
    factor_type = apps.get_model("sectors", "FactorType")
    for code, name, severity in FACTOR_TYPES:
        factor_type.objects.update_or_create(code=code, defaults={"name": name, "severity": severity})


class Migration(migrations.Migration):
    dependencies = [("sectors", "0002_history_and_states")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
