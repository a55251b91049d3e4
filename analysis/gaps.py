"""Hot ground that no camera sees, in patches, the heaviest first."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from scipy import ndimage

from analysis.arrays import BoolArray, FloatArray
from analysis.coverage_polygons import outline
from analysis.errors import ParameterError
from analysis.grid import Grid

COLUMNS = ("rank", "weight", "share", "area_m2", "x", "y")


def coverage_gaps(
    covered: BoolArray, weights: FloatArray, grid: Grid, *, crs: object = None, min_area_m2: float = 25.0
) -> gpd.GeoDataFrame:
    """Patches of public cells with weight that nothing covers, ranked by the weight that is lost there.

    `weights` (rows, columns) is the hot ground, 0 elsewhere: say with each list which run it comes from and which
    class `covered` stands for. Cells that touch, at corners too, are one patch; patches under `min_area_m2` are left
    out. `share` is of the weight of all public ground; `x`, `y` the heaviest cell's centre.

    Raises `ParameterError` for arrays of another shape than the grid.
    """
    if covered.shape != grid.shape or weights.shape != grid.shape:
        raise ParameterError(
            "Coverage is {covered} and weights are {weights}, but the grid is {grid}.",
            covered=covered.shape,
            weights=weights.shape,
            grid=grid.shape,
        )
    open_cells = grid.mask & ~covered & (weights > 0)
    patch, count = ndimage.label(open_cells, structure=np.ones((3, 3)))
    inside = patch[open_cells]
    lost = np.bincount(inside, weights[open_cells], minlength=count + 1)
    area = np.bincount(inside, minlength=count + 1) * grid.cell_area_m2
    kept = np.flatnonzero((area >= min_area_m2) & (lost > 0))
    kept = kept[np.argsort(-lost[kept], kind="stable")]
    total = float(weights[grid.mask].sum())
    windows = ndimage.find_objects(patch)
    rows = [
        _row(rank, one, (patch, weights, grid), windows[one - 1]) for rank, one in enumerate(kept.tolist(), start=1)
    ]
    frame = gpd.GeoDataFrame(rows, columns=["rank", "x", "y", "geometry"], geometry="geometry", crs=crs)
    frame["weight"], frame["share"], frame["area_m2"] = lost[kept], lost[kept] / max(total, 1e-300), area[kept]
    return frame[[*COLUMNS, "geometry"]]


def _row(
    rank: int, one: int, world: tuple[np.ndarray, FloatArray, Grid], window: tuple[slice, slice]
) -> dict[str, object]:
    patch, weights, grid = world
    cells = patch[window] == one
    row, column = np.unravel_index(np.argmax(np.where(cells, weights[window], -1.0)), cells.shape)
    x0 = grid.x0 + window[1].start * grid.cell_m
    y0 = grid.y0 + window[0].start * grid.cell_m
    return {
        "rank": rank,
        "x": x0 + (column + 0.5) * grid.cell_m,
        "y": y0 + (row + 0.5) * grid.cell_m,
        "geometry": outline(cells, x0=x0, y0=y0, cell_m=grid.cell_m),
    }
