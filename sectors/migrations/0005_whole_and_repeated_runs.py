import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0004_score_interval"),
    ]

    operations = [
        migrations.AddField(
            model_name="scoringrun",
            name="whole",
            field=models.BooleanField(default=True, verbose_name="of every open sector"),
        ),
        migrations.AddField(
            model_name="scoringrun",
            name="repeats",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repetitions",
                to="sectors.scoringrun",
                verbose_name="repeats the run",
            ),
        ),
    ]
