"""A grid of hexagons: the same statistics on cells whose six neighbours are all equally far away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray
from analysis.checks import require_area, require_positive
from analysis.errors import ParameterError
from analysis.grid import Cells, require_feasible

ROW_RATIO = math.sqrt(3.0) / 2.0


@dataclass(frozen=True, eq=False)
class HexGrid(Cells):
    """Hexagons with a corner up, `width_m` from flat side to flat side, which is also the distance of neighbours.

    Arrays are (row, column) in slanted (axial) coordinates: the centre of a cell is x0 + (column + row / 2)·width,
    y0 + row·width·√3/2. A window is then the same array around every cell, as on squares. `mask` (rows, columns) is
    false on the corners that the slant adds.
    """

    x0: float
    y0: float
    width_m: float
    mask: BoolArray

    def __post_init__(self) -> None:
        require_positive("width_m", self.width_m)
        if self.mask.ndim != 2:
            raise ParameterError("The mask is {got} but the grid is two-dimensional.", got=self.mask.shape)

    @property
    def spacing_m(self) -> float:
        return self.width_m

    @property
    def row_step_m(self) -> float:
        return ROW_RATIO * self.width_m

    @property
    def cell_area_m2(self) -> float:
        return ROW_RATIO * self.width_m**2

    def lags_m2(self, steps: int) -> FloatArray:
        along = np.arange(-steps, steps + 1, dtype=np.float64)
        row, column = along[:, None], along[None, :]
        return np.asarray((column**2 + column * row + row**2) * self.width_m**2)

    def _row_and_column(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Round in cube coordinates and mend the one that was rounded most, so that the three add up to zero."""
        row = (y - self.y0) / (ROW_RATIO * self.width_m)
        column = (x - self.x0) / self.width_m - row / 2.0
        third = -row - column
        near_row, near_column, near_third = np.rint(row), np.rint(column), np.rint(third)
        off_row, off_column, off_third = (
            np.abs(near_row - row),
            np.abs(near_column - column),
            np.abs(near_third - third),
        )
        worst_column = (off_column > off_row) & (off_column > off_third)
        worst_row = ~worst_column & (off_row > off_third)
        mended_row = np.where(worst_row, -near_column - near_third, near_row)
        return mended_row, np.where(worst_column, -near_row - near_third, near_column)

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """x and y of every cell's centre, (rows, columns) each."""
        row, column = np.indices(self.shape, dtype=np.float64)
        return self.x0 + (column + row / 2.0) * self.width_m, self.y0 + row * (ROW_RATIO * self.width_m)

    def cell_polygons(self, cells: BoolArray) -> list[shapely.Polygon]:
        """The hexagon of each cell that is true, row by row from the south."""
        x, y = self.centres()
        angle = np.radians(np.arange(30, 390, 60))
        reach = self.width_m / math.sqrt(3.0)
        corners = np.stack(
            [x[cells][:, None] + reach * np.cos(angle), y[cells][:, None] + reach * np.sin(angle)], axis=-1
        )
        return list(shapely.polygons(corners))


def study_hexagons(area: BaseGeometry, *, width_m: float) -> HexGrid:
    """Hexagons over a study area: one is in the mask if its centre lies in the area.

    Raises as `study_grid`.
    """
    area, width_m = require_area(area), require_positive("width_m", width_m)
    west, south, east, north = area.bounds
    height = ROW_RATIO * width_m
    y0 = math.floor(south / height) * height
    rows = math.floor((north - y0) / height) + 2
    x0 = (math.floor(west / width_m) - rows // 2 - 1) * width_m
    columns = math.floor((east - x0) / width_m) + 2
    require_feasible(rows * columns, width_m)
    everywhere = HexGrid(x0, y0, width_m, np.zeros((rows, columns), dtype=np.bool_))
    shapely.prepare(area)
    return HexGrid(x0, y0, width_m, np.asarray(shapely.contains_xy(area, *everywhere.centres())))
