"""Coverage of a city, added up from cells: counts, redundancy, chances, shares per area and per harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import AnyArray, BoolArray, FloatArray, IntArray, Numbers
from analysis.camera_coverage import CameraCoverage
from analysis.checks import require_points, require_weights
from analysis.errors import ParameterError
from analysis.grid import Grid
from analysis.tours import ExpectedCoverage

FIXED_POINT = 2.0**40  # logarithms are added as whole numbers, so that taking one away restores the sum exactly


@dataclass(eq=False)
class CoverageTally:
    """How many cameras see each cell of a grid, and the chance that at least one does. Adding is undone exactly."""

    grid: Grid
    count: npt.NDArray[np.uint16] = field(init=False)
    certain: npt.NDArray[np.uint16] = field(init=False)
    missed: IntArray = field(init=False)

    def __post_init__(self) -> None:
        self.count = np.zeros(self.grid.shape, dtype=np.uint16)
        self.certain = np.zeros(self.grid.shape, dtype=np.uint16)
        self.missed = np.zeros(self.grid.shape, dtype=np.int64)

    def add(self, coverage: CameraCoverage, code: str | None = None) -> None:
        """Count what a camera sees, in a class or better (`code`) or in any."""
        there, here = coverage.windows(self.grid)
        self.count[there] += _cells(coverage, code)[here].astype(np.uint16)

    def remove(self, coverage: CameraCoverage, code: str | None = None) -> None:
        """Undo `add`. Raises `ParameterError` for a coverage that was never added."""
        there, here = coverage.windows(self.grid)
        cells = _cells(coverage, code)[here]
        if (self.count[there][cells] == 0).any():
            raise ParameterError("A coverage is taken away that was never added.")
        self.count[there] -= cells.astype(np.uint16)

    def add_expected(self, expected: ExpectedCoverage) -> None:
        """Add the chance of a camera on tour; cameras are taken as independent."""
        self._shift(expected, 1)

    def remove_expected(self, expected: ExpectedCoverage) -> None:
        """Undo `add_expected`."""
        self._shift(expected, -1)

    def covered(self, at_least: int = 1) -> BoolArray:
        """Cells that at least so many cameras see; 2 is ground with a backup."""
        return self.count >= at_least

    def probability(self) -> FloatArray:
        """Chance that at least one camera on tour catches an event: 1 − Π(1 − p)."""
        return np.where(self.certain > 0, 1.0, -np.expm1(self.missed / FIXED_POINT))

    def sole_value(self, coverage: CameraCoverage, weights: FloatArray | None = None, code: str | None = None) -> float:
        """What would be lost without a counted camera: weight (or m²) of the cells that it alone sees."""
        there, here = coverage.windows(self.grid)
        alone = _cells(coverage, code)[here] & (self.count[there] == 1)
        if weights is None:
            return float(alone.sum()) * self.grid.cell_area_m2
        return float(weights[there][alone].sum())

    def _shift(self, expected: ExpectedCoverage, sign: int) -> None:
        there, here = expected.windows(self.grid)
        chance = expected.probability[here].astype(np.float64)
        sure = chance >= 1.0
        logs = np.log1p(-np.where(sure, 0.0, chance))
        self.missed[there] += sign * np.rint(logs * FIXED_POINT).astype(np.int64)
        if sign > 0:
            self.certain[there] += sure.astype(np.uint16)
        else:
            self.certain[there] -= sure.astype(np.uint16)


@dataclass(frozen=True, eq=False)
class AreaCells:
    """Public cells of each area: `cells` (flat numbers) in runs that end at `stops` (areas,). Areas may overlap."""

    grid: Grid
    cells: IntArray
    stops: IntArray

    def share(self, covered: BoolArray, weights: FloatArray | None = None) -> pd.DataFrame:
        """Per area: `covered_m2`, `public_m2`, `share` (0 to 1), and with weights `covered_weight`, `weight`,
        `weight_share`. NaN where there is nothing to see. Shares of areas are never averaged: add their cells.
        """
        owner = np.repeat(np.arange(self.stops.size), np.diff(self.stops, prepend=0))
        seen = covered.ravel()[self.cells]
        cell_m2 = self.grid.cell_area_m2

        def added(values: AnyArray) -> FloatArray:
            return np.bincount(owner, values, minlength=self.stops.size).astype(np.float64)

        told = {"covered_m2": added(seen) * cell_m2, "public_m2": added(np.ones(seen.size)) * cell_m2}
        told["share"] = _ratio(told["covered_m2"], told["public_m2"])
        if weights is not None:
            weight = weights.ravel()[self.cells]
            told |= {"covered_weight": added(weight * seen), "weight": added(weight)}
            told["weight_share"] = _ratio(told["covered_weight"], told["weight"])
        return pd.DataFrame(told)


def cells_of_areas(areas: Sequence[BaseGeometry], grid: Grid) -> AreaCells:
    """The public cells whose centre lies in each area (polygons in metres); kept, for shares are asked for often."""
    xs, ys = grid.centres()
    runs = []
    for area in areas:
        west, south, east, north = area.bounds if not area.is_empty else (0.0, 0.0, -1.0, -1.0)
        left, right = np.searchsorted(xs, [west, east])
        bottom, top = np.searchsorted(ys, [south, north])
        rows, columns = np.nonzero(grid.mask[bottom:top, left:right])
        shapely.prepare(area)
        inside = shapely.contains_xy(area, xs[left + columns], ys[bottom + rows])
        runs.append(((bottom + rows) * grid.columns + left + columns)[inside])
    stops = np.cumsum([run.size for run in runs], dtype=np.int64)
    return AreaCells(grid, np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64), stops)


def cells_of_streets(streets: Sequence[BaseGeometry], grid: Grid, *, half_width_m: float = 8.0) -> AreaCells:
    """The public cells within half a street's width of each line."""
    return cells_of_areas(list(shapely.buffer(list(streets), half_width_m, cap_style="flat")), grid)


@dataclass(frozen=True, eq=False)
class HarmShare:
    """Weight of the incidents that happened in view, of all on public ground, their ratio (NaN without any); how many
    incidents lie off the grid or off public ground; and per incident whether it was in view.
    """

    seen: float
    total: float
    share: float
    outside: int
    in_view: BoolArray


def share_of_harm(
    covered: BoolArray, grid: Grid, x: Numbers, y: Numbers, weights: Numbers | None = None, *, snap_m: float = 0.0
) -> HarmShare:
    """Share of weighted incidents that happened where cameras see.

    An incident belongs to its cell; one off public ground (an address inside a house) takes the nearest public cell
    within `snap_m`, else it is told in `outside` and counts in neither part of the share.
    """
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    row, column, placed = _public_cell(grid, east, north, snap_m)
    in_view = placed & covered[row, column]
    total, seen = float(weight[placed].sum()), float(weight[in_view].sum())
    return HarmShare(seen, total, seen / total if total > 0 else float("nan"), int((~placed).sum()), in_view)


def harm_grid(grid: Grid, x: Numbers, y: Numbers, weights: Numbers | None = None, *, snap_m: float = 0.0) -> FloatArray:
    """Weight of incidents per public cell (rows, columns), placed as `share_of_harm` does."""
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    row, column, placed = _public_cell(grid, east, north, snap_m)
    flat = row[placed] * grid.columns + column[placed]
    return np.bincount(flat, weight[placed], minlength=grid.mask.size).astype(np.float64).reshape(grid.shape)


def spread_weights(values: FloatArray, source: Grid, grid: Grid) -> FloatArray:
    """Weights of a coarse grid on the public cells of a fine one: each coarse cell's weight in equal parts.

    Weight of a coarse cell without any public cell is lost: compare the sums where that matters.
    """
    xs, ys = grid.centres()
    column, row = np.floor((xs - source.x0) / source.cell_m), np.floor((ys - source.y0) / source.cell_m)
    on_x, on_y = (column >= 0) & (column < source.columns), (row >= 0) & (row < source.rows)
    flat = np.where(on_y, row, 0)[:, None] * source.columns + np.where(on_x, column, 0)[None, :]
    flat = flat.astype(np.int64)
    counts = on_y[:, None] & on_x[None, :] & grid.mask
    parts = np.bincount(flat[counts], minlength=values.size)
    share = values.ravel() / np.maximum(parts, 1)
    return np.asarray(np.where(counts, share[flat], 0.0))


def _cells(coverage: CameraCoverage, code: str | None) -> BoolArray:
    return coverage.visible if code is None else coverage.at_least(code)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full(whole.size, np.nan), where=whole > 0))


def _public_cell(grid: Grid, x: FloatArray, y: FloatArray, snap_m: float) -> tuple[IntArray, IntArray, BoolArray]:
    """Row and column of the public cell of each point, and whether it has one."""
    row, column, on_grid = grid.cells_of(x, y)
    placed = on_grid & grid.mask[row, column]
    reach = int(snap_m / grid.cell_m)
    steps = np.array([(i, j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)])
    steps = steps[(steps**2).sum(axis=1) <= reach**2] if reach else steps[:0]
    for step in steps[np.argsort((steps**2).sum(axis=1), kind="stable")][1:]:
        left = np.flatnonzero(on_grid & ~placed)
        near_row, near_column = row[left] + step[0], column[left] + step[1]
        inside = (near_row >= 0) & (near_row < grid.rows) & (near_column >= 0) & (near_column < grid.columns)
        found = left[inside][grid.mask[near_row[inside], near_column[inside]]]
        row[found] += step[0]
        column[found] += step[1]
        placed[found] = True
    return row, column, placed
