"""Any file with rows and columns as text: CSV in its dialects, XLSX, ODS, and the attributes of a map layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from analysis.sniffing.headers import find_decimal, find_header
from geo.decoder.layers import KINDS as LAYER_KINDS
from geo.decoder.layers import DecodedLayer, decode_layer
from geo.decoder.limits import DESCRIBE_LIMITS, TABLE_CAPS, WORKBOOK_CAPS, WORKBOOK_LIMITS, table_limits
from geo.decoder.process import ROW_ERROR, ROW_NUMBER, Child, Order, child_of
from geo.decoder.reasons import notes_of, refused, row_reason

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
TEXT, WORKBOOK, LAYER = "text", "workbook", "layer"
SUFFIXES = {
    ".csv": (TEXT, ".csv"),
    ".txt": (TEXT, ".csv"),
    ".tsv": (TEXT, ".csv"),
    ".csv.gz": (TEXT, ".csv.gz"),
    ".gz": (TEXT, ".csv.gz"),
    ".xlsx": (WORKBOOK, ".xlsx"),
    ".xlsm": (WORKBOOK, ".xlsx"),
    ".ods": (WORKBOOK, ".ods"),
    **{suffix: (LAYER, suffix) for suffix in LAYER_KINDS},
}
POINT_X, POINT_Y = "__x", "__y"
BATCH_ROWS = 20_000
SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """How a table is written. Encoding, delimiter and quote matter for text alone.

    Headings are found by the columns that are asked for; what stands above them is a title. `sheet` is the sheet of a
    workbook or the layer of a map file; empty: the only one, or the first sheet that holds something.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    has_header: bool = True
    quote: str = '"'
    sheet: str = ""

    def __post_init__(self) -> None:
        known = self.delimiter in DELIMITERS and self.encoding in ENCODINGS
        if not known or len(self.quote) != 1:
            raise ValueError(f"not a dialect of a table: {self}")


@dataclass(frozen=True)
class TableDescription:
    """What a table looks like: a guess for a person to confirm. Without a header, columns are columna_1, columna_2 …

    `first_rows` are up to 200 rows of data; `header_row` is the number of the row with the headings, as a spreadsheet
    counts, 0 where there is none; `titles` are the rows above it. `kind` is text, workbook or layer; `sheets` are the
    sheets or layers to choose from, of which `dialect.sheet` is described. `column_kinds` (workbooks and layers) says
    number, date, hour, truth, text, mixed or nothing: their dates come as 2026-01-31 or 2026-01-31 14:30:00, decimals
    with a point. `srid` and `has_geometry` belong to layers: `POINT_X` and `POINT_Y` may be asked for beside the
    columns of the header. `notes` are translated sentences for people.
    """

    dialect: Dialect
    header: list[str]
    first_rows: list[list[str]]
    decimal: str = field(default=".")
    header_row: int = 1
    titles: list[list[str]] = field(default_factory=list)
    kind: str = TEXT
    sheets: list[str] = field(default_factory=list)
    column_kinds: dict[str, str] = field(default_factory=dict)
    srid: int | None = None
    has_geometry: bool = False
    notes: list[str] = field(default_factory=list)


def describe_table(path: Path | str, *, file_name: str = "", sheet: str = "") -> TableDescription:
    """Guess how a table is written and give its first rows. Raises RefusedFileError.

    `sheet` names one of several sheets or layers; without it the first that holds something is described.
    """
    path = Path(path)
    file_name = file_name or path.name
    kind, suffix = kind_of(path, file_name)
    if kind == LAYER:
        return _described_layer(_first_layer(path, file_name, sheet))
    operation, caps = ("describe_table", TABLE_CAPS) if kind == TEXT else ("describe_workbook", WORKBOOK_CAPS)
    _refuse_size(path, caps.most_bytes, file_name)
    limits = DESCRIBE_LIMITS if kind == TEXT else WORKBOOK_LIMITS
    with child_of(path, Order(operation, suffix, limits, caps, {"sheet": sheet}), file_name=file_name) as child:
        values = child.verdict()
    try:
        return _description(values, kind, file_name)
    except (KeyError, TypeError, ValueError):
        raise refused("output", file_name) from None


def decode_table(
    path: Path | str, *, dialect: Dialect, columns: list[str], file_name: str = ""
) -> Iterator[pa.RecordBatch]:
    """Rows of a table in batches of 20,000, read in a child process while they are consumed.

    Columns of a batch: `ROW_NUMBER` (as a spreadsheet counts: blank rows count and are skipped), `ROW_ERROR` (null, or
    the translated reason why this row cannot be used; its cells are then null), and the named columns as text. Other
    columns never leave the child. Of a map layer `POINT_X` and `POINT_Y` may be asked for: a point of the row's shape
    in the system of the file, null where it has none. Raises RefusedFileError (TooLargeFileError past a size cap)
    for the whole file, possibly after some batches: write inside one transaction.
    """
    path = Path(path)
    file_name = file_name or path.name
    kind, suffix = kind_of(path, file_name)
    if kind == LAYER:
        yield from _layer_batches(path, dialect, list(columns), file_name)
        return
    operation, caps = ("table", TABLE_CAPS) if kind == TEXT else ("workbook", WORKBOOK_CAPS)
    _refuse_size(path, caps.most_bytes, file_name)
    limits = table_limits(path) if kind == TEXT else WORKBOOK_LIMITS
    order = Order(operation, suffix, limits, caps, {"dialect": asdict(dialect), "columns": list(columns)})
    with child_of(path, order, file_name=file_name) as child:
        yield from _checked(child, list(columns), file_name)


def kind_of(path: Path, file_name: str) -> tuple[str, str]:
    """Kind of a table by the file's name, and the one suffix its copy gets. Raises RefusedFileError for others."""
    name = (file_name or path.name).lower()
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            return SUFFIXES[suffix]
    raise refused("extension", file_name, {"found": Path(name).suffix[:20]})


def _refuse_size(path: Path, most_bytes: int, file_name: str) -> None:
    if path.stat().st_size > most_bytes:
        raise refused("too_many_bytes", file_name, {"limit_mb": most_bytes // 1_000_000})


def _checked(child: Child, columns: list[str], file_name: str) -> Iterator[pa.RecordBatch]:
    """The child's batches, looked at again: the child is not trusted."""
    expected = pa.schema(
        [(ROW_NUMBER, pa.int64()), (ROW_ERROR, pa.string()), *[(name, pa.string()) for name in columns]]
    )
    last = 0
    for batch in child.batches():
        if not batch.schema.equals(expected) or batch.column(0).null_count:
            raise refused("output", file_name)
        numbers = batch.column(0).to_numpy()
        if numbers[0] <= last or (numbers[1:] <= numbers[:-1]).any():
            raise refused("output", file_name)
        last = int(numbers[-1])
        yield _with_reasons(batch)


def _with_reasons(batch: pa.RecordBatch) -> pa.RecordBatch:
    if batch.column(1).null_count == batch.num_rows:
        return batch
    errors = [None if code is None else row_reason(code) for code in batch.column(1).to_pylist()]
    cleared = [pc.if_else(pc.is_null(batch.column(1)), column, None) for column in batch.columns[2:]]
    return pa.record_batch([batch.column(0), pa.array(errors, pa.string()), *cleared], schema=batch.schema)


def _description(values: dict[str, Any], kind: str, file_name: str) -> TableDescription:
    numbers = [int(number) for number, _cells in values["rows"][:SAMPLE_ROWS]]
    rows = [[str(cell)[:200] for cell in cells[:200]] for _number, cells in values["rows"][:SAMPLE_ROWS]]
    place = find_header(rows)
    start = 0 if place is None else place + 1
    if place is None:
        header = [f"columna_{position + 1}" for position in range(len(rows[0]))]
    else:
        header = _sound_header(rows[place], file_name)
    body = rows[start:]
    return TableDescription(
        dialect=Dialect(
            delimiter=str(values.get("delimiter", ",")),
            encoding=str(values.get("encoding", "utf-8")),
            has_header=place is not None,
            sheet=str(values.get("sheet", ""))[:200],
        ),
        header=header,
        first_rows=body,
        decimal=find_decimal(body) if kind == TEXT else ".",
        header_row=numbers[place] if place is not None else 0,
        titles=rows[: place or 0],
        kind=kind,
        sheets=[str(name)[:200] for name in values.get("sheets", [])[:200]],
        column_kinds=_column_kinds(header, values["kinds"][start:]) if kind == WORKBOOK else {},
        notes=notes_of(values),
    )


def _sound_header(row: list[str], file_name: str) -> list[str]:
    header = [cell.replace("\ufeff", "").strip() for cell in row]
    while header and not header[-1]:
        header.pop()
    if "" in header:
        raise refused("header_empty", file_name, {"column": header.index("") + 1})
    twins = [name for place, name in enumerate(header) if name in header[:place]]
    if twins:
        raise refused("header_repeated", file_name, {"column": twins[0][:100]})
    return header


def _column_kinds(header: list[str], rows: list[list[str]]) -> dict[str, str]:
    """What each column holds, where all its cells agree."""
    found = {}
    for place, name in enumerate(header):
        kinds = {str(row[place])[:20] for row in rows if place < len(row) and row[place]}
        found[name] = kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "nothing"
    return found


# --- the attributes of a map layer as a table ------------------------------------------------------------------------


def _first_layer(path: Path, file_name: str, sheet: str) -> DecodedLayer:
    return decode_layer(path, layer=sheet or None, file_name=file_name, may_take_first=True)


def _described_layer(decoded: DecodedLayer) -> TableDescription:
    frame = decoded.frame.head(SAMPLE_ROWS)
    columns = [_as_texts(frame[name]) for name in decoded.fields]
    kinds = {name: _layer_kind(decoded.frame[name]) for name in decoded.fields}
    notes = list(decoded.notes)
    if len(decoded.layers) > 1:
        notes.append(
            _("The file holds %(count)s layers; this is “%(layer)s”.")
            % {"count": len(decoded.layers), "layer": decoded.layer}
        )
    return TableDescription(
        dialect=Dialect(sheet=decoded.layer),
        header=list(decoded.fields),
        first_rows=[[cell or "" for cell in row] for row in zip(*columns, strict=True)],
        header_row=0,
        kind=LAYER,
        sheets=list(decoded.layers),
        column_kinds=kinds,
        srid=decoded.srid,
        has_geometry=bool(decoded.frame.geometry.notna().any()),
        notes=notes,
    )


def _layer_kind(values: pd.Series) -> str:
    if values.isna().all():
        return "nothing"
    if pd.api.types.is_bool_dtype(values):
        return "truth"
    return "number" if pd.api.types.is_numeric_dtype(values) else "text"


def _layer_batches(path: Path, dialect: Dialect, columns: list[str], file_name: str) -> Iterator[pa.RecordBatch]:
    named = [name for name in columns if name not in {POINT_X, POINT_Y}]
    decoded = decode_layer(
        path, layer=dialect.sheet or None, columns=named, file_name=file_name, may_take_first=not dialect.sheet
    )
    frame = decoded.frame
    points = frame.geometry.representative_point() if {POINT_X, POINT_Y} & set(columns) else None
    schema = pa.schema([(ROW_NUMBER, pa.int64()), (ROW_ERROR, pa.string()), *[(name, pa.string()) for name in columns]])
    has_error = frame[ROW_ERROR].notna().to_numpy() & ~decoded.is_placeless
    errors: np.ndarray = np.where(has_error, frame[ROW_ERROR].to_numpy(dtype=object), None)  # type: ignore[assignment]
    texts = {name: _as_texts(frame[name]) for name in named}
    if points is not None:
        texts |= {POINT_X: _coordinates(points.x), POINT_Y: _coordinates(points.y)}
    for start in range(0, len(frame), BATCH_ROWS):
        rows = slice(start, start + BATCH_ROWS)
        told = errors[rows].tolist()
        arrays = [
            [None if bad else cell for cell, bad in zip(texts[name][rows], told, strict=True)] for name in columns
        ]
        numbers = pa.array(frame[ROW_NUMBER].to_numpy()[rows], pa.int64())
        cells = [pa.array(array, pa.string()) for array in arrays]
        yield pa.record_batch([numbers, pa.array(told, pa.string()), *cells], schema=schema)


def _coordinates(values: pd.Series) -> list[str | None]:
    return [None if math.isnan(value) else repr(float(value)) for value in values]


def _as_texts(values: pd.Series) -> list[str | None]:
    """Attributes as a table would write them; whole numbers lose the `.0` that missing neighbours gave them."""
    return [_as_text(value) for value in values]


def _as_text(value: Any) -> str | None:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool | np.bool_):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(float(value))
    return str(value)
