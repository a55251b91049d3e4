"""Tables of text: CSV in its many dialects, plain or gzipped. Only the named columns leave the child."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from .refusal import Refusal

LONGEST_LINE = 2_000_000
LONGEST_FIELD = 100_000
MOST_COLUMNS = 200
RATIO_FREE_BYTES = 10_000_000
MOST_RATIO = 100
SAMPLE_ROWS = 50
DESCRIBED_ROWS = 200
MOST_DESCRIBED = 120_000  # signs of sample text; a sign may take six bytes of JSON, and the verdict has a limit
MOST_TITLE_ROWS = 40  # rows with logos and titles that may stand above the headings
DELIMITERS = ";,\t|"
GZIP_MAGIC = b"\x1f\x8b"
FOREIGN = {b"PK\x03\x04": "zip", b"\xff\xfe": "utf16", b"\xfe\xff": "utf16", b"%PDF": "pdf", b"SQLite": "sqlite"}


def prepare() -> None:
    """Load what must load before the limits."""
    csv.field_size_limit(LONGEST_FIELD)
    codecs.lookup("utf-8-sig")
    codecs.lookup("cp1252")


class Lines:
    """Lines of a text file, counted and bounded; remembers what the CSV reader cannot tell."""

    def __init__(self, path: str, encoding: str, most_bytes: int) -> None:
        self.encoding = encoding
        self.number = 0
        self.exhausted = False
        self.has_nul = False
        self._bytes = 0
        self._most_bytes = most_bytes
        self._size = Path(path).stat().st_size
        self._zipped, self._file = _open(path)

    def __iter__(self) -> Iterator[str]:
        decode = codecs.getdecoder(self.encoding)
        read_line = partial(self._file.readline, LONGEST_LINE)
        try:
            for raw in iter(read_line, b""):
                self.number += 1
                self._bytes += len(raw)
                if self._bytes > self._most_bytes or len(raw) >= LONGEST_LINE:
                    self._refuse_size(len(raw))
                if self._zipped and self._bytes > max(RATIO_FREE_BYTES, MOST_RATIO * self._size):
                    raise Refusal("gzip_bomb")
                if b"\0" in raw:
                    self.has_nul = True
                yield decode(raw)[0]
        except UnicodeDecodeError:
            raise Refusal("encoding_mixed", line=self.number, encoding=self.encoding) from None
        except (EOFError, OSError, zlib.error):
            raise Refusal("gzip_broken", line=self.number) from None
        self.exhausted = True

    def _refuse_size(self, length: int) -> None:
        if length >= LONGEST_LINE:
            raise Refusal("line_too_long", line=self.number)
        raise Refusal("too_many_bytes", limit_mb=self._most_bytes // 1_000_000)


def _open(path: str) -> tuple[bool, BinaryIO]:
    with Path(path).open("rb") as file:
        start = file.read(8)
    for magic, name in FOREIGN.items():
        if start.startswith(magic):
            raise Refusal("not_a_table", found=name)
    if not start:
        raise Refusal("empty")
    if start.startswith(GZIP_MAGIC):
        return True, cast(BinaryIO, gzip.open(path))
    return False, Path(path).open("rb")


def table(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the named columns as text, with the number of each row and what is wrong with it."""
    dialect = instruction["dialect"]
    lines = Lines(instruction["path"], dialect["encoding"], instruction["most_bytes"])
    rows = _records(lines, dialect)
    header = _header(rows, dialect, instruction["columns"])
    if not dialect["has_header"]:
        lines = Lines(instruction["path"], dialect["encoding"], instruction["most_bytes"])
        rows = _records(lines, dialect)
    positions = _positions(header, instruction["columns"])
    names = [instruction["row_number"], instruction["row_error"], *instruction["columns"]]
    schema = pa.schema([(names[0], pa.int64()), (names[1], pa.string()), *[(name, pa.string()) for name in names[2:]]])
    count = 0
    with pa.ipc.new_stream(output, schema) as stream:
        for numbers, errors, kept in _batches(rows, lines, len(header), instruction):
            columns = [[row[position] if row else None for row in kept] for position in positions]
            arrays = [pa.array(numbers, pa.int64()), pa.array(errors, pa.string())]
            arrays += [pa.array(column, pa.string()) for column in columns]
            stream.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(numbers)
    return {"rows": count}


Batch = tuple[list[int], list[str | None], list[list[str] | None]]


def _batches(
    rows: Iterator[tuple[int, list[str]]], lines: Lines, width: int, instruction: dict[str, Any]
) -> Iterator[Batch]:
    """Rows in groups; a row with too few or too many cells, or with a NUL, keeps its number and says why."""
    size, most_rows = instruction["batch_rows"], instruction["most_rows"]
    numbers: list[int] = []
    errors: list[str | None] = []
    kept: list[list[str] | None] = []
    count = 0
    for number, row in rows:
        error = None
        if lines.has_nul:
            lines.has_nul = False
            error = "nul"
        elif len(row) != width:
            error = f"ragged:{len(row)}:{width}"
        numbers.append(number)
        errors.append(error)
        kept.append(None if error else row)
        if len(numbers) == size:
            count += size
            if count >= most_rows:
                raise Refusal("too_many_rows", limit=most_rows)
            yield numbers, errors, kept
            numbers, errors, kept = [], [], []
    if numbers:
        yield numbers, errors, kept


def _records(lines: Lines, dialect: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """Number (as a spreadsheet counts, blank rows included) and cells of every row that is not blank."""
    reader = csv.reader(lines, delimiter=dialect["delimiter"], quotechar=dialect["quote"], strict=False)
    number = 0
    started = 1
    try:
        for row in reader:
            number += 1
            if lines.exhausted:  # the last record ended with the file, inside a quoted cell
                raise Refusal("unclosed_quote", line=started)
            started = lines.number + 1
            if any(map(str.strip, row)):
                yield number, row
    except csv.Error as error:
        code = "field_too_long" if "field larger" in str(error) else "broken_row"
        raise Refusal(code, line=started) from None


def _header(rows: Iterator[tuple[int, list[str]]], dialect: dict[str, Any], wanted: list[str]) -> list[str]:
    """The headings: the first row that holds every wanted column, however many title rows stand above it."""
    tried: list[list[str]] = []
    for _number, row in islice(rows, MOST_TITLE_ROWS + 1):
        if len(row) > MOST_COLUMNS:
            raise Refusal("too_many_columns", limit=MOST_COLUMNS)
        if not dialect["has_header"]:
            return [f"columna_{position + 1}" for position in range(len(row))]
        header = [cell.strip().lstrip("\ufeff") for cell in row]
        if set(wanted) <= set(header):
            return _sound_header(header)
        tried.append(header)
    if not tried:
        raise Refusal("empty")
    return _sound_header(max(tried, key=lambda header: len(set(wanted) & set(header))))


def _sound_header(header: list[str]) -> list[str]:
    if "" in header:
        raise Refusal("header_empty", column=header.index("") + 1)
    twins = [name for name, count in Counter(header).items() if count > 1]
    if twins:
        raise Refusal("header_repeated", column=twins[0][:100])
    return header


def _positions(header: list[str], columns: list[str]) -> list[int]:
    missing = [name for name in columns if name not in header]
    if missing:
        raise Refusal("column_missing", column=missing[0][:100], header=", ".join(header)[:500])
    return [header.index(name) for name in columns]


# --- what dialect is it? ---------------------------------------------------------------------------------------------


def describe_table(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Guess encoding and delimiter, and give the first rows, title rows and headings among them."""
    path = instruction["path"]
    encoding = _guess_encoding(path, instruction["most_bytes"])
    delimiter = _guess_delimiter(path, encoding, instruction["most_bytes"])
    lines = Lines(path, encoding, instruction["most_bytes"])
    sample = list(islice(_records(lines, {"delimiter": delimiter, "quote": '"'}), DESCRIBED_ROWS))
    if not sample:
        raise Refusal("empty")
    if len(sample[0][1]) > MOST_COLUMNS:
        raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    rows = [[number, [cell[:200] for cell in row[:MOST_COLUMNS]]] for number, row in sample]
    return {"delimiter": delimiter, "encoding": encoding, "rows": _within_verdict(rows)}


def _within_verdict(rows: list[Any]) -> list[Any]:
    """As many of the rows as the verdict has room for."""
    room = MOST_DESCRIBED
    for count, (_number, row) in enumerate(rows):
        room -= sum(len(cell) + 8 for cell in row)
        if room < 0:
            return rows[: max(count, 1)]
    return rows


def _first(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    return islice(rows, SAMPLE_ROWS)


def _guess_encoding(path: str, most_bytes: int) -> str:
    """UTF-8 when the whole file is, else Windows-1252, which Spanish office programs write."""
    _zipped, file = _open(path)
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_mark = False
    read = 0
    with file:
        try:
            while chunk := file.read(1_000_000):
                has_mark = has_mark or (read == 0 and chunk.startswith(codecs.BOM_UTF8))
                read += len(chunk)
                decoder.decode(chunk)
                if read > most_bytes:
                    raise Refusal("too_many_bytes", limit_mb=most_bytes // 1_000_000)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
        except (EOFError, OSError, zlib.error):
            raise Refusal("gzip_broken", line=0) from None
    return "utf-8-sig" if has_mark else "utf-8"


def _guess_delimiter(path: str, encoding: str, most_bytes: int) -> str:
    """The sign that cuts most rows of the sample into the same number of cells, two or more."""
    best, best_score = ",", (0, 0)
    for delimiter in DELIMITERS:
        lines = Lines(path, encoding, most_bytes)
        dialect = {"delimiter": delimiter, "quote": '"'}
        try:
            widths = Counter(len(row) for _number, row in _first(_records(lines, dialect)))
        except Refusal:
            continue
        width, agreeing = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        if width > 1 and (agreeing, width) > best_score:
            best, best_score = delimiter, (agreeing, width)
    return best
