"""What a boundary must be before it becomes a sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils.translation import gettext as _

from analysis.checks import boundary_problems
from geo.crs import geometry_to_metric
from geo.geometry import as_multi, parse_geometry
from sectors.errors import RefusedBoundaryError

if TYPE_CHECKING:
    from geo.models import Commune

MIN_AREA_M2 = 1_000.0
MIN_WIDTH_M = 10.0
LEAST_SHARE_INSIDE = 0.9  # drawings that follow the communal border by hand cross it a little


def checked_boundary(boundary: str | dict[str, Any] | GEOSGeometry, *, commune: Commune) -> MultiPolygon:
    """A drawn (GeoJSON) or computed boundary as the MultiPolygon that sectors keep; refused with a sentence."""
    if isinstance(boundary, GEOSGeometry):
        geometry = boundary
    else:
        geometry = parse_geometry(boundary, commune=commune, kinds={"Polygon", "MultiPolygon"})
    shape = geometry_to_metric(geometry, commune=commune)
    for problem in boundary_problems(shape, min_area_m2=MIN_AREA_M2, min_width_m=MIN_WIDTH_M):
        raise RefusedBoundaryError(_sentence(problem.code, area_m2=shape.area))
    inside_m2 = shape.intersection(geometry_to_metric(commune.boundary, commune=commune)).area
    if inside_m2 < LEAST_SHARE_INSIDE * shape.area:
        raise RefusedBoundaryError(
            _("Only %(share)d %% of the sector lies inside %(commune)s. Draw it inside the commune.")
            % {"share": round(100 * inside_m2 / shape.area), "commune": commune.name}
        )
    return cast(MultiPolygon, as_multi(geometry))


def _sentence(code: str, *, area_m2: float) -> str:
    if code == "too_small":
        return _("The sector covers %(area)d m²; at least %(least)d m² are needed. Draw it larger.") % {
            "area": round(area_m2),
            "least": MIN_AREA_M2,
        }
    if code == "too_narrow":
        return _("The sector is nowhere %(least)d m wide. Draw it wider.") % {"least": MIN_WIDTH_M}
    return _("The boundary is not a valid polygon. Draw it again.")
