"""Real footprints with measured roofs (Delft): the kernel and the slow oracle must see the same cells."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from django.conf import settings

from analysis import viewshed
from analysis.camera_coverage import cover
from analysis.camera_view import CameraView, SightRules
from analysis.grid import study_grid
from analysis.scene import Scene
from analysis.walls import walls_of
from tests.analysis.test_camera_coverage import FAR, on_grid

pytestmark = pytest.mark.real_data


@pytest.mark.parametrize("height", [3.0, 5.0, 9.0])
def test_measured_roofs_hide_what_the_oracle_says(height):
    folder = Path(settings.ATALAYA_DATA) / "geo" / "delft_edificios_3d"
    if not folder.is_dir():
        pytest.skip("ATALAYA_DATA has no folder geo/delft_edificios_3d")
    houses = gpd.read_file(folder / "edificios.gpkg")
    footprints, heights = houses.geometry.to_numpy(), houses["altura"].to_numpy(dtype=float)
    open_ground = shapely.difference(shapely.box(*houses.total_bounds), shapely.union_all(footprints))
    grid = study_grid(open_ground, cell_m=1.0)
    scene = Scene(grid, walls_of(footprints, heights))
    xs, ys = grid.centres()
    rows, columns = np.nonzero(grid.mask)
    for pick in np.random.default_rng(int(height)).choice(rows.size, 4, replace=False):
        x, y = xs[columns[pick]] + 0.2, ys[rows[pick]] - 0.1
        if shapely.contains_xy(footprints, x, y).any():
            continue
        view = CameraView(x, y, height, 120.0, **FAR)
        camera = viewshed.Camera(x, y, height, 120.0)
        slow = viewshed.visible_cells(
            camera, grid=grid, buildings=viewshed.Buildings(list(footprints), heights), target_height_m=1.7
        ).visible
        fast = on_grid(cover(view, scene, SightRules(target_height_m=1.7)), grid)
        assert fast.sum() > 10
        assert (fast != slow).sum() == 0
