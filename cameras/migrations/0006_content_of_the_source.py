from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cameras", "0005_outdated_by_terrain"),
    ]

    operations = [
        migrations.AddField(
            model_name="camera",
            name="source_content",
            field=models.JSONField(blank=True, default=dict, verbose_name="what the source said last"),
        ),
    ]
