from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0005_whole_and_repeated_runs"),
    ]

    operations = [
        migrations.AddField(
            model_name="riskfactor",
            name="source_content",
            field=models.JSONField(blank=True, default=dict, verbose_name="what the source said last"),
        ),
    ]
