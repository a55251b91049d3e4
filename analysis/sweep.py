"""Exact quartic sums for every cell centre of a grid in one sweep per row; compiled once and kept on disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from analysis.grid import Grid

THREADS = 2


def quartic_sums(x: FloatArray, y: FloatArray, weights: FloatArray, *, grid: Grid, bandwidth_m: float) -> FloatArray:
    """Σ w·(1 − d²/h²)² over the points within h of each cell centre, (rows, columns).

    Rows are independent of each other: the number of threads changes no digit. Points are taken in the order of y, then
    x, then weight, so that their given order changes none either.
    """
    order = _order(x, y, weights)
    middle = grid.x0 + grid.columns * grid.cell_m / 2.0
    points = np.empty((3, x.size))
    np.divide(x[order] - middle, bandwidth_m, out=points[0])
    np.divide(y[order] - grid.y0, bandwidth_m, out=points[1])
    points[2] = weights[order]
    x_centres, y_centres = grid.centres()
    columns_at, rows_at = (x_centres - middle) / bandwidth_m, (y_centres - grid.y0) / bandwidth_m
    between = np.stack([np.searchsorted(points[1], rows_at + side) for side in (-1.0, 1.0)], axis=1)
    sums = np.zeros(grid.shape)
    sweep = _kernel()
    with ThreadPoolExecutor(THREADS) as pool:
        done = [
            pool.submit(sweep, points, columns_at, rows_at, between, start, THREADS, sums) for start in range(THREADS)
        ]
        for part in done:
            part.result()
    return sums


def _order(x: FloatArray, y: FloatArray, weights: FloatArray) -> IntArray:
    """Order by y, then x, then weight.

    y is cut into 2³² steps that are sorted by two passes over 16 bits each, several times faster than comparing floats;
    points of one step are put in order afterwards.
    """
    span = max(float(np.ptp(y)), 1e-300)
    steps = ((y - y.min()) * ((2.0**32 - 1.0) / span)).astype(np.uint32)
    order = np.argsort((steps & 0xFFFF).astype(np.uint16), kind="stable")
    order = order[np.argsort((steps >> 16).astype(np.uint16)[order], kind="stable")]
    steps = steps[order]
    equal = steps[1:] == steps[:-1]
    if equal.any():
        tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        among = order[tied]
        order[tied] = among[np.lexsort((weights[among], x[among], y[among]))]
    return np.asarray(order)


def _kernel() -> Any:
    """The compiled sweep, imported when it is first needed: the package itself must load without a compiler."""
    from analysis.kernels import sweep_rows

    return sweep_rows
