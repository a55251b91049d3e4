from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from analysis.checks import boundary_problems, require_area, require_points, require_projected, require_weights
from analysis.errors import (
    EmptyInputError,
    NoSpreadError,
    NotFiniteError,
    ParameterError,
    UnprojectedCoordinatesError,
)


def frame(crs):
    return geopandas.GeoDataFrame(geometry=[Point(650000, 5590000)], crs=crs)


def codes(boundary, **limits):
    return [problem.code for problem in boundary_problems(boundary, **{"min_area_m2": 100.0, **limits})]


def test_metres_pass():
    require_projected(frame("EPSG:32718"))


@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:2913"])
def test_degrees_feet_and_no_system_are_refused(crs):
    with pytest.raises(UnprojectedCoordinatesError):
        require_projected(frame(crs))


def test_points_that_look_like_degrees_are_refused():
    with pytest.raises(UnprojectedCoordinatesError, match="degrees"):
        require_points([-73.2, -73.1], [-39.8, -39.9])


def test_the_first_bad_row_is_named():
    with pytest.raises(NotFiniteError, match="row 2"):
        require_points([1000, 1001, np.nan], [1000, 1001, 1002])


def test_no_points_are_refused():
    with pytest.raises(EmptyInputError):
        require_points([], [])


def test_unequal_lengths_are_refused():
    with pytest.raises(ParameterError):
        require_points([1000, 2000], [1000])


def test_equal_points_have_no_spread():
    with pytest.raises(NoSpreadError):
        require_points([1000, 1000], [2000, 2000], spread=True)


def test_negative_weight_is_refused():
    with pytest.raises(ParameterError, match="-1"):
        require_weights([1, -1], 2)


def test_input_is_not_altered():
    given = np.array([1000.0, 2000.0])
    east, _ = require_points(given, given)
    east += 1
    assert given.tolist() == [1000.0, 2000.0]


def test_a_square_is_a_boundary():
    assert codes(box(1000, 1000, 1100, 1100)) == []


def test_bow_tie_is_a_problem():
    problem = boundary_problems(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), min_area_m2=1)[0]
    assert (problem.code, problem.x, problem.y) == ("not_valid", 5.0, 5.0)


def test_empty_line_and_infinite_boundaries_are_problems():
    assert codes(Polygon()) == ["empty"]
    assert codes(LineString([(0, 0), (1, 1)])) == ["not_a_polygon"]
    assert codes(Polygon([(0, 0), (np.inf, 0), (1, 1)])) == ["not_finite"]


def test_small_and_narrow_boundaries_are_problems():
    assert codes(box(1000, 1000, 1009, 1009)) == ["too_small"]
    assert codes(box(1000, 1000, 1500, 1005), min_width_m=20.0) == ["too_narrow"]


def test_a_hole_and_several_parts_are_no_problem():
    holed = box(1000, 1000, 1100, 1100).difference(box(1040, 1040, 1060, 1060))
    assert codes(MultiPolygon([holed, box(2000, 2000, 2100, 2100)])) == []


def test_empty_area_and_area_in_degrees_are_refused():
    with pytest.raises(EmptyInputError):
        require_area(Polygon())
    with pytest.raises(UnprojectedCoordinatesError):
        require_area(box(-73.3, -39.9, -73.1, -39.7))


def test_an_area_that_crosses_itself_is_mended_into_polygons():
    bow_tie = Polygon([(1000, 1000), (1100, 1100), (1100, 1000), (1000, 1100)])
    mended = require_area(bow_tie)
    assert mended.is_valid
    assert {part.geom_type for part in shapely.get_parts(mended)} == {"Polygon"}
