"""Tables to which rows are only ever added: the database itself refuses to change or delete one."""

from __future__ import annotations

from django.db import migrations

FUNCTION = "atalaya_insert_only"

CREATE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;  -- a test database is emptied between tests
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
DROP_FUNCTION = f"DROP FUNCTION IF EXISTS {FUNCTION}()"


def insert_only(table: str) -> migrations.RunSQL:
    """Migration operation that closes a table to UPDATE, DELETE and TRUNCATE (needs access.0002 before it)."""
    return migrations.RunSQL(
        sql=[
            f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()",
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()",
        ],
        reverse_sql=[
            f"DROP TRIGGER {table}_insert_only ON {table}",
            f"DROP TRIGGER {table}_not_truncated ON {table}",
        ],
    )
