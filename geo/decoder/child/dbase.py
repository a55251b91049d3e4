"""The dBASE table of a shapefile, looked at byte by byte: lengths, encoding, and numbers that are none."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np

from .refusal import Refusal

HEADER_BYTES, FIELD_BYTES = 32, 32
END_OF_FIELDS = 0x0D
MOST_COLUMNS = 200
DELETED = ord("*")
KNOWN = re.compile(
    r"\s*(utf-?8|65001|ansi 1252|(?:cp|windows-?)?1252|iso[-_ ]?8859-?1|8859-?1|88591|latin-?1)\s*", re.IGNORECASE
)


class Dbase:
    """Fields and records of a table as bytes. Raises Refusal where its lengths are false."""

    def __init__(self, path: Path) -> None:
        self._path = path
        raw = path.read_bytes()
        if len(raw) < HEADER_BYTES:
            raise Refusal("broken_shapefile")
        count, start, width = struct.unpack("<IHH", raw[4:12])
        if start < HEADER_BYTES or width < 1 or start + count * width > len(raw):
            raise Refusal("broken_shapefile")
        self._fields = _fields(raw[HEADER_BYTES:start])
        if sum(length for _kind, length in self._fields) + 1 > width:
            raise Refusal("broken_shapefile")
        self._records = np.frombuffer(raw, dtype=np.uint8, count=count * width, offset=start).reshape(count, width)
        self._alive = self._records[:, 0] != DELETED if count else np.zeros(0, dtype=bool)

    @property
    def deleted(self) -> int:
        """Records that were marked as deleted; no program shows them."""
        return int((~self._alive).sum())

    def alive_numbers(self) -> np.ndarray:
        """Number of each record that is not deleted, from 1."""
        return np.flatnonzero(self._alive) + 1

    def faults(self, wanted: list[int]) -> dict[int, str]:
        """By record number: a number written as stars (it did not fit) or a date of zeros, in the wanted fields."""
        found: dict[int, str] = {}
        offset = 1
        for place, (kind, length) in enumerate(self._fields):
            cells = self._records[:, offset : offset + length]
            offset += length
            if place not in wanted or not len(cells):
                continue
            if kind in b"NF":
                bad, code = (cells == DELETED).any(axis=1), "dbf_number"
            elif kind == ord("D"):
                bad, code = (cells == ord("0")).all(axis=1), "dbf_date"
            else:
                continue
            for row in np.flatnonzero(bad & self._alive):
                found.setdefault(int(row) + 1, code)
        return found

    def settle_encoding(self) -> tuple[str, bool]:
        """Encoding of the texts, and whether the file said so; the part that tells GDAL is written anew."""
        part = self._path.with_suffix(".cpg")
        told = part.read_text("ascii", "replace")[:40] if part.exists() else ""
        texts = self._texts()
        fits = _is_utf8(texts)
        encoding = "UTF-8" if fits else "CP1252"
        known = KNOWN.fullmatch(told)
        is_told = known is not None and (
            ("8" in known.group(1)[:5] and "utf" in told.lower()) == fits or texts.isascii()
        )
        part.write_text(encoding, "ascii")
        return encoding, is_told or texts.isascii()

    def odd_sample(self, encoding: str) -> str:
        """The first text with letters beyond ASCII, as it was read, for a person to judge."""
        offset = 1
        for kind, length in self._fields:
            if kind == ord("C"):
                column = self._records[:, offset : offset + length]
                for row in np.flatnonzero((column > 127).any(axis=1))[:1]:
                    return bytes(column[row]).decode(encoding, "replace").strip()[:80]
            offset += length
        return ""

    def _texts(self) -> bytes:
        pieces, offset = [], 1
        for kind, length in self._fields:
            if kind == ord("C"):
                pieces.append(self._records[:, offset : offset + length])
            offset += length
        # a line end after each cell, so that a letter cut in two at the end of a cell stays alone
        return b"\n".join(bytes(row) for piece in pieces for row in piece if (row > 127).any())


def _is_utf8(texts: bytes) -> bool:
    """True where most texts are UTF-8: a cell cut in the middle of a letter does not decide."""
    lines = texts.split(b"\n")
    good = 0
    for line in lines:
        try:
            line.rstrip(b" \0").decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            good -= 1
    return good > 0


def _fields(raw: bytes) -> list[tuple[int, int]]:
    """Type and length of each field."""
    found = []
    for start in range(0, len(raw) - FIELD_BYTES + 1, FIELD_BYTES):
        if raw[start] == END_OF_FIELDS:
            break
        found.append((raw[start + 11], raw[start + 16]))
    if not found or len(found) > MOST_COLUMNS:
        raise Refusal("too_many_columns" if found else "broken_shapefile", limit=MOST_COLUMNS)
    return found
