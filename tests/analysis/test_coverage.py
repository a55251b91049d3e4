"""Coverage added up from cells: counts that undo, shares, harm in view, gaps, storage, tours."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import shapely

from analysis.camera_coverage import cover
from analysis.camera_view import CameraView
from analysis.coverage import (
    CoverageTally,
    cells_of_areas,
    cells_of_streets,
    harm_grid,
    share_of_harm,
    spread_weights,
)
from analysis.coverage_bits import DamagedBitsError, pack_bits, pack_coverage, unpack_bits, unpack_coverage
from analysis.coverage_polygons import class_polygons, outline
from analysis.errors import EmptyInputError, ParameterError
from analysis.gaps import coverage_gaps
from analysis.grid import Grid
from analysis.scene import Scene
from analysis.tours import Preset, catch_probability, cycle_s, expected, expected_without_tour, potential
from tests.analysis.cities import make_city, poles

X, Y = 5000.0, 7000.0


def plain(size=100, cell=1.0, mask=None):
    cells = np.ones((size, size), dtype=bool) if mask is None else mask
    return Scene(Grid(X, Y, cell, size, size, cells))


def camera(x=50.0, y=50.0, range_m=20.0, **changes):
    lens = {"field_of_view_deg": 10.0, "pixels_across": 9000}
    return CameraView(X + x, Y + y, 5.0, range_m, **{**lens, **changes})


@pytest.fixture(scope="module")
def city_views():
    city = make_city(5, 420)
    return city, [cover(view, city.scene) for view in poles(city, 12, seed=2, range_m=120.0)]


def test_taking_every_camera_away_restores_the_tally(city_views):
    city, views = city_views
    tally = CoverageTally(city.scene.grid)
    for view in views:
        tally.add(view)
    assert tally.count.max() > 1
    for view in views[::-1]:
        tally.remove(view)
    assert not tally.count.any()


def test_a_coverage_that_was_never_added_cannot_be_taken_away(city_views):
    city, views = city_views
    with pytest.raises(ParameterError, match="never added"):
        CoverageTally(city.scene.grid).remove(views[0])


def test_windows_beyond_the_grid_are_cut(city_views):
    city, views = city_views
    grid = city.scene.grid
    half = Grid(grid.x0 + 100, grid.y0 + 50, 1.0, 200, 150, grid.mask[50:250, 100:250])
    whole, part = CoverageTally(grid), CoverageTally(half)
    for view in views:
        whole.add(view)
        part.add(view)
    assert (whole.count[50:250, 100:250] == part.count).all()


def test_a_grid_far_away_takes_nothing():
    tally = CoverageTally(Grid(X + 5000, Y - 5000, 1.0, 10, 10, np.ones((10, 10), dtype=bool)))
    tally.add(cover(camera(), plain()))
    assert not tally.count.any()


def test_other_cells_are_refused():
    with pytest.raises(ParameterError, match="cells of"):
        CoverageTally(plain(cell=2.0).grid).add(cover(camera(), plain()))


def test_two_cameras_overlap_where_both_see():
    scene = plain()
    one, other = cover(camera(x=40.5), scene), cover(camera(x=60.5), scene)
    tally = CoverageTally(scene.grid)
    tally.add(one)
    tally.add(other)
    lens = 2 * 20**2 * np.arccos(0.5) - 10 * np.sqrt(4 * 400 - 400)
    assert tally.covered(2).sum() == pytest.approx(lens, rel=0.02)
    assert tally.sole_value(one) == pytest.approx(np.pi * 400 - lens, rel=0.02)


def test_classes_nest_and_areas_fall_with_them(city_views):
    _, views = city_views
    for view in views:
        areas = list(view.areas_m2().values())
        assert areas == sorted(areas, reverse=True)
        assert view.at_least("detect").sum() == view.visible.sum()


def test_the_share_of_an_area_is_of_its_public_cells():
    mask = np.ones((100, 100), dtype=bool)
    mask[:, :50] = False
    grid = plain(mask=mask).grid
    covered = np.zeros((100, 100), dtype=bool)
    covered[:25] = True
    areas = [shapely.box(X, Y, X + 100, Y + 50), shapely.box(X, Y, X + 50, Y + 100)]
    told = cells_of_areas(areas, grid).share(covered)
    assert told["covered_m2"].tolist() == [1250, 0]
    assert told["public_m2"].tolist() == [2500, 0]
    assert told["share"][0] == 0.5
    assert np.isnan(told["share"][1])


def test_a_weighted_share_follows_the_weights():
    grid = plain().grid
    covered = np.zeros((100, 100), dtype=bool)
    covered[:10] = True
    weights = np.zeros((100, 100))
    weights[5, 5], weights[50, 50] = 3.0, 1.0
    told = cells_of_areas([shapely.box(X, Y, X + 100, Y + 100)], grid).share(covered, weights)
    assert told["weight_share"][0] == 0.75


def test_a_street_is_covered_by_its_length():
    scene = plain()
    covered = np.zeros((100, 100), dtype=bool)
    covered[:, :30] = True
    street = shapely.LineString([(X, Y + 50), (X + 100, Y + 50)])
    assert cells_of_streets([street], scene.grid).share(covered)["share"][0] == pytest.approx(0.3)


def test_harm_in_view_counts_weights_and_tells_what_lies_outside():
    mask = np.ones((100, 100), dtype=bool)
    mask[40:60, 40:60] = False
    grid = plain(mask=mask).grid
    covered = np.zeros((100, 100), dtype=bool)
    covered[:, :50] = True
    x, y = X + np.array([10.5, 90.5, 41.5, 500.0]), Y + np.array([10.5, 90.5, 50.5, 10.0])
    told = share_of_harm(covered, grid, x, y, [3.0, 1.0, 5.0, 7.0])
    assert (told.seen, told.total, told.outside) == (3.0, 4.0, 2)
    snapped = share_of_harm(covered, grid, x, y, [3.0, 1.0, 5.0, 7.0], snap_m=3)
    assert (snapped.seen, snapped.total, snapped.outside) == (8.0, 9.0, 1)
    assert harm_grid(grid, x, y, [3.0, 1.0, 5.0, 7.0], snap_m=3).sum() == 9.0


def test_coarse_weights_keep_their_sum_on_fine_public_cells():
    mask = np.zeros((100, 100), dtype=bool)
    mask[::3] = True
    coarse = Grid(X - 10, Y - 10, 30.0, 4, 4, np.ones((4, 4), dtype=bool))
    values = np.arange(16, dtype=float).reshape(4, 4)
    fine = spread_weights(values, coarse, plain(mask=mask).grid)
    assert fine.sum() == pytest.approx(values.sum())
    assert not fine[~mask].any()


def test_gaps_are_ranked_by_what_is_lost_there():
    grid = plain().grid
    weights = np.zeros((100, 100))
    weights[10:20, 10:20], weights[60:70, 60:90], weights[90:92, 0:2] = 1.0, 0.5, 9.0
    covered = np.zeros((100, 100), dtype=bool)
    covered[:, 80:] = True
    gaps = coverage_gaps(covered, weights, grid)
    assert gaps["weight"].tolist() == [100.0, 100.0]
    assert gaps["area_m2"].tolist() == [100.0, 200.0]
    assert gaps["rank"].tolist() == [1, 2]
    assert gaps.geometry[1].equals(shapely.box(X + 60, Y + 60, X + 80, Y + 70))
    assert gaps["share"][0] == pytest.approx(100 / (100 + 150 + 36))


def test_without_gaps_the_list_is_empty():
    grid = plain().grid
    assert len(coverage_gaps(np.ones((100, 100), dtype=bool), np.ones((100, 100)), grid)) == 0


def test_stored_coverage_comes_back(city_views):
    for view in city_views[1]:
        packed = pack_coverage(view)
        back = unpack_coverage(packed)
        assert (back.classes == view.classes).all()
        assert (unpack_bits(packed.visible_bits, view.classes.shape) == view.visible).all()
        assert back.codes == view.codes
        assert len(packed.class_index) < 4000


def test_bits_run_from_the_north_west_most_significant_first():
    cells = np.zeros((2, 5), dtype=bool)
    cells[1, 0] = cells[0, 4] = True
    assert zlib.decompress(pack_bits(cells)) == bytes([0b10000000, 0b01000000])


def test_damaged_bits_are_refused():
    with pytest.raises(DamagedBitsError):
        unpack_bits(b"nothing", (3, 3))


def test_outlines_hold_exactly_the_cells():
    cells = np.random.default_rng(3).random((40, 50)) < 0.6
    drawn = outline(cells, x0=X, y0=Y, cell_m=2.0)
    assert drawn.is_valid
    assert drawn.area == cells.sum() * 4.0
    xs, ys = np.meshgrid(X + np.arange(50) * 2 + 1, Y + np.arange(40) * 2 + 1)
    assert (shapely.contains_xy(drawn, xs, ys) == cells).all()


def test_polygons_of_classes_nest_within_the_smoothing(city_views):
    for view in city_views[1]:
        shapes = list(class_polygons(view).values())
        assert all(shape.is_valid for shape in shapes)
        assert shapes[0].area == pytest.approx(view.visible.sum(), rel=0.05, abs=20)


# --- tours ------------------------------------------------------------------------------------------------


def tour():
    dwells = [10, 10, 20, 10, 10, 15]
    return [
        Preset(camera(azimuth_deg=60.0 * k, field_of_view_deg=60.0, range_m=30), dwell, 2)
        for k, dwell in enumerate(dwells)
    ]


def test_the_chance_of_a_tour_is_the_published_one():
    assert cycle_s(tour()) == 87
    told = catch_probability(tour(), np.eye(6, dtype=bool), event_s=30)
    assert np.round(told, 3).tolist() == [0.46, 0.46, 0.575, 0.46, 0.46, 0.517]


def test_what_the_cycle_does_not_see_is_the_time_of_moving():
    told = catch_probability(tour(), np.ones((6, 1), dtype=bool), event_s=0)
    assert 1 - told[0] == pytest.approx(12 / 87)


def test_the_chance_agrees_with_a_simulation():
    seen = np.random.default_rng(4).random((6, 20)) < 0.4
    told = catch_probability(tour(), seen, event_s=11.0)
    begin = np.random.default_rng(5).uniform(0, 87, 200_000)
    stops, clock = [], 0.0
    for preset in tour():
        clock += preset.move_s
        stops.append((clock, clock + preset.dwell_s))
        clock += preset.dwell_s
    hit = np.stack([(begin < end) & (begin + 11 > start) | (begin + 11 > start + 87) for start, end in stops])
    simulated = ((seen.T.astype(int) @ hit.astype(int)) > 0).mean(axis=1)
    assert np.abs(told - simulated).max() < 0.004


def test_expected_coverage_lies_below_the_potential():
    scene = plain()
    chance = expected(tour(), scene, event_s=30)
    could = potential(camera(range_m=30), scene)
    assert could.visible.sum() >= (chance.probability > 0).sum() > 0.9 * could.visible.sum()
    assert np.unique(chance.probability.round(3)).tolist()[:3] == [0, np.float32(0.46), np.float32(0.517)]
    tally = CoverageTally(scene.grid)
    tally.add_expected(chance)
    tally.add_expected(chance)
    twice = 1 - (1 - chance.probability.astype(float)) ** 2
    there, here = chance.windows(scene.grid)
    assert tally.probability()[there] == pytest.approx(twice[here], rel=1e-6)
    tally.remove_expected(chance)
    tally.remove_expected(chance)
    assert not tally.missed.any()
    assert not tally.certain.any()


def test_without_a_tour_the_chance_is_the_opening_over_the_turn():
    told = expected_without_tour(camera(range_m=30), plain(), wide_deg=60)
    assert np.unique(told.probability[told.coverage.visible]).tolist() == [pytest.approx(1 / 6)]


def test_a_tour_without_presets_is_refused():
    with pytest.raises(EmptyInputError):
        expected([], plain())
