"""Every state of a risk factor and of a perception reading is kept; a scoring run says up to where it read them."""

from django.db import migrations, models

from access.row_versions import keep_versions


class Migration(migrations.Migration):
    dependencies = [("sectors", "0006_content_of_the_source"), ("access", "0003_row_versions")]

    operations = [
        keep_versions("sectors_riskfactor", "point"),
        keep_versions("sectors_perceptionreading"),
        migrations.AddField(
            model_name="scoringrun",
            name="observed",
            field=models.PositiveBigIntegerField(
                null=True, verbose_name="sequence of the events, factors, readings and cameras read"
            ),
        ),
    ]
