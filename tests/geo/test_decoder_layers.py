"""Map layers from hostile and clumsy files: refused by name, alone, without a word to anybody outside."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.decoder import ROW_ERROR, ROW_NUMBER, DecodedLayer, decode_layer
from geo.decoder import layers as layers_module
from geo.decoder.child import geojson as geojson_module
from geo.decoder.child.refusal import Refusal
from geo.decoder.limits import Limits
from geo.decoder.process import drivers_but
from geo.errors import RefusedFileError

SECRET = "contenido-ajeno-7391"


@pytest.fixture
def listener() -> Iterator[list[bytes]]:
    """A server on loopback that remembers whether anybody called."""
    calls: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            try:
                connection, _address = server.accept()
            except TimeoutError:
                continue
            calls.append(connection.recv(100))
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    calls.append(str(server.getsockname()[1]).encode())
    yield calls
    done.set()
    thread.join()
    server.close()


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def at(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


GOOD = feature(at(-73.25, -39.8), nombre="bien")


def geojson(folder: Path, content: Any, name: str = "capa.geojson") -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def code(path: Path, **options: Any) -> str:
    with pytest.raises(RefusedFileError) as caught:
        decode_layer(path, **options)
    assert SECRET not in str(caught.value)
    return str(caught.value.extra["code"])


def errors(decoded: DecodedLayer) -> list[bool]:
    return decoded.frame[ROW_ERROR].notna().tolist()


def geopackage(folder: Path, frame: gpd.GeoDataFrame | None = None, layer: str = "capa", **options: Any) -> Path:
    path = folder / "capa.gpkg"
    told = (
        frame
        if frame is not None
        else gpd.GeoDataFrame({"a": [1, 2]}, geometry=gpd.points_from_xy([1, 2], [3, 4]), crs=4326)
    )
    told.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", **options)
    return path


def change(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


# --- disguised files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["capa.geojson", "capa.gpkg", "capa.json"])
def test_disguised_pipelines_read_no_foreign_file(tmp_path: Path, name: str, listener: list[bytes]) -> None:
    secret = tmp_path / "ajeno.csv"
    secret.write_text(f"a,b\n{SECRET},1\n", encoding="utf-8")
    port = listener[0].decode()
    disguises = [
        f'<OGRVRTDataSource><OGRVRTLayer name="ajeno"><SrcDataSource>{secret}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:{port}/x</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}),
        f"<OGRWFSDataSource><URL>http://127.0.0.1:{port}/wfs</URL></OGRWFSDataSource>",
    ]
    for disguise in disguises:
        assert code(geojson(tmp_path, disguise, name)) in {"not_geojson", "not_geopackage"}
    assert len(listener) == 1


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:{port}/crs"}},
        {"type": "url", "properties": {"url": "http://127.0.0.1:{port}/crs"}},
        {"type": "name", "properties": {"name": "http://127.0.0.1:{port}/crs"}},
        {"type": "name", "properties": {"name": "/etc/hostname"}},
        {"type": "name"},
        "EPSG:4326",
        [1],
    ],
)
def test_a_linked_system_is_refused_and_never_asked_for(tmp_path: Path, crs: Any, listener: list[bytes]) -> None:
    told = json.loads(json.dumps(crs).replace("{port}", listener[0].decode()))
    assert code(geojson(tmp_path, collection(GOOD, crs=told))) == "crs_not_allowed"
    assert len(listener) == 1


@pytest.mark.parametrize(
    ("name", "srid"),
    [("urn:ogc:def:crs:OGC:1.3:CRS84", 4326), ("urn:ogc:def:crs:EPSG::4674", 4674), ("EPSG:32718", 32718)],
)
def test_a_plainly_named_system_is_read(tmp_path: Path, name: str, srid: int) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert decode_layer(geojson(tmp_path, collection(GOOD, crs=crs))).srid == srid


def test_only_the_expected_driver_is_left() -> None:
    skipped = drivers_but("GPKG", "pyogrio").split(",")
    assert "GPKG" not in skipped
    assert {"OGR_VRT", "CSV", "GeoJSON", "WFS"} <= set(skipped)


# --- GeoJSON ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[" * 100_000 + "]" * 100_000, "too_deep"),
        (
            '{"type":"FeatureCollection","features":[' + '{"type":"GeometryCollection","geometries":[' * 50_000,
            "too_deep",
        ),
        ('{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}', "repeated_key"),
        ("", "not_geojson"),
        ("hola", "not_geojson"),
        ('{"type":"Topology"}', "not_geojson"),
        ("[1,2]", "not_geojson"),
        (json.dumps(collection(GOOD)).encode("utf-16"), "not_geojson"),
        (b"\x1f\x8b\x08\x00abc", "not_geojson"),
        (b'{"a":"\xff"}', "not_geojson"),
        (json.dumps(collection()), "empty"),
        (json.dumps(collection(feature(at(1, 2), **{f"c{n}": n for n in range(500)}))), "too_many_columns"),
    ],
)
def test_broken_geojson_is_refused_by_name(tmp_path: Path, content: Any, expected: str) -> None:
    assert code(geojson(tmp_path, content)) == expected


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert len(decode_layer(geojson(tmp_path, json.dumps(collection(GOOD)).encode("utf-8-sig"))).frame) == 1


BAD_GEOMETRIES: list[Any] = [
    None, {}, {"type": "Point"}, at(), at(None, 1), at("1", "2"), at(1), at(1, 2, 3, 4, 5), at(True, 1), at([1], 2),
    {"type": "GeometryCollection", "geometries": []}, {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
    {"type": "LineString", "coordinates": [[0, 0]]}, {"type": ["Point"], "coordinates": [1, 2]}, "POINT(1 2)",
    {"type": "MultiPoint", "coordinates": [[0, 0], [1, 1]]},
]  # fmt: skip


def test_each_bad_geometry_costs_its_own_row_only(tmp_path: Path) -> None:
    decoded = decode_layer(geojson(tmp_path, collection(*(feature(bad) for bad in BAD_GEOMETRIES), GOOD)))
    assert errors(decoded) == [True] * len(BAD_GEOMETRIES) + [False]
    assert decoded.frame[ROW_NUMBER].tolist() == list(range(1, len(BAD_GEOMETRIES) + 2))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_none_cost_their_row(tmp_path: Path, number: str) -> None:
    text = json.dumps(collection(GOOD, feature(at(7, 8)))).replace("[7, 8]", f"[{number}, 8]")
    assert errors(decode_layer(geojson(tmp_path, text))) == [False, True]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "x" * 1_000_000])
def test_odd_texts_cost_their_row(tmp_path: Path, text: str) -> None:
    assert errors(decode_layer(geojson(tmp_path, collection(GOOD, feature(at(1, 2), nombre=text))))) == [False, True]


def test_a_repeated_id_costs_the_later_row(tmp_path: Path) -> None:
    features = [{**GOOD, "id": number} for number in (1, 2, 1)]
    assert errors(decode_layer(geojson(tmp_path, collection(*features)))) == [False, False, True]


def test_a_height_is_left_behind(tmp_path: Path) -> None:
    shape = decode_layer(geojson(tmp_path, collection(feature(at(1, 2, 30))))).frame.geometry.iloc[0]
    assert (shape.has_z, shape.x, shape.y) == (False, 1, 2)


def test_too_many_vertices_cost_their_row(tmp_path: Path) -> None:
    turn = np.linspace(0, 2 * np.pi, 150_001)
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    ring[-1] = ring[0]
    polygon = {"type": "Polygon", "coordinates": [ring.tolist()]}
    assert errors(decode_layer(geojson(tmp_path, collection(feature(polygon), GOOD)))) == [True, False]


def test_properties_keep_their_types(tmp_path: Path) -> None:
    content = collection(
        feature(at(1, 2), n=1, x=1.5, t="ñ", b=True, mixed=1, nested={"a": [1]}, big=2**70),
        feature(at(1, 2), n=None, x=2, t=None, b=False, mixed="x", nested=None, big=1),
    )
    frame = decode_layer(geojson(tmp_path, content)).frame
    assert frame.x.tolist() == [1.5, 2.0]
    assert frame.b.tolist() == [True, False]
    assert frame.mixed.tolist() == ["1", "x"]
    assert frame.nested.iloc[0] == '{"a": [1]}'
    assert frame.big.tolist() == [str(2**70), "1"]


def test_hostile_property_names_are_only_names(tmp_path: Path) -> None:
    names = {"__proto__": 1, "constructor": 2, "geometry": "x", '"; DROP TABLE x; --': 3, "__family": 4}
    content = collection({**GOOD, "properties": names, "geometry": at(1, 2)})
    decoded = decode_layer(geojson(tmp_path, content), columns=["constructor"])
    assert decoded.frame["constructor"].tolist() == [2]
    assert decoded.frame.geometry.iloc[0].x == 1
    decoded = decode_layer(geojson(tmp_path, content))
    assert decoded.frame.geometry.iloc[0].x == 1


def test_rows_are_bounded(tmp_path: Path) -> None:
    instruction = {"path": str(geojson(tmp_path, collection(GOOD, GOOD))), "most_bytes": 10_000, "most_rows": 1}
    with pytest.raises(Refusal, match="too_many_rows"):
        geojson_module.geojson({**instruction, "columns": None}, None)  # type: ignore[arg-type]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(features=st.lists(ANYTHING | st.fixed_dictionaries({"geometry": ANYTHING, "properties": ANYTHING}), max_size=5))
def test_whatever_features_come_each_gets_a_shape_or_a_reason(features: list[Any]) -> None:
    for one in features:
        shape, reason = geojson_module._geometry(one)
        assert (shape is None) == (reason is not None)


# --- GeoPackage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
            "program_inside",
        ),
        ("CREATE VIEW v AS SELECT randomblob(400000000) AS b", "program_inside"),
        ("CREATE TRIGGER t AFTER INSERT ON capa BEGIN DELETE FROM capa; END", "program_inside"),
        ("CREATE VIRTUAL TABLE f USING fts4(x)", "program_inside"),
    ],
)
def test_programs_inside_are_refused_before_the_library_sees_them(
    tmp_path: Path, statement: str, expected: str
) -> None:
    assert code(change(geopackage(tmp_path), statement)) == expected


def test_plain_sqlite_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "capa.gpkg"
    change(path, "CREATE TABLE t (a)")
    assert code(path) == "not_geopackage"


def test_a_geopackage_without_map_layers_is_told(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    change(path, "DELETE FROM gpkg_contents", "DELETE FROM gpkg_geometry_columns", "DROP TABLE capa")
    assert code(path) in {"no_layers", "broken_geopackage"}


def test_cut_and_spoilt_files_are_refused_or_read_but_never_fatal(tmp_path: Path) -> None:
    good = geopackage(tmp_path).read_bytes()
    generator = random.Random(11)
    for number in range(6):
        spoilt = bytearray(good)
        for _ in range(300):
            spoilt[generator.randrange(100, len(spoilt))] ^= 1 << generator.randrange(8)
        path = tmp_path / f"roto{number}.gpkg"
        path.write_bytes(bytes(spoilt) if number else good[: len(good) // 2])
        with contextlib.suppress(RefusedFileError):
            decode_layer(path)


def test_a_lying_blob_costs_its_own_row(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    with sqlite3.connect(path) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree%'")
        for (name,) in triggers.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE capa SET geom = x'47500001E6100000010700000001' WHERE a = 1")
    connection.close()
    assert errors(decode_layer(path)) == [True, False]


def test_nested_collections_cannot_reach_the_parent(tmp_path: Path) -> None:
    deep = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * 100_000
    path = geopackage(tmp_path)
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'rtree%'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE capa SET geom = ? WHERE a = 1", [b"GP\x00\x01\xe6\x10\x00\x00" + deep])
    connection.close()
    with contextlib.suppress(RefusedFileError):
        assert errors(decode_layer(path)) == [True, False]


def test_names_never_reach_sql(tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    assert code(path, layer='"; DROP TABLE capa; --') == "layer_missing"
    assert code(path, columns=['a"; --']) == "column_missing"
    assert len(decode_layer(path).frame) == 2


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({f"c{n}": [n] for n in range(300)}, geometry=gpd.points_from_xy([1], [2]), crs=4326)
    assert code(geopackage(tmp_path, frame)) == "too_many_columns"


def test_layer_and_system_are_told(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([650_000], [5_591_000]), crs=32718)
    decoded = decode_layer(geopackage(tmp_path, frame))
    assert (decoded.srid, decoded.layer, decoded.layers, decoded.fields) == (32718, "capa", ["capa"], ["a"])


def test_shapes_survive_the_passage_exactly(tmp_path: Path) -> None:
    shapes = [
        shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]]),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2.123456789012, 2, 3, 3)]),
    ]
    frame = gpd.GeoDataFrame({"a": [1, 2]}, geometry=shapes, crs=4326)
    decoded = decode_layer(geopackage(tmp_path, frame)).frame.geometry
    assert decoded.geom_type.tolist() == ["MultiPolygon"] * 2
    assert shapely.equals_exact(decoded.to_numpy()[0].geoms[0], shapes[0], 0)
    assert shapely.equals_exact(decoded.to_numpy()[1], shapes[1], 0)


def test_a_layer_past_its_processor_time_is_a_named_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_module, "LAYER_LIMITS", Limits(memory_bytes=3 * 1024**3, cpu_s=1))
    count = 400_000
    text = '{"type":"FeatureCollection","features":[' + ",".join(
        ['{"geometry":{"type":"Point","coordinates":[1,2]}}'] * count
    )
    assert code(geojson(tmp_path, text + "]}")) in {"time", "died"}
