"""What dialect a text table is written in: a guess for a person to confirm."""

from __future__ import annotations

import codecs
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from . import tables
from .headings import sample_of
from .refusal import Refusal
from .tables import UTF16_MARKS, Lines, open_text, records

SAMPLE_ROWS = 50
DELIMITERS = ";,\t|"
prepare = tables.prepare


def describe_table(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Guess encoding and delimiter, and give the first rows, title rows and headings among them."""
    path = instruction["path"]
    encoding = _guess_encoding(path, instruction["most_bytes"])
    delimiter = _guess_delimiter(path, encoding, instruction["most_bytes"])
    lines = Lines(path, encoding, instruction["most_bytes"])
    rows = sample_of(records(lines, {"delimiter": delimiter, "quote": '"'}))
    return {"delimiter": delimiter, "encoding": encoding, "rows": rows}


def _first(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    return islice(rows, SAMPLE_ROWS)


def _guess_encoding(path: str, most_bytes: int) -> str:
    """UTF-16 where marked so; UTF-8 when the whole file is; else Windows-1252, which Spanish office programs write."""
    _zipped, file, _encoding = open_text(path, "utf-8")
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_mark = False
    read = 0
    with file:
        try:
            while chunk := file.read(1_000_000):
                if read == 0 and chunk.startswith(UTF16_MARKS):
                    return "utf-16"
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
            widths = Counter(len(row) for _number, row in _first(records(lines, dialect)))
        except Refusal:
            continue
        width, agreeing = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        if width > 1 and (agreeing, width) > best_score:
            best, best_score = delimiter, (agreeing, width)
    return best
