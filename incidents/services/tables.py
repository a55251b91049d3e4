"""Tables of any kind read through a source profile: mass events here, cameras, risk factors and perception above.

`read_rows` yields typed values and what is wrong with each row; `import_table` does the whole import of a table whose
rows are saved one by one (thousands of rows; incidents, which come by the hundred thousand, have their own road).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from access.services.audit import record_act
from access.services.history import acting
from analysis.canonical import canonical_json
from analysis.progress import Report, silent
from geo.errors import AtalayaError, RefusedError, RefusedFileError
from incidents.models import BatchState, ImportBatch, SourceProfile
from incidents.services import cells
from incidents.services.profile_settings import ProfileSettings
from incidents.services.profiles import settings_of
from incidents.services.reading import RawRow, fitted, raw_rows
from incidents.services.remains import RefusedRows, write_refused_file
from incidents.services.table_undo import batch_act

LOCK_CLASS = 20_604  # first half of the advisory lock's key; the second is the commune
Kind = Literal["text", "integer", "decimal", "boolean", "date", "moment", "point", "area"]


@dataclass(frozen=True)
class TableField:
    """One field of a table: its name in the profile's `columns`, what it holds, what must hold.

    `moment` reads the columns `<name>` (or `<name>_date`) and `<name>_time`; `point` reads `x` and `y`, or
    `coordinates`, or the feature's own geometry; `area` reads WKT in the profile's system, or the feature's geometry.
    `choices` are the values let in after the profile's `values[<name>]` has translated the source's words.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: Sequence[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    maximum_length: int = 200


class RowProblem(NamedTuple):
    """What is wrong with a row: the column's heading and a class of `incidents.services.reasons`."""

    column: str
    reason: str


class TableRow(NamedTuple):
    """One row: its number in the file (the header is row 1), its typed values, what is wrong with it."""

    number: int
    values: dict[str, Any]
    problems: list[RowProblem]
    cells: dict[str, str | None] = {}


class BadRowError(RefusedError):
    """`save_row` refuses a row: which column, which reason class."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


@dataclass(frozen=True)
class SourceRow:
    """What a source says of one thing: typed values by field.

    A row is news field by field: what the source said last time too changes nothing, so what people corrected by hand
    stays; what it says otherwise now is taken.
    """

    content: Mapping[str, Any]

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {name: _as_json(value) for name, value in self.content.items()}

    @cached_property
    def digest(self) -> str:
        """Digest of the content."""
        return hashlib.sha256(canonical_json(self.plain).encode()).hexdigest()

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept beside the row to know the next time what is news."""
        return {"content_hash": self.digest, "source_content": self.plain}

    def news(self, said_before: Mapping[str, Any]) -> dict[str, Any]:
        """The values that the source did not say last time."""
        return {
            name: value
            for name, value in self.content.items()
            if name not in said_before or said_before[name] != self.plain[name]
        }


def read_rows(
    *,
    commune: Any,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    fields: Sequence[TableField],
    found: Counter[str] | None = None,
) -> Iterator[TableRow]:
    """Rows of a CSV (gz too), GeoPackage or GeoJSON file, one by one, values typed, problems listed.

    A missing value is None. Geometry comes as GeoDjango geometry in EPSG:4326. `found` is told what personal data was
    masked. Raises RefusedFileError.
    """
    settings = fitted(settings_of(profile), file_name)
    headings = {field.name: heading_of(field, settings) for field in fields}
    for raw in raw_rows(path=path, file_name=file_name, settings=settings, found=found):
        yield _typed_row(raw, commune=commune, settings=settings, fields=fields, headings=headings)


def import_table(
    *,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    fields: Sequence[TableField],
    save_row: Callable[[dict[str, Any], ImportBatch], bool],
    imported_by: Any,
    dry_run: bool = False,
    report: Report = silent,
) -> ImportBatch:
    """Import a table of the profile's commune in one transaction; returns its batch.

    Imports of tables of a commune wait for one another, so that the same file sent twice at once is all repeated the
    second time. `save_row(values, batch)` writes one row and returns True, or returns False where the row changes
    nothing; it may raise any refusal (BadRowError to say why by class). A dry run writes only its batch. The batch says
    read = accepted + repeated + refused.
    """
    commune = profile.commune
    digest = sha256_of(path)
    refusals: list[tuple[int, str, str]] = []
    cells: dict[int, list[str | None]] = {}
    counts: Counter[str] = Counter()
    masked: Counter[str] = Counter()
    with transaction.atomic():
        _wait_for_others(commune)
        batch = ImportBatch.objects.create(
            commune=commune, profile=profile, file_name=file_name[:200], sha256=digest, imported_by=imported_by,
            state=BatchState.DRY_RUN if dry_run else BatchState.COMMITTED, read=0, accepted=0, repeated=0, refused=0,
        )  # fmt: skip
        rows = read_rows(commune=commune, path=path, file_name=file_name, profile=profile, fields=fields, found=masked)
        with _undone_at_the_end(dry_run), acting(batch_act(batch)):
            for row in rows:
                outcome = _save(row, save_row, batch, refusals)
                counts[outcome] += 1
                if outcome == "refused":
                    cells[row.number] = list(row.cells.values())
                counts["unplaced"] += outcome == "accepted" and _is_unplaced(row, fields)
                if row.number % 100 == 0:
                    report(_("saving rows"), row.number, 0)
            if refusals and settings_of(profile).bad_rows == "refuse_file" and not dry_run:
                raise RefusedFileError(refused_file_message(file_name, refusals))
        _finish(batch, counts, _refused_rows(profile, refusals, cells), masked)
    return batch


def heading_of(field: TableField, settings: ProfileSettings) -> str:
    """Heading of the column that a person must look at for a field."""
    names = {"point": ["x", "coordinates"], "moment": [field.name, f"{field.name}_date"]}.get(field.kind, [field.name])
    return next((settings.columns[name] for name in names if name in settings.columns), field.name)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def refused_file_message(file_name: str, refusals: Sequence[tuple[int, str, str]]) -> str:
    """What to tell people when bad rows stop a whole file."""
    row, column, _reason = refusals[0]
    told = {"file": file_name, "count": len({one[0] for one in refusals}), "row": row, "column": column or "–"}
    return (
        _("“%(file)s” has %(count)s bad rows and its profile takes all or none. First: row %(row)s, column %(column)s.")
        % told
    )


def _as_json(value: Any) -> Any:
    if isinstance(value, GEOSGeometry):
        shape: Any = value  # every kind of shape has coordinates, their common class does not say so
        return {"type": shape.geom_type, "coordinates": json.loads(json.dumps(shape.coords))}
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


# --- one row ----------------------------------------------------------------------------------------


def _typed_row(
    raw: RawRow, *, commune: Any, settings: ProfileSettings, fields: Sequence[TableField], headings: dict[str, str]
) -> TableRow:
    values: dict[str, Any] = {}
    problems: list[RowProblem] = []
    if raw.broken:
        return TableRow(raw.number, {field.name: None for field in fields}, [RowProblem("", "broken_row")], {})
    for field in fields:
        value = None
        try:
            value = _typed_value(raw, field, commune=commune, settings=settings)
            if value is None and field.required:
                raise cells.CellError("missing")
        except cells.CellError as error:
            problems.append(RowProblem(headings[field.name], error.reason))
        values[field.name] = value
    return TableRow(raw.number, values, problems, raw.cells)


def _typed_value(raw: RawRow, field: TableField, *, commune: Any, settings: ProfileSettings) -> Any:
    if field.kind == "point":
        return cells.point(raw, commune=commune, settings=settings)
    if field.kind == "area":
        return cells.area(raw, field.name, commune=commune, settings=settings)
    if field.kind == "moment":
        return cells.moment(raw, field.name, zone=ZoneInfo(commune.timezone), settings=settings)
    text = raw.text(field.name)
    translated = settings.values.get(field.name, {}).get(text, text) if text is not None else None
    return None if translated is None else _plain_value(translated, field, settings)


def _plain_value(text: str, field: TableField, settings: ProfileSettings) -> Any:
    if field.kind == "date":
        return cells.date(text, settings=settings)
    if field.kind in {"integer", "decimal"}:
        number = cells.number(text, decimal=settings.decimal, whole=field.kind == "integer")
        return cells.in_range(number, field.minimum, field.maximum)
    if field.kind == "boolean":
        return cells.boolean(text)
    return cells.chosen(text, field.choices, field.maximum_length)


def _save(
    row: TableRow,
    save_row: Callable[[dict[str, Any], ImportBatch], bool],
    batch: ImportBatch,
    refusals: list[tuple[int, str, str]],
) -> str:
    """Save one row inside its own savepoint: accepted, repeated or refused."""
    if row.problems:
        refusals.extend((row.number, problem.column, problem.reason) for problem in row.problems)
        return "refused"
    try:
        with transaction.atomic():
            return "accepted" if save_row(row.values, batch) else "repeated"
    except BadRowError as error:
        refusals.append((row.number, error.column, error.reason))
    except (AtalayaError, IntegrityError):
        refusals.append((row.number, "", "refused_by_rule"))
    return "refused"


def _is_unplaced(row: TableRow, fields: Sequence[TableField]) -> bool:
    placing = [field.name for field in fields if field.kind in {"point", "area"}]
    return bool(placing) and all(row.values[name] is None for name in placing)


def _wait_for_others(commune: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, commune.pk])


@contextmanager
def _undone_at_the_end(undo: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        if undo:
            transaction.set_rollback(True)


def _refused_rows(
    profile: SourceProfile, refusals: list[tuple[int, str, str]], cells: dict[int, list[str | None]]
) -> RefusedRows:
    headings = list(settings_of(profile).columns.values())
    return RefusedRows(refusals, headings, {row: told for row, told in cells.items() if len(told) == len(headings)})


def _finish(batch: ImportBatch, counts: Counter[str], refused: RefusedRows, masked: Counter[str]) -> None:
    """Write the batch's counts and its file of refused rows."""
    batch.accepted, batch.repeated, batch.refused = counts["accepted"], counts["repeated"], counts["refused"]
    batch.read = batch.accepted + batch.repeated + batch.refused
    batch.unplaced = counts["unplaced"]
    batch.counts = {
        "refused": dict(Counter(reason for _row, _column, reason in refused.reasons)), "masked": dict(masked),
    }  # fmt: skip
    if refused.reasons:
        settings = settings_of(batch.profile)
        batch.refused_file = write_refused_file(
            commune=batch.commune, refused=refused, delimiter=settings.delimiter, encoding=settings.encoding
        )
    batch.save()
    if batch.state == BatchState.COMMITTED:
        record_act(
            commune=batch.commune, user=batch.imported_by, role="", verb=f"{batch.profile.kind}.import",
            target=batch.file_name, details={"batch": batch.pk, "accepted": batch.accepted, "refused": batch.refused},
        )  # fmt: skip
