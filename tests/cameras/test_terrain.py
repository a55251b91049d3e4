"""Coverage on bare terrain that is not flat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from cameras.models import Viewshed
from cameras.services.coverage import compute_coverage
from geo.crs import geometry_to_metric
from geo.errors import RefusedError
from geo.models import Commune, TerrainSurface
from geo.rasters import Raster, write_cog
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.factories.geo import PublicSpaceFactory, TerrainSurfaceFactory, point, square

pytestmark = pytest.mark.django_db
CELL_M, SIDE = 5.0, 120


@pytest.fixture(autouse=True)
def own_files_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def terrain(commune: Commune, *, ridge_m: float) -> TerrainSurface:
    """Flat ground of 600 m a side around the centre, with a ridge from 40 to 60 m east of it."""
    centre = geometry_to_metric(point(0, 0), commune=commune)
    west, north = centre.x - SIDE * CELL_M / 2, centre.y + SIDE * CELL_M / 2
    heights = np.full((SIDE, SIDE), 10.0, dtype=np.float32)
    east = (np.arange(SIDE) + 0.5) * CELL_M - SIDE * CELL_M / 2
    heights[:, (east > 40) & (east < 60)] += ridge_m
    path = write_cog(Raster(heights, west, north, CELL_M), srid=commune.metric_srid, commune_id=commune.pk)
    return TerrainSurfaceFactory(commune=commune, path=path, srid=commune.metric_srid, cell_m=CELL_M)


def seen_past_the_ridge(commune: Commune) -> tuple[bool, Viewshed]:
    PublicSpaceFactory(commune=commune, area=square(-200, -200, 400))
    camera = CameraFactory(commune=commune, point=point(0, 0), height_m=6, range_m=120)
    compute_coverage(commune=commune)
    seen = Viewshed.objects.get(camera=camera, current=True)
    area = geometry_to_metric(seen.area, commune=commune)
    target: shapely.Point = geometry_to_metric(point(90, 0), commune=commune)
    return bool(area.contains(target)), seen


def test_ridge_hides_what_lies_behind_it(commune: Commune) -> None:
    surface = terrain(commune, ridge_m=15)
    past, seen = seen_past_the_ridge(commune)
    assert not past
    assert (seen.model, seen.parameters["surfaces"]["terrain"][0]["name"]) == ("walls+dtm", surface.name)


def test_flat_terrain_hides_nothing(commune: Commune) -> None:
    terrain(commune, ridge_m=0)
    assert seen_past_the_ridge(commune)[0]


def test_camera_outside_the_terrain_claims_no_ground_and_says_why(commune: Commune) -> None:
    terrain(commune, ridge_m=15)
    camera = CameraFactory(commune=commune, point=point(2000, 0))
    compute_coverage(commune=commune)
    seen = Viewshed.objects.get(camera=camera, current=True)
    assert (seen.area, seen.parameters["problem"]) == (None, "outside_the_terrain")


def test_ground_that_the_terrain_does_not_reach_is_never_seen(commune: Commune) -> None:
    terrain(commune, ridge_m=0)
    PublicSpaceFactory(commune=commune, area=square(200, -200, 400))
    camera = CameraFactory(commune=commune, point=point(290, 0), height_m=6, range_m=60)
    compute_coverage(commune=commune)
    seen = Viewshed.objects.get(camera=camera, current=True)
    area = geometry_to_metric(seen.area, commune=commune)
    assert seen.incomplete
    assert area.contains(geometry_to_metric(point(260, 0), commune=commune))
    assert not area.intersects(geometry_to_metric(point(320, 0), commune=commune))


def test_new_terrain_outdates_the_view(commune: Commune) -> None:
    seen = ViewshedFactory(camera=CameraFactory(commune=commune, point=point(0, 0)))
    terrain(commune, ridge_m=0)
    assert not Viewshed.objects.get(pk=seen.pk).current


def test_terrain_whose_file_is_gone_is_refused_not_ignored(commune: Commune) -> None:
    TerrainSurfaceFactory(commune=commune)
    CameraFactory(commune=commune)
    with pytest.raises(RefusedError):
        compute_coverage(commune=commune)
