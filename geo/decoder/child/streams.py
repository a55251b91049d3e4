"""Text as UTF-8 bytes with plain line ends, however the file was written; the rest of the reader knows no other."""

from __future__ import annotations

import codecs
import io
from typing import Any, BinaryIO

CHUNK = 1 << 16


class Recoded(io.RawIOBase):
    """A byte stream of another encoding (UTF-16) or with bare carriage returns, as UTF-8 with line feeds."""

    def __init__(self, source: BinaryIO, encoding: str, has_old_ends: bool) -> None:
        self._source = source
        self._decode = codecs.getincrementaldecoder(encoding)()
        self._encoding = plain_encoding(encoding)
        self._has_old_ends = has_old_ends
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting:
            chunk = self._source.read(CHUNK)
            text = self._decode.decode(chunk, final=not chunk)
            if self._has_old_ends:
                text = text.replace("\r", "\n")
            self._waiting = text.encode(self._encoding)
            if not chunk:
                break
        count = min(len(buffer), len(self._waiting))
        buffer[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count


def recoded(source: BinaryIO, encoding: str, start: bytes) -> tuple[BinaryIO, str]:
    """The stream to read lines from and the encoding of those lines; `start` is the beginning of the content."""
    has_old_ends = start.count(b"\r") > 2 * start.count(b"\n")  # line feeds may still stand inside quoted cells
    if encoding != "utf-16" and not has_old_ends:
        return source, encoding
    return io.BufferedReader(Recoded(source, encoding, has_old_ends), CHUNK), plain_encoding(encoding)


def plain_encoding(encoding: str) -> str:
    """The encoding of what comes out: one byte order mark at most is taken off, and none is written again."""
    return "utf-8" if encoding in {"utf-16", "utf-8-sig"} else encoding
