"""Rows of the ground floor as frames in the commune's metres: the only door from here to analysis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.contrib.gis.db.models.functions import Intersection
from django.contrib.gis.geos import GEOSGeometry, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE_SRID, as_shapely, crs_of, geometry_to_metric, geometry_to_storage, to_metric
from geo.models import (
    AddressPoint,
    Building,
    Commune,
    MaskArea,
    Place,
    PublicSpace,
    SnapPoint,
    SnapRelease,
    StreetSegment,
    TerritorialUnit,
    Vegetation,
)

SLIVER_M = 0.5  # parts thinner than this are drawing errors of the mask, not ground


def frame_of(queryset: Any, *, commune: Commune, fields: Sequence[str], geometry: str) -> gpd.GeoDataFrame:
    """Rows of a queryset, indexed by id, in the commune's metric system; `geometry` becomes the active column."""
    rows = list(queryset.order_by("pk").values_list("pk", geometry, *fields))
    shapes = np.array([None if row[1] is None else as_shapely(row[1]) for row in rows], dtype=object)
    columns = {name: [row[position + 2] for row in rows] for position, name in enumerate(fields)}
    index = pd.Index([row[0] for row in rows], name="id", dtype="int64")
    stored = gpd.GeoDataFrame(
        pd.DataFrame(columns, index=index), geometry=gpd.GeoSeries(shapes, index=index, crs=crs_of(STORAGE_SRID))
    )
    return to_metric(stored, commune=commune)


def units_frame(commune: Commune, *, kind: str, on: date | None = None) -> gpd.GeoDataFrame:
    """Territorial units of a kind in force (on a day): code, name, residents, dwellings, geometry."""
    units = TerritorialUnit.objects.for_commune(commune).of_kind(kind).in_force(on)
    return frame_of(units, commune=commune, fields=["code", "name", "residents", "dwellings"], geometry="boundary")


def streets_frame(commune: Commune) -> gpd.GeoDataFrame:
    """Street segments: name, geometry (lines)."""
    return frame_of(StreetSegment.objects.for_commune(commune), commune=commune, fields=["name"], geometry="line")


def addresses_frame(commune: Commune) -> gpd.GeoDataFrame:
    """Address points: street, number, dwellings, geometry."""
    addresses = AddressPoint.objects.for_commune(commune)
    return frame_of(addresses, commune=commune, fields=["street", "number", "dwellings"], geometry="point")


def places_frame(commune: Commune, *, kinds: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """Places (of some kinds): kind, name, geometry."""
    places = Place.objects.for_commune(commune)
    if kinds is not None:
        places = places.filter(kind__in=list(kinds))
    return frame_of(places, commune=commune, fields=["kind", "name"], geometry="point")


def buildings_frame(commune: Commune, *, near: BaseGeometry | None = None) -> gpd.GeoDataFrame:
    """Buildings, or those that touch the box of an area in metres: height_m, levels, height_source, footprints."""
    buildings = Building.objects.for_commune(commune)
    if near is not None:
        buildings = buildings.filter(footprint__bboverlaps=_stored_box(near, commune))
    return frame_of(buildings, commune=commune, fields=["height_m", "levels", "height_source"], geometry="footprint")


def vegetation_frame(commune: Commune, *, near: BaseGeometry | None = None) -> gpd.GeoDataFrame:
    """Crowns of trees and hedges, or those that touch the box of an area in metres: height_m, geometry."""
    crowns = Vegetation.objects.for_commune(commune)
    if near is not None:
        crowns = crowns.filter(area__bboverlaps=_stored_box(near, commune))
    return frame_of(crowns, commune=commune, fields=["height_m"], geometry="area")


def masks_frame(commune: Commune) -> gpd.GeoDataFrame:
    """Masked areas: kind, geometry."""
    return frame_of(MaskArea.objects.for_commune(commune), commune=commune, fields=["kind"], geometry="area")


def public_space_frame(commune: Commune, *, near: BaseGeometry | None = None) -> gpd.GeoDataFrame:
    """Public space, or its part within the box of an area in metres: source (given or derived), geometry."""
    spaces = PublicSpace.objects.for_commune(commune)
    if near is None:
        return frame_of(spaces, commune=commune, fields=["source"], geometry="area")
    box = _stored_box(near, commune)
    clipped = spaces.filter(area__bboverlaps=box).annotate(part=Intersection("area", box))
    return frame_of(clipped, commune=commune, fields=["source"], geometry="part")


def snap_points_frame(release: SnapRelease) -> gpd.GeoDataFrame:
    """Snap points of a release: dwellings, origin, geometry."""
    points = SnapPoint.objects.for_commune(release.commune).of_release(release)
    return frame_of(points, commune=release.commune, fields=["dwellings", "origin"], geometry="point")


def study_area(commune: Commune) -> BaseGeometry:
    """Ground of the commune where something can happen: its boundary minus water, wetland and forest, in metres.

    Where the masks leave nothing, the whole commune is the study area.
    """
    boundary = geometry_to_metric(commune.boundary, commune=commune)
    masks = masks_frame(commune)
    if masks.empty:
        return boundary
    left = shapely.difference(boundary, shapely.union_all(masks.geometry.to_numpy()))
    opened = shapely.intersection(shapely.buffer(shapely.buffer(left, -SLIVER_M / 2), SLIVER_M / 2), left)
    kept = _areas_only(opened)
    return boundary if kept.is_empty else kept


def _stored_box(area: BaseGeometry, commune: Commune) -> GEOSGeometry:
    """The box around an area in metres, in degrees, a little wider than its turned image."""
    west, south, east, north = geometry_to_storage(shapely.box(*area.bounds).segmentize(100.0), commune=commune).extent
    return Polygon.from_bbox((west, south, east, north))


def _areas_only(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > 1.0)]
    return shapely.MultiPolygon(list(areas)) if len(areas) != 1 else areas[0]
