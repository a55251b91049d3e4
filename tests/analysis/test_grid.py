from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import Point, box
from shapely.ops import unary_union

from analysis.errors import ParameterError, TooLargeForMethodError
from analysis.grid import Grid, study_grid

SQUARE = box(1000, 2000, 1040, 2030)
coordinates = st.lists(st.tuples(st.floats(900, 1200), st.floats(1900, 2200)), min_size=1, max_size=60)


def test_a_box_of_forty_by_thirty_metres_has_twelve_cells_of_ten():
    grid = study_grid(SQUARE, cell_m=10)
    assert (grid.x0, grid.y0, int(grid.mask.sum()), grid.mask_area_m2) == (1000, 2000, 12, 1200.0)


def test_row_zero_is_the_south():
    counts = study_grid(SQUARE, cell_m=10).bin([1005], [2005]).counts
    assert counts[0, 0] == 1


def test_cells_are_half_open():
    counts = study_grid(SQUARE, cell_m=10).bin([1010, 1009.999], [2000, 2000]).counts
    assert counts[0, :2].tolist() == [1, 1]


def test_a_point_on_the_upper_edge_is_dropped_and_told():
    grid = Grid(1000, 2000, 10, 3, 4, np.ones((3, 4), dtype=bool))
    binned = grid.bin([1040, 1000], [2000, 2030])
    assert (binned.dropped, binned.outside_grid, binned.counts.sum()) == (2, 2, 0)


def test_points_off_the_mask_are_told_apart():
    grid = study_grid(SQUARE.difference(box(1000, 2000, 1010, 2010)), cell_m=10)
    binned = grid.bin([1005, 1015, 5000], [2005, 2005, 2005])
    assert (binned.outside_mask, binned.outside_grid, binned.counts.sum()) == (1, 1, 1)


def test_mask_of_many_parts_equals_mask_of_their_union():
    parts = [Point(1000 + 37 * k, 2000 + 91 * k % 400).buffer(45) for k in range(9)]
    together = unary_union(parts)
    grid = study_grid(together, cell_m=10)
    xs, ys = np.meshgrid(*grid.centres())
    expected = np.array(
        [[together.contains(Point(x, y)) for x, y in zip(*row, strict=True)] for row in zip(xs, ys, strict=True)]
    )
    assert np.array_equal(grid.mask, expected)


def test_shifting_the_area_by_whole_cells_shifts_the_grid():
    area = Point(1234, 2345).buffer(200)
    here, there = study_grid(area, cell_m=25), study_grid(translate(area, 250, -75), cell_m=25)
    assert (there.x0 - here.x0, there.y0 - here.y0) == (250, -75)
    assert np.array_equal(here.mask, there.mask)


@given(coordinates)
def test_cells_and_dropped_add_up_to_the_points(points):
    x, y = zip(*points, strict=True)
    binned = study_grid(box(1000, 2000, 1100, 2100), cell_m=7).bin(x, y)
    assert binned.counts.sum() + binned.dropped == len(points)


@given(coordinates, st.randoms())
def test_order_of_rows_does_not_matter(points, random):
    grid = study_grid(box(1000, 2000, 1100, 2100), cell_m=7)
    shuffled = random.sample(points, len(points))
    assert np.array_equal(grid.bin(*zip(*points, strict=True)).counts, grid.bin(*zip(*shuffled, strict=True)).counts)


@given(coordinates)
def test_weight_three_is_three_points(points):
    grid = study_grid(box(1000, 2000, 1100, 2100), cell_m=7)
    x, y = (np.array(axis) for axis in zip(*points, strict=True))
    assert np.array_equal(grid.bin(x, y, np.full(x.size, 3.0)).counts, grid.bin(np.tile(x, 3), np.tile(y, 3)).counts)


def test_too_many_cells_are_refused():
    with pytest.raises(TooLargeForMethodError, match="larger cells"):
        study_grid(box(0, 0, 1e6, 1e6), cell_m=10)


def test_a_cell_of_no_size_is_refused():
    with pytest.raises(ParameterError):
        study_grid(SQUARE, cell_m=0)
