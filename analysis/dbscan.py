"""Exact DBSCAN on a grid of small cells: no lists of neighbours, so a million incidents fit in memory."""

from __future__ import annotations

import math

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import TooLargeForMethodError

REACH = 2
SHRINK = 1.0 - 1e-9
"""Cells are a hair smaller than radius/√2, so that rounding never puts two far points into one."""
MOST_CELLS_ACROSS = 2_000_000_000


def core_and_roots(
    x: FloatArray, y: FloatArray, weight: FloatArray, *, radius_m: float, minimum: float
) -> tuple[BoolArray, IntArray]:
    """Which unique points are core, and a number that points of one cluster share, −1 for noise; (n,) each.

    Core: the weight within `radius_m` (at most, itself included) reaches `minimum`. A point that is not core goes to
    its nearest core point within the radius, ties to the smallest x, then y.

    Raises `TooLargeForMethodError` when the radius is too small for the extent.

    Source: Ester et al. 1996; cells of side radius/√2 after Gunawan 2013 and Gan & Tao 2015 (exact in the plane).
    """
    from analysis import kernels

    row, column = _cells(x, y, radius_m)
    order = np.lexsort((column, row))
    key_row, key_column = row[order], column[order]
    new = np.flatnonzero(np.append(True, (np.diff(key_row) != 0) | (np.diff(key_column) != 0)))
    first = np.append(new, x.size).astype(np.int64)
    ranges = _in_reach(key_row[new], key_column[new])
    points = np.stack([x[order], y[order], weight[order]])
    held = np.add.reduceat(points[2], new)
    limit = radius_m * radius_m
    core = kernels.core_points(points, first, ranges, held, limit, minimum)
    cell = np.repeat(np.arange(new.size), np.diff(first))
    together = np.lexsort((~core, cell))
    points, order = np.ascontiguousarray(points[:, together]), order[together]
    cores = np.stack([first[:-1], first[:-1] + np.add.reduceat(core.astype(np.int64), new)], axis=1)
    roots = kernels.link_cells(points, cores, ranges, limit)
    found = kernels.roots_of_points(points, first, cores, ranges, roots, limit)
    is_core, root = np.empty(x.size, dtype=np.bool_), np.empty(x.size, dtype=np.int64)
    is_core[order], root[order] = core[together], found
    return is_core, root


def _cells(x: FloatArray, y: FloatArray, radius_m: float) -> tuple[IntArray, IntArray]:
    side = radius_m / math.sqrt(2.0) * SHRINK
    across = max(float(np.ptp(x)), float(np.ptp(y))) / side
    if across > MOST_CELLS_ACROSS:
        raise TooLargeForMethodError("A radius of {radius} m is too small for points this far apart.", radius=radius_m)
    return tuple(np.floor((axis - axis.min()) / side).astype(np.int64) for axis in (y, x))  # type: ignore[return-value]


def _in_reach(row: IntArray, column: IntArray) -> IntArray:
    """For each cell and each of the five rows around it, the run of cells in reach: (cells, 5, 2), until excluded.

    Cells are sorted by row, then column, so those in reach of a row stand together.
    """
    width = int(column.max()) + 2 * REACH + 1
    key = row * width + column
    ranges = np.empty((row.size, 2 * REACH + 1, 2), dtype=np.int64)
    for number, step in enumerate(range(-REACH, REACH + 1)):
        start = (row + step) * width
        ranges[:, number, 0] = np.searchsorted(key, start + np.maximum(column - REACH, 0))
        ranges[:, number, 1] = np.searchsorted(key, start + column + REACH, side="right")
    return ranges
