"""parse_geometry is the one door, and it changes nothing."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import RefusedGeometryError, TooLargeError
from geo.geometry import MOST_PARTS, MOST_VERTICES, as_multi, json_depth, parse_geometry
from geo.models import Commune
from tests.factories import geo as factories

KINDS = {"Polygon", "MultiPolygon"}
RING = [[-73.25, -39.82], [-73.24, -39.82], [-73.24, -39.81], [-73.25, -39.81], [-73.25, -39.82]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
COMMUNE = Commune(
    cut_code="T", name="Prueba", boundary=factories.box(-73.30, -39.86, -73.20, -39.76), metric_srid=32718
)


def parse(value: Any, kinds: set[str] = KINDS) -> Any:
    return parse_geometry(value, commune=COMMUNE, kinds=kinds)


def refusal(value: Any, kinds: set[str] = KINDS) -> str:
    with pytest.raises(RefusedGeometryError) as caught:
        parse(value, kinds)
    return str(caught.value)


def circle(vertices: int) -> list[list[float]]:
    turn = 2 * math.pi / vertices
    ring = [[-73.25 + 0.01 * math.cos(i * turn), -39.81 + 0.01 * math.sin(i * turn)] for i in range(vertices)]
    return [*ring, ring[0]]


def test_a_sound_polygon_is_returned_as_it_came() -> None:
    parsed = parse(json.dumps(SQUARE))
    assert parsed.srid == 4326
    assert [list(pair) for pair in parsed.coords[0]] == RING


def test_object_and_text_give_the_same() -> None:
    assert parse(SQUARE) == parse(json.dumps(SQUARE))


def test_points_and_lines_are_read_where_they_are_let_in() -> None:
    assert parse({"type": "Point", "coordinates": [-73.25, -39.8]}, {"Point"}).geom_type == "Point"
    line = {"type": "LineString", "coordinates": RING[:2]}
    assert parse(line, {"LineString"}).geom_type == "LineString"


def test_multi_is_offered_for_columns_of_collections() -> None:
    assert as_multi(parse(SQUARE)).geom_type == "MultiPolygon"


def test_too_many_bytes_are_refused_as_too_large() -> None:
    with pytest.raises(TooLargeError):
        parse('{"type": "Polygon", "x": "' + "a" * 5 * 1024 * 1024 + '"}')


def test_deep_nesting_is_refused_before_it_is_parsed() -> None:
    refusal("[" * 100_000 + "]" * 100_000)
    refusal('{"type": "GeometryCollection", "geometries": [' * 50_000)


def test_brackets_inside_text_are_not_depth() -> None:
    assert json_depth('{"a": "[[[[\\"[[[["}') == 1


def test_crs_member_is_refused() -> None:
    assert "crs" in refusal({**SQUARE, "crs": {"type": "link", "properties": {"href": "http://127.0.0.1/"}}})


def test_repeated_member_is_refused() -> None:
    refusal('{"type": "Polygon", "coordinates": [], "coordinates": [[[-73.25, -39.82]]]}')


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "null", '"5"', "true", "1" + "0" * 400])
def test_what_is_not_a_finite_number_is_refused(number: str) -> None:
    refusal('{"type": "Point", "coordinates": [' + number + ", -39.8]}", {"Point"})


def test_a_float_that_is_nan_in_an_object_is_refused() -> None:
    refusal({"type": "Point", "coordinates": [float("nan"), -39.8]}, {"Point"})


@pytest.mark.parametrize(
    "coordinates", [None, [], [[]], [[[]]], "x", {"0": 1}, [RING[0]], [[[RING]]], [RING, []], 5, [[*RING[:3], 5]]]
)
def test_wrong_nesting_and_emptiness_are_refused(coordinates: Any) -> None:
    refusal({"type": "Polygon", "coordinates": coordinates})


def test_a_third_value_is_refused() -> None:
    refusal({"type": "Point", "coordinates": [-73.25, -39.8, 4.0]}, {"Point"})


def test_a_kind_that_was_not_asked_for_is_refused() -> None:
    refusal({"type": "Point", "coordinates": [-73.25, -39.8]})
    refusal({"type": "GeometryCollection", "geometries": [SQUARE]})
    refusal({"type": ["Polygon"], "coordinates": []})


def test_an_open_ring_and_a_ring_of_three_are_refused() -> None:
    refusal({"type": "Polygon", "coordinates": [RING[:-1]]})
    refusal({"type": "Polygon", "coordinates": [[RING[0], RING[1], RING[0]]]})


def test_vertices_are_counted() -> None:
    assert parse({"type": "Polygon", "coordinates": [circle(MOST_VERTICES - 1)]}).num_coords == MOST_VERTICES
    refusal({"type": "Polygon", "coordinates": [circle(MOST_VERTICES)]})


def test_parts_and_holes_are_counted() -> None:
    refusal({"type": "MultiPolygon", "coordinates": [[RING]] * (MOST_PARTS + 1)})
    refusal({"type": "Polygon", "coordinates": [RING] * (MOST_PARTS + 1)})


def test_a_shape_far_from_the_commune_is_refused() -> None:
    far = [[lng + 3, lat] for lng, lat in RING]
    assert "Prueba" in refusal({"type": "Polygon", "coordinates": [far]})


def test_a_shape_within_twenty_kilometres_is_let_in() -> None:
    near = [[lng + 0.2, lat] for lng, lat in RING]
    assert parse({"type": "Polygon", "coordinates": [near]}).area > 0


def test_latitude_first_is_told() -> None:
    told = refusal({"type": "Polygon", "coordinates": [[[lat, lng] for lng, lat in RING]]})
    assert told != refusal({"type": "Polygon", "coordinates": [[[lng + 3, lat] for lng, lat in RING]]})


def test_metres_in_place_of_degrees_are_refused() -> None:
    refusal({"type": "Point", "coordinates": [650139.0, 5591393.0]}, {"Point"})


def test_a_bow_tie_is_refused_and_its_repair_offered() -> None:
    bow_tie = [RING[0], RING[2], RING[1], RING[3], RING[0]]
    with pytest.raises(RefusedGeometryError) as caught:
        parse({"type": "Polygon", "coordinates": [bow_tie]})
    offered = caught.value.extra["repair"]
    assert parse(json.loads(json.dumps(offered))).area == pytest.approx(5e-5, rel=0.01)


def test_a_flat_ring_is_refused_without_repair() -> None:
    with pytest.raises(RefusedGeometryError) as caught:
        parse({"type": "Polygon", "coordinates": [[RING[0], RING[1], RING[0], RING[0]]]})
    assert caught.value.extra["repair"] is None


def test_a_shape_larger_than_the_commune_is_refused() -> None:
    large = [[-73.31, -39.87], [-73.19, -39.87], [-73.19, -39.75], [-73.31, -39.75], [-73.31, -39.87]]
    refusal({"type": "Polygon", "coordinates": [large]})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "x"]), coordinates=ANYTHING)
def test_whatever_comes_is_a_sound_shape_or_a_named_refusal(kind: str, coordinates: Any) -> None:
    try:
        parsed = parse({"type": kind, "coordinates": coordinates}, {"Point", "LineString", "Polygon", "MultiPolygon"})
    except RefusedGeometryError:
        return
    assert parsed.valid
    assert not parsed.empty


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(alphabet='{}[]",:0123456789.eE-+NaInfty\\u \n', max_size=200))
def test_whatever_text_comes_is_a_named_refusal(text: str) -> None:
    with pytest.raises(RefusedGeometryError):
        parse(text)


lng = st.floats(-73.3, -73.2, allow_nan=False)
lat = st.floats(-39.86, -39.76, allow_nan=False)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(corners=st.lists(st.tuples(lng, lat), min_size=3, max_size=12))
def test_what_is_accepted_comes_back_unchanged_and_what_is_repaired_is_valid(
    corners: list[tuple[float, float]],
) -> None:
    ring = [list(corner) for corner in [*corners, corners[0]]]
    try:
        parsed = parse({"type": "Polygon", "coordinates": [ring]})
    except RefusedGeometryError as refused:
        repair = getattr(refused, "extra", {}).get("repair")
        if repair:
            from shapely.geometry import shape

            assert shape(repair).is_valid
        return
    assert [list(pair) for pair in parsed.coords[0]] == ring
