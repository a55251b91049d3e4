"""Which cells are hot or cold beyond chance: Gi* and local Moran with the exact permutation null, many tests at once.

The usual normal z of Gi* is kept for ranking and for comparison with other programs alone: on the skewed counts of
crime its levels are exceeded a hundred times too often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from analysis.arrays import AnyArray, BoolArray, FloatArray, IntArray
from analysis.checks import require_positive
from analysis.convolution import Convolver, whole_sums
from analysis.errors import NoSpreadError, ParameterError, TooFewUnitsError
from analysis.grid import Binned
from analysis.permutation import window_tails

Null = Literal["total", "self_fixed"]

MOST_LEVELS = 4_096
CLASS_LEVELS = (0.01, 0.05, 0.10)
FEWEST_CELLS = 4
WHOLE = 1e-9


@dataclass(frozen=True, eq=False)
class LocalSignificance:
    """Evidence per cell (rows, columns) or unit (n,); NaN, or 0 for whole numbers, off the mask.

    `p_hot` chance of a window at least as full, `p_cold` at most as full, `p` two-sided; `q_hot` and `q` the false
    discovery rates of `p_hot` and `p` over all tests; `window` the tested sum, `k` cells in it; `z` the normal
    approximation (Gi* for the total null, Gi for the self-fixed one), for ranking only; `cap` the largest value counted
    (None: none), `capped` how many cells it touched, `level` the size of one step where values were not whole; `tests`
    how many.
    """

    p_hot: FloatArray
    p_cold: FloatArray
    p: FloatArray
    q_hot: FloatArray
    q: FloatArray
    z: FloatArray
    window: FloatArray
    k: IntArray
    mask: BoolArray
    null: Null
    cap: float | None
    capped: int
    level: float
    tests: int

    def hot(self, level: float = 0.05) -> BoolArray:
        """Cells whose window is fuller than chance explains at this false discovery rate."""
        return np.asarray(self.mask & (self.q_hot <= level))

    def classes(self) -> AnyArray:
        """3, 2, 1 for hot at q ≤ 0.01, 0.05, 0.10, negative for cold, 0 for neither (whole numbers of 8 bits)."""
        strength = sum((np.where(self.mask, self.q, 1.0) <= level).astype(np.int8) for level in CLASS_LEVELS)
        return np.asarray(np.where(self.p_hot <= self.p_cold, strength, -strength), dtype=np.int8)

    def normal_p(self) -> FloatArray:
        """The upper p of the normal approximation: for comparison only, far too small on skewed counts."""
        return np.asarray(special.ndtr(-self.z))


@dataclass(frozen=True, eq=False)
class LocalMoran:
    """Local Moran per cell: `moran`, `quadrant` (1 high-high, 2 low-high, 3 low-low, 4 high-low, 0 off the mask), and
    `significance` of the neighbours given the cell (self fixed)."""

    moran: FloatArray
    quadrant: AnyArray
    significance: LocalSignificance

    def clusters(self, level: float = 0.05) -> AnyArray:
        """The quadrant where the neighbours are unusual at this false discovery rate, else 0."""
        unusual = self.significance.mask & (self.significance.q <= level)
        return np.where(unusual, self.quadrant, 0).astype(np.int8)


def hot_cells(
    binned: Binned,
    *,
    radius_m: float,
    null: Null = "total",
    cap_quantile: float | None = 0.999,
    strict: bool = False,
) -> LocalSignificance:
    """Gi* around every mask cell, with the exact chance of its window if the cells' values were shuffled.

    `null` "total" asks whether a window is unusual, "self_fixed" whether a cell's neighbours are, given the cell.
    Values above the `cap_quantile` of all mask cells count as that quantile: a single pile would hide everything else.
    `strict` controls the false discovery rate under any dependence (Benjamini-Yekutieli). Squares or hexagons. Values
    that are not whole are rounded to 4,096 steps.

    Raises `EmptyPeriodError`, `OutsideMaskError`, `NoSpreadError` when all cells hold the same, `TooFewUnitsError`,
    `ParameterError` when the radius reaches no other cell.

    Source: Ord & Getis 1995 (Gi*); permutation null by convolution of the histogram; Benjamini & Hochberg 1995.
    """
    grid = binned.grid
    steps = whole_steps(binned.require_events()[grid.mask], cap_quantile)
    window, k = _windows(binned, steps, require_positive("radius_m", radius_m))
    return _judged(Tested(steps, window, k, grid.mask, null), strict=strict)


def local_moran(
    binned: Binned, *, radius_m: float, cap_quantile: float | None = 0.999, strict: bool = False
) -> LocalMoran:
    """Local Moran around every mask cell: is it high or low, and are its neighbours.

    Weights are row-standardised, the variance is that of the population (as spdep; esda's values are (n − 1)/n of
    these). The conditional permutation p of a lag is that of the self-fixed window sum, as in `hot_cells`.

    Raises as `hot_cells`. Source: Anselin 1995.
    """
    grid = binned.grid
    steps = whole_steps(binned.require_events()[grid.mask], cap_quantile)
    window, k = _windows(binned, steps, require_positive("radius_m", radius_m))
    judged = _judged(Tested(steps, window, k, grid.mask, "self_fixed"), strict=strict)
    deviation = steps.values - steps.values.mean()
    neighbours = np.maximum(k - 1, 1)
    lag = np.where(k > 1, (window - steps.values) / neighbours - steps.values.mean(), 0.0)
    quadrant = np.zeros(grid.shape, dtype=np.int8)
    quadrant[grid.mask] = np.where(deviation > 0, np.where(lag > 0, 1, 4), np.where(lag > 0, 2, 3))
    return LocalMoran(_spread(deviation * lag / deviation.var(), grid.mask), quadrant, judged)


def false_discovery(p: FloatArray, strict: bool = False) -> FloatArray:
    """q of each test: the least false discovery rate at which it counts as a discovery.

    Benjamini & Hochberg 1995, valid for the positively dependent sums of overlapping windows; `strict` is
    Benjamini & Yekutieli 2001, valid under any dependence.
    """
    order = np.argsort(p, kind="stable")
    ranked = p[order] * p.size / np.arange(1, p.size + 1)
    if strict:
        ranked *= (1.0 / np.arange(1, p.size + 1)).sum()
    q = np.empty(p.size)
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q


@dataclass(frozen=True, eq=False)
class Steps:
    """Values of the mask cells as whole steps, the size of a step, the cap and how many cells it touched."""

    values: IntArray
    level: float
    cap: float | None
    capped: int


def whole_steps(values: FloatArray, cap_quantile: float | None, *, levels: int | None = None) -> Steps:
    """Capped values as whole steps: counts as they are, other values rounded to `levels` steps (4,096)."""
    if values.size < FEWEST_CELLS:
        raise TooFewUnitsError("There are {count} cells; at least {least} are needed.", count=values.size, least=4)
    if cap_quantile is not None and not 0 < cap_quantile <= 1:
        raise ParameterError("cap_quantile is {value}; it lies between 0 and 1.", value=cap_quantile)
    cap = None if cap_quantile is None else float(np.quantile(values, cap_quantile, method="higher"))
    cap = None if cap is None or cap <= 0 else cap
    capped = values if cap is None else np.minimum(values, cap)
    largest = float(capped.max())
    if largest == float(capped.min()):
        raise NoSpreadError("All {count} cells hold the same; there is nothing to tell apart.", count=values.size)
    level = _step(capped, levels or MOST_LEVELS)
    touched = 0 if cap is None else int((values > cap).sum())
    return Steps(np.rint(capped / level).astype(np.int64), level, cap, touched)


def _step(values: FloatArray, levels: int) -> float:
    """Size of a step: 1 for counts, the smallest value where all are its multiples, else the largest over `levels`."""
    largest = float(values.max())
    for step in (1.0, float(values[values > 0].min())):
        multiples = values / step
        if largest <= levels * step and np.abs(multiples - np.rint(multiples)).max() < WHOLE:
            return step
    return largest / levels


def _windows(binned: Binned, steps: Steps, radius_m: float) -> tuple[IntArray, IntArray]:
    """Sum and number of mask cells in the window of every mask cell, itself included."""
    grid = binned.grid
    window = Convolver(grid.shape, grid.window(radius_m))
    values = np.zeros(grid.shape)
    values[grid.mask] = steps.values
    sums = whole_sums(window.of(values))[grid.mask].astype(np.int64)
    sizes = whole_sums(window.of(grid.mask.astype(np.float64)))[grid.mask].astype(np.int64)
    if sizes.max() == 1:
        raise ParameterError(
            "A radius of {radius} m reaches no other cell; cells are {spacing} m apart.",
            radius=radius_m,
            spacing=grid.spacing_m,
        )
    return sums, sizes


@dataclass(frozen=True, eq=False)
class Tested:
    """Window sums and sizes (tests,) of the cells of a mask, themselves included."""

    steps: Steps
    window: IntArray
    k: IntArray
    mask: BoolArray
    null: Null


def _judged(tested: Tested, *, strict: bool) -> LocalSignificance:
    values, window, k = tested.steps.values, tested.window, tested.k
    if tested.null == "total":
        tails = window_tails(values, window, k)
    elif tested.null == "self_fixed":
        tails = window_tails(values, window - values, k - 1)
    else:
        raise ParameterError("The null {null} is not known; there are total and self_fixed.", null=tested.null)
    return significance_of(tested, tails, strict=strict)


def significance_of(tested: Tested, tails: tuple[FloatArray, FloatArray], *, strict: bool) -> LocalSignificance:
    """Everything that is told about each tested place, from its two tails."""
    mask, steps = tested.mask, tested.steps
    upper, lower = tails
    two_sided = np.minimum(1.0, 2.0 * np.minimum(upper, lower))
    whole = np.zeros(mask.shape, dtype=np.int64)
    whole[mask] = tested.k
    return LocalSignificance(
        p_hot=_spread(upper, mask),
        p_cold=_spread(lower, mask),
        p=_spread(two_sided, mask),
        q_hot=_spread(false_discovery(upper, strict), mask),
        q=_spread(false_discovery(two_sided, strict), mask),
        z=_spread(_z(tested), mask),
        window=_spread(tested.window * steps.level, mask),
        k=whole,
        mask=mask,
        null=tested.null,
        cap=steps.cap,
        capped=steps.capped,
        level=steps.level,
        tests=int(steps.values.size),
    )


def gi_star_z(values: AnyArray, window: AnyArray, k: AnyArray) -> FloatArray:
    """Gi* as a standard normal deviate with the population's variance, 0 where a window is the whole map."""
    n, mean, deviation = values.size, values.mean(), values.std()
    spread = deviation * np.sqrt(np.maximum(k * n - k.astype(np.float64) ** 2, 0.0) / (n - 1))
    return np.asarray(np.where(spread > 0, (window - k * mean) / np.where(spread > 0, spread, 1.0), 0.0))


def gi_z(values: AnyArray, window: AnyArray, k: AnyArray) -> FloatArray:
    """Gi as a standard normal deviate: as Gi*, each cell's own value left out of window, mean and variance.

    `window` and `k` still hold the cell itself. 0 for a cell without neighbours. Source: Getis & Ord 1992, 1995.
    """
    n = values.size - 1
    own = values.astype(np.float64)
    mean = (own.sum() - own) / n
    deviation = np.sqrt(np.maximum(((own**2).sum() - own**2) / n - mean**2, 0.0))
    others = k.astype(np.float64) - 1.0
    spread = deviation * np.sqrt(np.maximum(others * n - others**2, 0.0) / max(n - 1, 1))
    return np.asarray(np.where(spread > 0, (window - own - others * mean) / np.where(spread > 0, spread, 1.0), 0.0))


def _z(tested: Tested) -> FloatArray:
    deviate = gi_star_z if tested.null == "total" else gi_z
    return deviate(tested.steps.values, tested.window, tested.k)


def _spread(values: AnyArray, mask: BoolArray) -> FloatArray:
    """Values of the mask cells laid out on the grid, NaN elsewhere."""
    laid = np.full(mask.shape, np.nan)
    laid[mask] = values
    return laid
