"""What holds for any sight: more height, fewer walls and longer ranges never lose a cell; ends may be swapped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from analysis.camera_coverage import _prepare, cover, cover_many, cover_places
from analysis.camera_view import CameraView, SightRules
from analysis.errors import ParameterError
from analysis.grid import Grid
from analysis.relief import (
    HeightUnitError,
    ImpossibleHeightsError,
    Relief,
    checked_heights,
)
from analysis.scene import EyeOutsideTerrainError, Scene
from analysis.sightlines import see
from analysis.viewshed import EyeInsideBuildingError
from analysis.walls import roof_elevations, walls_of
from tests.analysis.cities import X0, Y0, make_city, poles
from tests.analysis.test_camera_coverage import FAR, eye, on_grid, plain, seen

CURVED = 1 - 0.857 * 50  # the curve of the Earth fifty times over


@pytest.fixture(scope="module")
def town():
    return make_city(5, 420)


@pytest.fixture(scope="module")
def views(town):
    return poles(town, 6, seed=11, margin=5)


def test_a_taller_eye_loses_no_cell(town, views):
    for view in views:
        taller = seen(replace(view, height_m=view.height_m + 1.5), town.scene)
        assert not (seen(view, town.scene) & ~taller).any()


def test_a_taller_target_loses_no_cell(town, views):
    for view in views:
        assert not (seen(view, town.scene) & ~seen(view, town.scene, target_height_m=1.7)).any()


def test_a_building_less_loses_no_cell(town, views):
    for number, view in enumerate(views):
        nearest = int(np.argsort(shapely.distance(town.footprints, shapely.Point(view.x, view.y)))[number])
        kept = np.delete(np.arange(len(town.footprints)), nearest)
        fewer = Scene(town.scene.grid, walls_of(town.footprints[kept], town.roofs_m[kept]), town.relief)
        more, less = seen(view, fewer), seen(view, town.scene)
        assert not (less & ~more).any()


def test_a_longer_range_loses_no_cell(town, views):
    for view in views:
        assert not (seen(replace(view, range_m=90.0), town.scene) & ~seen(view, town.scene)).any()


@pytest.mark.parametrize("refraction", [None, CURVED])
def test_sight_is_mutual(town, refraction):
    """Swapping ends with their heights: an eye of 3 m sees a target of 1.7 m as an eye of 1.7 m one of 3 m."""
    generator = np.random.default_rng(9)
    tree = shapely.STRtree(town.footprints)
    places = generator.uniform([X0 + 20, Y0 + 20], [X0 + 400, Y0 + 400], (900, 2))
    places = np.delete(places, np.unique(tree.query(shapely.points(places), predicate="intersects")[0]), axis=0)
    differ = 0
    rules = {"refraction": refraction, "terrain": "exact"}
    for start in places[:20]:
        for_ = cover_places(
            CameraView(*start, 3.0, 180, **FAR), town.scene, places, SightRules(target_height_m=1.7, **rules)
        )
        for stop, there in zip(places[::4], for_[::4] > 0, strict=True):
            back = cover_places(
                CameraView(*stop, 1.7, 180, **FAR), town.scene, start[None], SightRules(target_height_m=3.0, **rules)
            )
            differ += int((back[0] > 0) != there)
    assert differ == 0


def test_shifting_the_world_by_whole_cells_shifts_the_answer(town, views):
    east, north = 137.0, -64.0
    moved = np.array([shapely.affinity.translate(one, east, north) for one in town.footprints], dtype=object)
    grid, relief = town.scene.grid, town.relief
    scene = Scene(
        Grid(grid.x0 + east, grid.y0 + north, 1.0, *grid.shape, grid.mask),
        walls_of(moved, town.roofs_m),
        Relief(relief.x0 + east, relief.y0 + north, 1.0, 1.0, relief.heights_m),
    )
    for view in views:
        there = replace(view, x=view.x + east, y=view.y + north)
        assert (seen(there, scene) == seen(view, town.scene)).all()


def test_a_quarter_turn_turns_the_answer(town, views):
    """About the middle of the grid, counter-clockwise."""
    middle = (X0 + 210, Y0 + 210)
    turned = np.array([shapely.affinity.rotate(one, 90, origin=middle) for one in town.footprints], dtype=object)
    grid, relief = town.scene.grid, town.relief
    scene = Scene(
        replace(grid, mask=np.rot90(grid.mask, -1).copy()),
        walls_of(turned, town.roofs_m),
        replace(relief, heights_m=np.ascontiguousarray(np.rot90(relief.heights_m, -1))),
    )
    for view in views:
        x, y = middle[0] - (view.y - middle[1]), middle[1] + (view.x - middle[0])
        differ = seen(replace(view, x=x, y=y), scene) != np.rot90(seen(view, town.scene), -1)
        assert differ.sum() == 0


def test_the_order_of_walls_is_irrelevant(town, views):
    order = np.random.default_rng(2).permutation(len(town.footprints))
    scene = Scene(town.scene.grid, walls_of(town.footprints[order], town.roofs_m[order]), town.relief)
    for view in views:
        assert (seen(view, scene) == seen(view, town.scene)).all()


def test_a_picture_sees_what_the_whole_turn_sees_in_it(town, views):
    for number, view in enumerate(views):
        narrow = replace(view, azimuth_deg=(77.0 * number) % 360, pan_deg=90.0)
        xs, ys = np.meshgrid(*town.scene.grid.centres())
        off = np.degrees(np.arctan2(xs - view.x, ys - view.y)) - narrow.azimuth_deg
        inside = np.abs((off + 180) % 360 - 180) <= 45
        inside |= (np.abs(xs - view.x) <= 0.5) & (np.abs(ys - view.y) <= 0.5)
        assert (seen(narrow, town.scene) == (seen(view, town.scene) & inside)).all()


def test_public_space_only_masks(town, views):
    mask = town.scene.grid.mask & (np.random.default_rng(3).random((420, 420)) < 0.5)
    part = Scene(replace(town.scene.grid, mask=mask), town.scene.walls, town.relief)
    for view in views:
        assert (seen(view, part) == (seen(view, town.scene) & mask)).all()


def test_skipping_blocks_of_ground_changes_no_cell(town, views):
    """Cell-identical to the plain loop over every grid line."""
    bare = Scene(town.scene.grid, None, town.relief)
    for view in views:
        ready = _prepare(replace(view, range_m=150.0), bare, SightRules())
        quick, slow = (np.zeros((420, 420), dtype=np.uint8) for _ in range(2))
        for plain_loop, classes in ((False, quick), (True, slow)):
            sight = ready.sight._replace(plain=plain_loop)
            see(sight, ready.picture, bare.targets, ready.world(), ready.limits, (0, 0), classes)
        assert (quick == slow).all()


def test_a_batch_is_each_camera_and_threads_change_nothing(town, views):
    one, two = ([*cover_many(views, town.scene, threads=n)] for n in (1, 2))
    for view, alone, beside in zip(views, one, two, strict=True):
        assert (alone.classes == cover(view, town.scene).classes).all()
        assert (alone.classes == beside.classes).all()


def test_the_horizon_beyond_three_hundred_metres_differs_in_few_cells():
    scene = Scene(Grid(X0, Y0, 1.0, 900, 900, np.ones((900, 900), dtype=bool)), None, make_city(5, 900).relief)
    view = CameraView(X0 + 120.3, Y0 + 140.6, 3.0, 1000, **FAR)
    exact, quick = cover(view, scene, SightRules(terrain="exact")), cover(view, scene)
    assert (exact.terrain, quick.terrain) == ("exact", "horizon")
    assert exact.visible.sum() > 100_000
    assert 0 < (exact.visible ^ quick.visible).sum() / exact.visible.sum() < 0.01


def test_classes_end_where_the_slant_distance_says():
    scene = plain(size=200)
    view = CameraView(0.0, 0.0, 8.0, 100, field_of_view_deg=68)
    told = cover(view, scene)
    xs, ys = np.meshgrid(*scene.grid.centres())
    slant = np.sqrt(xs**2 + ys**2 + 64)
    classes = np.zeros((200, 200), dtype=np.uint8)
    there, here = told.windows(scene.grid)
    classes[there] = told.classes[here]
    for number, one in enumerate(SightRules().classes, start=1):
        assert ((classes >= number) == (view.focal_px / slant >= one.px_per_m)).all()


def test_a_tilted_picture_is_the_exact_frustum():
    scene = plain(size=300)
    view = eye(0.0, 0.0, 6.0, 120, azimuth_deg=40.0, field_of_view_deg=83.0, tilt_deg=30.0)
    xs, ys = np.meshgrid(*scene.grid.centres())
    azimuth, tilt, half = np.radians(40), np.radians(30), np.radians(41.5)
    east, north = xs * np.cos(azimuth) - ys * np.sin(azimuth), xs * np.sin(azimuth) + ys * np.cos(azimuth)
    depth, above = north * np.cos(tilt) + 6 * np.sin(tilt), north * np.sin(tilt) - 6 * np.cos(tilt)
    inside = (np.abs(east) <= depth * np.tan(half)) & (np.abs(above) <= depth * np.tan(half) * 1080 / 9000)
    inside &= np.hypot(xs, ys) <= 120
    own = (np.abs(xs) <= 0.5) & (np.abs(ys) <= 0.5)
    assert ((seen(view, scene) | own) == (inside | own)).all()


def test_a_turning_head_cannot_look_steeper_than_it_tilts():
    told = seen(eye(0.5, 0.5, 6.0, 50, steepest_deg=30.0), plain())
    assert not told[60, 65]
    assert told[60, 60]
    assert told[60, 60 + 11]


def test_chord_density_reaches_further_at_the_edge_of_the_picture():
    view = CameraView(0.0, 0.0, 3.0, 200, azimuth_deg=0.0, field_of_view_deg=83, tilt_deg=0.0)
    scene = plain(size=200)
    arc, chord = (cover(view, scene, SightRules(density=kind)).areas_m2()["detect"] for kind in ("arc", "chord"))
    assert chord > 1.15 * arc


# --- edges of the world -----------------------------------------------------------------------------------


def test_the_cell_of_the_camera_is_seen_wherever_it_stands_in_it():
    for x, y in ((0.5, 0.5), (0.3, 0.9), (0.0, 0.0), (0.5, 0.0)):
        assert seen(eye(x, y), plain())[60, 60]


def test_a_camera_on_the_edge_of_a_footprint_has_an_answer():
    house = shapely.box(0, -10, 20, 10)
    told = seen(eye(0.0, 0.3), plain(walls_of([house], [30.0])))
    assert told[60, 40]
    assert not told[60, 90]


def test_missing_ground_is_never_seen_and_marks_the_result():
    heights = np.zeros((120, 120), dtype=np.float32)
    heights[70:80] = np.nan
    relief = Relief(-60, -60, 1.0, 1.0, heights)
    told = cover(eye(0.5, 0.5, range_m=40), plain(terrain=relief))
    assert told.incomplete
    seen_cells = on_grid(told, plain().grid)
    assert not seen_cells[70:].any()
    assert seen_cells[60, 60:69].all()


def test_a_wall_hides_what_lies_beyond_missing_ground_all_the_same():
    heights = np.zeros((120, 120), dtype=np.float32)
    heights[70:72] = np.nan
    wall = walls_of([], [], barriers=[shapely.LineString([(-60, 5), (60, 5)])], tops_m=[50.0])
    told = cover(eye(0.5, 0.5, range_m=40), plain(wall, terrain=Relief(-60, -60, 1.0, 1.0, heights)))
    ys = (told.first_row + np.arange(told.classes.shape[0])) + 0.5
    assert not told.unknown[ys > 12.5].any()


def test_a_camera_at_the_border_of_the_raster_has_an_answer():
    relief = Relief(-60, -60, 1.0, 1.0, np.zeros((120, 120), dtype=np.float32))
    told = cover(eye(-59.5, -59.5, range_m=40), plain(terrain=relief))
    assert told.visible.sum() > 1000


def test_a_camera_outside_the_terrain_is_refused():
    relief = Relief(-60, -60, 1.0, 1.0, np.zeros((120, 120), dtype=np.float32))
    with pytest.raises(EyeOutsideTerrainError, match="load terrain there"):
        cover(eye(100.0, 0.0), plain(terrain=relief))


def test_a_camera_inside_a_higher_building_is_refused_and_above_its_roof_sees():
    scene = plain(walls_of([shapely.box(-10, -10, 10, 10)], [8.0]))
    with pytest.raises(EyeInsideBuildingError, match="inside a building"):
        cover(eye(0.0, 0.0, 6.0), scene)
    assert cover(eye(0.0, 0.0, 12.0), scene).visible.any()


def test_a_camera_may_stand_inside_the_crown_of_a_tree():
    crown = walls_of([], [], barriers=[shapely.box(-2, -2, 2, 2)], tops_m=[9.0])
    assert not seen(eye(0.1, 0.1), plain(crown))[60, 80]


def test_ground_of_a_surface_is_never_the_roof_a_camera_hangs_on():
    heights = np.full((120, 120), 10.0, dtype=np.float32)
    heights[:, 60:] = 25.0
    scene = Scene(plain().grid, surface=Relief(-60, -60, 1.0, 1.0, heights))
    told = cover(eye(0.4, 0.0, 4.0), scene)
    assert told.eye_m == 14.0
    assert told.model == "dsm"
    assert "ground_from_surface" in told.assumed


def test_a_surface_and_walls_together_are_refused():
    heights = np.zeros((4, 4), dtype=np.float32)
    with pytest.raises(ParameterError, match="not both"):
        Scene(plain().grid, walls_of([], []), surface=Relief(0, 0, 1.0, 1.0, heights))


def test_roofs_stand_on_the_mean_ground_of_their_corners():
    relief = make_city(5, 420).relief
    house = shapely.box(X0 + 100, Y0 + 100, X0 + 120, Y0 + 110)
    corners = shapely.get_coordinates(house)
    assert roof_elevations([house], [6.0], relief)[0] == pytest.approx(6 + relief.at(*corners.T).mean())


def test_heights_that_no_place_has_are_taken_out_and_told():
    told = checked_heights([[12.0, -3.4e38], [np.nan, -9999.0]], nodata=-9999)
    assert (told.unknown, told.impossible) == (2, 1)
    assert np.isnan(told.heights_m).sum() == 3


def test_feet_become_metres():
    assert checked_heights([[100.0, 200.0]], unit="foot").heights_m.tolist() == [
        [pytest.approx(30.48), pytest.approx(60.96)]
    ]


def test_an_unknown_unit_is_refused():
    with pytest.raises(HeightUnitError, match="furlong"):
        checked_heights([[1.0, 2.0]], unit="furlong")


def test_a_surface_of_nothing_but_gaps_is_refused():
    with pytest.raises(ImpossibleHeightsError):
        checked_heights([[-3.4e38, np.nan]])


def test_single_precision_nodata_is_recognised():
    nodata = np.float32(-3.4028235e38)
    assert checked_heights(np.array([[5.0, nodata]], dtype=np.float32), nodata=-3.4028234663852886e38).unknown == 1
