"""Zip archives, opened by our own rules before any library sees what is inside."""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .refusal import Refusal

MAGIC = b"PK\x03\x04"
EMPTY_MAGIC = b"PK\x05\x06"
LOCAL_HEADER = 30
CHUNK = 1 << 16
RATIO_FREE_BYTES = 10_000_000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
PLAIN = {0, stat.S_IFREG, stat.S_IFDIR}
JUNK = re.compile(r"(?:^|/)(?:__MACOSX/.*|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$", re.IGNORECASE)
NESTED = (".zip", ".kmz", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".jar")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError)


class Archive:
    """The entries of a zip that may be read, and a budget of bytes for all of them together. Raises Refusal."""

    def __init__(
        self, path: str, *, most_entries: int, most_bytes: int, most_ratio: int, may_nest: bool = False
    ) -> None:
        self._left = self._most = most_bytes
        self._ratio = most_ratio
        _refuse_prefix(path)
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except BROKEN:
            raise Refusal("zip_broken") from None
        if len(entries) > most_entries:
            raise Refusal("zip_entries", limit=most_entries)
        for entry in entries:
            _refuse_entry(entry)
        _refuse_twins(entries)
        _refuse_overlap(path, entries)
        files = [entry for entry in entries if not entry.is_dir()]
        self.ignored = [entry.filename for entry in files if JUNK.search(entry.filename)]
        self._entries = {entry.filename: entry for entry in files if not JUNK.search(entry.filename)}
        if not may_nest and any(name.lower().endswith(NESTED) for name in self._entries):
            raise Refusal("zip_nested")

    @property
    def names(self) -> list[str]:
        """Names of the files inside, in their order, without the litter of operating systems."""
        return list(self._entries)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one file, counted as they come: what the directory says about sizes is not believed."""
        entry = self._entries[name]
        count = 0
        try:
            with self._zip.open(entry) as file:
                while chunk := file.read(CHUNK):
                    count += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise Refusal("zip_bytes", limit_mb=self._most // 1_000_000)
                    if count > RATIO_FREE_BYTES and count > self._ratio * max(1, entry.compress_size):
                        raise Refusal("zip_bomb", limit=self._ratio)
                    yield chunk
        except BROKEN:
            raise Refusal("zip_broken") from None

    def read(self, name: str) -> bytes:
        """One file whole."""
        return b"".join(self.chunks(name))

    def unpack(self, name: str, target: Path) -> None:
        """Write one file under a name of ours; a zip inside the zip is refused whatever it is called."""
        with target.open("wb") as out:
            for index, chunk in enumerate(self.chunks(name)):
                if index == 0 and chunk.startswith(MAGIC):
                    raise Refusal("zip_nested")
                out.write(chunk)


def prepare() -> None:
    """Load what must load before the limits."""
    zlib.decompress(zlib.compress(b"x"))
    "x".encode("cp437")


def _refuse_prefix(path: str) -> None:
    with Path(path).open("rb") as file:
        start = file.read(4)
    if start == EMPTY_MAGIC:
        raise Refusal("empty")
    if start != MAGIC:
        raise Refusal("not_zip")


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if "\0" in name or "\\" in name or name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise Refusal("zip_path")
    if not name or any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in name) or len(name) > 500:
        raise Refusal("zip_path")
    if stat.S_IFMT(entry.external_attr >> 16) not in PLAIN:
        raise Refusal("zip_link")
    if entry.flag_bits & 0x1:
        raise Refusal("zip_encrypted")
    if entry.compress_type not in METHODS:
        raise Refusal("zip_method", found=entry.compress_type)


def _refuse_twins(entries: list[zipfile.ZipInfo]) -> None:
    """Two names that one disk or another takes for the same."""
    plain = [unicodedata.normalize("NFC", entry.filename).casefold() for entry in entries]
    if len(set(plain)) != len(plain):
        raise Refusal("zip_twins")


def _refuse_overlap(path: str, entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share their bytes let a small file grow without end."""
    ends = 0
    with Path(path).open("rb") as file:
        for entry in sorted(entries, key=lambda one: one.header_offset):
            if entry.header_offset < ends or (ends == 0 and entry.header_offset != 0):
                raise Refusal("zip_overlap")
            ends = entry.header_offset + _local_header_bytes(file, entry.header_offset) + entry.compress_size
        if ends > file.seek(0, os.SEEK_END):
            raise Refusal("zip_broken")


def _local_header_bytes(file: BinaryIO, offset: int) -> int:
    file.seek(offset)
    header = file.read(LOCAL_HEADER)
    if len(header) < LOCAL_HEADER or not header.startswith(MAGIC):
        raise Refusal("zip_broken")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    return LOCAL_HEADER + int(name_length) + int(extra_length)
