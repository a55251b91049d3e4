"""Inner loops, compiled by numba and cached on disk. They release the interpreter lock and never use fast maths."""

from __future__ import annotations

import math

import numba
import numpy as np

from analysis.arrays import FloatArray, IntArray


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sweep_rows(
    points: FloatArray,
    columns_at: FloatArray,
    rows_at: FloatArray,
    between: IntArray,
    start: int,
    step: int,
    sums: FloatArray,
) -> None:
    """Quartic sums of every `step`-th row from `start`; lengths in bandwidths, x from the middle of the grid.

    `points` (3, n) are x, y and weight in the order of y; those of a row lie `between` (rows, 2).

    With a = 1 − dy², the quartic (a − (X − p)²)² is a polynomial in X whose five coefficients are added where the point
    comes into reach and taken away where it leaves it.
    """
    size = columns_at.size
    width = columns_at[1] - columns_at[0] if size > 1 else 1.0
    origin = columns_at[0]
    for row in range(start, rows_at.size, step):
        change = np.zeros((size + 1, 5))
        for i in range(between[row, 0], between[row, 1]):
            dy = rows_at[row] - points[1, i]
            a = 1.0 - dy * dy
            if a <= 0.0:
                continue
            reach = math.sqrt(a)
            left = max(0, math.ceil((points[0, i] - reach - origin) / width))
            right = min(size, math.floor((points[0, i] + reach - origin) / width) + 1)
            if left >= right:
                continue
            q = points[0, i]
            rest = a - q * q
            w = points[2, i]
            c0, c1, c2, c3, c4 = w * rest * rest, w * 4.0 * q * rest, w * (6.0 * q * q - 2.0 * a), -4.0 * w * q, w
            change[left, 0] += c0
            change[left, 1] += c1
            change[left, 2] += c2
            change[left, 3] += c3
            change[left, 4] += c4
            change[right, 0] -= c0
            change[right, 1] -= c1
            change[right, 2] -= c2
            change[right, 3] -= c3
            change[right, 4] -= c4
        s0 = s1 = s2 = s3 = s4 = 0.0
        for column in range(size):
            s0 += change[column, 0]
            s1 += change[column, 1]
            s2 += change[column, 2]
            s3 += change[column, 3]
            s4 += change[column, 4]
            at = columns_at[column]
            sums[row, column] = max(0.0, s0 + at * (s1 + at * (s2 + at * (s3 + at * s4))))
