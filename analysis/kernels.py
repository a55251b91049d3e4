"""Inner loops, compiled by numba and cached on disk. They release the interpreter lock and never use fast maths."""

from __future__ import annotations

import math

import numpy as np

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.compiled import compiled, warms


@compiled
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


@compiled
def weight_near(points: FloatArray, i: int, low: int, high: int, limit: float, enough: float) -> float:
    """Weight of the points low … high within √limit of point i; stops when it is enough."""
    found = 0.0
    for j in range(low, high):
        dx, dy = points[0, i] - points[0, j], points[1, i] - points[1, j]
        if dx * dx + dy * dy <= limit:
            found += points[2, j]
            if found >= enough:
                break
    return found


@compiled
def core_points(
    points: FloatArray, first: IntArray, ranges: IntArray, held: FloatArray, limit: float, minimum: float
) -> BoolArray:
    """Which points have the minimum weight around them.

    `points` (3, n) x, y, weight by cell; cell c holds first[c] … first[c + 1]; `ranges` (cells, 5, 2) the cells in
    reach row by row; `held` (cells,) weight of each cell. Points of one cell are all near each other.
    """
    core = np.zeros(points.shape[1], dtype=np.bool_)
    for cell in range(first.size - 1):
        if held[cell] >= minimum:
            core[first[cell] : first[cell + 1]] = True
            continue
        for i in range(first[cell], first[cell + 1]):
            found = held[cell]
            for column in range(5):
                for other in range(ranges[cell, column, 0], ranges[cell, column, 1]):
                    if other != cell and found < minimum:
                        found += weight_near(points, i, first[other], first[other + 1], limit, minimum - found)
            core[i] = found >= minimum
    return core


@compiled
def root_of(parent: IntArray, cell: int) -> int:
    """The cell that stands for a joined group."""
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@compiled
def cells_meet(points: FloatArray, one: IntArray, other: IntArray, limit: float) -> bool:
    """Whether a core point of one cell lies near one of another; `one`, `other` are from and until."""
    west, east = points[0, other[0]], points[0, other[0]]
    south, north = points[1, other[0]], points[1, other[0]]
    for j in range(other[0] + 1, other[1]):
        west, east = min(west, points[0, j]), max(east, points[0, j])
        south, north = min(south, points[1, j]), max(north, points[1, j])
    for i in range(one[0], one[1]):
        x, y = points[0, i], points[1, i]
        aside, above = max(west - x, 0.0, x - east), max(south - y, 0.0, y - north)
        if aside * aside + above * above > limit:
            continue
        for j in range(other[0], other[1]):
            dx, dy = x - points[0, j], y - points[1, j]
            if dx * dx + dy * dy <= limit:
                return True
    return False


@compiled
def link_cells(points: FloatArray, cores: IntArray, ranges: IntArray, limit: float) -> IntArray:
    """Cells whose core points reach each other get one root; `cores` (cells, 2) from and until, core points of a cell
    stand together. Neighbours come first, so that most farther pairs are joined already and need no look."""
    count = cores.shape[0]
    parent = np.arange(count)
    for ring in range(2):
        for cell in range(count):
            if cores[cell, 0] == cores[cell, 1]:
                continue
            for column in range(5):
                if (ring == 0) != (column in (1, 2, 3)):
                    continue
                for other in range(ranges[cell, column, 0], ranges[cell, column, 1]):
                    if other <= cell or cores[other, 0] == cores[other, 1]:
                        continue
                    one, two = root_of(parent, cell), root_of(parent, other)
                    if one != two and cells_meet(points, cores[cell], cores[other], limit):
                        parent[max(one, two)] = min(one, two)
    for cell in range(count):
        parent[cell] = root_of(parent, cell)
    return parent


@compiled
def nearest_core(points: FloatArray, i: int, cores: IntArray, ranges: IntArray, limit: float) -> int:
    """The cell of the core point nearest to point i, −1 beyond reach; ties go to the smallest x, then y."""
    best, cell_of_best, best_x, best_y = limit, -1, np.inf, np.inf
    for column in range(5):
        for other in range(ranges[column, 0], ranges[column, 1]):
            for j in range(cores[other, 0], cores[other, 1]):
                dx, dy = points[0, i] - points[0, j], points[1, i] - points[1, j]
                distance = dx * dx + dy * dy
                if distance > best:
                    continue
                x, y = points[0, j], points[1, j]
                if distance < best or x < best_x or (x == best_x and y < best_y):
                    best, cell_of_best, best_x, best_y = distance, other, x, y
    return cell_of_best


@compiled
def roots_of_points(
    points: FloatArray, first: IntArray, cores: IntArray, ranges: IntArray, roots: IntArray, limit: float
) -> IntArray:
    """Root of each point: that of its cell for core points, of its nearest core point for others, −1 for noise."""
    found = np.full(points.shape[1], -1)
    for cell in range(first.size - 1):
        for i in range(first[cell], first[cell + 1]):
            if cores[cell, 0] <= i < cores[cell, 1]:
                found[i] = roots[cell]
                continue
            nearest = nearest_core(points, i, cores, ranges[cell], limit)
            if nearest >= 0:
                found[i] = roots[nearest]
    return found


@warms
def _warm() -> None:
    """Every kernel of this module, through the two functions that use them."""
    from analysis.clustering import dbscan_clusters
    from analysis.grid import Grid
    from analysis.sweep import quartic_sums

    x, y = np.array([1000.0, 1001.0, 1050.0]), np.array([1000.0, 1000.0, 1050.0])
    grid = Grid(1000.0, 1000.0, 10.0, 6, 6, np.ones((6, 6), dtype=np.bool_))
    quartic_sums(x, y, np.ones(3), grid=grid, bandwidth_m=30.0)
    dbscan_clusters(x, y, radius_m=2.0, minimum=2.0)
