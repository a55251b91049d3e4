"""Where hot cells stay hot whatever grid one happens to lay: the share of many runs in which a place is hot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray, Numbers
from analysis.checks import require_area, require_points, require_weights
from analysis.errors import ParameterError
from analysis.grid import Grid, study_grid
from analysis.progress import Report, silent
from analysis.significance import Null, hot_cells

RADII_M = (150.0, 200.0, 300.0, 400.0)
CELLS_M = (50.0, 100.0)
OFFSETS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))


@dataclass(frozen=True)
class SensitivityPlan:
    """What is varied: radii and cells in metres, shifts of the grid (1 to 4); `level`, `null`, `cap_quantile` as in
    `hot_cells`. Radii below 1.5 cells are left out for that cell size: their windows hold next to nothing."""

    radii_m: tuple[float, ...] = RADII_M
    cells_m: tuple[float, ...] = CELLS_M
    offsets: int = 4
    level: float = 0.05
    null: Null = "total"
    cap_quantile: float | None = 0.999

    def runs(self) -> list[tuple[float, tuple[float, float], float]]:
        """Cell, shift and radius of every run; raises `ParameterError` when none is left."""
        runs = [
            (cell, shift, radius)
            for cell in self.cells_m
            for shift in OFFSETS[: self.offsets]
            for radius in self.radii_m
            if radius >= 1.5 * cell
        ]
        if not runs or not 1 <= self.offsets <= len(OFFSETS):
            raise ParameterError("No run is left: radii must be at least 1.5 cells, with 1 to 4 shifts of the grid.")
        return runs


@dataclass(frozen=True)
class SensitivityRun:
    """One run: cell, radius, shift of the grid in cells, cells in a full window, cap, share of the mask that is hot."""

    cell_m: float
    radius_m: float
    shift: tuple[float, float]
    k: int
    cap: float | None
    hot_share: float


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """`share` (rows, columns) of the runs in which each cell of the finest grid is hot, NaN off the mask."""

    grid: Grid
    share: FloatArray
    runs: list[SensitivityRun]


def sensitivity_map(
    x: Numbers,
    y: Numbers,
    weights: Numbers | None = None,
    *,
    area: BaseGeometry,
    plan: SensitivityPlan | None = None,
    report: Report = silent,
) -> Sensitivity:
    """Share of runs over radii, cell sizes and shifted grids in which Gi* calls a place hot.

    The result lies on the
    grid of the smallest cells, each cell asked at its centre.

    Raises as `hot_cells`, and `ParameterError` when no run is left.

    Source: ensembles against the modifiable areal unit problem (Openshaw 1984).
    """
    east, north = require_points(x, y, spread=True)
    weight = require_weights(weights, east.size)
    area = require_area(area)
    plan = plan or SensitivityPlan()
    todo = plan.runs()
    base = study_grid(area, cell_m=min(plan.cells_m))
    xs, ys = np.meshgrid(*base.centres())
    hits, runs = np.zeros(base.shape), []
    grids: dict[tuple[float, tuple[float, float]], Grid] = {}
    for number, (cell, shift, radius) in enumerate(todo):
        grid = grids.setdefault((cell, shift), _shifted(area, cell, shift))
        found = hot_cells(
            grid.bin(east, north, weight), radius_m=radius, null=plan.null, cap_quantile=plan.cap_quantile
        )
        hot = np.append(found.hot(plan.level).reshape(-1), False)
        hits += hot[grid.flat_cells(xs.reshape(-1), ys.reshape(-1))].reshape(base.shape)
        share = float(hot.sum()) / found.tests
        runs.append(SensitivityRun(cell, radius, shift, int(found.k.max()), found.cap, share))
        report("sensitivity", number + 1, len(todo))
    return Sensitivity(base, np.where(base.mask, hits / len(todo), np.nan), runs)


def _shifted(area: BaseGeometry, cell_m: float, shift: tuple[float, float]) -> Grid:
    """The study grid moved by a share of a cell."""
    east, north = shift[0] * cell_m, shift[1] * cell_m
    grid = study_grid(translate(area, -east, -north), cell_m=cell_m)
    return Grid(grid.x0 + east, grid.y0 + north, cell_m, grid.rows, grid.columns, grid.mask)
