"""The database refuses what the application might let slip."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import DataError, IntegrityError, connection, transaction

from tests.factories import geo as factories

pytestmark = pytest.mark.django_db

SQUARE = "((-73.25 -39.81, -73.24 -39.81, -73.24 -39.80, -73.25 -39.80, -73.25 -39.81))"
TABLES = {
    "geo_territorialunit": ("boundary", "kind, code, name, source, valid_from", "'barrio', 'x', '', '', '2020-01-01'"),
    "geo_building": ("footprint", "height_source, source", "'medida', ''"),
    "geo_maskarea": ("area", "kind, source", "'water', ''"),
    "geo_publicspace": ("area", "source", "'given'"),
    "geo_streetsegment": ("line", "name, source", "'', ''"),
    "geo_addresspoint": ("point", "street, number, dwellings, source", "'', '', 1, ''"),
    "geo_place": ("point", "kind, name, source", "'bar', '', ''"),
}
POINTS = ("geo_addresspoint", "geo_place")
AREAS = ("geo_territorialunit", "geo_building", "geo_maskarea", "geo_publicspace")


def wkb_of(wkt: str) -> bytes:
    """WKB of a text that may say NaN or Inf; PostGIS reads them only in binary."""
    shape = shapely.from_wkt(wkt.replace("NaN", "555").replace("Inf", "777"))

    def spoil(coordinates: np.ndarray) -> np.ndarray:
        spoiled = np.where(coordinates == 555, np.nan, coordinates)
        return np.where(np.abs(spoiled) == 777, np.copysign(np.inf, spoiled), spoiled)

    has_words = "NaN" in wkt or "Inf" in wkt
    return shapely.to_wkb(shapely.transform(shape, spoil) if has_words else shape)


def insert(table: str, wkt: str, srid: int = 4326) -> None:
    column, others, values = TABLES[table]
    commune = factories.CommuneFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (commune_id, {column}, {others}) VALUES (%s, ST_GeomFromWKB(%s, %s), {values})",
            [commune.pk, wkb_of(wkt), srid],
        )


def test_sound_rows_are_accepted() -> None:
    for table in POINTS:
        insert(table, "POINT(-73.25 -39.81)")
    for table in AREAS:
        insert(table, f"MULTIPOLYGON({SQUARE})")
    insert("geo_streetsegment", "MULTILINESTRING((-73.25 -39.81, -73.24 -39.81))")


@pytest.mark.parametrize("table", POINTS)
@pytest.mark.parametrize(
    "wkt",
    [
        "POINT(NaN -39)",
        "POINT(-73 NaN)",
        "POINT(NaN NaN)",
        "POINT(Inf -39)",
        "POINT(-73 -Inf)",
        "POINT EMPTY",
        "POINT(180.1 0)",
        "POINT(0 -90.5)",
        "POINT(650139 5591393)",
    ],
)
def test_bad_points_are_refused(table: str, wkt: str) -> None:
    with pytest.raises((IntegrityError, DataError)):
        insert(table, wkt)


@pytest.mark.parametrize("table", AREAS)
@pytest.mark.parametrize(
    "wkt",
    [
        "MULTIPOLYGON EMPTY",
        "MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))",
        "MULTIPOLYGON(((0 0, 1 0, NaN 1, 0 1, 0 0)))",
        "MULTIPOLYGON(((0 0, 1 0, Inf 1, 0 1, 0 0)))",
        "MULTIPOLYGON(((0 0, 181 0, 181 1, 0 1, 0 0)))",
        "MULTIPOLYGON(((0 0, 1 0, 1 91, 0 1, 0 0)))",
    ],
)
def test_bad_areas_are_refused(table: str, wkt: str) -> None:
    with pytest.raises((IntegrityError, DataError)):
        insert(table, wkt)


@pytest.mark.parametrize(
    "wkt",
    [
        "MULTILINESTRING EMPTY",
        "MULTILINESTRING((0 0, NaN 1, 2 2))",
        "MULTILINESTRING((0 0, 1 Inf))",
        "MULTILINESTRING((0 0, 200 0))",
    ],
)
def test_bad_lines_are_refused(wkt: str) -> None:
    with pytest.raises((IntegrityError, DataError)):
        insert("geo_streetsegment", wkt)


def test_another_reference_system_is_refused() -> None:
    with pytest.raises(DataError):
        insert("geo_place", "POINT(1 1)", srid=32718)


def test_a_third_dimension_is_refused() -> None:
    with pytest.raises(DataError):
        insert("geo_place", "POINT Z (1 1 1)")


@pytest.mark.parametrize("height", [0.0, -3.0, float("nan"), float("inf"), 5000.0])
def test_heights_are_positive_and_plausible(height: float) -> None:
    with pytest.raises(IntegrityError):
        factories.BuildingFactory(height_m=height)


def test_levels_start_at_one() -> None:
    with pytest.raises(IntegrityError):
        factories.BuildingFactory(levels=0)


def test_validity_ends_after_it_starts() -> None:
    with pytest.raises(IntegrityError):
        factories.TerritorialUnitFactory(valid_from="2024-01-02", valid_until="2024-01-01")


def test_one_code_of_a_kind_is_in_force_once() -> None:
    unit = factories.TerritorialUnitFactory()
    with pytest.raises(IntegrityError):
        factories.TerritorialUnitFactory(commune=unit.commune, code=unit.code)


def test_a_code_may_return_after_its_predecessor_ended() -> None:
    ended = factories.TerritorialUnitFactory(valid_until="2024-01-01")
    factories.TerritorialUnitFactory(commune=ended.commune, code=ended.code, valid_from="2024-01-01")


def test_two_communes_may_share_a_code() -> None:
    factories.TerritorialUnitFactory(code="1")
    factories.TerritorialUnitFactory(code="1")


def test_a_street_snap_point_stands_for_eight_dwellings_or_none() -> None:
    factories.SnapPointFactory(dwellings=0)
    with pytest.raises(IntegrityError):
        factories.SnapPointFactory(dwellings=7)


def test_an_unknown_kind_of_unit_is_refused() -> None:
    with pytest.raises(IntegrityError):
        factories.TerritorialUnitFactory(kind="pais")


def test_every_factory_makes_a_sound_row() -> None:
    for factory in (factories.StreetSegmentFactory, factories.TerrainSurfaceFactory, factories.PublicSpaceFactory):
        assert factory().commune.metric_srid == 32718
