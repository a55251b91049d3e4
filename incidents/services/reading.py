"""The file as text: rows and batches of the columns that a profile names. Other columns never leave the decoder."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from geo.crs import to_storage
from geo.decoder import ROW_ERROR, Dialect, decode_layer, decode_table
from geo.decoder import ROW_NUMBER as DECODED_NUMBER
from geo.decoder.layers import KINDS
from geo.decoder.tables import POINT_X, POINT_Y
from geo.errors import RefusedFileError
from incidents.services.personal_data import mask_cell, mask_column
from incidents.services.profile_settings import ProfileSettings

ROW_NUMBER, BROKEN = "row_number", "broken"
LAYER_SUFFIXES = tuple(KINDS)
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods")
# a map file marks its clock times as UTC whether they are or not: they are read as they stand
OFFICE_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%SZ", "%Y-%m-%dT%H:%M:%SZ")
OFFICE_TIMES = ("%H:%M:%S", "%H:%M", "excel")


@dataclass(frozen=True)
class RawRow:
    """One row as text by field, its number in the file, its geometry (EPSG:4326) where the file has one."""

    number: int
    cells: dict[str, str | None]
    nothing: frozenset[str]
    geometry: Any = None
    broken: bool = False

    def text(self, field: str, *, limit: int = 2000) -> str | None:
        """The trimmed text of a field; None where it is absent or one of the profile's words for nothing."""
        value = self.cells.get(field)
        if value is None:
            return None
        value = value.strip()
        return None if value in self.nothing else value[:limit]


def is_layer(file_name: str) -> bool:
    """True for files that carry geometry of their own."""
    return file_name.lower().endswith(LAYER_SUFFIXES)


def raw_rows(
    *, path: Path, file_name: str, settings: ProfileSettings, found: Counter[str] | None = None
) -> Iterator[RawRow]:
    """Rows of a table or a layer as text by field; `found` is told what personal data was masked."""
    nothing = frozenset(settings.nothing)
    if is_layer(file_name):
        yield from _layer_rows(path, file_name, settings, nothing, Counter() if found is None else found)
        return
    for batch in table_batches(path=path, file_name=file_name, settings=settings, found=found):
        columns = batch.to_pydict()
        numbers, broken = columns.pop(ROW_NUMBER), columns.pop(BROKEN)
        names = list(columns)
        for number, is_broken, *cells in zip(numbers, broken, *columns.values(), strict=True):
            yield RawRow(number, dict(zip(names, cells, strict=True)), nothing, broken=is_broken)


def table_batches(
    *, path: Path, file_name: str, settings: ProfileSettings, found: Counter[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Batches of the profile's columns as text: `row_number`, `broken`, then one column for each field.

    Personal data in texts is masked here, and `found` is told what was.
    """
    found = Counter() if found is None else found
    fields = settings.columns
    dialect = Dialect(
        delimiter=settings.delimiter,
        encoding=settings.encoding,
        has_header=settings.has_header,
        quote=settings.quote,
        sheet=settings.layer or "",
    )
    wanted = list(dict.fromkeys(fields.values()))
    for batch in decode_table(path, dialect=dialect, columns=wanted, file_name=file_name):
        broken = pc.is_valid(batch.column(ROW_ERROR))
        arrays = [mask_column(field, batch.column(heading), found) for field, heading in fields.items()]
        yield pa.RecordBatch.from_arrays(
            [batch.column(DECODED_NUMBER), broken, *arrays], names=[ROW_NUMBER, BROKEN, *fields]
        )


def fitted(settings: ProfileSettings, file_name: str) -> ProfileSettings:
    """Settings for one file: workbooks and layers carry dates and numbers of their own beside those typed as text.

    Where a profile names no columns of coordinates, `x` and `y` come from the shapes of a layer.
    """
    if not file_name.lower().endswith((*WORKBOOK_SUFFIXES, *LAYER_SUFFIXES)):
        return settings
    dates = [*settings.date_format, *(one for one in OFFICE_DATES if one not in settings.date_format)]
    times = [*settings.time_format, *(one for one in OFFICE_TIMES if one not in settings.time_format)]
    changed: dict[str, Any] = {"decimal": "any", "date_format": dates, "time_format": times}
    if is_layer(file_name) and not {"x", "coordinates"} & set(settings.columns):
        changed["columns"] = settings.columns | {"x": POINT_X, "y": POINT_Y}
    return settings.model_copy(update=changed)


def _layer_rows(
    path: Path, file_name: str, settings: ProfileSettings, nothing: frozenset[str], found: Counter[str]
) -> Iterator[RawRow]:
    wanted = list(dict.fromkeys(settings.columns.values()))
    decoded = decode_layer(path, layer=settings.layer, columns=wanted, file_name=file_name)
    if decoded.srid is None:
        raise RefusedFileError(
            _("“%(file)s” does not say which reference system it is in: save it with one.") % {"file": file_name}
        )
    frame = to_storage(decoded.frame)
    missing = [heading for heading in wanted if heading not in frame.columns]
    if missing:
        raise RefusedFileError(_("“%(file)s” has no column “%(column)s”.") % {"file": file_name, "column": missing[0]})
    records = frame.drop(columns=frame.geometry.name).to_dict("records")
    for record, shape in zip(records, frame.geometry, strict=True):
        texts = {field: _as_text(record[heading]) for field, heading in settings.columns.items()}
        cells = {field: mask_cell(field, text, found) for field, text in texts.items()}
        yield RawRow(int(record[DECODED_NUMBER]), cells, nothing, shape, isinstance(record[ROW_ERROR], str))


def _as_text(value: Any) -> str | None:
    """An attribute as a table would write it; whole numbers lose the `.0` that missing neighbours gave them."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
