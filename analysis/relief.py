"""Ground and surfaces as rays meet them: posts with straight lines between, and the highest post of each block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.arrays import AnyArray, BoolArray, FloatArray
from analysis.checks import require_positive
from analysis.errors import EmptyInputError, ParameterError
from analysis.viewshed import Terrain

BLOCK = 8  # posts along a block's side; blocks that a ray clears are passed over whole
LOWEST_M, HIGHEST_M = -500.0, 9000.0  # the Dead Sea's shore and the Himalaya, with room
FOOT_M, SURVEY_FOOT_M = 0.3048, 1200.0 / 3937.0
UNITS = {"metre": 1.0, "foot": FOOT_M, "us_survey_foot": SURVEY_FOOT_M}
Posts32 = npt.NDArray[np.float32]


class HeightUnitError(ParameterError):
    """Heights in a unit that is not known."""


class ImpossibleHeightsError(ParameterError):
    """A surface without one height that this planet has."""


class Posts(NamedTuple):
    """What kernels read: heights at posts (rows, columns), highest post of each block, place of the first post, steps.

    Unknown posts are NaN; a block that holds one is +infinity high, so that no ray passes over it unseen. No terrain:
    arrays of no size, and the ground lies at 0.
    """

    heights: Posts32
    blocks: Posts32
    x: float
    y: float
    step_x: float
    step_y: float


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights (rows, columns) in metres at cell centres, row 0 the south, NaN where unknown.

    `x0`, `y0` is the corner of the south-west cell. Cells may be oblong. Heights are kept in single precision, a tenth
    of a millimetre at 1,000 m.
    """

    x0: float
    y0: float
    cell_x_m: float
    cell_y_m: float
    heights_m: Posts32

    def __post_init__(self) -> None:
        require_positive("cell_x_m", self.cell_x_m)
        require_positive("cell_y_m", self.cell_y_m)
        if self.heights_m.ndim != 2 or min(self.heights_m.shape) < 2:
            raise EmptyInputError("The terrain has fewer than two rows or columns.")

    @classmethod
    def of(cls, terrain: Terrain) -> Relief:
        """The relief of a terrain with square cells."""
        heights = np.ascontiguousarray(terrain.heights_m, dtype=np.float32)
        return cls(terrain.x0, terrain.y0, terrain.cell_m, terrain.cell_m, heights)

    @cached_property
    def posts(self) -> Posts:
        """The form that kernels read."""
        x, y = self.x0 + self.cell_x_m / 2, self.y0 + self.cell_y_m / 2
        steps = float(self.cell_x_m), float(self.cell_y_m)
        return Posts(self.heights_m, _block_heights(self.heights_m), float(x), float(y), *steps)

    def at(self, x: FloatArray | float, y: FloatArray | float) -> FloatArray:
        """Height at each place, bilinear between posts, NaN beyond the outermost and beside unknown ones."""
        column = (np.asarray(x, dtype=np.float64) - self.x0) / self.cell_x_m - 0.5
        row = (np.asarray(y, dtype=np.float64) - self.y0) / self.cell_y_m - 0.5
        rows, columns = self.heights_m.shape
        known = (column >= 0) & (column <= columns - 1) & (row >= 0) & (row <= rows - 1)
        left = np.clip(np.floor(np.where(known, column, 0)), 0, columns - 2).astype(np.int64)
        below = np.clip(np.floor(np.where(known, row, 0)), 0, rows - 2).astype(np.int64)
        east, north = column - left, row - below
        low = _between(self.heights_m[below, left], self.heights_m[below, left + 1], east)
        high = _between(self.heights_m[below + 1, left], self.heights_m[below + 1, left + 1], east)
        return np.where(known, _between(low, high, north), np.nan)


@dataclass(frozen=True, eq=False)
class CheckedHeights:
    """Heights in metres (rows, columns), NaN where unknown, and how many cells were unknown or impossible."""

    heights_m: Posts32
    unknown: int
    impossible: int


def checked_heights(heights: npt.ArrayLike, *, nodata: float | None = None, unit: str = "metre") -> CheckedHeights:
    """Heights as metres, with what is no height taken out and told: the nodata value, infinities, and every value that
    no place on Earth has (below −500 m or above 9,000 m), such as −3.4e38 in a file without a nodata tag.

    Raises `HeightUnitError` for a unit other than metre, foot and us_survey_foot, `ImpossibleHeightsError` where
    nothing is left.
    """
    if unit not in UNITS:
        raise HeightUnitError("Heights in {unit} cannot be read; there are metre, foot and us_survey_foot.", unit=unit)
    raw = np.asarray(heights, dtype=np.float64)
    unknown: BoolArray = ~np.isfinite(raw)
    if nodata is not None:
        unknown |= raw == nodata
        unknown |= raw == np.float64(np.float32(nodata))
    metres = np.where(unknown, np.nan, raw) * UNITS[unit]
    impossible = ~unknown & ~((metres >= LOWEST_M) & (metres <= HIGHEST_M))
    metres[impossible] = np.nan
    if not np.isfinite(metres).any():
        raise ImpossibleHeightsError("The surface has no height between −500 m and 9,000 m.")
    kept = np.ascontiguousarray(metres, dtype=np.float32)
    return CheckedHeights(kept, int(unknown.sum()), int(impossible.sum()))


def _between(low: AnyArray, high: AnyArray, part: FloatArray) -> FloatArray:
    """Linear between two heights; a height of weight nought does not count, known or not."""
    first = np.where(part == 1, 0.0, np.multiply(low, 1 - part, dtype=np.float64))
    return np.asarray(first + np.where(part == 0, 0.0, np.multiply(high, part, dtype=np.float64)))


def _block_heights(heights: Posts32) -> Posts32:
    """Highest post of each block, borders with the next block included, for lines between posts belong to both."""
    rows, columns = heights.shape
    filled = np.where(np.isnan(heights), np.float32(np.inf), heights)
    across = np.maximum.reduceat(filled, np.arange(0, columns, BLOCK), axis=1)
    edges = filled[:, BLOCK::BLOCK]
    across[:, : edges.shape[1]] = np.maximum(across[:, : edges.shape[1]], edges)
    blocks = np.maximum.reduceat(across, np.arange(0, rows, BLOCK), axis=0)
    edges = across[BLOCK::BLOCK]
    blocks[: edges.shape[0]] = np.maximum(blocks[: edges.shape[0]], edges)
    return np.ascontiguousarray(blocks, dtype=np.float32)
