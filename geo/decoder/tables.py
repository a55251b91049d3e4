"""Tables of text (CSV, gzipped CSV): what dialect they are in, and their rows in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analysis.sniffing.headers import find_decimal, find_header
from geo.decoder.limits import DESCRIBE_LIMITS, TABLE_CAPS, table_limits
from geo.decoder.process import ROW_ERROR, ROW_NUMBER, Child, Order, child_of
from geo.decoder.reasons import refused, row_reason

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
SUFFIXES = {".csv": ".csv", ".txt": ".csv", ".tsv": ".csv", ".csv.gz": ".csv.gz", ".gz": ".csv.gz"}


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    delimiter: str = ","
    encoding: str = "utf-8"
    has_header: bool = True
    quote: str = '"'

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS or self.encoding not in ENCODINGS or len(self.quote) != 1:
            raise ValueError(f"not a dialect of a text table: {self}")


@dataclass(frozen=True)
class TableDescription:
    """What a table looks like: a guess for a person to confirm. Without a header, columns are columna_1, columna_2 …

    `first_rows` are up to 200 rows of data; `header_row` is the number of the row with the headings, as a spreadsheet
    counts, 0 where there is none; `titles` are the rows above it.
    """

    dialect: Dialect
    header: list[str]
    first_rows: list[list[str]]
    decimal: str = field(default=".")
    header_row: int = 1
    titles: list[list[str]] = field(default_factory=list)


def describe_table(path: Path | str, *, file_name: str = "") -> TableDescription:
    """Guess how a text table is written and give its first rows. Raises RefusedFileError."""
    path = Path(path)
    file_name = file_name or path.name
    order = Order("describe_table", suffix_of(path, file_name), DESCRIBE_LIMITS, TABLE_CAPS, {})
    with child_of(path, order, file_name=file_name) as child:
        values = child.verdict()
    try:
        return _description(values, file_name)
    except (KeyError, TypeError, ValueError):
        raise refused("output", file_name) from None


def decode_table(
    path: Path | str, *, dialect: Dialect, columns: list[str], file_name: str = ""
) -> Iterator[pa.RecordBatch]:
    """Rows of a text table in batches of 20,000, read in a child process while they are consumed.

    Columns of a batch: `ROW_NUMBER` (as a spreadsheet counts: the header is row 1, blank rows count and are skipped),
    `ROW_ERROR` (null, or the translated reason why this row cannot be used; its cells are then null), and the named
    columns as text. Other columns never leave the child. Raises RefusedFileError (TooLargeFileError past a size cap)
    for the whole file, possibly after some batches: write inside one transaction.
    """
    path = Path(path)
    file_name = file_name or path.name
    options = {"dialect": asdict(dialect), "columns": list(columns)}
    order = Order("table", suffix_of(path, file_name), table_limits(path), TABLE_CAPS, options)
    with child_of(path, order, file_name=file_name) as child:
        yield from _checked(child, list(columns), file_name)


def suffix_of(path: Path, file_name: str) -> str:
    """The one suffix a file's copy gets. Raises RefusedFileError where the name is not of a text table."""
    name = (file_name or path.name).lower()
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            return SUFFIXES[suffix]
    raise refused("extension", file_name, {"found": Path(name).suffix[:20]})


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


def _description(values: dict[str, Any], file_name: str) -> TableDescription:
    numbers = [int(number) for number, _cells in values["rows"][:200]]
    rows = [[str(cell)[:200] for cell in cells[:200]] for _number, cells in values["rows"][:200]]
    place = find_header(rows)
    dialect = Dialect(str(values["delimiter"]), str(values["encoding"]), has_header=place is not None)
    if place is None:
        header, body = [f"columna_{position + 1}" for position in range(len(rows[0]))], rows
    else:
        header, body = [cell.strip().lstrip("\ufeff") for cell in rows[place]], rows[place + 1 :]
        _refuse_odd_header(header, file_name)
    return TableDescription(
        dialect, header, body, find_decimal(body), header_row=numbers[place] if place is not None else 0,
        titles=rows[: place or 0],
    )  # fmt: skip


def _refuse_odd_header(header: list[str], file_name: str) -> None:
    if "" in header:
        raise refused("header_empty", file_name, {"column": header.index("") + 1})
    twins = [name for place, name in enumerate(header) if name in header[:place]]
    if twins:
        raise refused("header_repeated", file_name, {"column": twins[0][:100]})
