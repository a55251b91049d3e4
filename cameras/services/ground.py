"""The ground that rays cross, read once for all cameras: walls with their heights, public space, bare terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from affine import Affine
from django.utils.translation import gettext as _
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from analysis.grid import Grid
from analysis.mosaic import mosaic
from analysis.relief import Relief
from analysis.scene import Scene
from analysis.walls import Walls, roof_elevations, walls_of
from cameras.models import LONGEST_RANGE_M
from geo.errors import RefusedError
from geo.frames import buildings_frame, public_space_frame, study_area, vegetation_frame
from geo.models import TerrainSurface
from geo.rasters import read_surface, surface_path

if TYPE_CHECKING:
    from geo.models import Commune

CELL_M = 1.0
CROWN_M = 6.0  # height of trees and hedges of which none is known
LEVEL_M = 3.0
GIVEN, DERIVED, NONE = "given", "derived", "none"


@dataclass(frozen=True, eq=False)
class Ground:
    """Footprints (n,) with heights and whether each height was assumed; crowns of trees with theirs; parts of public
    space and where it is from.

    Where no public space is loaded, the ground is all that lies between the buildings inside the study area.
    """

    footprints: np.ndarray[Any, Any]
    heights_m: np.ndarray[Any, Any]
    assumed: np.ndarray[Any, Any]
    footprint_tree: shapely.STRtree
    crowns: np.ndarray[Any, Any]
    crown_heights_m: np.ndarray[Any, Any]
    crown_tree: shapely.STRtree
    public_parts: np.ndarray[Any, Any]
    public_tree: shapely.STRtree
    public_source: str
    terrain: tuple[TerrainSurface, ...]  # finest first
    surface: tuple[TerrainSurface, ...]  # roofs and all: takes the place of walls where no building is loaded

    def scene_around(self, point: shapely.Point, reach_m: float) -> Scene:
        """The world within reach of a point: public space on cells numbered over the whole commune, walls, terrain.

        Where no building is known but a surface with roofs is, the surface is the world, and results say so.
        """
        grid = self.public_grid(point.buffer(reach_m).bounds)
        relief = self._relief(self.terrain, point, reach_m)
        near = self.near(point, reach_m)
        if not len(self.footprints) and self.surface:
            return Scene(grid, terrain=relief, surface=self._relief(self.surface, point, reach_m))
        return Scene(grid, self._walls(near, point, reach_m, relief), relief)

    def scene_of(self, place: BaseGeometry) -> Scene:
        """The world of a whole area, for places that are asked one by one: walls and terrain, and no cells to fill."""
        west, south, east, north = place.bounds
        middle = shapely.Point((west + east) / 2, (south + north) / 2)
        reach_m = float(np.hypot(east - west, north - south)) / 2 + LONGEST_RANGE_M
        relief = self._relief(self.terrain, middle, reach_m)
        empty = Grid(np.floor(west), np.floor(south), CELL_M, 1, 1, np.zeros((1, 1), dtype=np.bool_))
        if not len(self.footprints) and self.surface:
            return Scene(empty, terrain=relief, surface=self._relief(self.surface, middle, reach_m))
        return Scene(empty, self._walls(self.near(middle, reach_m), middle, reach_m, relief), relief)

    def _walls(self, near: np.ndarray[Any, Any], point: shapely.Point, reach_m: float, relief: Relief | None) -> Walls:
        """Walls of the buildings at some positions, and crowns of trees within reach."""
        shapes = list(self.footprints[near])
        found = np.sort(self.crown_tree.query(point, predicate="dwithin", distance=reach_m))
        crowns = list(self.crowns[found])
        return walls_of(
            shapes,
            roof_elevations(shapes, self.heights_m[near], relief),
            barriers=crowns,
            tops_m=roof_elevations(crowns, self.crown_heights_m[found], relief),
        )

    def public_grid(self, bounds: tuple[float, float, float, float], *, cell_m: float = CELL_M) -> Grid:
        """Cells of a box whose mask is public space; a cell is public where its centre is."""
        west, south, east, north = bounds
        left, bottom = int(np.floor(west / cell_m)), int(np.floor(south / cell_m))
        columns, rows = int(np.ceil(east / cell_m)) - left, int(np.ceil(north / cell_m)) - bottom
        x0, y0 = left * cell_m, bottom * cell_m
        place = Affine(cell_m, 0, x0, 0, -cell_m, y0 + rows * cell_m)
        mask = self._burned(shapely.box(x0, y0, x0 + columns * cell_m, y0 + rows * cell_m), (rows, columns), place)
        return Grid(x0, y0, cell_m, rows, columns, np.ascontiguousarray(mask[::-1]))

    def _burned(self, box: BaseGeometry, shape: tuple[int, int], place: Affine) -> np.ndarray[Any, Any]:
        parts = self.public_parts[np.sort(self.public_tree.query(box, predicate="intersects"))]
        mask = np.zeros(shape, dtype=np.uint8)
        if parts.size:
            rasterize([(part, 1) for part in parts], out=mask, transform=place)
        if self.public_source == NONE:
            roofs = self.footprints[np.sort(self.footprint_tree.query(box, predicate="intersects"))]
            if roofs.size:
                rasterize([(roof, 0) for roof in roofs], out=mask, transform=place)
        return mask.astype(bool)

    def _relief(self, surfaces: tuple[TerrainSurface, ...], point: shapely.Point, reach_m: float) -> Relief | None:
        """A window of the surfaces, joined; where none reaches, the ground is unknown, never flat."""
        if not surfaces:
            return None
        margin = reach_m + 2 * surfaces[0].cell_m
        box = (point.x - margin, point.y - margin, point.x + margin, point.y + margin)
        windows = [window for surface in surfaces if (window := _window(surface, box)) is not None]
        if windows:
            return mosaic(windows, bounds_m=box)
        nothing = np.full((2, 2), np.nan, dtype=np.float32)
        return Relief(box[0], box[1], surfaces[0].cell_m, surfaces[0].cell_m, nothing)

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


def read_ground(commune: Commune, *, building_height_m: float, near: BaseGeometry | None = None) -> Ground:
    """Buildings and public space of a commune in its metres, or only those near an area. Given public space goes before
    derived one; buildings of which neither height nor levels is known take the given height."""
    buildings = buildings_frame(commune, near=near)
    heights = buildings["height_m"].to_numpy(dtype=float)
    levels = buildings["levels"].to_numpy(dtype=float) * LEVEL_M
    assumed = ~np.isfinite(heights) & ~np.isfinite(levels)
    heights = np.where(np.isfinite(heights), heights, np.where(np.isfinite(levels), levels, building_height_m))
    footprints = buildings.geometry.to_numpy()
    vegetation = vegetation_frame(commune, near=near)
    crowns = vegetation.geometry.to_numpy()
    tops = vegetation["height_m"].to_numpy(dtype=float)
    parts, source = _public_parts(commune, near=near)
    return Ground(
        footprints=footprints,
        heights_m=heights,
        assumed=assumed,
        footprint_tree=shapely.STRtree(footprints),
        crowns=crowns,
        crown_heights_m=np.where(np.isfinite(tops), tops, CROWN_M),
        crown_tree=shapely.STRtree(crowns),
        public_parts=parts,
        public_tree=shapely.STRtree(parts),
        public_source=source,
        terrain=_surfaces(commune, TerrainSurface.Kind.TERRAIN),
        surface=_surfaces(commune, TerrainSurface.Kind.SURFACE),
    )


def _window(surface: TerrainSurface, box: tuple[float, float, float, float]) -> Relief | None:
    raster = read_surface(surface, bounds_m=box)
    if min(raster.heights.shape) < 2:
        return None
    west, south, _east, _north = raster.bounds
    heights = np.ascontiguousarray(raster.heights[::-1], dtype=np.float32)
    return Relief(west, south, raster.cell_m, raster.cell_m, heights)


def _surfaces(commune: Commune, kind: str) -> tuple[TerrainSurface, ...]:
    """Every sheet of a kind, the finest first, newer before older."""
    surfaces = TerrainSurface.objects.for_commune(commune).of_kind(kind)
    sheets = tuple(surfaces.filter(srid=commune.metric_srid).order_by("cell_m", "-pk"))
    for sheet in sheets:
        if not surface_path(sheet).is_file():
            raise RefusedError(_("The file of the terrain “%(name)s” is gone: load it again.") % {"name": sheet.name})
    return sheets


def public_ground(commune: Commune, *, area: BaseGeometry) -> BaseGeometry:
    """Public ground inside an area, the same that views are measured on; buildings are read only where they decide."""
    parts, source = _public_parts(commune)
    if source == NONE:
        return read_ground(commune, building_height_m=LEVEL_M, near=area).public_within(area)
    positions = np.sort(shapely.STRtree(parts).query(area, predicate="intersects"))
    return shapely.intersection(shapely.union_all(parts[positions]), area) if positions.size else shapely.MultiPolygon()


def _public_parts(commune: Commune, *, near: BaseGeometry | None = None) -> tuple[np.ndarray[Any, Any], str]:
    spaces = public_space_frame(commune, near=near)
    for source in (GIVEN, DERIVED):
        chosen = spaces[spaces["source"] == source]
        if len(chosen):
            return shapely.get_parts(chosen.geometry.to_numpy()), source
    return shapely.get_parts(study_area(commune)), NONE
