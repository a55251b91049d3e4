"""Snap points: no place stands for fewer than eight dwellings unless it stands for none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from geo.crs import geometry_to_metric
from geo.errors import RefusedError
from geo.frames import snap_points_frame
from geo.models import Commune, SnapPoint
from geo.services.communes import create_commune, read_boundary
from geo.services.layers import import_layer
from geo.services.snapping import release_snap_points
from tests.factories import geo as factories

pytestmark = pytest.mark.django_db


def town(commune: Commune, *, homes: int = 40) -> None:
    """One long street with doors every 10 m."""
    factories.StreetSegmentFactory(commune=commune, line=factories.line((0, 0), (600, 0)))
    for door in range(homes):
        factories.AddressPointFactory(commune=commune, point=factories.point(10 * door + 5, 8))


def test_every_catchment_has_eight_dwellings_or_none(commune: Commune) -> None:
    town(commune)
    points = snap_points_frame(release_snap_points(commune=commune, reason="primera carga"))
    assert set(points.origin) == {"street"}
    assert points.dwellings.sum() == 40
    assert ((points.dwellings >= 8) | (points.dwellings == 0)).all()


def test_blocks_stand_in_for_doors_that_are_not_loaded(commune: Commune) -> None:
    for number in range(4):
        factories.TerritorialUnitFactory(
            commune=commune, kind="manzana", boundary=factories.square(120 * number, 0, 100), dwellings=30
        )
    points = snap_points_frame(release_snap_points(commune=commune, reason="manzanas"))
    assert points.dwellings.sum() == 120
    assert set(points.origin) == {"street"}


def test_doors_win_where_most_of_a_block_are_known(commune: Commune) -> None:
    factories.StreetSegmentFactory(commune=commune, line=factories.line((-50, -10), (150, -10)))
    factories.TerritorialUnitFactory(
        commune=commune, kind="manzana", boundary=factories.square(0, 0, 100), dwellings=30
    )
    for door in range(20):
        factories.AddressPointFactory(commune=commune, point=factories.point(5 * door, 2))
    points = snap_points_frame(release_snap_points(commune=commune, reason="puertas"))
    assert points.dwellings.sum() == 20


def test_without_dwellings_the_mask_is_the_hexagon(commune: Commune) -> None:
    factories.StreetSegmentFactory(commune=commune)
    points = snap_points_frame(release_snap_points(commune=commune, reason="sin datos"))
    assert set(points.origin) == {"hexagon"}
    hexagon_m2 = 1.5 * np.sqrt(3) * 250**2
    whole = geometry_to_metric(commune.boundary, commune=commune).area
    assert len(points) == pytest.approx(whole / hexagon_m2, rel=0.15)


def test_every_point_of_the_commune_is_within_a_side_of_its_hexagon(commune: Commune) -> None:
    points = snap_points_frame(release_snap_points(commune=commune, reason="sin datos"))
    boundary = geometry_to_metric(commune.boundary, commune=commune)
    generator = np.random.default_rng(7)
    west, south, east, north = boundary.bounds
    places = shapely.points(generator.uniform(west, east, 300), generator.uniform(south, north, 300))
    for place in places[shapely.contains(boundary, places)]:
        assert points.distance(place).min() <= 250.5


def test_an_isolated_farm_gets_no_point_of_its_own(commune: Commune) -> None:
    town(commune)
    factories.StreetSegmentFactory(commune=commune, line=factories.line((3000, 3000), (3400, 3000)))
    factories.AddressPointFactory(commune=commune, point=factories.point(3200, 3010))
    points = snap_points_frame(release_snap_points(commune=commune, reason="campo"))
    farm = geometry_to_metric(factories.point(3200, 3010), commune=commune)
    beside = points[points.distance(farm) < 1000]
    assert (beside.dwellings == 0).all()


def test_releases_are_numbered_and_have_reasons(commune: Commune, other_commune: Commune) -> None:
    town(commune)
    assert release_snap_points(commune=commune, reason="uno").number == 1
    assert release_snap_points(commune=other_commune, reason="otra").number == 1
    assert release_snap_points(commune=commune, reason="dos").number == 2
    with pytest.raises(RefusedError):
        release_snap_points(commune=commune, reason="  ")


def test_the_same_ground_gives_the_same_points(commune: Commune) -> None:
    town(commune)
    first, second = (snap_points_frame(release_snap_points(commune=commune, reason=str(n))) for n in range(2))
    assert first.geometry.to_wkt().tolist() == second.geometry.to_wkt().tolist()


@pytest.mark.real_data
def test_blocks_of_valdivia_give_points_behind_which_to_hide(db: Any, real_data: Any) -> None:
    limits = real_data("geo/valdivia_limites/valdivia_limites.gpkg")
    commune = create_commune(
        cut_code="14101", name="Valdivia", boundary=read_boundary(limits, layer="comuna_dpa2023"), source="IDE"
    )
    path = real_data("geo/valdivia_manzanas/valdivia_manzanas.gpkg")
    import_layer(
        commune=commune, path=path, file_name=path.name, target="manzana", layer="manzanas_censo2017", source="INE"
    )
    points = snap_points_frame(release_snap_points(commune=commune, reason="censo 2017"))
    assert points.dwellings.sum() == 55_893
    assert points.dwellings[points.dwellings > 0].min() >= 8
    assert points.dwellings[points.dwellings > 0].median() < 40
    assert SnapPoint.objects.for_commune(commune).count() == len(points)
