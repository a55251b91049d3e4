"""Every state of a camera is kept, and when each view was current."""

from django.db import migrations

from access.row_versions import keep_versions


class Migration(migrations.Migration):
    dependencies = [("cameras", "0007_register_and_logs"), ("access", "0003_row_versions")]

    operations = [
        keep_versions("cameras_camera", "point"),
        keep_versions("cameras_viewshed", "-area"),
    ]
