"""B: shapefiles."""

from __future__ import annotations

import datetime as dt
import random
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from tests.corpus import case, read, refused
from tests.corpus.parts import SIDE, SOUTH, WEST, layer, shapefile_parts, square, zipped, zipped_layer

LAYER, UNITS, MENDED = "layer", "units", "mended-units"


@case("B1", LAYER, refused("missing_part", message=".shx"))
def without_index(folder: Path, _rng: random.Random) -> Path:
    return zipped_layer(folder, without=(".shx",))


@case("B1", LAYER, refused("missing_part", message=".dbf"))
def without_table(folder: Path, _rng: random.Random) -> Path:
    return zipped_layer(folder, without=(".dbf",))


@case("B1", LAYER, refused("lone_part"))
def shape_alone(folder: Path, _rng: random.Random) -> Path:
    (folder / "capa.shp").write_bytes(shapefile_parts(folder, layer())[".shp"])
    return folder / "capa.shp"


@case("B2", UNITS, refused("which_srid"))
def without_system(folder: Path, _rng: random.Random) -> Path:
    return zipped_layer(folder, layer().to_crs(32718), without=(".prj",))


@case("B3", UNITS, refused("outside", message="km"))
def wrong_zone(folder: Path, _rng: random.Random) -> Path:
    return zipped_layer(folder, layer().to_crs(32718).set_crs(32719, allow_override=True))


@case("B4", LAYER, refused("which_layer", message="otra"))
def two_layers(folder: Path, _rng: random.Random) -> Path:
    files = {}
    for name in ("capa", "otra"):
        files |= {f"{name}{suffix}": content for suffix, content in shapefile_parts(folder, layer(), name).items()}
    return zipped(folder, files)


@case("B5", LAYER, read(3, notes=("CP1252", "Ñuble"), texts=("Ñuble 1",)))
def latin_text_without_word_of_it(folder: Path, _rng: random.Random) -> Path:
    parts = shapefile_parts(folder, layer(), encoding="ISO-8859-1")
    return zipped(folder, {f"capa{suffix}": content for suffix, content in parts.items() if suffix != ".cpg"})


@case("B5", LAYER, read(3, notes=("CP1252",), texts=("Ñuble 1",)))
def latin_text_that_claims_to_be_utf8(folder: Path, _rng: random.Random) -> Path:
    parts = shapefile_parts(folder, layer(), encoding="ISO-8859-1") | {".cpg": b"UTF-8"}
    return zipped(folder, {f"capa{suffix}": content for suffix, content in parts.items()})


@case("B6", LAYER, refused("broken_shapefile"))
def record_longer_than_the_file(folder: Path, _rng: random.Random) -> Path:
    return _spoiled(folder, ".shx", 104, struct.pack(">i", 1_000_000_000))


@case("B6", LAYER, refused("broken_shapefile"))
def two_billion_rows(folder: Path, _rng: random.Random) -> Path:
    return _spoiled(folder, ".dbf", 4, struct.pack("<I", 2**31))


@case("B6", LAYER, refused("broken_shapefile"))
def two_billion_points(folder: Path, _rng: random.Random) -> Path:
    return _spoiled(folder, ".shp", 148, struct.pack("<i", 2**31 - 1))


@case("B7", LAYER, read(1, {1: "vertices:500001"}))
def half_a_million_vertices(folder: Path, _rng: random.Random) -> Path:
    angle = np.linspace(0, 2 * np.pi, 500_001)
    angle[-1] = 0
    ring = shapely.Polygon(np.column_stack([WEST + SIDE * np.cos(angle), SOUTH + SIDE * np.sin(angle)]))
    return zipped_layer(folder, gpd.GeoDataFrame({"codigo": ["a", "b"]}, geometry=[ring, square()], crs=4326))


@case("B8", UNITS, read(1, {1: "no es válida", 2: "no es válida"}))
def bow_tie_and_spike(folder: Path, _rng: random.Random) -> Path:
    return zipped_layer(folder, _invalid())


@case("B8", MENDED, read(3, notes=("repar",)))
def bow_tie_and_spike_mended(folder: Path, _rng: random.Random) -> Path:
    return zipped_layer(folder, _invalid())


@case("B9", LAYER, read(3, notes=("al revés",)))
def rings_the_wrong_way_round(folder: Path, _rng: random.Random) -> Path:
    parts = shapefile_parts(folder, layer())
    raw = bytearray(parts[".shp"])
    place = 100
    while place < len(raw):
        length = 2 * struct.unpack(">i", raw[place + 4 : place + 8])[0]
        count, points = struct.unpack("<ii", raw[place + 44 : place + 52])
        start = place + 8 + 44 + 4 * count
        ring = np.frombuffer(bytes(raw[start : start + 16 * points]), dtype="<f8").reshape(-1, 2)[::-1]
        raw[start : start + 16 * points] = ring.tobytes()
        place += 8 + length
    parts[".shp"] = bytes(raw)
    return zipped(folder, {f"capa{suffix}": content for suffix, content in parts.items()})


@case("B10", LAYER, read(3, notes=("alturas",)))
def heights(folder: Path, _rng: random.Random) -> Path:
    frame = layer()
    return zipped_layer(folder, frame.set_geometry(shapely.force_3d(frame.geometry.to_numpy(), 7.0)))


@case("B10", LAYER, refused("multipatch"))
def bodies(folder: Path, _rng: random.Random) -> Path:
    return _spoiled(folder, ".shp", 32, struct.pack("<i", 31))


@case("B10", LAYER, read(2, {1: "no_geometry"}))
def null_shapes(folder: Path, _rng: random.Random) -> Path:
    return _spoiled(folder, ".shp", 108, struct.pack("<i", 0))


@case("B11", LAYER, read(1, {1: "dbf_number", 2: "dbf_date"}))
def stars_and_zeros(folder: Path, _rng: random.Random) -> Path:
    frame = layer(n=[1, 2, 3])
    frame["cuando"] = pd.array([dt.date(2026, 1, 1)] * 3, dtype=pd.ArrowDtype(pa.date32()))
    parts = shapefile_parts(folder, frame, use_arrow=True)
    raw = bytearray(parts[".dbf"])
    start, width = struct.unpack("<HH", raw[8:12])
    offset, fields = 1, {}
    for place in range(32, start - 1, 32):
        fields[bytes(raw[place : place + 11]).rstrip(b"\0")] = (offset, raw[place + 16])
        offset += raw[place + 16]
    (at, length), (day_at, day_length) = fields[b"n"], fields[b"cuando"]
    raw[start + at : start + at + length] = b"*" * length
    raw[start + width + day_at : start + width + day_at + day_length] = b"0" * day_length
    return zipped(folder, {f"capa{suffix}": content for suffix, content in (parts | {".dbf": bytes(raw)}).items()})


def _invalid() -> gpd.GeoDataFrame:
    west, east, south, north = WEST, WEST + SIDE, SOUTH, SOUTH + SIDE
    tie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    spike = shapely.Polygon(
        [(west, south), (east, south), (east, north), (east, north + SIDE), (east, north), (west, north)]
    )
    frame = layer()
    frame.geometry = [tie, spike, square(2)]
    return frame


def _spoiled(folder: Path, suffix: str, offset: int, content: bytes) -> Path:
    parts = shapefile_parts(folder, layer())
    raw = bytearray(parts[suffix])
    raw[offset : offset + len(content)] = content
    return zipped(folder, {f"capa{name}": raw_part for name, raw_part in (parts | {suffix: bytes(raw)}).items()})
