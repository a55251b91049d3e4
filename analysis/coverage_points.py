"""How many cameras see each of some places, asked of the cells they see."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from analysis.arrays import Numbers
from analysis.camera_coverage import CameraCoverage
from analysis.checks import require_finite


def seen_counts(
    coverages: Iterable[CameraCoverage], x: Numbers, y: Numbers, *, step: int = 1
) -> npt.NDArray[np.uint16]:
    """Number of coverages (n,) that see the cell each place (x, y in metres) lies in, in class `step` or a better one.

    A place outside the window of a coverage is not seen by it; neither is a place off public space.
    """
    east, north = require_finite("x", x), require_finite("y", y)
    count = np.zeros(east.size, dtype=np.uint16)
    for coverage in coverages:
        rows, columns = coverage.classes.shape
        row = np.floor(north / coverage.cell_m).astype(np.int64) - coverage.first_row
        column = np.floor(east / coverage.cell_m).astype(np.int64) - coverage.first_column
        inside = np.flatnonzero((row >= 0) & (row < rows) & (column >= 0) & (column < columns))
        count[inside] += coverage.classes[row[inside], column[inside]] >= step
    return count
