"""Has it changed: a sector against the same period of earlier years, and one period against another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.arrays import BoolArray, FloatArray, Numbers
from analysis.checks import require_finite
from analysis.errors import EmptyPeriodError, NegativeWeightError, ParameterError, ZeroExposureError
from analysis.significance import false_discovery

CLASSES = ("strong_fall", "fall", "no_change", "rise", "strong_rise")
MODERATE_P, STRONG_P = 0.317, 0.0455
"""Two-sided chances of one and two standard deviations, the Chilean practice."""
OVERDISPERSED = 1.5
FEWEST_SECTORS = 10
"""With fewer sectors, one that really changed would pass for spread and hide itself."""
MOST_ENUMERATED = 20_000
"""Means beyond this are compared by the normal law, which by then gives the same p to three digits."""


def change_classes(
    now: Numbers | pd.Series,
    past: Numbers | pd.Series,
    *,
    reference_periods: int = 5,
    exposure_ratio: float | None = None,
) -> pd.DataFrame:
    """Five classes of change of each sector against the same period of earlier years.

    `now` incidents of each sector in the period, `past` their sum over `reference_periods` earlier ones. The earlier
    years are counts too, not a known mean: given both, `now` is binomial with share 1/(1 + reference_periods), or
    `exposure_ratio` (exposure now over exposure of all together). Where sectors differ more than that (Pearson's χ²
    over its degrees of freedom above 1.5, from ten sectors on) the beta-binomial with that spread takes its place. p is
    two-sided; classes are cut at 0.317 (moderate) and 0.0455 (strong). A sector without any incident has no change.

    Returns one row a sector (index of `now`): now, past, expected, ratio, low, high (least and most incidents now that
    are no change), p, q (false discovery rate over sectors), change_class; `attrs` dispersion, share, law.

    Raises `EmptyPeriodError` without incidents in either, `NegativeWeightError`, `NotFiniteError`, `ParameterError`.

    Source: Fundación Paz Ciudadana (five classes); Przyborowski & Wilenski 1940 (conditional test).
    """
    counted, before = _counts("now", now), _counts("past", past)
    if counted.size != before.size:
        raise ParameterError("There are {now} sectors now but {past} before.", now=counted.size, past=before.size)
    if reference_periods < 1:
        raise ParameterError("reference_periods is {count}; at least one is needed.", count=reference_periods)
    share = 1.0 / (1.0 + reference_periods) if exposure_ratio is None else exposure_ratio
    if not 0 < share < 1:
        raise ParameterError("exposure_ratio is {value}; it lies between 0 and 1.", value=share)
    total = counted + before
    if not total.sum():
        raise EmptyPeriodError("There are no incidents in the period, nor in the years before.")
    dispersion = _dispersion(counted, total, share)
    law = _Law(total, share, dispersion)
    lower, upper = law.tails(counted)
    p = np.where(total > 0, np.minimum(1.0, 2.0 * np.minimum(lower, upper)), 1.0)
    expected = before * share / (1.0 - share)
    low, high = law.limits()
    table = pd.DataFrame(
        {"now": counted, "past": before, "expected": expected, "ratio": _ratio(counted, expected), "low": low,
         "high": high, "p": p, "q": false_discovery(p), "change_class": _classes(counted > total * share, p)},
        index=now.index if isinstance(now, pd.Series) else None,
    )  # fmt: skip
    table.attrs |= {"dispersion": dispersion, "share": share, "law": law.name}
    return table


def two_periods(
    before: Numbers | pd.Series,
    after: Numbers | pd.Series,
    *,
    exposure_before: float = 1.0,
    exposure_after: float = 1.0,
) -> pd.DataFrame:
    """Two periods of each sector compared by the E-test, with the ratio of rates and its 95 % interval.

    Exposures are lengths of the periods, or lengths times what is exposed. The interval is the exact conditional one
    (Clopper-Pearson on the share after). Returns one row a sector: before, after, ratio, low, high, p, q.

    Raises `EmptyPeriodError`, `ZeroExposureError`, `NegativeWeightError`, `NotFiniteError`, `ParameterError`.

    Source: Krishnamoorthy & Thomson 2004 (E-test).
    """
    first, second = _counts("before", before), _counts("after", after)
    if first.size != second.size:
        raise ParameterError("There are {now} sectors now but {past} before.", now=second.size, past=first.size)
    if not (first.sum() + second.sum()):
        raise EmptyPeriodError("There are no incidents in either period.")
    for exposure in (exposure_before, exposure_after):
        if not (np.isfinite(exposure) and exposure > 0):
            raise ZeroExposureError("An exposure is {value}; it must be above zero.", value=exposure)
    p = np.array(
        [
            e_test(int(b), int(a), exposure_1=exposure_before, exposure_2=exposure_after)
            for b, a in zip(first, second, strict=True)
        ]
    )
    low, high = _ratio_interval(first, second, exposure_before / exposure_after)
    rates = _ratio(second / exposure_after, first / exposure_before)
    columns = {"before": first, "after": second, "ratio": rates, "low": low, "high": high}
    index = before.index if isinstance(before, pd.Series) else None
    return pd.DataFrame(columns | {"p": p, "q": false_discovery(p)}, index=index)


def e_test(count_1: int, count_2: int, *, exposure_1: float = 1.0, exposure_2: float = 1.0) -> float:
    """Two-sided p that two Poisson counts come from one rate, 1 when both are zero.

    The chance, under the pooled rate, of a pair of counts whose standardised difference is at least the observed one.

    Source: Krishnamoorthy & Thomson 2004, A more powerful test for comparing two Poisson means, JSPI 119, 23-35.
    """
    if count_1 < 0 or count_2 < 0:
        raise NegativeWeightError("A count is below zero: {value}.", value=min(count_1, count_2))
    if count_1 + count_2 == 0:
        return 1.0
    rate = (count_1 + count_2) / (exposure_1 + exposure_2)
    observed = _standardised(np.array([count_1]), np.array([count_2]), exposure_1, exposure_2)[0, 0]
    if rate * max(exposure_1, exposure_2) > MOST_ENUMERATED:
        return float(2.0 * stats.norm.sf(observed))
    first, second = (_likely(rate * exposure) for exposure in (exposure_1, exposure_2))
    distance = _standardised(first, second, exposure_1, exposure_2)
    chance = np.outer(stats.poisson.pmf(first, rate * exposure_1), stats.poisson.pmf(second, rate * exposure_2))
    return float(min(1.0, chance[distance >= observed - 1e-12].sum()))


def _likely(mean: float) -> FloatArray:
    """Counts that hold all but 1e-12 of a Poisson law."""
    low, high = stats.poisson.ppf([1e-12, 1 - 1e-12], mean)
    return np.arange(max(0.0, low - 1), high + 2)


def _standardised(first: FloatArray, second: FloatArray, exposure_1: float, exposure_2: float) -> FloatArray:
    """|difference of rates| over its standard error for every pair; 0 for the pair of zeros."""
    rates, others = first[:, None] / exposure_1, second[None, :] / exposure_2
    variance = rates / exposure_1 + others / exposure_2
    return np.asarray(np.abs(rates - others) / np.sqrt(np.where(variance > 0, variance, np.inf)))


def _counts(name: str, values: Numbers | pd.Series) -> FloatArray:
    array = require_finite(name, np.asarray(values))
    if array.size and array.min() < 0:
        raise NegativeWeightError("A count is below zero: {value}.", value=float(array.min()))
    if (array != np.rint(array)).any():
        raise ParameterError("{name} holds counts that are not whole; a change is tested on counts.", name=name)
    return array


def _dispersion(now: FloatArray, total: FloatArray, share: float) -> float:
    """Pearson's χ² over its degrees of freedom, around the sectors' common change."""
    used = total > 0
    if used.sum() < FEWEST_SECTORS:
        return 1.0
    common = now.sum() / total.sum()
    if not 0 < common < 1:
        return 1.0
    chi_square = ((now[used] - total[used] * common) ** 2 / (total[used] * common * (1.0 - common))).sum()
    return float(chi_square / (used.sum() - 1))


class _Law:
    """How many of all incidents fall in the present period: binomial, or beta-binomial where sectors differ more."""

    def __init__(self, total: FloatArray, share: float, dispersion: float) -> None:
        self.total, self.share = total, share
        mean_size = float(total[total > 0].mean())
        correlation = (dispersion - 1.0) / max(mean_size - 1.0, 1.0)
        self.wide = dispersion > OVERDISPERSED and mean_size > 1.0
        self.name = "beta_binomial" if self.wide else "binomial"
        strength = 1.0 / min(max(correlation, 1e-9), 0.5) - 1.0
        self.alpha, self.beta = share * strength, (1.0 - share) * strength

    def _law(self) -> Any:
        if self.wide:
            return stats.betabinom(self.total.astype(np.int64), self.alpha, self.beta)
        return stats.binom(self.total, self.share)

    def tails(self, now: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P(at most now) and P(at least now)."""
        law = self._law()
        return np.asarray(law.cdf(now)), np.asarray(law.sf(now - 1))

    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Least and most incidents now that are still no change."""
        law = self._law()
        most = np.maximum(self.total, 1)
        low, high = np.zeros(most.size), self.total.copy()
        used = self.total > 0
        low[used] = np.asarray(law.ppf(MODERATE_P / 2))[used]
        high[used] = np.asarray(law.isf(MODERATE_P / 2))[used]
        return low, high


def _classes(risen: BoolArray, p: FloatArray) -> list[str]:
    strength = (p < MODERATE_P).astype(np.int64) + (p < STRONG_P)
    return [CLASSES[2 + (s if up else -s)] for s, up in zip(strength.tolist(), risen.tolist(), strict=True)]


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Ratio of two counts or rates, NaN where there is nothing below."""
    return np.asarray(np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan))


def _ratio_interval(first: FloatArray, second: FloatArray, exposure_ratio: float) -> tuple[FloatArray, FloatArray]:
    """Exact 95 % limits of the ratio of rates, from the share of incidents after."""
    low_share = np.where(second > 0, special.betaincinv(np.maximum(second, 1), first + 1, 0.025), 0.0)
    high_share = np.where(first > 0, special.betaincinv(second + 1, np.maximum(first, 1), 0.975), 1.0)
    with np.errstate(divide="ignore"):
        return low_share / (1 - low_share) * exposure_ratio, high_share / (1 - high_share) * exposure_ratio
