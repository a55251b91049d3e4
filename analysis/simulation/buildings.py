"""Footprints along the sides of blocks, with levels and heights enough for the dwellings of the block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from .randomness import Flags, Floats, Integers, stream

SETBACK_M = 2.0
LEVEL_M = 2.75


@dataclass(frozen=True)
class Buildings:
    """Footprint, front door, block, dwellings, levels and height (NaN where the register does not know it)."""

    footprints: list[shapely.Polygon]
    front: Floats  # (n, 2)
    block: Integers
    dwellings: Integers
    levels: Integers
    height_m: Floats


@dataclass(frozen=True)
class Rows:
    """Footprints before anybody has moved in."""

    footprints: npt.NDArray[np.object_]
    front: Floats
    block: Integers


def build_rows(plots: list[shapely.Polygon], *, trade: Floats, built: Flags, seed: int) -> Rows:
    """Rows of buildings along every side of every built plot; none overlaps another."""
    generator = stream(seed, "buildings")
    rectangles: list[Floats] = []
    fronts: list[Floats] = []
    owners: list[Integers] = []
    for number in np.flatnonzero(built):
        frontage = float(generator.uniform(10.5, 17.0) + 6.0 * trade[number])
        corners, front = _row(generator, plots[number], frontage, gap_m=float(2.5 * (1.0 - trade[number])))
        rectangles.append(corners)
        fronts.append(front)
        owners.append(np.full(len(front), number, dtype=np.int64))
    every, doors, block = np.concatenate(rectangles), np.concatenate(fronts), np.concatenate(owners)
    footprints = shapely.polygons(every)
    kept = _without_overlaps(footprints, np.array(plots)[block])
    return Rows(footprints[kept], doors[kept], block[kept])


def raise_levels(rows: Rows, *, dwellings: Integers, trade: Floats, seed: int) -> Buildings:
    """Share the dwellings of every plot among its buildings and give each the levels and height it needs."""
    generator = stream(seed, "levels")
    homes = _share_dwellings(generator, rows.block, shapely.area(rows.footprints), dwellings)
    levels = np.maximum(1, np.ceil(homes / 2.5)).astype(np.int64) + generator.binomial(1, 0.35, len(homes))
    levels = np.minimum(levels + (trade[rows.block] > 0.6) * generator.integers(0, 3, len(homes)), 22)
    height = levels * LEVEL_M + generator.uniform(0.4, 1.6, len(homes))
    height[generator.random(len(homes)) < 0.05] = np.nan
    return Buildings(list(rows.footprints), rows.front, rows.block, homes, levels, np.round(height, 1))


def _row(
    generator: np.random.Generator, plot: shapely.Polygon, frontage_m: float, *, gap_m: float
) -> tuple[Floats, Floats]:
    """Corners (n, 4, 2) and front doors (n, 2) of the buildings along the outer ring of one plot."""
    inner = plot.buffer(-SETBACK_M, join_style="mitre")
    empty = np.empty((0, 4, 2)), np.empty((0, 2))
    if not isinstance(inner, shapely.Polygon) or inner.is_empty or inner.exterior.length < 3 * frontage_m:
        return empty
    ring = shapely.LineString(shapely.geometry.polygon.orient(inner).exterior.coords)
    pitch = frontage_m + gap_m
    start = np.arange(0.0, ring.length - pitch, pitch)
    width = frontage_m * generator.uniform(0.82, 1.0, len(start))
    left = shapely.get_coordinates(shapely.line_interpolate_point(ring, start))
    right = shapely.get_coordinates(shapely.line_interpolate_point(ring, start + width))
    side = right - left
    length = np.hypot(side[:, 0], side[:, 1])
    straight = length > 0.93 * width
    left, right, side, length = left[straight], right[straight], side[straight], length[straight]
    depth = generator.uniform(8.5, 14.5, len(left)) * min(1.0, np.sqrt(plot.area / 6000.0) + 0.35)
    inward = np.column_stack([-side[:, 1], side[:, 0]]) / length[:, None] * depth[:, None]
    corners = np.stack([left, right, right + inward, left + inward], axis=1)
    outward = inward / depth[:, None] * (SETBACK_M - 0.3)
    return corners, (left + right) / 2 - outward


def _without_overlaps(footprints: Floats, plots: Floats) -> Integers:
    """Numbers of the footprints that lie in their plot and do not overlap an earlier one."""
    inside = shapely.covers(plots, footprints) & shapely.is_valid(footprints)
    number = np.flatnonzero(inside)
    shrunk = shapely.buffer(footprints[number], -0.2, join_style="mitre")
    one, other = shapely.STRtree(shrunk).query(shrunk, predicate="intersects")
    kept = np.ones(len(number), dtype=bool)
    later = one > other
    order = np.lexsort((other[later], one[later]))
    for new, old in zip(one[later][order], other[later][order], strict=True):
        if kept[old]:
            kept[new] = False
    return number[kept]


def _share_dwellings(generator: np.random.Generator, block: Integers, area: Floats, dwellings: Integers) -> Integers:
    """Dwellings of each building: the block's number shared by footprint with uneven luck; each dwelling has a roof."""
    weight = area * np.exp(generator.normal(0.0, 0.35, len(area)))
    total = np.bincount(block, weights=weight, minlength=len(dwellings))
    exact = weight / total[block] * dwellings[block]
    whole = np.floor(exact).astype(np.int64)
    missing = dwellings - np.bincount(block, weights=whole, minlength=len(dwellings)).astype(np.int64)
    order = np.lexsort((whole - exact, block))
    rank = np.arange(len(block)) - np.searchsorted(block[order], block[order], side="left")
    whole[order] += rank < missing[block[order]]
    return whole
