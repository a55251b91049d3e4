"""Buildings as vertical walls with a roof elevation, found again by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray, IntArray, Numbers
from analysis.checks import require_finite
from analysis.errors import ParameterError
from analysis.relief import Relief

BUCKET_M = 50.0


class WallPosts(NamedTuple):
    """What kernels read: walls (n, 5) as ax, ay, bx, by, roof, sorted by bucket of their middle; offsets of buckets.

    `margin` is half the longest wall: so far from a place can the middle of a wall lie that touches it.
    """

    walls: FloatArray
    offsets: IntArray
    x: float
    y: float
    rows: int
    columns: int
    margin: float


@dataclass(frozen=True, eq=False)
class Walls:
    """Every edge of every footprint: `segments` (n, 5) as ax, ay, bx, by and the roof's elevation, metres.

    `footprints` and `roofs_m` are kept to refuse a camera that stands inside one of them.
    """

    segments: FloatArray
    footprints: npt.NDArray[np.object_]
    roofs_m: FloatArray

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of the footprints."""
        return shapely.STRtree(self.footprints)

    @cached_property
    def posts(self) -> WallPosts:
        """The form that kernels read."""
        return _bucketed(self.segments)

    def roof_over(self, x: float, y: float) -> float:
        """The highest roof of the footprints that hold a place; minus infinity where it is outside of all."""
        if not len(self.footprints):
            return -np.inf
        hosts = self.tree.query(shapely.Point(x, y), predicate="within")
        return float(self.roofs_m[hosts].max(initial=-np.inf))


def walls_of(
    footprints: Sequence[BaseGeometry],
    roofs_m: Numbers,
    *,
    barriers: Sequence[BaseGeometry] = (),
    tops_m: Numbers = (),
) -> Walls:
    """Walls of buildings, and of things that only block the view: free-standing walls, hedges, crowns of trees.

    `footprints` are polygons in metres, `roofs_m` (n,) the elevation of each roof in the datum of the terrain (heights
    above ground where there is none). `barriers` are lines or polygons with the elevation of their top; a camera may
    stand inside one. Raises `ParameterError` for unequal lengths, `NotFiniteError`.
    """
    roofs, tops = require_finite("roofs_m", roofs_m), require_finite("tops_m", tops_m)
    _require_pairs(len(footprints), roofs)
    _require_pairs(len(barriers), tops)
    shapes = np.empty(len(footprints), dtype=object)
    shapes[:] = footprints
    screens = np.empty(len(barriers), dtype=object)
    screens[:] = barriers
    segments = np.vstack([_edges(shapes, roofs), _edges(screens, tops)])
    return Walls(segments, shapes, roofs)


def roof_elevations(
    footprints: Sequence[BaseGeometry], heights_m: Numbers, terrain: Relief | None = None
) -> FloatArray:
    """Elevation of each roof: its height over the mean ground under the corners of its footprint.

    Over unknown ground the mean of the roofs' known ground is taken, over none at all 0. Raises `ParameterError`.
    """
    heights = require_finite("heights_m", heights_m)
    _require_pairs(len(footprints), heights)
    if terrain is None or not heights.size:
        return heights
    corners, owner = shapely.get_coordinates(list(footprints), return_index=True)
    ground = terrain.at(corners[:, 0], corners[:, 1])
    known = np.isfinite(ground)
    count = np.bincount(owner[known], minlength=heights.size)
    total = np.bincount(owner[known], weights=ground[known], minlength=heights.size)
    elsewhere = float(ground[known].mean()) if known.any() else 0.0
    return heights + np.where(count > 0, total / np.maximum(count, 1), elsewhere)


def _require_pairs(count: int, heights: FloatArray) -> None:
    if heights.size != count:
        raise ParameterError(
            "There are {count} footprints but {heights} heights.", count=count, heights=int(heights.size)
        )


def _edges(shapes: npt.NDArray[np.object_], tops: FloatArray) -> FloatArray:
    """Consecutive corners of each line and ring of each shape, and the shape's top; edges without length are none."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_part = shapely.get_rings(parts[polygonal], return_index=True)
    lines = np.concatenate([rings, parts[~polygonal]])
    line_owner = np.concatenate([owner[polygonal][ring_part], owner[~polygonal]])
    corners, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    start, stop, of = corners[:-1][joined], corners[1:][joined], line_owner[line[:-1][joined]]
    real = (start != stop).any(axis=1)
    return np.column_stack([start[real], stop[real], tops[of[real]]])


def _bucketed(segments: FloatArray) -> WallPosts:
    if not len(segments):
        return WallPosts(np.zeros((0, 5)), np.zeros(2, dtype=np.int64), 0.0, 0.0, 1, 1, 0.0)
    middle_x, middle_y = segments[:, [0, 2]].mean(axis=1), segments[:, [1, 3]].mean(axis=1)
    x, y = float(middle_x.min()), float(middle_y.min())
    column = ((middle_x - x) // BUCKET_M).astype(np.int64)
    row = ((middle_y - y) // BUCKET_M).astype(np.int64)
    rows, columns = int(row.max()) + 1, int(column.max()) + 1
    bucket = row * columns + column
    order = np.argsort(bucket, kind="stable")
    offsets = np.searchsorted(bucket[order], np.arange(rows * columns + 1))
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return WallPosts(
        np.ascontiguousarray(segments[order]), offsets.astype(np.int64), x, y, rows, columns, float(length.max()) / 2
    )
