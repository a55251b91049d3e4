"""How many incidents each cell would hold if no place were hot: exposure, support and the level of the surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray, FloatArray, Numbers
from analysis.checks import require_positive
from analysis.convolution import convolve, disc, sampled_kernel
from analysis.grid import Grid

EXPOSURE_SPREAD_CELLS = 0.7
"""Incidents scatter around the place they belong to; exposure is smoothed by this many cells before it is compared."""
SUPPORT_REACH_M = 100.0
PRIOR_INCIDENTS = 5.0
FIT_ROUNDS = 60
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Exposure:
    """Where incidents of one kind can happen: dwellings, places of a kind, street metres, as weighted points.

    `x`, `y` in metres; `weight` is how much each point counts (dwellings behind a door, metres of street), else one.
    """

    name: str
    x: Numbers
    y: Numbers
    weight: Numbers | None = None


@dataclass(frozen=True, eq=False)
class Background:
    """Expected incidents per cell (rows, columns), their relative error variance, and what each exposure explains."""

    expected: FloatArray
    error: FloatArray
    shares: dict[str, float]


class Surroundings:
    """Looks at the ring around each cell, its middle left out, so that a hot spot does not hide itself."""

    def __init__(self, grid: Grid, *, inner_m: float, outer_m: float) -> None:
        require_positive("inner_m", inner_m)
        require_positive("outer_m - inner_m", outer_m - inner_m)
        self.kernel = ring(inner_m, outer_m, cell_m=grid.cell_m)

    def level(self, counts: FloatArray, expected: FloatArray, used: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Observed over expected in the ring of each cell, shrunk to 1 where the ring is empty, and its error variance.

        The prior weighs five incidents, as in a gamma-Poisson model; the error is relative (variance over square).
        """
        seen = np.maximum(convolve(np.where(used, counts, 0.0), self.kernel), 0.0)
        due = np.maximum(convolve(np.where(used, expected, 0.0), self.kernel), 0.0)
        squares = np.maximum(convolve(np.where(used, counts, 0.0), self.kernel**2), 0.0)
        level = (seen + PRIOR_INCIDENTS) / (due + PRIOR_INCIDENTS)
        return level, (squares + PRIOR_INCIDENTS) / (seen + PRIOR_INCIDENTS) ** 2


def ring(inner_m: float, outer_m: float, *, cell_m: float) -> FloatArray:
    """A quartic kernel of reach `outer_m` with height 1 whose middle of radius `inner_m` is empty."""
    kernel = sampled_kernel("quartic", bandwidth_m=outer_m, cell_m=cell_m)
    reach, hole = kernel.shape[0] // 2, disc(inner_m, cell_m=cell_m)
    hole_reach = hole.shape[0] // 2
    kernel = kernel / kernel.max()
    kernel[reach - hole_reach : reach + hole_reach + 1, reach - hole_reach : reach + hole_reach + 1] *= 1.0 - hole
    return np.asarray(kernel)


def support_surface(grid: Grid, counts: FloatArray) -> FloatArray:
    """Where incidents are possible, as far as they tell themselves: ones within 100 m of any, else zeros."""
    near = convolve((counts > 0).astype(np.float64), disc(SUPPORT_REACH_M, cell_m=grid.cell_m)) > 0.5
    return (near & grid.mask).astype(np.float64)


def exposure_surfaces(grid: Grid, exposures: Sequence[Exposure]) -> dict[str, FloatArray]:
    """Each exposure counted on the grid and smoothed by less than a cell; one nowhere on the mask is left out."""
    kernel = sampled_kernel("gaussian", bandwidth_m=EXPOSURE_SPREAD_CELLS * grid.cell_m, cell_m=grid.cell_m)
    surfaces = {}
    for exposure in exposures:
        counts = grid.bin(exposure.x, exposure.y, exposure.weight).counts
        if counts.sum() > 0:
            surfaces[exposure.name] = np.where(grid.mask, np.maximum(convolve(counts, kernel), 0.0), 0.0)
    return surfaces


def fit_exposure(
    counts: FloatArray, surfaces: dict[str, FloatArray], used: BoolArray
) -> tuple[FloatArray, dict[str, float]]:
    """Incidents per cell as a sum of exposures, each times its own risk (never negative), fitted on the used cells.

    Returns the fitted incidents on all cells and the share of incidents that each exposure explains.

    Source: Poisson likelihood with identity link, by the multiplicative steps of Richardson 1972 and Lucy 1974.
    """
    names = list(surfaces)
    columns = np.stack([surfaces[name][used] for name in names])
    observed = counts[used]
    totals = np.maximum(columns.sum(axis=1), TINY)
    risk = observed.sum() / len(names) / totals
    for _ in range(FIT_ROUNDS):
        fitted = np.maximum((risk[:, None] * columns).sum(axis=0), TINY)
        risk = risk * (columns * (observed / fitted)).sum(axis=1) / totals
    expected = np.zeros(counts.shape)
    for name, value in zip(names, risk, strict=True):
        expected += value * surfaces[name]
    share = risk * totals / max(float((risk * totals).sum()), TINY)
    return expected, dict(zip(names, share.tolist(), strict=True))


def fit_background(
    counts: FloatArray, surfaces: dict[str, FloatArray], *, grid: Grid, around: Surroundings, hot: BoolArray
) -> Background:
    """Expected incidents of each cell from exposure and from the level of its surroundings, hot cells left out of both.

    The level is taken twice: the second time corrects what the first smooths away, so that the slope and the top of a
    dense centre are not taken for a hot spot.

    Source: leave-out ring after Diggle 1985; the second pass is the multiplicative correction of Jones, Linton &
    Nielsen 1995.
    """
    used = grid.mask & ~hot
    expected, shares = fit_exposure(counts, surfaces, used)
    error = np.zeros(counts.shape)
    for _ in range(2):
        level, error = around.level(counts, expected, used)
        expected = np.where(grid.mask, expected * level, 0.0)
    return Background(expected, error, shares)
