"""Every state of a mass event is kept, and what its source said last."""

from django.db import migrations, models

from access.row_versions import keep_versions


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_later_trial"), ("access", "0003_row_versions")]

    operations = [
        migrations.AddField(
            model_name="massevent",
            name="source_content",
            field=models.JSONField(blank=True, default=dict, verbose_name="what the source said last"),
        ),
        keep_versions("incidents_massevent", "venue", "footprint"),
    ]
