"""Tables of text: CSV in its many dialects, plain or gzipped. Only the named columns leave the child."""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from .headings import names_among, positions_of, row_fault
from .refusal import Refusal
from .streams import recoded

LONGEST_LINE = 2_000_000
LONGEST_FIELD = 100_000
RATIO_FREE_BYTES = 10_000_000
MOST_RATIO = 100
GZIP_MAGIC = b"\x1f\x8b"
FOREIGN = {
    b"PK\x03\x04": "zip",
    b"%PDF": "pdf",
    b"SQLite": "sqlite",
    b"\xd0\xcf\x11\xe0": "xls",
    b"<?xml": "xml",
    b"<html": "html",
}
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SCIENTIFIC = r"^\s*[-+]?\d([.,]\d+)?[eE]\+\d{2,3}\s*$"


def prepare() -> None:
    """Load what must load before the limits."""
    csv.field_size_limit(LONGEST_FIELD)
    codecs.lookup("utf-8-sig")
    codecs.lookup("cp1252")
    codecs.lookup("utf-16")
    pa.array(["1"], pa.string())


class Lines:
    """Lines of a text file, counted and bounded; remembers what the CSV reader cannot tell."""

    def __init__(self, path: str, encoding: str, most_bytes: int) -> None:
        self.number = 0
        self.exhausted = False
        self.has_nul = False
        self._bytes = 0
        self._most_bytes = most_bytes
        self._size = Path(path).stat().st_size
        self._zipped, self._file, self.encoding = open_text(path, encoding)

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
                if self.encoding == "cp1252" and not raw.isascii():
                    self._refuse_mixed(raw)
                yield decode(raw)[0]
        except UnicodeDecodeError:
            raise Refusal("encoding_mixed", line=self.number, encoding=self.encoding) from None
        except (EOFError, OSError, zlib.error):
            raise Refusal("gzip_broken", line=self.number) from None
        self.exhausted = True

    def _refuse_mixed(self, raw: bytes) -> None:
        """Words of Windows-1252 are not UTF-8 by chance; a line that is was pasted from elsewhere."""
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return
        raise Refusal("encoding_mixed", line=self.number, encoding=self.encoding)

    def _refuse_size(self, length: int) -> None:
        if length >= LONGEST_LINE:
            raise Refusal("line_too_long", line=self.number)
        raise Refusal("too_many_bytes", limit_mb=self._most_bytes // 1_000_000)


def open_text(path: str, encoding: str) -> tuple[bool, BinaryIO, str]:
    """Whether the file is compressed, its bytes, and the encoding of the lines they hold. Raises Refusal."""
    with Path(path).open("rb") as file:
        start = file.read(8)
    for magic, name in FOREIGN.items():
        if start.lower().startswith(magic.lower()):
            raise Refusal("not_a_table", found=name)
    if not start:
        raise Refusal("empty")
    zipped = start.startswith(GZIP_MAGIC)
    try:
        with _bytes_of(path, zipped=zipped) as content:
            start = content.read(65_536)
    except (EOFError, OSError, zlib.error):
        raise Refusal("gzip_broken", line=0) from None
    lines, plain = recoded(_bytes_of(path, zipped=zipped), encoding, start)
    return zipped, lines, plain


def _bytes_of(path: str, *, zipped: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if zipped else Path(path).open("rb")


def table(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the named columns as text, with the number of each row and what is wrong with it."""
    dialect = instruction["dialect"]
    lines = Lines(instruction["path"], dialect["encoding"], instruction["most_bytes"])
    rows = records(lines, dialect)
    names, first = names_among(rows, instruction["columns"], has_header=dialect["has_header"])
    body = rows if first is None else chain([first], rows)
    return stream_rows(faulty(body, lines, names), names, instruction, output)


def stream_rows(
    rows: Iterator[tuple[int, str | None, list[str] | None]],
    names: list[str],
    instruction: dict[str, Any],
    output: BinaryIO,
) -> dict[str, Any]:
    """Write the wanted columns of rows (number, fault, cells) in batches of one schema."""
    wanted = instruction["columns"]
    positions = positions_of(names, wanted)
    fixed = [(instruction["row_number"], pa.int64()), (instruction["row_error"], pa.string())]
    schema = pa.schema([*fixed, *[(name, pa.string()) for name in wanted]])
    count = 0
    with pa.ipc.new_stream(output, schema) as stream:
        while group := list(islice(rows, instruction["batch_rows"])):
            count += len(group)
            if count > instruction["most_rows"]:
                raise Refusal("too_many_rows", limit=instruction["most_rows"])
            numbers, errors, kept = zip(*group, strict=True)
            columns = [
                pa.array([row[position] if row else None for row in kept], pa.string()) for position in positions
            ]
            arrays = [pa.array(numbers, pa.int64()), _with_lost_digits(pa.array(errors, pa.string()), columns)]
            stream.write_batch(pa.record_batch([*arrays, *columns], schema=schema))
    return {"rows": count}


def _with_lost_digits(errors: pa.Array, columns: list[pa.Array]) -> pa.Array:
    """A number that a spreadsheet has shortened to 1,2E+10 is no longer what somebody wrote."""
    for column in columns:
        lost = pc.match_substring_regex(column, SCIENTIFIC)
        if pc.any(lost).as_py():
            errors = pc.if_else(pc.and_(pc.fill_null(lost, False), pc.is_null(errors)), "digits_lost", errors)
    return errors


def faulty(
    rows: Iterator[tuple[int, list[str]]], lines: Lines, names: list[str]
) -> Iterator[tuple[int, str | None, list[str] | None]]:
    """Each row with what is wrong with it: a NUL, too few or too many cells, a header printed again, a total."""
    width = len(names)
    for number, row in rows:
        if lines.has_nul:
            lines.has_nul = False
            yield number, "nul", None
            continue
        length = len(row)
        if length < width or (length > width and any(row[width:])):
            yield number, f"ragged:{length}:{width}", None
            continue
        fault = row_fault(row, names)
        yield number, fault, None if fault else row


def records(lines: Lines, dialect: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
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
