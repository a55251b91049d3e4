"""The one module that converts between reference systems.

Geometry is stored in EPSG:4326 (x = longitude, y = latitude) and computed in the commune's metric system. The table of
Chilean systems is the list that people may choose from at import and export.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo.errors import RefusedError

if TYPE_CHECKING:
    from geo.models import Commune

STORAGE_SRID = 4326

_TABLE: dict[int, str] = {
    4326: "WGS 84",
    32718: "WGS 84 / UTM 18 S",
    32719: "WGS 84 / UTM 19 S",
    5360: "SIRGAS-Chile 2002",
    5362: "SIRGAS-Chile 2002 / UTM 18 S",
    5361: "SIRGAS-Chile 2002 / UTM 19 S",
    8949: "SIRGAS-Chile 2010",
    8950: "SIRGAS-Chile 2010 / UTM 18 S",
    8951: "SIRGAS-Chile 2010 / UTM 19 S",
    9148: "SIRGAS-Chile 2013",
    9149: "SIRGAS-Chile 2013 / UTM 18 S",
    9150: "SIRGAS-Chile 2013 / UTM 19 S",
    9153: "SIRGAS-Chile 2016",
    9154: "SIRGAS-Chile 2016 / UTM 18 S",
    9155: "SIRGAS-Chile 2016 / UTM 19 S",
    20041: "SIRGAS-Chile 2021",
    20048: "SIRGAS-Chile 2021 / UTM 18 S",
    20049: "SIRGAS-Chile 2021 / UTM 19 S",
    11473: "SIRGAS-Chile 2025",
    11475: "SIRGAS-Chile 2025 / UTM 18 S",
    11476: "SIRGAS-Chile 2025 / UTM 19 S",
    4674: "SIRGAS 2000",
    31978: "SIRGAS 2000 / UTM 18 S",
    31979: "SIRGAS 2000 / UTM 19 S",
    4248: "PSAD56",
    24878: "PSAD56 / UTM 18 S",
    24879: "PSAD56 / UTM 19 S",
}
PSAD56_SRIDS = frozenset({4248, 24878, 24879})
PSAD56_MARGIN_M = 50.0  # drawings of the same boundary differ by this much without any shift


def _is_known(srid: int) -> bool:
    try:
        CRS.from_epsg(srid)
    except CRSError:
        return False
    return True


# SIRGAS-Chile 2025 needs a PROJ database newer than 9.5; it appears here as soon as the installed one has it
CHILEAN_SRIDS: dict[int, str] = {srid: title for srid, title in _TABLE.items() if _is_known(srid)}


@lru_cache(maxsize=128)
def crs_of(srid: int) -> CRS:
    """Reference system of an EPSG code. Raises RefusedError where the installed database does not know it."""
    try:
        return CRS.from_epsg(srid)
    except CRSError as error:
        raise RefusedError(
            _("Reference system EPSG:%(srid)s is not known here. Choose another.") % {"srid": srid}
        ) from error


@lru_cache(maxsize=128)
def transformer(source_srid: int, target_srid: int) -> Transformer:
    """Converter of x, y arrays from one EPSG code to another, x first in both."""
    return Transformer.from_crs(crs_of(source_srid), crs_of(target_srid), always_xy=True)


def is_metric(srid: int) -> bool:
    """True where both axes of the system are projected metres."""
    system = crs_of(srid)
    return system.is_projected and all(axis.unit_name == "metre" for axis in system.axis_info)


def title_of(srid: int) -> str:
    """Name of a system for people: from the Chilean table, else from the database."""
    return CHILEAN_SRIDS.get(srid) or crs_of(srid).name


def srid_of(crs: Any) -> int | None:
    """EPSG code of a reference system however it is told (code, WKT, CRS object); None where there is none."""
    if crs is None:
        return None
    try:
        return CRS.from_user_input(crs).to_epsg(min_confidence=70)
    except CRSError:
        return None


def to_srid(frame: gpd.GeoDataFrame, *, srid: int) -> gpd.GeoDataFrame:
    """Copy of a frame in another system."""
    if frame.crs is None:
        raise RefusedError(_("The layer does not say which reference system its coordinates are in."))
    return frame.to_crs(crs_of(srid))


def to_metric(frame: gpd.GeoDataFrame, *, commune: Commune) -> gpd.GeoDataFrame:
    """Copy of a frame in the commune's metric system."""
    return to_srid(frame, srid=commune.metric_srid)


def to_storage(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Copy of a frame in the system that geometry is stored in (EPSG:4326)."""
    return to_srid(frame, srid=STORAGE_SRID)


def convert(geometry: BaseGeometry, *, source_srid: int, target_srid: int) -> BaseGeometry:
    """A shapely geometry in another system."""
    if source_srid == target_srid:
        return geometry
    convert_xy = transformer(source_srid, target_srid).transform

    def move(coordinates: np.ndarray) -> np.ndarray:
        return np.column_stack(convert_xy(coordinates[:, 0], coordinates[:, 1]))

    moved: BaseGeometry = shapely.transform(shapely.force_2d(geometry), move)
    return moved


def geometry_to_metric(geometry: GEOSGeometry | BaseGeometry, *, commune: Commune) -> BaseGeometry:
    """A stored geometry (GeoDjango or shapely, EPSG:4326) as shapely geometry in the commune's metres."""
    return convert(as_shapely(geometry), source_srid=STORAGE_SRID, target_srid=commune.metric_srid)


def geometry_to_storage(geometry: BaseGeometry, *, commune: Commune) -> GEOSGeometry:
    """A shapely geometry in the commune's metres as GeoDjango geometry in EPSG:4326."""
    return as_stored(convert(geometry, source_srid=commune.metric_srid, target_srid=STORAGE_SRID))


def as_shapely(geometry: GEOSGeometry | BaseGeometry) -> BaseGeometry:
    """The same geometry for shapely, coordinates untouched."""
    if isinstance(geometry, BaseGeometry):
        return geometry
    return shapely.from_wkb(bytes(geometry.wkb))


def as_stored(geometry: BaseGeometry) -> GEOSGeometry:
    """The same geometry, already in EPSG:4326, for GeoDjango."""
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry, output_dimension=2)), srid=STORAGE_SRID)


def xy_to_metric(x: np.ndarray, y: np.ndarray, *, commune: Commune) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes as metres of the commune's system."""
    east, north = transformer(STORAGE_SRID, commune.metric_srid).transform(x, y)
    return np.asarray(east), np.asarray(north)


# --- where a file lies, and in which system it would lie well -------------------------------------


def bounds_to_storage(bounds: Sequence[float], *, srid: int) -> tuple[float, float, float, float] | None:
    """Box (west, south, east, north) in degrees of a box in another system; None where it cannot be converted."""
    west, south, east, north = bounds
    if srid == STORAGE_SRID:
        return (west, south, east, north)
    converted = transformer(srid, STORAGE_SRID).transform_bounds(west, south, east, north, densify_pts=5)
    if not np.isfinite(converted).all():
        return None
    return (converted[0], converted[1], converted[2], converted[3])


def share_inside(bounds: Sequence[float], *, srid: int, commune: Commune, margin_m: float = 0.0) -> float:
    """Share (0 to 1) of a box that lies in the commune's own box, widened by a margin; a point is all in or all out."""
    located = bounds_to_storage(bounds, srid=srid)
    if located is None or not _looks_like(bounds, srid=srid):
        return 0.0
    west, south, east, north = commune_box(commune, margin_m=margin_m)
    inside = (
        max(located[0], west), max(located[1], south), min(located[2], east), min(located[3], north)
    )  # fmt: skip
    if inside[0] > inside[2] or inside[1] > inside[3]:
        return 0.0
    extent = max(located[2] - located[0], 1e-9) * max(located[3] - located[1], 1e-9)
    return min(1.0, max(inside[2] - inside[0], 1e-9) * max(inside[3] - inside[1], 1e-9) / extent)


def commune_box(commune: Commune, *, margin_m: float) -> tuple[float, float, float, float]:
    """Box of the commune in degrees, widened by a margin in metres."""
    west, south, east, north = commune.boundary.extent
    margin_lat = margin_m / 111_000
    margin_lng = margin_lat / max(0.1, float(np.cos(np.radians((south + north) / 2))))
    return (west - margin_lng, south - margin_lat, east + margin_lng, north + margin_lat)


def _looks_like(bounds: Sequence[float], *, srid: int) -> bool:
    """Degrees fit in a globe; metres of UTM do not look like degrees."""
    in_degrees = max(abs(value) for value in bounds) <= 180
    return in_degrees if crs_of(srid).is_geographic else not in_degrees


def suggest_srid(bounds: Sequence[float], *, commune: Commune, declared: int | None) -> int | None:
    """The Chilean system in which a file's box would lie inside the commune, where the declared one puts it outside.

    None where the declared system already puts it (partly) inside, or where no system of the table does. Realisations
    of SIRGAS-Chile coincide with WGS 84, so WGS 84 speaks for all of them; PSAD56 comes last because it lies only some
    hundred metres from WGS 84 and would otherwise win by chance.
    """
    if declared is not None and share_inside(bounds, srid=declared, commune=commune) > 0:
        return None
    shares = {
        srid: share_inside(bounds, srid=srid, commune=commune)
        for srid in (4326, 32718, 32719, 24878, 24879)
        if srid != declared
    }
    best = max(shares, key=lambda srid: (round(shares[srid], 3), srid not in PSAD56_SRIDS))
    return best if shares[best] > 0 else None


def psad56_suspected(x: np.ndarray, y: np.ndarray, *, commune: Commune, declared: int) -> int | None:
    """The PSAD56 system a layer seems to be in: as declared it sticks out of the commune's box, as PSAD56 it fits.

    Old municipal drawings carry PSAD56 numbers with a modern name: about 236 m east and 363 m north of the truth at
    Valdivia, which no eye sees. Only layers that reach the commune's edge can be told apart; others pass silently.
    Vertices are looked at, not the layer's box, which grows by hundreds of metres when it is turned into degrees.
    """
    if declared in PSAD56_SRIDS or declared not in CHILEAN_SRIDS or _fits(x, y, srid=declared, commune=commune):
        return None
    zone = title_of(declared)[-4:]
    geographic = crs_of(declared).is_geographic
    for srid in sorted(PSAD56_SRIDS):
        same_family = crs_of(srid).is_geographic if geographic else title_of(srid)[-4:] == zone
        if same_family and _fits(x, y, srid=srid, commune=commune):
            return srid
    return None


def _fits(x: np.ndarray, y: np.ndarray, *, srid: int, commune: Commune) -> bool:
    lng, lat = transformer(srid, STORAGE_SRID).transform(x, y) if srid != STORAGE_SRID else (x, y)
    west, south, east, north = commune_box(commune, margin_m=PSAD56_MARGIN_M)
    return bool(np.min(lng) >= west and np.max(lng) <= east and np.min(lat) >= south and np.max(lat) <= north)
