"""Taking back an import of a table: rows that it alone brought go, fields that it changed and nobody changed since
come back. Every state is kept in `RowVersion`, so that nothing is lost and results made before still repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from psycopg.types.json import Jsonb

from access.models import RowVersion
from access.services.history import acting
from incidents.models import ImportBatch

BATCH_ACT = "batch:"
WRITE_BACK = """
UPDATE {table} AS standing SET {columns} FROM jsonb_populate_record(NULL::{table}, %s) kept WHERE standing.id = %s
"""
OF_THE_ROW = frozenset({"id", "commune_id", "version", "changed_at", "changed_by_id"})  # say when and by whom, not what


@dataclass(frozen=True)
class TableUndo:
    """How rows of a kind of table are taken back: its model, what to do instead of deleting a row, what follows when
    fields of a row come back."""

    model: type[models.Model]
    take_away: Callable[[int], None] | None = None
    after: Callable[[int, Iterable[str]], None] | None = None


@dataclass
class TakenBack:
    """Rows that went, rows that have their fields back, rows left because something else holds them now."""

    withdrawn: int = 0
    restored: int = 0
    kept: int = 0


UNDOS: dict[str, TableUndo] = {}


def batch_act(batch: ImportBatch) -> str:
    """The name under which the states that an import wrote are kept."""
    return f"{BATCH_ACT}{batch.pk}"


def rows_of_batch(batch: ImportBatch) -> list[int]:
    """Ids of the rows that an import wrote."""
    states = RowVersion.objects.for_commune(batch.commune).by_act(batch_act(batch))
    return sorted(set(states.values_list("row_id", flat=True)))


def take_back_rows(batch: ImportBatch) -> TakenBack:
    """Undo what a batch wrote into its table, inside the caller's transaction."""
    how, done = UNDOS[batch.profile.kind], TakenBack()
    states = RowVersion.objects.for_commune(batch.commune).of_table(how.model)
    with acting(f"undo:{batch.pk}"):
        for row in rows_of_batch(batch):
            outcome = _take_back(row, list(states.filter(row_id=row).order_by("pk")), batch, how)
            setattr(done, outcome, getattr(done, outcome) + 1)
    return done


def _take_back(row: int, history: list[RowVersion], batch: ImportBatch, how: TableUndo) -> str:
    """Undo one row in a savepoint: where the database refuses (something points to it, a rule breaks), it is kept."""
    try:
        with transaction.atomic():
            return _undo(row, history, batch_act(batch), how)
    except (IntegrityError, ProtectedError):
        return "kept"


def _undo(row: int, history: list[RowVersion], act: str, how: TableUndo) -> str:
    mine = [position for position, state in enumerate(history) if state.act == act]
    now, written = history[-1].content, history[mine[-1]].content
    if now is None or written is None:
        return "kept"
    if mine[0] == 0:
        held = _held_by_others(history[mine[-1] + 1 :])
        if not held:
            _remove(row, how)
        return "kept" if held else "withdrawn"
    before = history[mine[0] - 1].content or {}
    back = {
        name: before.get(name)
        for name, value in written.items()
        if name not in OF_THE_ROW and value != before.get(name) and now.get(name) == value
    }
    if not back:
        return "kept"
    _write_back(row, back, model=how.model)
    if how.after:
        how.after(row, back)
    return "restored"


def _held_by_others(since: list[RowVersion]) -> bool:
    """True where an import that still counts wrote one of the states of a row since."""
    batches = [int(state.act.removeprefix(BATCH_ACT)) for state in since if state.act.startswith(BATCH_ACT)]
    return bool(batches) and ImportBatch.objects.filter(pk__in=batches).committed().exists()


def _remove(row: int, how: TableUndo) -> None:
    if how.take_away:
        how.take_away(row)
    else:
        how.model._default_manager.filter(pk=row).delete()


def _write_back(row: int, back: dict[str, Any], *, model: type[models.Model]) -> None:
    """Columns from a kept state, exactly as the database wrote them there."""
    fields = {str(field.column) for field in model._meta.concrete_fields}
    columns = [f'"{name}" = kept."{name}"' for name in sorted(fields & set(back))]
    if "version" in fields:
        columns.append("version = standing.version + 1")
    table = model._meta.db_table
    values: list[Any] = [Jsonb(back), row]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_BACK.format(table=table, columns=", ".join(columns)), values)
