"""One module converts, and its figures are golden."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from django.db import connection

from geo import crs
from geo.errors import RefusedError
from tests.factories import geo as factories

VALDIVIA_EAST, VALDIVIA_NORTH = 650_139.0, 5_591_393.0


@pytest.fixture
def commune(db: None) -> object:
    return factories.CommuneFactory()


def test_centre_of_valdivia_has_its_published_coordinates() -> None:
    lng, lat = crs.transformer(32718, 4326).transform(VALDIVIA_EAST, VALDIVIA_NORTH)
    assert (round(lng, 3), round(lat, 3)) == (-73.246, -39.814)


def test_scale_and_convergence_at_valdivia_are_the_published_ones() -> None:
    factors = crs.crs_of(32718)
    from pyproj import Proj

    found = Proj(factors).get_factors(-73.246, -39.814)
    assert found.meridional_scale == pytest.approx(0.99988, abs=1e-5)
    assert found.meridian_convergence == pytest.approx(-1.12, abs=0.01)


def test_psad56_read_as_wgs84_is_off_by_236_m_east_and_363_m_north() -> None:
    east, north = crs.transformer(24878, 32718).transform(VALDIVIA_EAST, VALDIVIA_NORTH)
    assert VALDIVIA_EAST - east == pytest.approx(236, abs=1)
    assert VALDIVIA_NORTH - north == pytest.approx(363, abs=1)


def test_zone_18_read_as_zone_19_lands_six_degrees_east() -> None:
    right, _ = crs.transformer(32718, 4326).transform(VALDIVIA_EAST, VALDIVIA_NORTH)
    wrong, _ = crs.transformer(32719, 4326).transform(VALDIVIA_EAST, VALDIVIA_NORTH)
    assert wrong - right == pytest.approx(6, abs=1e-6)


@pytest.mark.parametrize("srid", [5362, 8950, 9149, 9154, 20048, 31978])
def test_sirgas_realisations_coincide_with_wgs84(srid: int) -> None:
    east, north = crs.transformer(srid, 32718).transform(VALDIVIA_EAST, VALDIVIA_NORTH)
    assert (east, north) == pytest.approx((VALDIVIA_EAST, VALDIVIA_NORTH), abs=0.01)


@pytest.mark.parametrize("srid", sorted(crs.CHILEAN_SRIDS))
def test_every_system_of_the_table_goes_there_and_back(srid: int) -> None:
    zone_19 = crs.title_of(srid).endswith("19 S")
    lng, lat = (-70.65 if zone_19 else -73.246), -39.814
    x, y = crs.transformer(4326, srid).transform(lng, lat)
    back = crs.transformer(srid, 4326).transform(x, y)
    tolerance = 5e-8 if srid in crs.PSAD56_SRIDS else 1e-11  # the seven-parameter shift is only nearly its own inverse
    assert back == pytest.approx((lng, lat), abs=tolerance)


def test_utm_18_and_19_of_sirgas_2002_are_not_swapped() -> None:
    assert crs.crs_of(5362).name.endswith("18S")
    assert crs.crs_of(5361).name.endswith("19S")


@pytest.mark.django_db
def test_postgis_and_python_agree_to_a_millimetre() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_Point(-73.246, -39.814), 4326), 32718) p"
        )
        found = cursor.fetchone()
    assert found == pytest.approx(crs.transformer(4326, 32718).transform(-73.246, -39.814), abs=1e-3)


def test_stored_geometry_goes_to_metres_and_back(commune: object) -> None:
    stored = factories.square(0, 0, 100)
    metric = crs.geometry_to_metric(stored, commune=commune)  # type: ignore[arg-type]
    assert metric.area == pytest.approx(10_000, rel=0.02)
    back = crs.geometry_to_storage(metric, commune=commune)  # type: ignore[arg-type]
    assert back.srid == 4326
    assert np.allclose(back.coords, stored.coords, atol=1e-10)


def test_frame_without_system_is_refused(commune: object) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)])
    with pytest.raises(RefusedError):
        crs.to_metric(frame, commune=commune)  # type: ignore[arg-type]


def test_degrees_are_not_metric() -> None:
    assert crs.is_metric(32718)
    assert not crs.is_metric(4326)
    assert not crs.is_metric(2263)  # feet


def utm_bounds(srid: int) -> tuple[float, float, float, float]:
    return crs.transformer(4326, srid).transform_bounds(-73.27, -39.83, -73.22, -39.79)


@pytest.mark.parametrize(("truth", "declared"), [(32718, 32719), (32718, 5361), (32718, None), (24878, 24879)])
def test_wrong_zone_is_answered_with_the_right_one(commune: object, truth: int, declared: int | None) -> None:
    hint = crs.suggest_srid(utm_bounds(truth), commune=commune, declared=declared)  # type: ignore[arg-type]
    assert hint in {32718, 24878}


def test_wgs84_is_preferred_to_psad56(commune: object) -> None:
    assert crs.suggest_srid(utm_bounds(32718), commune=commune, declared=32719) == 32718  # type: ignore[arg-type]


def test_degrees_declared_as_metres_are_answered_with_degrees(commune: object) -> None:
    bounds = (-73.27, -39.83, -73.22, -39.79)
    assert crs.suggest_srid(bounds, commune=commune, declared=32718) == 4326  # type: ignore[arg-type]


def test_a_file_that_lies_well_gets_no_hint(commune: object) -> None:
    for srid in (32718, 5362, 9154):
        assert crs.suggest_srid(utm_bounds(srid), commune=commune, declared=srid) is None  # type: ignore[arg-type]


def test_a_file_of_another_country_gets_no_hint(commune: object) -> None:
    assert crs.suggest_srid((24.9, 60.1, 25.0, 60.2), commune=commune, declared=4326) is None  # type: ignore[arg-type]


def corners(srid: int, west: float, south: float, east: float, north: float) -> tuple[np.ndarray, np.ndarray]:
    x, y = crs.transformer(4326, srid).transform([west, east, east, west], [south, south, north, north])
    return np.asarray(x), np.asarray(y)


def test_psad56_numbers_that_stick_out_by_the_shift_are_suspected(commune: object) -> None:
    x, y = corners(24878, factories.WEST, factories.SOUTH, factories.EAST, factories.NORTH)
    assert crs.psad56_suspected(x, y, commune=commune, declared=32718) == 24878  # type: ignore[arg-type]


def test_the_commune_s_own_numbers_are_not_suspected(commune: object) -> None:
    x, y = corners(32718, factories.WEST, factories.SOUTH, factories.EAST, factories.NORTH)
    assert crs.psad56_suspected(x, y, commune=commune, declared=32718) is None  # type: ignore[arg-type]
