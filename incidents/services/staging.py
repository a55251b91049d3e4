"""Staging: a schema of unlogged tables for one import, and the sweeping of those that a killed process left behind.

While an import lives, its session holds an advisory lock named after its schema; a schema whose lock is free belongs
to nobody any more. Inside a caller's transaction no lock is needed: the schema is seen by nobody else and goes with it.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection

PREFIX = "staging_import_"
SORT_MEMORY = "128MB"  # a million rows are sorted twice; on disk that takes longer than all the rest
_CSV_OUT = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")


@contextmanager
def staging_schema() -> Iterator[str]:
    """Name of a fresh schema for one import's tables; it is gone at the end, whatever happens."""
    name = f"{PREFIX}{uuid.uuid4().hex}"
    alone = not connection.in_atomic_block
    if alone:
        run("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    [(memory,)] = rows("SELECT current_setting('work_mem')")
    try:
        run("SELECT set_config('work_mem', %s, false)", [SORT_MEMORY])
        run(f"CREATE SCHEMA {name}")
        yield name
    finally:
        if not connection.needs_rollback:
            run(f"DROP SCHEMA IF EXISTS {name} CASCADE")
            run("SELECT set_config('work_mem', %s, false)", [memory])
        if alone:
            run("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def sweep_staging() -> int:
    """Drop the staging schemas of imports that no longer live; returns how many."""
    dropped = 0
    for (name,) in rows("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [PREFIX]):
        [(free,)] = rows("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        if not free:
            continue
        run(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(name)} CASCADE")
        run("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
        dropped += 1
    return dropped


def run(statement: str, parameters: Any = None, *, schema: str = "") -> int:
    """Run one statement, `{schema}` in it standing for a staging schema; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{schema}", schema), parameters)
        return int(cursor.rowcount)


def rows(statement: str, parameters: Any = None, *, schema: str = "") -> list[tuple[Any, ...]]:
    """Rows that a statement gives, `{schema}` in it standing for a staging schema."""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{schema}", schema), parameters)
        return list(cursor.fetchall())


def copy_in(table: str, columns: Sequence[str], batches: Iterator[pa.RecordBatch] | Sequence[pa.RecordBatch]) -> int:
    """COPY record batches into a table; returns rows written. Columns are named by us, never by the file."""
    written = 0
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in batches:
            sink = io.BytesIO()
            pa_csv.write_csv(batch, sink, _CSV_OUT)
            copy.write(sink.getvalue())
            written += batch.num_rows
    return written


def copy_out(query: str, types: dict[str, pa.DataType]) -> pa.Table:
    """The rows of a query as an Arrow table with the given columns."""
    sink = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for part in copy:
            sink.write(part)
    if sink.tell() == 0:
        return pa.table({name: pa.array([], kind) for name, kind in types.items()})
    sink.seek(0)
    return pa_csv.read_csv(
        sink,
        read_options=pa_csv.ReadOptions(column_names=list(types)),
        convert_options=pa_csv.ConvertOptions(
            # PostgreSQL writes null as nothing at all: the word NULL, or NA, is a text that somebody wrote
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
    )
