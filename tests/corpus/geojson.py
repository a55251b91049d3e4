"""D: GeoJSON."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

from tests.corpus import case, read, refused
from tests.corpus.parts import SIDE, SOUTH, WEST, square

LAYER, UNITS = "layer", "units"


def _written(folder: Path, content: Any, name: str = "capa.geojson") -> Path:
    raw = content if isinstance(content, bytes) else content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return folder / name


def _feature(coordinates: Any, kind: str = "Point", **members: Any) -> dict[str, Any]:
    told = {"type": "Feature", "properties": {"codigo": "x"}, "geometry": {"type": kind, "coordinates": coordinates}}
    return told | members


def _collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


GOOD = _feature([WEST, SOUTH])
RING = [list(corner) for corner in square().exterior.coords]


@case("D1", LAYER, refused("not_geojson"))
def virtual_format(folder: Path, _rng: random.Random) -> Path:
    (folder.parent / "canario.csv").write_text("secreto\ncontenido-ajeno-7391\n")
    return _written(
        folder,
        "<OGRVRTDataSource><OGRVRTLayer name='canario'><SrcDataSource>../canario.csv</SrcDataSource></OGRVRTLayer>"
        "</OGRVRTDataSource>",
    )


@case("D2", LAYER, refused("not_geojson"))
def pipeline(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read ../canario.csv"})


@case("D3", LAYER, refused("not_geojson"))
def web_service(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, "<OGRWFSDataSource><URL>http://127.0.0.1:{port}/wfs</URL></OGRWFSDataSource>")


@case("D4", LAYER, refused("crs_not_allowed"))
def linked_system(folder: Path, _rng: random.Random) -> Path:
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:{port}/crs", "type": "ogcwkt"}}
    return _written(folder, _collection(GOOD, crs=link))


@case("D4", LAYER, refused("crs_not_allowed"))
def system_named_by_an_address(folder: Path, _rng: random.Random) -> Path:
    name = {"type": "name", "properties": {"name": "http://127.0.0.1:{port}/crs"}}
    return _written(folder, _collection(GOOD, crs=name))


@case("D4", LAYER, refused("crs_not_allowed"))
def system_named_by_a_file(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, _collection(GOOD, crs={"type": "name", "properties": {"name": "/etc/passwd"}}))


@case("D5", LAYER, read(1, {2: "coordinates", 3: "coordinates", 4: "coordinates"}))
def numbers_that_are_none(folder: Path, _rng: random.Random) -> Path:
    text = json.dumps(_collection(GOOD, *[_feature([f"@{n}", SOUTH]) for n in range(3)]))
    for number, written in enumerate(("NaN", "-Infinity", "1e400")):
        text = text.replace(f'"@{number}"', written)
    return _written(folder, text)


@case("D6", LAYER, refused("too_deep"))
def nested_arrays(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, '{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000 + "}")


@case("D6", LAYER, refused("too_deep"))
def nested_collections(folder: Path, _rng: random.Random) -> Path:
    one = '{"type":"GeometryCollection","geometries":['
    return _written(folder, one * 100_000 + "]}" * 100_000)


@case("D7", LAYER, refused("repeated_key"))
def coordinates_twice(folder: Path, _rng: random.Random) -> Path:
    return _written(
        folder, json.dumps(_collection(GOOD)).replace('"coordinates"', '"coordinates": [1, 2], "coordinates"')
    )


@case("D8", LAYER, read(1, dict.fromkeys((2, 3, 4, 5, 6), "coordinates")))
def odd_positions(folder: Path, _rng: random.Random) -> Path:
    odd = [[None, 1], [str(WEST), str(SOUTH)], [WEST, SOUTH, 1, 2, 3], [], [True, SOUTH]]
    return _written(folder, _collection(GOOD, *map(_feature, odd)))


@case("D9", UNITS, refused("outside", message="latitud"))
def latitude_first(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, _collection(_feature([[[y, x] for x, y in RING]], "Polygon")))


@case("D10", UNITS, read(1, {2: "fuera", 3: "fuera"}))
def whole_world_and_antimeridian(folder: Path, _rng: random.Random) -> Path:
    world = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
    across = [[179.9, -40], [-179.9, -40], [-179.9, -39], [179.9, -39], [179.9, -40]]
    codes = [{"properties": {"codigo": code}} for code in "abc"]
    shapes = [_feature([ring], "Polygon", **code) for ring, code in zip((RING, world, across), codes, strict=True)]
    return _written(folder, _collection(*shapes))


@case("D11", LAYER, read(1, {2: "surrogate", 3: "nul", 4: "text_too_long", 5: "direction"}))
def odd_texts(folder: Path, _rng: random.Random) -> Path:
    odd = ["\ud800", "a\0b", "x" * 1_000_000, "abc\u202etxt.exe"]
    return _written(folder, _collection(GOOD, *[GOOD | {"properties": {"codigo": text}} for text in odd]))


@case("D12", LAYER, refused("too_many_rows", "too_many_bytes"))
def more_features_than_rows(folder: Path, _rng: random.Random) -> Path:
    one = '{"type":"Feature","properties":null,"geometry":null},'
    return _written(folder, '{"type":"FeatureCollection","features":[' + one * 2_000_000 + one[:-1] + "]}")


@case("D13", LAYER, read(2, {2: "repeated_id"}))
def repeated_identity(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, _collection(GOOD | {"id": 7}, GOOD | {"id": 7}, GOOD | {"id": 1e308}))


@case("D13", LAYER, read(1))
def keys_of_the_language(folder: Path, _rng: random.Random) -> Path:
    odd = {"__proto__": "x", "constructor": "x", "geometry": "x", "__row_number": 9, "codigo": "x"}
    return _written(folder, _collection(GOOD | {"properties": odd}))


@case("D14", LAYER, refused("not_geojson"))
def utf16(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, json.dumps(_collection(GOOD)).encode("utf-16"))


@case("D14", LAYER, refused("not_geojson"))
def gzipped(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, gzip.compress(json.dumps(_collection(GOOD)).encode()))


@case("D14", LAYER, read(1))
def byte_order_mark(folder: Path, _rng: random.Random) -> Path:
    return _written(folder, json.dumps(_collection(GOOD)).encode("utf-8-sig"))


@case("D15", LAYER, read(1, {2: "coordinates", 3: "coordinates", 4: "holes:1000"}))
def odd_rings(folder: Path, _rng: random.Random) -> Path:
    step = SIDE / 100
    holes = [
        [[x, y], [x + step / 4, y], [x + step / 4, y + step / 4], [x, y]]
        for n in range(1000)
        for x, y in [(WEST + step * (n % 40 + 1), SOUTH + step * (n // 40 + 1))]
    ]
    rings = [[RING], [RING[:-1]], [RING[:3]], [RING, *holes]]
    return _written(folder, _collection(*[_feature(one, "Polygon") for one in rings]))
