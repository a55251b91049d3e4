"""Rows are append-only, and a role that can read nothing finer than the masked table."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION incidents_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged {table}%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are append-only: withdraw them, never delete them', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    unchanged := NEW;
    unchanged.withdrawn_in := OLD.withdrawn_in;
    IF OLD.withdrawn_in IS NOT NULL OR NEW.withdrawn_in IS NULL OR unchanged *<> OLD THEN
        RAISE EXCEPTION 'rows of % are append-only: only withdrawn_in may be set, once', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
""".replace("{table}", "incidents_incident")

TRIGGER = """
CREATE TRIGGER incident_append_only BEFORE UPDATE OR DELETE ON incidents_incident
    FOR EACH ROW EXECUTE FUNCTION incidents_refuse_rewriting();
"""

LEDGER = """
CREATE FUNCTION incidents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_written_once BEFORE UPDATE OR DELETE ON incidents_ledger
    FOR EACH ROW EXECUTE FUNCTION incidents_refuse_change();
"""

# The role belongs to the whole server, so another database of it may have made it already, even at this moment.
MASKED_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'atalaya_masked') THEN
        CREATE ROLE atalaya_masked NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'atalaya_masked', 'MEMBER') THEN
        EXECUTE format('GRANT atalaya_masked TO %I', current_user);
    END IF;
END $$;
DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO atalaya_masked', current_schema());
END $$;
GRANT SELECT ON incidents_maskedincident, incidents_offencetype, incidents_offencetaxonomy, geo_commune
    TO atalaya_masked;
"""

UNGRANT = """
REVOKE SELECT ON incidents_maskedincident, incidents_offencetype, incidents_offencetaxonomy, geo_commune
    FROM atalaya_masked;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION incidents_refuse_rewriting();"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER incident_append_only ON incidents_incident;"),
        migrations.RunSQL(
            LEDGER, "DROP TRIGGER ledger_written_once ON incidents_ledger; DROP FUNCTION incidents_refuse_change();"
        ),
        migrations.RunSQL(MASKED_ROLE, UNGRANT),
    ]
