"""The file as text: rows and batches of the columns that a profile names. Other columns never leave the decoder."""

from __future__ import annotations

import math
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
from geo.errors import RefusedFileError
from incidents.services.profile_settings import ProfileSettings

ROW_NUMBER, BROKEN = "row_number", "broken"
LAYER_SUFFIXES = (".gpkg", ".geojson", ".json")


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


def raw_rows(*, path: Path, file_name: str, settings: ProfileSettings) -> Iterator[RawRow]:
    """Rows of a table or a layer as text by field."""
    nothing = frozenset(settings.nothing)
    if is_layer(file_name):
        yield from _layer_rows(path, file_name, settings, nothing)
        return
    for batch in table_batches(path=path, file_name=file_name, settings=settings):
        columns = batch.to_pydict()
        numbers, broken = columns.pop(ROW_NUMBER), columns.pop(BROKEN)
        names = list(columns)
        for number, is_broken, *cells in zip(numbers, broken, *columns.values(), strict=True):
            yield RawRow(number, dict(zip(names, cells, strict=True)), nothing, broken=is_broken)


def table_batches(*, path: Path, file_name: str, settings: ProfileSettings) -> Iterator[pa.RecordBatch]:
    """Batches of the profile's columns as text: `row_number`, `broken`, then one column for each field."""
    fields = settings.columns
    dialect = Dialect(
        delimiter=settings.delimiter,
        encoding=settings.encoding,
        has_header=settings.has_header,
        quote=settings.quote,
    )
    wanted = list(dict.fromkeys(fields.values()))
    for batch in decode_table(path, dialect=dialect, columns=wanted, file_name=file_name):
        broken = pc.is_valid(batch.column(ROW_ERROR))
        arrays = [batch.column(heading) for heading in fields.values()]
        yield pa.RecordBatch.from_arrays(
            [batch.column(DECODED_NUMBER), broken, *arrays], names=[ROW_NUMBER, BROKEN, *fields]
        )


def _layer_rows(path: Path, file_name: str, settings: ProfileSettings, nothing: frozenset[str]) -> Iterator[RawRow]:
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
        cells = {field: _as_text(record[heading]) for field, heading in settings.columns.items()}
        yield RawRow(int(record[DECODED_NUMBER]), cells, nothing, shape, isinstance(record[ROW_ERROR], str))


def _as_text(value: Any) -> str | None:
    """An attribute as a table would write it; whole numbers lose the `.0` that missing neighbours gave them."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
