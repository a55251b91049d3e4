"""The past of kept tables: up to which number everything is settled, and rows as they stood at a number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models

from access.models import RowVersion
from access.row_versions import ACT_SETTING, WRITERS_LOCK

PAST = """
SELECT {columns} FROM ({states}) state, jsonb_populate_record(NULL::{table}, state.content) kept ORDER BY kept.id
"""
Row = TypeVar("Row", bound=models.Model)


def settled_sequence(commune: Any) -> int:
    """The sequence number up to which nothing of the commune's kept tables can change any more.

    Waits for writers that are under way: numbers are given before they commit, so the highest one that is seen may
    have lower ones missing below it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [WRITERS_LOCK, commune.pk])
        try:
            return int(RowVersion.objects.for_commune(commune).latest_number())
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WRITERS_LOCK, commune.pk])


def sequence_at(commune: Any, moment: datetime) -> int:
    """The sequence number of a moment: give it to `rows_as_of` for what was known then."""
    return int(RowVersion.objects.for_commune(commune).number_at(moment))


def rows_as_of(model: type[Row], *, commune: Any, sequence: int | None) -> list[Row]:
    """Rows of a kept table as they stood at a sequence number (as they stand now, for None), by id.

    Columns that did not exist then are empty. What a row points to is as it is now.
    """
    table = model._meta.db_table
    if sequence is None:
        return list(model._default_manager.filter(commune=commune).order_by("pk"))
    states = RowVersion.objects.for_commune(commune).of_table(model).as_of(sequence).values("content")
    sql, parameters = states.query.sql_with_params()
    columns = ", ".join(f'kept."{field.column}"' for field in model._meta.concrete_fields)
    past = PAST.format(columns=columns, states=sql, table=table)
    return list(model._default_manager.raw(past, parameters))


@contextmanager
def acting(act: str) -> Iterator[None]:
    """Name the act in every version written inside the block, which is inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [ACT_SETTING, act])
    yield
    with connection.cursor() as cursor:  # an error takes the setting away with the transaction
        cursor.execute("SELECT set_config(%s, '', true)", [ACT_SETTING])
