"""One exact ray per cell: against geometry, closed forms, the slow oracle, and laws that any sight obeys."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from analysis import viewshed
from analysis.camera_coverage import CameraCoverage, cover, cover_places
from analysis.camera_view import CameraView, SightRules
from analysis.grid import Grid
from analysis.relief import Relief
from analysis.scene import Scene
from analysis.walls import walls_of
from tests.analysis.cities import X0, Y0, make_city, poles

SMALL = 420
FAR = {"field_of_view_deg": 10.0, "pixels_across": 9000}  # sharp beyond any range asked for here


@pytest.fixture(scope="module")
def town():
    """A hilly town of 420 m."""
    return make_city(5, SMALL)


@pytest.fixture(scope="module")
def flat_town():
    return make_city(5, SMALL, flat=True)


def plain(walls=None, *, size=120, cell=1.0, terrain=None):
    """Open ground with the origin in its middle."""
    mask = np.ones((size, size), dtype=bool)
    return Scene(Grid(-size * cell / 2, -size * cell / 2, cell, size, size, mask), walls, terrain)


def eye(x=0.0, y=0.0, height=6.0, range_m=50.0, **changes):
    return CameraView(x, y, height, range_m, **{**FAR, **changes})


def on_grid(coverage: CameraCoverage, grid: Grid) -> np.ndarray:
    """The cells seen, on the whole grid."""
    seen = np.zeros(grid.shape, dtype=bool)
    there, here = coverage.windows(grid)
    seen[there] = coverage.visible[here]
    return seen


def seen(view, scene, **rules):
    return on_grid(cover(view, scene, SightRules(**rules)), scene.grid)


def oracle(view, city, **asked):
    """The slow reference of `analysis.viewshed`, on the same world."""
    relief = city.relief
    terrain = viewshed.Terrain(relief.x0, relief.y0, 1.0, relief.heights_m.astype(float))
    camera = viewshed.Camera(view.x, view.y, view.height_m, view.range_m)
    buildings = viewshed.Buildings(list(city.footprints), city.heights_m)
    return viewshed.visible_cells(camera, grid=city.scene.grid, buildings=buildings, terrain=terrain, **asked).visible


# --- against geometry ---------------------------------------------------------------------------------


def test_walls_agree_with_shapely_on_three_thousand_random_rays(flat_town):
    generator = np.random.default_rng(1)
    ground = 12.0
    tree = shapely.STRtree(flat_town.footprints)
    differ = judged = 0
    for view in poles(flat_town, 30, seed=8, margin=20):
        places = generator.uniform([X0 + 1, Y0 + 1], [X0 + SMALL - 1, Y0 + SMALL - 1], (400, 2))
        free = np.ones(400, dtype=bool)
        free[tree.query(shapely.points(places), predicate="intersects")[0]] = False
        places = places[free & (np.hypot(*(places - [view.x, view.y]).T) < 200)]
        told = cover_places(view, flat_town.scene, places) > 0
        differ += int((told != _by_shapely(view, places, flat_town, tree, ground)).sum())
        judged += len(places)
    assert judged >= 3000
    assert differ == 0


def _by_shapely(view, places, town, tree, ground):
    """A flat prism hides a target when the ray, where it runs over the footprint, is anywhere below the roof."""
    rays = shapely.linestrings(np.stack([np.broadcast_to([view.x, view.y], places.shape), places], axis=1))
    visible = np.ones(len(places), dtype=bool)
    for ray, house in zip(*tree.query(rays, predicate="intersects"), strict=True):
        inside = shapely.intersection(rays[ray], town.footprints[house])
        ends = shapely.get_coordinates(inside)
        run = np.hypot(*(ends - [view.x, view.y]).T).max() / shapely.length(rays[ray])
        lowest = ground + view.height_m * (1 - run)  # the ray falls: it is lowest where it leaves
        visible[ray] &= not town.roofs_m[house] > lowest + 1e-9
    return visible


def test_the_shadow_of_a_wall_ends_at_its_closed_form():
    wall = walls_of([], [], barriers=[shapely.LineString([(-200, 20), (200, 20)])], tops_m=[3.0])
    scene = plain(wall)
    ys = scene.grid.centres()[1]
    for target, factor in ((0.0, 2.0), (1.7, (6 - 1.7) / (6 - 3))):
        told = seen(eye(), scene, target_height_m=target)[:, 60]
        hidden = (ys > 20) & (ys < 20 * factor)
        assert (told == (~hidden & (np.hypot(ys, 0.5) <= 50))).all()


def test_a_wall_as_high_as_the_eye_hides_all_behind_it():
    wall = walls_of([], [], barriers=[shapely.LineString([(-200, 20), (200, 20)])], tops_m=[6.0])
    scene = plain(wall)
    assert not seen(eye(), scene)[scene.grid.centres()[1] > 20].any()


def test_walls_agree_with_the_union_of_their_shadows(flat_town):
    for view in poles(flat_town, 4, seed=21, margin=20, range_m=120.0):
        grid = flat_town.scene.grid
        shadow = _shadows(view, flat_town)
        xs, ys = np.meshgrid(*grid.centres())
        reach = np.hypot(xs - view.x, ys - view.y) <= 120
        open_ground = ~shapely.contains_xy(shadow, xs, ys) & grid.mask & reach
        assert (seen(view, flat_town.scene) != open_ground).sum() == 0


def _shadows(view, town):
    """Each wall's shadow on level ground, as a quadrilateral drawn out from the eye."""
    shadows = []
    rise = 12.0 + view.height_m
    for ax, ay, bx, by, roof in town.scene.walls.segments:
        a, b = np.array([ax - view.x, ay - view.y]), np.array([bx - view.x, by - view.y])
        nearest = shapely.LineString([a, b]).distance(shapely.Point(0, 0))
        if nearest < 130 and abs(a[0] * b[1] - a[1] * b[0]) > 1e-9:
            stretch = view.height_m / (rise - roof) if roof < rise else 1e4 / nearest
            quad = shapely.Polygon([a, b, b * stretch, a * stretch])
            shadows.append(shapely.affinity.translate(quad, view.x, view.y))
    merged = shapely.union_all(np.array(shadows))
    shapely.prepare(merged)
    return merged


@pytest.mark.parametrize("target", [0.0, 1.7])
def test_walls_and_hills_agree_with_the_slow_oracle(town, target):
    for view in poles(town, 3, seed=4, margin=30, range_m=90.0):
        ours = seen(view, town.scene, target_height_m=target)
        theirs = oracle(view, town, target_height_m=target)
        assert ours.sum() > 50
        assert (ours != theirs).sum() == 0


def test_terrain_agrees_with_a_profile_in_plain_python(town):
    bare = Scene(town.scene.grid, None, town.relief)
    generator = np.random.default_rng(6)
    differ = 0
    for _ in range(5):
        view = eye(X0 + generator.uniform(60, 360), Y0 + generator.uniform(60, 360), 3.0, 400.0)
        places = generator.uniform([X0 + 2, Y0 + 2], [X0 + SMALL - 2, Y0 + SMALL - 2], (320, 2))
        told = cover_places(view, bare, places, SightRules(terrain="exact")) > 0
        profile = [_profile(view, place, town.relief) for place in places]
        near = np.hypot(*(places - [view.x, view.y]).T) <= 400
        differ += int((told != (np.array(profile) & near)).sum())
    assert differ == 0


def _profile(view, place, relief):
    """Every grid line crossed, one by one."""
    start = np.array([view.x - X0 - 0.5, view.y - Y0 - 0.5])
    stop = np.array([place[0] - X0 - 0.5, place[1] - Y0 - 0.5])
    eye_m = float(relief.at(view.x, view.y)) + view.height_m
    end_m = float(relief.at(*place))
    for axis in (0, 1):
        low, high = sorted((start[axis], stop[axis]))
        for line in range(int(np.ceil(low)), int(np.floor(high)) + 1):
            t = (line - start[axis]) / (stop[axis] - start[axis])
            if not 0 < t < 1:
                continue
            other = (start + t * (stop - start))[1 - axis]
            post, part = int(other), other - int(other)
            pair = [(post + k, line) if axis == 0 else (line, post + k) for k in (0, 1)]
            ground = sum(w * float(relief.heights_m[p]) for w, p in zip((1 - part, part), pair, strict=True))
            if ground > eye_m + t * (end_m - eye_m) + 1e-9:
                return False
    return True


@pytest.mark.parametrize(
    ("profile", "at", "hidden"),
    [("00010000", 2, {4, 5, 6, 7}), ("11010122", 3, {7}), ("00011000", 0, {4, 5, 6, 7}), ("00123456", 0, set()),
     ("00113454", 0, {3, 7})],
)  # fmt: skip
def test_rows_of_gdals_own_tests(profile, at, hidden):
    """Eye and targets on the surface; heights as digits."""
    heights = np.repeat(np.array([[float(digit) for digit in profile]], dtype=np.float32), 3, axis=0)
    grid = Grid(0, 0, 1.0, 3, 8, np.ones((3, 8), dtype=bool))
    view = CameraView(at + 0.5, 1.5, 1e-6, 100, elevation_m=float(heights[1, at]), **FAR)
    told = seen(view, Scene(grid, None, Relief(0, 0, 1.0, 1.0, heights)))
    assert {int(column) for column in np.flatnonzero(~told[1])} == hidden
