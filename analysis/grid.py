"""The regular grid on which a commune is counted: cells, mask, binning."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import (
    require_area,
    require_finite,
    require_not_after,
    require_points,
    require_positive,
    require_weights,
)
from analysis.convolution import ALMOST, Kernel, kernel_reach_m, kernel_values, square_distances
from analysis.errors import EmptyPeriodError, OutsideMaskError, ParameterError, TooLargeForMethodError

MAX_CELLS = 25_000_000
CHUNK = 16_384
"""Points are turned into cells by pieces that stay in the processor's cache."""


class Cells(ABC):
    """What square and hexagonal grids share: a mask of (rows, columns) cells and the binning of points.

    `mask` says where an incident is possible, `spacing_m` is the distance between the centres of neighbours.
    """

    mask: BoolArray

    @property
    def shape(self) -> tuple[int, int]:
        return self.mask.shape[0], self.mask.shape[1]

    @property
    @abstractmethod
    def spacing_m(self) -> float: ...

    @property
    @abstractmethod
    def cell_area_m2(self) -> float: ...

    @property
    @abstractmethod
    def row_step_m(self) -> float:
        """Distance between rows."""

    @abstractmethod
    def lags_m2(self, steps: int) -> FloatArray:
        """Squared distance in m² from the middle of an array of (2·steps + 1) cells a side."""

    @abstractmethod
    def cell_polygons(self, cells: BoolArray) -> list[shapely.Polygon]:
        """The outline of each cell that is true, row by row from the south."""

    @abstractmethod
    def _row_and_column(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Row and column as whole floats; they may lie off the grid."""

    @property
    def mask_area_m2(self) -> float:
        return float(self.mask.sum()) * self.cell_area_m2

    def window(self, radius_m: float) -> FloatArray:
        """Ones for the cells whose centre lies within the radius of the middle cell's, in an odd-sided array."""
        inside = self.lags_m2(math.floor(radius_m / self.row_step_m + ALMOST)) <= radius_m**2 * (1.0 + ALMOST)
        return inside.astype(np.float64)

    def kernel(self, kernel: Kernel, bandwidth_m: float) -> FloatArray:
        """A kernel sampled on the cells and scaled to add up to 1."""
        steps = math.ceil(kernel_reach_m(kernel, bandwidth_m) / self.row_step_m)
        values = kernel_values(kernel, self.lags_m2(steps) / bandwidth_m**2)
        return np.asarray(values / values.sum())

    def flat_cells(self, x: Numbers, y: Numbers) -> IntArray:
        """Number of the cell (row · columns + column) of each point; rows · columns for points off the grid.

        Raises `UnprojectedCoordinatesError` when every point could be longitude and latitude.
        """
        east, north = require_pairs(x, y)
        rows, columns = self.shape
        flat = np.empty(east.size, dtype=np.intp)
        for start in range(0, east.size, CHUNK):
            part = slice(start, start + CHUNK)
            row, column = self._row_and_column(east[part], north[part])
            off = (column < 0) | (column >= columns) | (row < 0) | (row >= rows)
            row *= columns
            row += column
            row[off] = rows * columns
            flat[part] = row
        if east.size and (flat == rows * columns).all():
            require_points(east, north)
        return flat

    def bin(self, x: Numbers, y: Numbers, weights: Numbers | None = None) -> Binned:
        """Count the points (or their weights) in each mask cell; what falls outside is told, never clamped."""
        return self.channels(x, y, {"": weights})[""]

    def channels(self, x: Numbers, y: Numbers, weights: Mapping[str, Numbers | None]) -> dict[str, Binned]:
        """Bin once and count several things: each name's weights (None: the points themselves).

        Raises `NegativeWeightError`, `NotFiniteError`, `ParameterError`, `UnprojectedCoordinatesError`.
        """
        flat = self.flat_cells(x, y)
        size = self.mask.size
        points = np.bincount(flat, minlength=size + 1)
        outside_grid = int(points[size])
        on_grid = points[:size].reshape(self.shape)
        outside_mask = int(on_grid.sum()) - int(on_grid[self.mask].sum())
        counted = {}
        for name, weight in weights.items():
            sums = on_grid
            if weight is not None:
                each = require_weights(weight, flat.size)
                sums = np.bincount(flat, weights=each, minlength=size + 1)[:size].reshape(self.shape)
            counted[name] = Binned(self, np.where(self.mask, sums, 0.0), outside_grid, outside_mask)
        return counted

    def periods(
        self, x: Numbers, y: Numbers, times_days: Numbers, edges_days: Numbers, weights: Numbers | None = None
    ) -> FloatArray:
        """Counts (periods, rows, columns) between ascending edges, each period [edge, next edge).

        Points before the first edge are left out. Raises `FutureDateError` for one at or after the last edge,
        `EmptyPeriodError` when nothing lies between first and last.
        """
        edges = require_finite("edges_days", edges_days)
        if edges.size < 2 or (np.diff(edges) <= 0).any():
            raise ParameterError("Periods need at least two edges in ascending order.")
        times = require_not_after("times_days", times_days, float(np.nextafter(edges[-1], -np.inf)))
        flat = self.flat_cells(x, y)
        if times.size != flat.size:
            raise ParameterError("There are {rows} points but {times} times.", rows=flat.size, times=times.size)
        number = np.searchsorted(edges, times, side="right") - 1
        if not (number >= 0).any():
            raise EmptyPeriodError("None of the {count} incidents lies in the period.", count=int(times.size))
        size, count = self.mask.size, edges.size - 1
        used = (number >= 0) & (flat < size)
        sums = np.bincount(
            number[used] * size + flat[used], weights=require_weights(weights, flat.size)[used], minlength=count * size
        )
        return np.where(self.mask, sums.astype(np.float64).reshape(count, *self.shape), 0.0)


@dataclass(frozen=True, eq=False)
class Grid(Cells):
    """A grid of square cells; row 0 is the south, arrays are (row, column), cells are half-open [a, b).

    `x0`, `y0` is the lower left corner in metres, `mask` (rows, columns) says where an incident is possible.
    """

    x0: float
    y0: float
    cell_m: float
    rows: int
    columns: int
    mask: BoolArray

    def __post_init__(self) -> None:
        require_positive("cell_m", self.cell_m)
        if self.mask.shape != (self.rows, self.columns):
            raise ParameterError(
                "The mask is {got} but the grid is {wanted}.", got=self.mask.shape, wanted=(self.rows, self.columns)
            )

    @property
    def spacing_m(self) -> float:
        return self.cell_m

    @property
    def row_step_m(self) -> float:
        return self.cell_m

    @property
    def cell_area_m2(self) -> float:
        return self.cell_m * self.cell_m

    def lags_m2(self, steps: int) -> FloatArray:
        return square_distances(steps) * self.cell_area_m2

    def _row_and_column(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        column, row = x - self.x0, y - self.y0
        column /= self.cell_m
        row /= self.cell_m
        return np.floor(row, out=row), np.floor(column, out=column)

    def cells_of(self, x: Numbers, y: Numbers) -> tuple[IntArray, IntArray, BoolArray]:
        """Row and column of each point and whether the point lies on the grid (not: on the mask)."""
        flat = self.flat_cells(x, y).astype(np.int64)
        inside = flat < self.mask.size
        row, column = np.divmod(np.where(inside, flat, 0), self.columns)
        return row, column, inside

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """x of every column centre (columns,) and y of every row centre (rows,), in metres."""
        return (
            self.x0 + (np.arange(self.columns, dtype=np.float64) + 0.5) * self.cell_m,
            self.y0 + (np.arange(self.rows, dtype=np.float64) + 0.5) * self.cell_m,
        )

    def cell_polygons(self, cells: BoolArray) -> list[shapely.Polygon]:
        """The square of each cell that is true, row by row from the south-west."""
        row, column = np.nonzero(cells)
        west, south = self.x0 + column * self.cell_m, self.y0 + row * self.cell_m
        return list(shapely.box(west, south, west + self.cell_m, south + self.cell_m))


@dataclass(frozen=True, eq=False)
class Binned:
    """Points counted on a grid: counts (rows, columns), and how many points were dropped because of where they lie."""

    grid: Cells
    counts: FloatArray
    outside_grid: int
    outside_mask: int

    @property
    def dropped(self) -> int:
        return self.outside_grid + self.outside_mask

    def require_events(self) -> FloatArray:
        """The counts; raises `OutsideMaskError` or `EmptyPeriodError` when there is nothing to work with."""
        if not self.counts.any():
            require_inside(np.zeros(self.dropped, dtype=np.bool_))
        return self.counts


def require_inside(inside: BoolArray) -> None:
    """Raises `EmptyPeriodError` without incidents, `OutsideMaskError` when none of them lies on the mask."""
    if not inside.size:
        raise EmptyPeriodError("There are no incidents in the period.")
    if not inside.any():
        raise OutsideMaskError("None of the {count} incidents lies where the study mask allows one.", count=inside.size)


def require_pairs(x: Numbers, y: Numbers) -> tuple[FloatArray, FloatArray]:
    """x and y as flat float arrays of one length, not copied where they are already; refuses what is not finite."""
    east, north = np.asarray(x, dtype=np.float64).reshape(-1), np.asarray(y, dtype=np.float64).reshape(-1)
    if east.size != north.size:
        raise ParameterError("x has {x} values and y has {y}; they must be pairs.", x=int(east.size), y=int(north.size))
    if not (np.isfinite(east.sum()) and np.isfinite(north.sum())):
        require_finite("x", east)
        require_finite("y", north)
    return east, north


def decay_weights(times_days: Numbers, *, until_days: float, half_life_days: float) -> FloatArray:
    """Weight of each incident by its age at `until_days`: 1 for today's, a half after each half-life.

    Raises `FutureDateError` for an incident after `until_days`, `ParameterError` for a half-life of zero or less.
    """
    times = require_not_after("times_days", times_days, until_days)
    return np.asarray(np.exp2((times - until_days) / require_positive("half_life_days", half_life_days)))


def study_grid(area: BaseGeometry, *, cell_m: float) -> Grid:
    """The grid over a study area: a cell is in the mask if its centre lies in the area.

    `area` is polygonal, in metres. The corner is a whole multiple of `cell_m`, so that the same commune gives the same
    cells when its border is mended somewhere, and shifting the area by whole cells shifts the grid.

    Raises `EmptyInputError` and `UnprojectedCoordinatesError` (see `require_area`), `TooLargeForMethodError` past
    25 million cells.
    """
    area, cell_m = require_area(area), require_positive("cell_m", cell_m)
    west, south, east, north = area.bounds
    first_column, first_row = math.floor(west / cell_m), math.floor(south / cell_m)
    columns, rows = math.floor(east / cell_m) - first_column + 1, math.floor(north / cell_m) - first_row + 1
    require_feasible(rows * columns, cell_m)
    x0, y0 = first_column * cell_m, first_row * cell_m
    x_centres, y_centres = x0 + (np.arange(columns) + 0.5) * cell_m, y0 + (np.arange(rows) + 0.5) * cell_m
    return Grid(x0, y0, cell_m, rows, columns, _centres_inside(area, x_centres, y_centres))


def require_feasible(count: int, cell_m: float) -> None:
    """Refuse a grid of more than 25 million cells."""
    if count > MAX_CELLS:
        raise TooLargeForMethodError(
            "Cells of {cell} m would make {count} cells; at most {limit} are allowed: choose larger cells.",
            cell=cell_m,
            count=count,
            limit=MAX_CELLS,
        )


def _centres_inside(area: BaseGeometry, x_centres: FloatArray, y_centres: FloatArray) -> BoolArray:
    """Test centres part by part, each against its own rows and columns: a commune of many parts stays cheap."""
    inside = np.zeros((y_centres.size, x_centres.size), dtype=np.bool_)
    for part in shapely.get_parts(area):
        if part.geom_type != "Polygon":
            continue
        west, south, east, north = part.bounds
        left, right = np.searchsorted(x_centres, [west, east])
        bottom, top = np.searchsorted(y_centres, [south, north])
        if left == right or bottom == top:
            continue
        shapely.prepare(part)
        xs, ys = np.meshgrid(x_centres[left:right], y_centres[bottom:top])
        inside[bottom:top, left:right] |= shapely.contains_xy(part, xs, ys)
    return inside
