"""How surprising a count is: tails with more spread than Poisson, the spread itself, and many tests at once."""

from __future__ import annotations

import numpy as np
from scipy import special

from analysis.arrays import FloatArray

TAIL_FROM, TAIL_UNTIL, LARGEST_STRETCH = 0.05, 1e-3, 3.0
FEWEST_WINDOWS = 20
ENOUGH_WINDOWS = 4000
"""Quantiles up to 98 % are steady with this many windows; more are thinned evenly."""
SPREADS = np.concatenate([[0.0], np.geomspace(1e-3, 2.0, 60)])


def count_tail(observed: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Chance of a count of at least `observed`: negative binomial with that mean and variance, Poisson if not larger.

    Counts need not be whole (capped piles weigh less than one each): the incomplete beta function goes between.
    """
    observed, mean = np.maximum(observed, 0.0), np.maximum(mean, 1e-12)
    surplus = variance - mean
    wide = surplus > 1e-9 * mean
    size = np.where(wide, mean**2 / np.where(wide, surplus, 1.0), 1.0)
    positive = np.maximum(observed, 1e-12)
    negative_binomial = special.betainc(positive, size, mean / (mean + size))
    poisson = special.gammainc(positive, mean)
    return np.asarray(np.where(observed <= 0, 1.0, np.where(wide, negative_binomial, poisson)))


def share_tail(part: FloatArray, whole: FloatArray, share: FloatArray) -> FloatArray:
    """Chance that at least `part` of `whole` falls on a side that gets `share` of everything (binomial)."""
    part, whole = np.maximum(part, 1e-12), np.maximum(whole, 1e-12)
    rest = np.maximum(whole - part + 1.0, 1e-12)
    return np.asarray(np.where(part <= 1e-9, 1.0, special.betainc(part, rest, np.clip(share, 1e-12, 1.0))))


def window_spread(
    observed: FloatArray, mean: FloatArray, *, inflation: float, error: FloatArray, levels: tuple[float, ...]
) -> float:
    """Variance of the true rate of windows around the expected one (relative), read off the upper quantiles.

    The variance of a window's count is `inflation`·mean + (spread + `error`)·mean². The spread is the largest of those
    at which the share of windows above a level equals what the model says, over the `levels`, so that a town whose
    ordinary places differ much gets a wide one. Hot windows must be left out by the caller.
    """
    if observed.size < FEWEST_WINDOWS:
        return float(SPREADS[-1])
    step = max(1, observed.size // ENOUGH_WINDOWS)
    observed, mean, error = observed[::step], mean[::step], error[::step]
    needed = [_spread_at(level, observed, mean, inflation, error) for level in levels]
    return max(needed)


def _spread_at(level: float, observed: FloatArray, mean: FloatArray, inflation: float, error: FloatArray) -> float:
    low, high = 0, SPREADS.size - 1
    while low < high:
        middle = (low + high) // 2
        variance = inflation * mean + (SPREADS[middle] + error) * mean**2
        if (count_tail(observed, mean, variance) < 1.0 - level).mean() <= 1.0 - level:
            high = middle
        else:
            low = middle + 1
    return float(SPREADS[low])


def tail_stretch(p: FloatArray) -> float:
    """How much heavier the upper tail of ordinary windows is than the model's: 1 where it fits, at most 3.

    Under the model -ln p beyond 5 % is exponential with mean 1. The mean is estimated from windows with p between 0.1
    and 5 % alone (a truncated exponential), where hot spots, which lie beyond, have no say; it is never taken below 1.

    Source: exponential tail of threshold exceedances (Pickands 1975), maximum likelihood under truncation.
    """
    excess = np.log(TAIL_FROM / p[(p < TAIL_FROM) & (p > TAIL_UNTIL)])
    width = np.log(TAIL_FROM / TAIL_UNTIL)
    if excess.size < FEWEST_WINDOWS:
        return 1.0
    low, high = 1.0, LARGEST_STRETCH
    for _ in range(40):
        middle = (low + high) / 2
        if middle - width / np.expm1(width / middle) < excess.mean():
            low = middle
        else:
            high = middle
    return float(low)


def stretched(p: FloatArray, stretch: float) -> FloatArray:
    """p values below 5 % as they are under a tail that much heavier."""
    return np.asarray(np.where(p < TAIL_FROM, TAIL_FROM * (p / TAIL_FROM) ** (1.0 / stretch), p))


def family_wise(p: FloatArray | float, tests: float) -> FloatArray:
    """Chance that the smallest of `tests` independent p values is at most p (Šidák)."""
    return np.asarray(-np.expm1(tests * np.log1p(-np.minimum(np.asarray(p, dtype=np.float64), 1 - 1e-16))))
