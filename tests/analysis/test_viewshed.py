from __future__ import annotations

import numpy as np
import pytest
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, Point, Polygon, box

from analysis.errors import NotFiniteError, ParameterError
from analysis.grid import study_grid
from analysis.viewshed import (
    Buildings,
    Camera,
    EyeInsideBuildingError,
    Terrain,
    coverage_polygon,
    visible_cells,
    wedge_polygon,
)

X, Y = 5000.0, 7000.0
PLAIN = Point(X, Y).buffer(130)


def camera(**changes):
    return Camera(**{"x": X, "y": Y, "height_m": 5.0, "range_m": 100.0, **changes})


def house(west, south, east, north, height=100.0):
    return Buildings([box(X + west, Y + south, X + east, Y + north)], np.array([height]))


def covered(view, cell_m=0.5, **world):
    return coverage_polygon(view, public_space=PLAIN, cell_m=cell_m, **world)


def seen_at(view, east, north, **world):
    grid = study_grid(PLAIN, cell_m=1)
    sight = visible_cells(view, grid=grid, **world)
    row, column, _ = grid.cells_of([X + east], [Y + north])
    return bool(sight.visible[row[0], column[0]])


def plain_terrain(height=lambda x, y: 0 * x, cell_m=5.0, size=60):
    posts = (np.arange(size) - size / 2 + 0.5) * cell_m
    xs, ys = np.meshgrid(posts, posts)
    return Terrain(X - size / 2 * cell_m, Y - size / 2 * cell_m, cell_m, height(xs, ys).astype(float))


def test_an_open_plain_is_seen_to_the_range():
    assert covered(camera()).area == pytest.approx(np.pi * 100**2, rel=2e-3)


def test_the_shadow_of_one_wall_has_its_closed_form():
    half, distance = 20.0, 40.0
    angle = 2 * np.arctan(half / distance)
    shadow = angle / 2 * 100**2 - half * distance
    wall = house(-half, distance, half, distance + 0.01)
    assert np.pi * 100**2 - covered(camera(), buildings=wall).area == pytest.approx(shadow, rel=0.01)


def test_a_low_wall_hides_only_as_far_as_its_shadow_reaches():
    wall = house(-20, 40, 20, 40.5, height=2.0)
    assert not seen_at(camera(), 0.5, 60.5, buildings=wall)
    assert seen_at(camera(), 0.5, 70.5, buildings=wall)


def test_a_person_is_seen_where_the_ground_is_not():
    wall = house(-20, 40, 20, 40.5, height=2.0)
    assert seen_at(camera(), 0.5, 60.5, buildings=wall, target_height_m=1.7)


def test_no_ray_leaks_through_the_corner_of_two_buildings():
    corner = Buildings(
        [box(X + 20, Y + 20, X + 40, Y + 40), box(X + 40, Y + 0, X + 60, Y + 20)], np.array([50.0, 50.0])
    )
    assert not seen_at(camera(range_m=120), 59.5, 29.5, buildings=corner)


def test_behind_a_corner_the_ray_that_passes_sees():
    block = house(10, 10, 30, 30)
    assert seen_at(camera(), 40.5, 9.5, buildings=block)
    assert not seen_at(camera(), 40.5, 20.5, buildings=block)


def test_a_courtyard_wall_hides_too():
    ring = box(X - 60, Y - 60, X + 60, Y + 60).difference(box(X - 50, Y - 50, X + 50, Y + 50))
    seen = covered(camera(), buildings=Buildings([ring], np.array([20.0])))
    assert seen.area == pytest.approx(100 * 100, rel=0.02)


@pytest.mark.parametrize("azimuth", [0, 90, 179, 180, -180, 181, 270, 359.5, 725])
def test_a_wedge_has_its_share_of_the_circle_wherever_it_looks(azimuth):
    seen = covered(camera(azimuth_deg=azimuth, field_of_view_deg=60.0))
    assert seen.area == pytest.approx(np.pi * 100**2 / 6, rel=0.01)


def test_a_camera_that_looks_east_does_not_see_west():
    east = camera(azimuth_deg=90, field_of_view_deg=90)
    assert (seen_at(east, 50.5, 0.5), seen_at(east, -50.5, 0.5), seen_at(east, 0.5, 50.5)) == (True, False, False)


def test_a_wedge_over_the_south_sees_on_both_sides():
    south = camera(azimuth_deg=180, field_of_view_deg=40)
    assert seen_at(south, 5.5, -50.5)
    assert seen_at(south, -5.5, -50.5)


def test_the_wedge_polygon_holds_the_true_sector():
    wedge = wedge_polygon(camera(azimuth_deg=350, field_of_view_deg=70))
    assert wedge.area == pytest.approx(np.pi * 100**2 * 70 / 360, rel=1e-3)
    assert wedge.area > np.pi * 100**2 * 70 / 360


def test_only_public_space_is_covered():
    street = box(X - 100, Y - 5, X + 100, Y + 5)
    seen = coverage_polygon(camera(), public_space=street, cell_m=1.0)
    assert seen.difference(street).area == pytest.approx(0, abs=1e-6)
    assert seen.area == pytest.approx(2000, rel=0.01)


def test_public_space_out_of_reach_gives_nothing():
    assert coverage_polygon(camera(), public_space=box(X + 300, Y, X + 400, Y + 10)).is_empty


def test_flat_ground_is_the_same_as_no_ground_model():
    block = house(10, 10, 30, 30, height=8)
    plain = covered(camera(), cell_m=1.0, buildings=block)
    assert covered(camera(), cell_m=1.0, buildings=block, terrain=plain_terrain()).equals(plain)


def test_an_even_slope_hides_nothing():
    slope = plain_terrain(lambda x, y: 0.2 * x + 0.1 * y)
    assert covered(camera(), cell_m=2.0, terrain=slope).area == pytest.approx(np.pi * 100**2, rel=0.01)


def test_a_ridge_hides_the_valley_behind_it():
    ridge = plain_terrain(lambda x, y: np.where(np.abs(x - 42.5) < 1, 10.0, 0.0))
    assert not seen_at(camera(), 60.5, 0.5, terrain=ridge)
    assert seen_at(camera(), 30.5, 0.5, terrain=ridge)
    assert seen_at(camera(), -60.5, 0.5, terrain=ridge)


def test_a_camera_on_a_hill_stands_on_it():
    hill = plain_terrain(lambda x, y: np.where(np.hypot(x, y) < 8, 30.0, 0.0))
    wall = house(-20, 40, 20, 40.5, height=10.0)
    assert not seen_at(camera(), 0.5, 60.5, buildings=wall)
    assert seen_at(camera(), 0.5, 90.5, buildings=wall, terrain=hill)


def test_unknown_ground_is_neither_seen_nor_hidden():
    torn = plain_terrain(lambda x, y: np.where(x > 60, np.nan, 0.0))
    grid = study_grid(PLAIN, cell_m=5)
    sight = visible_cells(camera(), grid=grid, terrain=torn)
    row, column, _ = grid.cells_of([X + 80], [Y])
    assert sight.unknown[row[0], column[0]]
    assert not sight.visible[row[0], column[0]]


def test_the_camera_sees_its_own_cell():
    assert seen_at(camera(azimuth_deg=0, field_of_view_deg=10), 0.2, 0.2)


def test_a_camera_inside_a_building_is_refused_unless_on_its_roof():
    inside = house(-5, -5, 5, 5, height=10)
    with pytest.raises(EyeInsideBuildingError):
        covered(camera(), buildings=inside)
    assert covered(camera(height_m=12), buildings=inside).area > 0


def test_shifting_and_turning_the_world_shifts_and_turns_the_view():
    blocks = [box(X + 10, Y + 10, X + 30, Y + 30), Polygon([(X - 50, Y), (X - 30, Y + 5), (X - 40, Y + 30)])]
    here = covered(camera(), cell_m=1.0, buildings=Buildings(blocks, np.array([30.0, 40.0])))
    turned = [rotate(block, 90, origin=(X, Y)) for block in blocks]
    there = covered(camera(), cell_m=1.0, buildings=Buildings(turned, np.array([30.0, 40.0])))
    assert rotate(here, 90, origin=(X, Y)).symmetric_difference(there).area < 0.01 * here.area
    moved = coverage_polygon(
        camera(x=X + 200, y=Y - 100),
        public_space=translate(PLAIN, 200, -100),
        cell_m=1.0,
        buildings=Buildings([translate(block, 200, -100) for block in blocks], np.array([30.0, 40.0])),
    )
    assert translate(here, 200, -100).symmetric_difference(moved).area < 1e-3


def test_the_grid_agrees_with_rays_cast_by_shapely():
    generator = np.random.default_rng(11)
    blocks = []
    for _ in range(14):
        angle, away = generator.uniform(0, 2 * np.pi), generator.uniform(20, 90)
        middle = box(-1, -1, 1, 1)
        shape = translate(
            rotate(Polygon([(x * 7, y * 4) for x, y in middle.exterior.coords]), generator.uniform(0, 90)),
            X + away * np.cos(angle),
            Y + away * np.sin(angle),
        )
        blocks.append(shape)
    grid = study_grid(PLAIN, cell_m=4)
    tall = Buildings(blocks, np.full(14, 500.0))
    sight = visible_cells(camera(), grid=grid, buildings=tall)
    xs, ys = grid.centres()
    for row in range(0, grid.rows, 3):
        for column in range(0, grid.columns, 3):
            if not grid.mask[row, column] or np.hypot(xs[column] - X, ys[row] - Y) > 99:
                continue
            ray = LineString([(X, Y), (xs[column], ys[row])])
            free = not any(ray.intersects(block) for block in blocks)
            assert sight.visible[row, column] == free


def test_impossible_cameras_are_refused():
    for wrong in ({"range_m": 0}, {"height_m": -1}, {"field_of_view_deg": 0}, {"field_of_view_deg": 400}):
        with pytest.raises(ParameterError):
            camera(**wrong)
    with pytest.raises(NotFiniteError):
        camera(x=np.nan)
    with pytest.raises(NotFiniteError):
        covered(camera(), terrain=plain_terrain(lambda x, y: x * np.nan))
