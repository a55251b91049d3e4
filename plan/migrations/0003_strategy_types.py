"""The kinds of strategy that every installation begins with."""

from django.db import migrations

from plan.services.strategy_types import STRATEGY_TYPES


def seed(apps, schema_editor):
    strategy_type = apps.get_model("plan", "StrategyType")
    for code, name, kind, verified in STRATEGY_TYPES:
        strategy_type.objects.update_or_create(
            commune=None, code=code, defaults={"name": name, "kind": kind, "verified": verified}
        )


class Migration(migrations.Migration):
    dependencies = [("plan", "0002_frozen_baselines")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
