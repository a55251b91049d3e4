"""The ground that rays cross, read once for all cameras: walls with their heights, public space, bare terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from analysis.viewshed import Terrain
from geo.errors import RefusedError
from geo.frames import buildings_frame, public_space_frame, study_area
from geo.models import TerrainSurface
from geo.rasters import read_surface, surface_path

if TYPE_CHECKING:
    from geo.models import Commune

HEIGHT_DEFAULT_M = 6.0  # two storeys; a poor default does little harm to cameras lower than it
LEVEL_M = 3.0
GIVEN, DERIVED, NONE = "given", "derived", "none"


@dataclass(frozen=True, eq=False)
class Ground:
    """Footprints (n,) with heights and whether each height was assumed; parts of public space and where it is from.

    Where no public space is loaded, the ground is all that lies between the buildings inside the study area.
    """

    footprints: np.ndarray[Any, Any]
    heights_m: np.ndarray[Any, Any]
    assumed: np.ndarray[Any, Any]
    footprint_tree: shapely.STRtree
    public_parts: np.ndarray[Any, Any]
    public_tree: shapely.STRtree
    public_source: str
    surface: TerrainSurface | None

    def terrain_near(self, point: shapely.Point, reach_m: float) -> Terrain | None:
        """Bare earth around a point; None where none is loaded, or not there: the ground is then taken as flat."""
        if self.surface is None:
            return None
        margin = reach_m + 2 * self.surface.cell_m
        box = (point.x - margin, point.y - margin, point.x + margin, point.y + margin)
        raster = read_surface(self.surface, bounds_m=box)
        if not raster.heights.size:
            return None
        west, south, _east, _north = raster.bounds
        heights = np.ascontiguousarray(raster.heights[::-1], dtype=np.float64)
        terrain = Terrain(x0=west, y0=south, cell_m=raster.cell_m, heights_m=heights)
        return terrain if np.isfinite(terrain.at(point.x, point.y)) else None

    def near(self, point: shapely.Point, reach_m: float) -> np.ndarray[Any, Any]:
        """Positions of the footprints within reach of a point, in their own order."""
        return np.sort(self.footprint_tree.query(point, predicate="dwithin", distance=reach_m))

    def public_within(self, area: BaseGeometry) -> BaseGeometry:
        """Public ground inside an area: no roofs, no water, no private yards where these are known."""
        positions = np.sort(self.public_tree.query(area, predicate="intersects"))
        if not positions.size:
            return shapely.MultiPolygon()
        inside = shapely.intersection(shapely.union_all(self.public_parts[positions]), area)
        if self.public_source != NONE:
            return inside
        roofs = np.sort(self.footprint_tree.query(area, predicate="intersects"))
        return shapely.difference(inside, shapely.union_all(self.footprints[roofs])) if roofs.size else inside


def read_ground(commune: Commune) -> Ground:
    """Buildings and public space of a commune in its metres. Given public space goes before derived one."""
    buildings = buildings_frame(commune)
    heights = buildings["height_m"].to_numpy(dtype=float)
    levels = buildings["levels"].to_numpy(dtype=float) * LEVEL_M
    assumed = ~np.isfinite(heights) & ~np.isfinite(levels)
    heights = np.where(np.isfinite(heights), heights, np.where(np.isfinite(levels), levels, HEIGHT_DEFAULT_M))
    footprints = buildings.geometry.to_numpy()
    parts, source = _public_parts(commune)
    return Ground(
        footprints=footprints,
        heights_m=heights,
        assumed=assumed,
        footprint_tree=shapely.STRtree(footprints),
        public_parts=parts,
        public_tree=shapely.STRtree(parts),
        public_source=source,
        surface=_finest_terrain(commune),
    )


def _finest_terrain(commune: Commune) -> TerrainSurface | None:
    surfaces = TerrainSurface.objects.for_commune(commune).of_kind(TerrainSurface.Kind.TERRAIN)
    finest: TerrainSurface | None = surfaces.filter(srid=commune.metric_srid).order_by("cell_m", "-pk").first()
    if finest is not None and not surface_path(finest).is_file():
        raise RefusedError(_("The file of the terrain “%(name)s” is gone: load it again.") % {"name": finest.name})
    return finest


def public_ground(commune: Commune, *, area: BaseGeometry) -> BaseGeometry:
    """Public ground inside an area, the same that views are measured on; buildings are read only where they decide."""
    parts, source = _public_parts(commune)
    if source == NONE:
        return read_ground(commune).public_within(area)
    positions = np.sort(shapely.STRtree(parts).query(area, predicate="intersects"))
    return shapely.intersection(shapely.union_all(parts[positions]), area) if positions.size else shapely.MultiPolygon()


def _public_parts(commune: Commune) -> tuple[np.ndarray[Any, Any], str]:
    spaces = public_space_frame(commune)
    for source in (GIVEN, DERIVED):
        chosen = spaces[spaces["source"] == source]
        if len(chosen):
            return shapely.get_parts(chosen.geometry.to_numpy()), source
    return shapely.get_parts(study_area(commune)), NONE
