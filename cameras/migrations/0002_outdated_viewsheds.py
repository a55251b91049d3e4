"""What a camera sees is outdated by the ground too: buildings and public space within its reach."""

from django.db import migrations

# table, geometry column
GROUND = [
    ("geo_building", "footprint"),
    ("geo_publicspace", "area"),
]

FUNCTION = """
CREATE FUNCTION cameras_outdated_by_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cameras_viewshed AS seen SET current = false
    FROM cameras_camera AS camera
    WHERE camera.id = seen.camera_id AND seen.current AND EXISTS (
        SELECT 1 FROM changed
        WHERE changed.commune_id = camera.commune_id
          AND changed.{column} && ST_Expand(camera.point,
              (camera.range_m + 10) / (111000 * GREATEST(0.1, cos(radians(ST_Y(camera.point))))),
              (camera.range_m + 10) / 111000)
    );
    RETURN NULL;
END $$;
CREATE TRIGGER cameras_outdated_by_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cameras_outdated_by_{table}();
CREATE TRIGGER cameras_outdated_by_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cameras_outdated_by_{table}();
CREATE TRIGGER cameras_outdated_by_update_old AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cameras_outdated_by_{table}();
CREATE TRIGGER cameras_outdated_by_update_new AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cameras_outdated_by_{table}();
"""
FUNCTION_BACK = """
DROP TRIGGER cameras_outdated_by_insert ON {table};
DROP TRIGGER cameras_outdated_by_delete ON {table};
DROP TRIGGER cameras_outdated_by_update_old ON {table};
DROP TRIGGER cameras_outdated_by_update_new ON {table};
DROP FUNCTION cameras_outdated_by_{table}();
"""


class Migration(migrations.Migration):
    dependencies = [("cameras", "0001_initial"), ("geo", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION.format(table=table, column=column), FUNCTION_BACK.format(table=table))
        for table, column in GROUND
    ]
