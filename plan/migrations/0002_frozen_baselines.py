"""What only triggers can say: a baseline is frozen, readings are only ever added."""

from django.db import migrations

from access.insert_only import insert_only

BASELINE_FROZEN = """
CREATE FUNCTION plan_baseline_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen plan_indicator%ROWTYPE;
BEGIN
    frozen := NEW;
    frozen.name := OLD.name;
    frozen.goal := OLD.goal;
    frozen.goal_on := OLD.goal_on;
    frozen.direction := OLD.direction;
    frozen.version := OLD.version;
    IF frozen *<> OLD THEN
        RAISE EXCEPTION 'formula, place and baseline of an indicator never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER baseline_is_frozen BEFORE UPDATE ON plan_indicator
    FOR EACH ROW EXECUTE FUNCTION plan_baseline_is_frozen();
"""
BASELINE_FROZEN_BACK = """
DROP TRIGGER baseline_is_frozen ON plan_indicator;
DROP FUNCTION plan_baseline_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial"), ("access", "0002_insert_only_trails_and_job_sessions")]

    operations = [
        migrations.RunSQL(BASELINE_FROZEN, BASELINE_FROZEN_BACK),
        insert_only("plan_indicatorreading"),
    ]
