"""Good pieces that the corpus spoils: a small map layer, its zip, headers of zips by hand."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

WEST, SOUTH, SIDE = -73.25, -39.82, 0.002


def square(number: int = 0, side: float = SIDE) -> Any:
    """A square inside the commune of the tests."""
    west = WEST + number * SIDE * 1.5
    return shapely.box(west, SOUTH, west + side, SOUTH + side)


def layer(count: int = 3, **columns: Any) -> gpd.GeoDataFrame:
    """Squares with a code and a name."""
    told = {"codigo": [f"U{n}" for n in range(count)], "nombre": [f"Ñuble {n}" for n in range(count)], **columns}
    return gpd.GeoDataFrame(told, geometry=[square(n) for n in range(count)], crs=4326)


def shapefile_parts(folder: Path, frame: gpd.GeoDataFrame, name: str = "capa", **options: Any) -> dict[str, bytes]:
    """The parts of a shapefile as bytes by suffix."""
    frame.to_file(folder / f"{name}.shp", **({"encoding": "UTF-8"} | options))
    parts = {path.suffix: path.read_bytes() for path in folder.glob(f"{name}.*")}
    for path in folder.glob(f"{name}.*"):
        path.unlink()
    return parts


def zipped(folder: Path, files: dict[str, bytes], name: str = "capa.zip") -> Path:
    """A zip of files."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in files.items():
            archive.writestr(inside, content)
    return path


def zipped_layer(folder: Path, frame: gpd.GeoDataFrame | None = None, *, without: tuple[str, ...] = ()) -> Path:
    """A good zipped shapefile, some of its parts left out."""
    parts = shapefile_parts(folder, layer() if frame is None else frame)
    return zipped(folder, {f"capa{suffix}": content for suffix, content in parts.items() if suffix not in without})


def with_entry(folder: Path, entry: zipfile.ZipInfo | str, content: bytes = b"x") -> Path:
    """A good zipped shapefile with one entry more."""
    path = zipped_layer(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, content)
    return path


def hand_made_zip(entries: list[tuple[bytes, int]], data: dict[int, bytes], sizes: dict[int, int]) -> bytes:
    """A zip whose directory says what it is told to: (name, offset) entries over local records at those offsets.

    `data` holds the raw compressed bytes of each record by offset, `sizes` what the directory calls its true size.
    """
    body = io.BytesIO()
    for offset, content in data.items():
        body.seek(offset)
        name = next(name for name, place in entries if place == offset)
        body.write(_local(name, content, sizes[offset]) + content)
    start = body.seek(0, io.SEEK_END)
    for name, offset in entries:
        content = data[offset]
        head = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(_opened(content)), len(content),
                           sizes[offset], len(name), 0, 0, 0, 0, 0, offset)  # fmt: skip
        body.write(head + name)
    size = body.tell() - start
    count = min(len(entries), 0xFFFF)
    body.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, start, 0))
    return body.getvalue()


def deflated(content: bytes) -> bytes:
    """Raw deflate, as a zip holds it."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(content) + squeeze.flush()


def _local(name: bytes, content: bytes, size: int) -> bytes:
    crc = zlib.crc32(_opened(content))
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(content), size, len(name), 0) + name


def _opened(content: bytes) -> bytes:
    return zlib.decompress(content, -15)
