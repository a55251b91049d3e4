"""Several surfaces of the same ground as one: sheets that lie side by side, or a fine one inside a coarse one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from analysis.arrays import FloatArray
from analysis.errors import EmptyInputError
from analysis.relief import Relief

SEAM_CELLS = 2  # sheets that were reprojected one by one leave a seam of at most so many cells between them


def mosaic(reliefs: Sequence[Relief], *, bounds_m: tuple[float, float, float, float]) -> Relief:
    """One relief over a box (west, south, east, north), on the lattice of the first; where it knows nothing, the next.

    Other reliefs are read by straight lines between their posts. Seams of at most two cells between known ground take
    the nearest height; everything else that nobody knows stays NaN. Raises `EmptyInputError` without reliefs.
    """
    if not reliefs:
        raise EmptyInputError("There is no surface to join.")
    first = reliefs[0]
    west, south, east, north = bounds_m
    columns, x0 = _lattice(first.x0, first.cell_x_m, west, east)
    rows, y0 = _lattice(first.y0, first.cell_y_m, south, north)
    xs, ys = np.meshgrid(
        x0 + (np.arange(columns) + 0.5) * first.cell_x_m, y0 + (np.arange(rows) + 0.5) * first.cell_y_m
    )
    heights = np.full((rows, columns), np.nan)
    for relief in reliefs:
        missing = np.isnan(heights)
        if not missing.any():
            break
        heights[missing] = relief.at(xs[missing], ys[missing])
    kept = np.ascontiguousarray(_seams_closed(heights), dtype=np.float32)
    return Relief(x0, y0, first.cell_x_m, first.cell_y_m, kept)


def _lattice(start: float, step: float, low: float, high: float) -> tuple[int, float]:
    """Number of cells from the one that holds `low` to the one that holds `high`, and where the first begins."""
    first, last = int(np.floor((low - start) / step)), int(np.ceil((high - start) / step))
    return max(last - first, 2), start + first * step


def _seams_closed(heights: FloatArray) -> FloatArray:
    known = np.isfinite(heights)
    if known.all() or not known.any():
        return heights
    padded = np.pad(known, SEAM_CELLS)  # the border of the box is no seam
    closed = ndimage.binary_closing(padded, np.ones((3, 3)), iterations=SEAM_CELLS)
    seam = closed[SEAM_CELLS:-SEAM_CELLS, SEAM_CELLS:-SEAM_CELLS] & ~known
    if not seam.any():
        return heights
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    filled = heights.copy()
    filled[seam] = heights[tuple(index[seam] for index in nearest)]
    return filled
