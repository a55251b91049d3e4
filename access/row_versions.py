"""Tables whose every state is kept: a trigger writes each row that is added, changed or removed into `RowVersion`."""

from __future__ import annotations

from django.db import migrations

WRITERS_LOCK = 20_603  # class of the advisory lock that writers of kept tables share; the commune is its second half
ACT_SETTING = "atalaya.act"

_FUNCTION = """
CREATE OR REPLACE FUNCTION atalaya_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record;
    content jsonb;
    shapes text[] := COALESCE(TG_ARGV, '{}');
    name text;
    shape text;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    PERFORM pg_advisory_xact_lock_shared(WRITERS_LOCK, changed.commune_id::integer);
    IF TG_OP <> 'DELETE' THEN
        content := to_jsonb(changed) - shapes;
        FOREACH name IN ARRAY shapes LOOP  -- shapes as hexadecimal EWKB: every bit comes back
            IF NOT starts_with(name, '-') THEN
                EXECUTE format('SELECT ($1).%I::text', name) INTO shape USING changed;
                content := content || jsonb_build_object(name, shape);
            ELSE
                content := content - substr(name, 2);
            END IF;
        END LOOP;
    END IF;
    INSERT INTO access_rowversion (commune_id, table_name, row_id, content, act, recorded_at)
    VALUES (changed.commune_id, TG_TABLE_NAME, changed.id, content,
            COALESCE(current_setting('ACT_SETTING', true), ''), clock_timestamp());
    RETURN NULL;
END $$
"""
CREATE_FUNCTION = _FUNCTION.replace("WRITERS_LOCK", str(WRITERS_LOCK)).replace("ACT_SETTING", ACT_SETTING)
DROP_FUNCTION = "DROP FUNCTION IF EXISTS atalaya_keep_version()"

_TOUCH = "UPDATE {table} SET id = id"  # the trigger writes the state that every row has today


def keep_versions(table: str, *shapes: str) -> migrations.RunSQL:
    """Migration operation that keeps every state of a table from now on, beginning with the rows it has.

    `shapes` name its geometry columns; one that begins with “-” is never changed and is left out of the versions.
    Needs access.0003 before it.
    """
    given = ", ".join(f"'{name}'" for name in shapes)
    return migrations.RunSQL(
        sql=[
            f"CREATE TRIGGER {table}_keep_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION atalaya_keep_version({given})",
            _TOUCH.format(table=table),
        ],
        reverse_sql=[f"DROP TRIGGER {table}_keep_version ON {table}"],
    )
