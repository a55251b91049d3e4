"""Communes: made once from a boundary, which everything else must lie in."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geo.crs import as_shapely, as_stored, crs_of, is_metric, to_storage
from geo.decoder import ROW_ERROR, decode_layer
from geo.errors import ConflictError, RefusedError, RefusedFileError
from geo.geometry import AREAS, as_multi, invalidity
from geo.models import Commune, metric_srid_of

LARGEST_SIDE_DEG = 15.0  # wider than any commune of the country: a file of everything was given


def create_commune(
    *,
    cut_code: str,
    name: str,
    boundary: GEOSGeometry | BaseGeometry,
    timezone: str = "America/Santiago",
    metric_srid: int | None = None,
    simulated: bool = False,
    source: str = "",
) -> Commune:
    """Make a commune from its boundary in EPSG:4326; `metric_srid` follows from its longitude unless it is given.

    Raises RefusedError for a boundary, time zone or system that cannot serve, ConflictError where the code is taken.
    """
    if not cut_code.strip() or not name.strip():
        raise RefusedError(_("A commune needs a code and a name."))
    shape = as_shapely(boundary)
    _check_boundary(shape)
    srid = metric_srid or metric_srid_of(shape.centroid.x)
    if not is_metric(srid):
        raise RefusedError(
            _("EPSG:%(srid)s does not measure in projected metres. Choose a UTM system.") % {"srid": srid}
        )
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RefusedError(_("“%(zone)s” is not a time zone.") % {"zone": timezone}) from error
    try:
        with transaction.atomic():
            return Commune.objects.create(
                cut_code=cut_code.strip(),
                name=name.strip(),
                boundary=as_multi(as_stored(shape)),  # type: ignore[misc]
                metric_srid=srid,
                timezone=timezone,
                simulated=simulated,
                source=source[:200],
            )
    except IntegrityError as error:
        raise ConflictError(_("There is a commune with code %(code)s already.") % {"code": cut_code}) from error


def _check_boundary(shape: BaseGeometry) -> None:
    if shape.geom_type not in AREAS or shape.is_empty:
        raise RefusedError(_("The boundary of a commune is an area."))
    if not shape.is_valid:
        raise RefusedError(_("The boundary is not valid: %(reason)s.") % {"reason": invalidity(shape)})
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise RefusedError(_("The boundary must be in longitude and latitude."))
    if east - west > LARGEST_SIDE_DEG or north - south > LARGEST_SIDE_DEG:
        raise RefusedError(_("The boundary is larger than any commune. Choose the rows that make it up."))


def read_boundary(
    path: Path | str,
    *,
    file_name: str = "",
    where: tuple[str, str] | None = None,
    layer: str | None = None,
    srid: int | None = None,
) -> GEOSGeometry:
    """Boundary in EPSG:4326 made of the areas of a file (those whose field has a value), joined into one.

    Raises RefusedFileError where no system is declared or given, or no row is chosen.
    """
    path = Path(path)
    file_name = file_name or path.name
    decoded = decode_layer(path, layer=layer, columns=None if where is None else [where[0]], file_name=file_name)
    frame = decoded.frame
    if where is not None:
        frame = frame[frame[where[0]].map(_as_code) == where[1].strip()]
    if frame.empty:
        raise RefusedFileError(_("%(file)s: no row was chosen.") % {"file": file_name})
    bad = frame[frame[ROW_ERROR].notna()]
    if len(bad):
        raise RefusedFileError(_("%(file)s: %(reason)s") % {"file": file_name, "reason": bad[ROW_ERROR].iloc[0]})
    if decoded.srid is None and srid is None:
        raise RefusedFileError(
            _("%(file)s does not say which reference system its coordinates are in. Which one is it?")
            % {"file": file_name},
            code="which_srid",
        )
    stored = to_storage(frame.set_crs(crs_of(srid), allow_override=True) if srid else frame)
    return as_multi(as_stored(shapely.union_all(stored.geometry.to_numpy())))


def _as_code(value: object) -> str:
    """A value as the text people write: whole numbers without decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
