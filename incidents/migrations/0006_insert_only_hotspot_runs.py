from django.db import migrations

from access.insert_only import insert_only


class Migration(migrations.Migration):
    """A stored search and its clusters are evidence: they are written once, as scoring runs are."""

    dependencies = [
        ("incidents", "0005_append_only_keys_unchecked"),
        ("access", "0002_insert_only_trails_and_job_sessions"),
    ]

    operations = [
        insert_only("incidents_hotspotrun"),
        insert_only("incidents_cluster"),
    ]
