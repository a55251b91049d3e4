"""The file as text: rows and batches of the columns that a profile names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from incidents.services.profile_settings import ProfileSettings

ROW_NUMBER = "row_number"
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
    for batch in table_batches(path=path, file_name=file_name, settings=settings):
        columns = batch.to_pydict()
        numbers = columns.pop(ROW_NUMBER)
        names = list(columns)
        for number, *cells in zip(numbers, *columns.values(), strict=True):
            yield RawRow(number, dict(zip(names, cells, strict=True)), nothing)


def table_batches(*, path: Path, file_name: str, settings: ProfileSettings) -> Iterator[pa.RecordBatch]:
    """Batches of the profile's columns as text, named by field, with the row's number in the file."""
    fields = dict(settings.columns)
    wanted = list(dict.fromkeys(fields.values()))
    types = {name: pa.string() for name in wanted}
    reader = pa_csv.open_csv(
        str(path),
        read_options=pa_csv.ReadOptions(encoding=settings.encoding, skip_rows=settings.skip_rows),
        parse_options=pa_csv.ParseOptions(delimiter=settings.delimiter, quote_char=settings.quote),
        convert_options=pa_csv.ConvertOptions(include_columns=wanted, column_types=types, strings_can_be_null=True),
    )
    number = settings.skip_rows + 2
    for batch in reader:
        rows = pa.array(range(number, number + batch.num_rows), pa.int64())
        number += batch.num_rows
        arrays = [batch.column(fields[field]) for field in fields]
        yield pa.RecordBatch.from_arrays([rows, *arrays], names=[ROW_NUMBER, *fields])
