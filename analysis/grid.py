"""The regular grid on which a commune is counted: cells, mask, binning."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_area, require_finite, require_positive, require_weights
from analysis.errors import ParameterError, TooLargeForMethodError

MAX_CELLS = 25_000_000


@dataclass(frozen=True, eq=False)
class Grid:
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
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def cell_area_m2(self) -> float:
        return self.cell_m * self.cell_m

    @property
    def mask_area_m2(self) -> float:
        return float(self.mask.sum()) * self.cell_area_m2

    def cells_of(self, x: Numbers, y: Numbers) -> tuple[IntArray, IntArray, BoolArray]:
        """Row and column of each point and whether the point lies on the grid (not: on the mask)."""
        column = np.floor((require_finite("x", x) - self.x0) / self.cell_m)
        row = np.floor((require_finite("y", y) - self.y0) / self.cell_m)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return (
            np.where(inside, row, 0).astype(np.int64),
            np.where(inside, column, 0).astype(np.int64),
            inside,
        )

    def bin(self, x: Numbers, y: Numbers, weights: Numbers | None = None) -> Binned:
        """Count the points (or their weights) in each mask cell; what falls outside is told, never clamped."""
        row, column, on_grid = self.cells_of(x, y)
        weight = require_weights(weights, on_grid.size)
        on_mask = on_grid & self.mask[row, column]
        flat = row[on_mask] * self.columns + column[on_mask]
        counts = np.bincount(flat, weights=weight[on_mask], minlength=self.rows * self.columns)
        return Binned(
            grid=self,
            counts=counts.astype(np.float64).reshape(self.shape),
            outside_grid=int((~on_grid).sum()),
            outside_mask=int((on_grid & ~on_mask).sum()),
        )

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """x of every column centre (columns,) and y of every row centre (rows,), in metres."""
        return (
            self.x0 + (np.arange(self.columns, dtype=np.float64) + 0.5) * self.cell_m,
            self.y0 + (np.arange(self.rows, dtype=np.float64) + 0.5) * self.cell_m,
        )


@dataclass(frozen=True, eq=False)
class Binned:
    """Points counted on a grid: counts (rows, columns), and how many points were dropped because of where they lie."""

    grid: Grid
    counts: FloatArray
    outside_grid: int
    outside_mask: int

    @property
    def dropped(self) -> int:
        return self.outside_grid + self.outside_mask


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
    if rows * columns > MAX_CELLS:
        raise TooLargeForMethodError(
            "Cells of {cell} m would make {count} cells; at most {limit} are allowed: choose larger cells.",
            cell=cell_m,
            count=rows * columns,
            limit=MAX_CELLS,
        )
    x0, y0 = first_column * cell_m, first_row * cell_m
    x_centres, y_centres = x0 + (np.arange(columns) + 0.5) * cell_m, y0 + (np.arange(rows) + 0.5) * cell_m
    return Grid(x0, y0, cell_m, rows, columns, _centres_inside(area, x_centres, y_centres))


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
