"""How much is covered: ground of areas, length of streets, harm; counted from the cells that cameras see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rasterio.features import geometry_mask
from rasterio.transform import Affine
from shapely.geometry.base import BaseGeometry

from analysis.camera_coverage import CameraCoverage
from analysis.coverage_points import seen_counts
from analysis.grid import Grid
from cameras.models import Viewshed
from cameras.services.cells import coverage_of
from cameras.services.ground import Ground
from cameras.services.rules import class_codes, coverage_rules
from geo.frames import streets_frame

if TYPE_CHECKING:
    from geo.models import Commune

STREET_STEP_M = 5.0


@dataclass(frozen=True)
class AreaShare:
    """Public ground of an area in square metres: all of it, what cameras see in each class or better, what two or more
    see; `incomplete` where missing ground leaves cells unjudged."""

    public_m2: float
    seen_m2: dict[str, float]
    twice_m2: float
    incomplete: bool

    def ratio(self, code: str) -> float | None:
        """Share (0 to 1) seen in a class or better; None where there is no public ground."""
        return None if self.public_m2 <= 0 else self.seen_m2[code] / self.public_m2


@dataclass(frozen=True, eq=False)
class Views:
    """The views that count at a moment, in the order of their cameras, with the codes of their classes."""

    codes: tuple[str, ...]
    cameras: tuple[int, ...]
    coverages: tuple[CameraCoverage, ...]

    def over(self, grid: Grid) -> list[CameraCoverage]:
        """Those whose window shares cells with a grid."""
        touching = []
        for coverage in self.coverages:
            (rows, columns), _ours = coverage.windows(grid)
            if rows.stop > rows.start and columns.stop > columns.start:
                touching.append(coverage)
        return touching


def counting_views(commune: Commune, *, moment: datetime | None = None, live_only: bool = True) -> Views:
    """Views that count as coverage now, or at a moment: of cameras that somebody watches live and that work."""
    stored = Viewshed.objects.for_commune(commune).views().seeing().select_related("camera")
    rows = stored.current().counting_as_coverage() if moment is None else stored.on(moment)
    if moment is not None and live_only:
        rows = rows.filter(camera__monitored_live=True)
    codes = class_codes(coverage_rules(commune))
    kept: list[Viewshed] = sorted(rows, key=lambda one: one.camera.code)
    return Views(
        codes=codes,
        cameras=tuple(one.camera_id for one in kept),
        coverages=tuple(coverage_of(one, codes) for one in kept),
    )


def area_shares(areas: Mapping[Any, BaseGeometry], *, views: Views, ground: Ground) -> dict[Any, AreaShare]:
    """Shares of each area (in the commune's metres). A cell belongs to the area that holds its centre."""
    return {key: _share_of(area, views=views, ground=ground) for key, area in areas.items()}


def seen_places(
    views: Views, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], *, step: int = 1
) -> np.ndarray[Any, Any]:
    """How many cameras see each place in a class (its place among the codes, from 1) or better, (n,)."""
    return np.asarray(seen_counts(views.coverages, x, y, step=step))


def segment_shares(commune: Commune, *, views: Views) -> gpd.GeoDataFrame:
    """Each street segment with the part of it that a camera sees: name, length_m, seen_m, share, geometry in metres.

    Asked every 5 m along the middle of the segment.
    """
    streets = streets_frame(commune)
    lines, owner = shapely.get_parts(streets.geometry.to_numpy(), return_index=True)
    places, line = along(lines, step_m=STREET_STEP_M)
    seen = seen_places(views, places[:, 0], places[:, 1]) > 0
    length = shapely.length(lines)
    number = np.bincount(line, minlength=len(lines))
    told = np.bincount(line, weights=seen, minlength=len(lines)) / np.maximum(number, 1) * length
    table = pd.DataFrame({"name": streets["name"].to_numpy()[owner], "length_m": length, "seen_m": told})
    table["share"] = table["seen_m"] / table["length_m"]
    return gpd.GeoDataFrame(table, geometry=lines, crs=streets.crs)


def street_shares(segments: gpd.GeoDataFrame) -> pd.DataFrame:
    """Segments added up by street name: name, length_m, seen_m, share; the longest street first."""
    named = pd.DataFrame(segments.loc[segments["name"].astype(bool), ["name", "length_m", "seen_m"]])
    streets = named.groupby("name", as_index=False).sum()
    streets["share"] = streets["seen_m"] / streets["length_m"]
    return streets.sort_values(["length_m", "name"], ascending=[False, True], ignore_index=True)


def _share_of(area: BaseGeometry, *, views: Views, ground: Ground) -> AreaShare:
    if area.is_empty:
        return AreaShare(0.0, dict.fromkeys(views.codes, 0.0), 0.0, incomplete=False)
    grid = ground.public_grid(area.bounds)
    inside = grid.mask & inside_cells(area, grid)
    near = views.over(grid)
    seen = {
        code: float((count_of(near, grid, step=step) > 0)[inside].sum()) * grid.cell_area_m2
        for step, code in enumerate(views.codes, start=1)
    }
    twice = float((count_of(near, grid, step=1) > 1)[inside].sum()) * grid.cell_area_m2
    return AreaShare(
        public_m2=float(inside.sum()) * grid.cell_area_m2,
        seen_m2=seen,
        twice_m2=twice,
        incomplete=any(one.incomplete for one in near),
    )


def count_of(coverages: Iterable[CameraCoverage], grid: Grid, *, step: int) -> np.ndarray[Any, Any]:
    """How many cameras see each cell of a grid in a class or better, (rows, columns)."""
    count = np.zeros(grid.shape, dtype=np.uint16)
    for coverage in coverages:
        theirs, ours = coverage.windows(grid)
        count[theirs] += coverage.classes[ours] >= step
    return count


def inside_cells(area: BaseGeometry, grid: Grid) -> np.ndarray[Any, Any]:
    """Cells whose centre lies in an area, (rows, columns)."""
    place = Affine(grid.cell_m, 0, grid.x0, 0, -grid.cell_m, grid.y0 + grid.rows * grid.cell_m)
    return np.asarray(geometry_mask([area], out_shape=grid.shape, transform=place, invert=True)[::-1])


def along(lines: np.ndarray[Any, Any], *, step_m: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Places in the middle of equal pieces of about `step_m` metres of each line, (n, 2), and each one's line, (n,)."""
    pieces = np.maximum(np.ceil(shapely.length(lines) / step_m), 1).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), pieces)
    number = np.arange(line.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    part = (number + 0.5) / pieces[line]
    return shapely.get_coordinates(shapely.line_interpolate_point(lines[line], part, normalized=True)), line
