"""Ready-made rows of the ground floor. The default commune lies around the centre of Valdivia, about 8.5 by 11 km."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon
from factory.django import DjangoModelFactory

from geo import models

CENTRE_LNG, CENTRE_LAT = -73.246, -39.814
WEST, SOUTH, EAST, NORTH = -73.30, -39.86, -73.20, -39.76
DEGREES_PER_METRE_LNG, DEGREES_PER_METRE_LAT = 1 / 85_600, 1 / 111_000


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """A rectangle in degrees, as the MultiPolygon that every boundary column takes."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def square(east_m: float, north_m: float, side_m: float) -> MultiPolygon:
    """A square of about `side_m` metres whose south-west corner lies (east_m, north_m) from the centre of Valdivia."""
    west, south = CENTRE_LNG + east_m * DEGREES_PER_METRE_LNG, CENTRE_LAT + north_m * DEGREES_PER_METRE_LAT
    return box(west, south, west + side_m * DEGREES_PER_METRE_LNG, south + side_m * DEGREES_PER_METRE_LAT)


def point(east_m: float = 0.0, north_m: float = 0.0) -> Point:
    """A point (east_m, north_m) from the centre of Valdivia."""
    return Point(CENTRE_LNG + east_m * DEGREES_PER_METRE_LNG, CENTRE_LAT + north_m * DEGREES_PER_METRE_LAT, srid=4326)


def line(*corners_m: tuple[float, float]) -> MultiLineString:
    """A line through corners given in metres east and north of the centre of Valdivia."""
    return MultiLineString(LineString([point(*corner).coords for corner in corners_m]), srid=4326)


class CommuneFactory(DjangoModelFactory[models.Commune]):
    """A commune in UTM zone 18 S."""

    class Meta:
        model = models.Commune

    cut_code = factory.Sequence(lambda n: f"T{n:04d}")
    name = factory.Sequence(lambda n: f"Comuna de prueba {n}")
    boundary = factory.LazyFunction(lambda: box(WEST, SOUTH, EAST, NORTH))
    metric_srid = 32718


class _OfCommune(DjangoModelFactory[Any]):
    class Meta:
        abstract = True

    commune = factory.SubFactory(CommuneFactory)


class TerritorialUnitFactory(_OfCommune):
    class Meta:
        model = models.TerritorialUnit

    kind = models.UnitKind.UNIDAD_VECINAL
    code = factory.Sequence(lambda n: f"UV-{n}")
    name = factory.Sequence(lambda n: f"Unidad vecinal {n}")
    boundary = factory.Sequence(lambda n: square(-2000 + 250 * (n % 16), -2000 + 250 * (n // 16 % 16), 240))
    residents = 250
    dwellings = 90
    valid_from = date(2020, 1, 1)


class StreetSegmentFactory(_OfCommune):
    class Meta:
        model = models.StreetSegment

    name = factory.Sequence(lambda n: f"Calle {n}")
    line = factory.Sequence(lambda n: line((0, 100 * (n % 40)), (100, 100 * (n % 40))))


class AddressPointFactory(_OfCommune):
    class Meta:
        model = models.AddressPoint

    street = "Calle Uno"
    number = factory.Sequence(str)
    point = factory.Sequence(lambda n: point(10 * (n % 100), 10 * (n // 100)))


class PlaceFactory(_OfCommune):
    class Meta:
        model = models.Place

    kind = models.PlaceKind.BAR
    name = factory.Sequence(lambda n: f"Lugar {n}")
    point = factory.Sequence(lambda n: point(20 * (n % 50), 15))


class BuildingFactory(_OfCommune):
    class Meta:
        model = models.Building

    footprint = factory.Sequence(lambda n: square(30 * (n % 50), 30 * (n // 50), 12))
    height_m = 6.0
    height_source = models.HeightSource.MEASURED


class VegetationFactory(_OfCommune):
    """A crown of trees 8 m high."""

    class Meta:
        model = models.Vegetation

    area = factory.LazyFunction(lambda: square(0, 0, 10))
    height_m = 8.0


class MaskAreaFactory(_OfCommune):
    class Meta:
        model = models.MaskArea

    kind = models.MaskKind.WATER
    area = factory.Sequence(lambda n: square(-3000, -3000 + 300 * n, 200))


class PublicSpaceFactory(_OfCommune):
    class Meta:
        model = models.PublicSpace

    source = models.PublicSpace.Source.GIVEN
    area = factory.Sequence(lambda n: square(2000, -3000 + 300 * n, 200))


class TerrainSurfaceFactory(_OfCommune):
    class Meta:
        model = models.TerrainSurface

    name = factory.Sequence(lambda n: f"Terreno {n}")
    kind = models.TerrainSurface.Kind.TERRAIN
    path = factory.LazyAttribute(lambda surface: f"surfaces/{surface.name}.tif")
    srid = 32718
    cell_m = 5.0
    bounds = factory.LazyFunction(lambda: Polygon.from_bbox((WEST, SOUTH, EAST, NORTH)))
    covered_ratio = 1.0
    lowest_m = 0.0
    highest_m = 100.0
    sha256 = "0" * 64


class SnapReleaseFactory(_OfCommune):
    class Meta:
        model = models.SnapRelease

    number = factory.Sequence(lambda n: n + 1)
    reason = "primera carga"


class SnapPointFactory(_OfCommune):
    class Meta:
        model = models.SnapPoint

    release = factory.SubFactory(SnapReleaseFactory, commune=factory.SelfAttribute("..commune"))
    point = factory.Sequence(lambda n: point(100 * (n % 20), 100 * (n // 20)))
    dwellings = 12
    origin = models.SnapPoint.Origin.STREET
