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
    points = np.stack([(x[order] - middle) / bandwidth_m, (y[order] - grid.y0) / bandwidth_m, weights[order]])
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
    """Order by y, then x, then weight; only points of equal y are looked at more than once."""
    order = np.argsort(y)
    sorted_y = y[order]
    equal = sorted_y[1:] == sorted_y[:-1]
    tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
    if tied.size:
        among = order[tied]
        order[tied] = among[np.lexsort((weights[among], x[among], y[among]))]
    return order


def _kernel() -> Any:
    """The compiled sweep, imported when it is first needed: the package itself must load without a compiler."""
    from analysis.kernels import sweep_rows

    return sweep_rows
