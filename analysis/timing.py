"""When in the week a territory is hot: weekday and hours in which its incidents concentrate, if they do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator, Philox

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_finite
from analysis.errors import EmptyInputError, ParameterError

WEEK_HOURS = 168
DAY_SETS: tuple[tuple[int, ...], ...] = ((0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (4, 5), (5, 6))
"""Every day, Monday to Friday, Friday and Saturday (nights run on into the next day), weekend; Monday is 0."""
LONGEST_HOURS = 12
REPLICATES = 999
BASELINE_PRIOR = 0.5
STREAM = 7


@dataclass(frozen=True)
class WeekWindow:
    """Part of the week in which more happens than elsewhere in the town at those hours.

    `days` (Monday 0) on which the window starts, `start_hour` 0 to 23, `hours` long (it may run past midnight), `share`
    of the territory's incidents inside, `expected_share` by the town's week, `n` incidents, `p` for the whole search.
    """

    days: tuple[int, ...]
    start_hour: int
    hours: int
    share: float
    expected_share: float
    n: int
    p: float

    @property
    def ratio(self) -> float:
        return self.share / self.expected_share


def weekday_hours(
    weekday: Numbers,
    hour: Numbers,
    *,
    elsewhere_weekday: Numbers,
    elsewhere_hour: Numbers,
    seed: int,
    significance: float = 0.05,
    minimum: int = 20,
) -> WeekWindow | None:
    """The window of the week in which a territory's incidents concentrate, or None when they do not.

    `weekday` 0 to 6 (Monday 0) and `hour` [0, 24) of local time of the territory's incidents, leaving out those whose
    hour is not known; `elsewhere_*` the same for the town outside it, which is the yardstick. Windows of 1 to 12 hours
    from any hour on four sets of days are compared by their likelihood ratio; the best must beat 95 % of 999 weeks
    drawn from the yardstick, each with its own best window. Fewer than `minimum` incidents give None.

    Raises `ParameterError` for a weekday or hour outside its range, `EmptyInputError` without a yardstick.

    Source: scan statistic (Kulldorff 1997) over circular windows with Monte Carlo from the multinomial.
    """
    inside, elsewhere = week_table(weekday, hour), week_table(elsewhere_weekday, elsewhere_hour)
    if not elsewhere.sum():
        raise EmptyInputError("There are no incidents elsewhere to compare the week with.")
    n = int(inside.sum())
    if n < minimum:
        return None
    baseline = (elsewhere + BASELINE_PRIOR) / (elsewhere + BASELINE_PRIOR).sum()
    masks, _ = _windows()
    expected = n * (masks @ baseline)
    found = _likelihood_ratio(masks @ inside, expected, n)
    best = int(np.argmax(found))
    generator = Generator(Philox(key=[seed, STREAM]))
    weeks = generator.multinomial(n, baseline, size=REPLICATES).astype(np.float64)
    greatest = _likelihood_ratio(weeks @ masks.T, expected, n).max(axis=1)
    p = (1 + int((greatest >= found[best] - 1e-9).sum())) / (REPLICATES + 1)
    if p > significance or found[best] <= 0:
        return None
    return _told(best, inside, baseline, n, p)


def week_table(weekday: Numbers, hour: Numbers) -> FloatArray:
    """Incidents by hour of the week, (168,), Monday 0:00 first."""
    days, hours = require_finite("weekday", weekday), require_finite("hour", hour)
    if days.size != hours.size:
        raise ParameterError("There are {days} weekdays but {hours} hours.", days=int(days.size), hours=int(hours.size))
    if days.size and (days.min() < 0 or days.max() >= 7 or hours.min() < 0 or hours.max() >= 24):
        raise ParameterError("Weekdays run from 0 (Monday) to 6 and hours from 0 to below 24.")
    slot = np.floor(days).astype(np.int64) * 24 + np.floor(hours).astype(np.int64)
    return np.bincount(slot, minlength=WEEK_HOURS).astype(np.float64)


@cache
def _windows() -> tuple[FloatArray, list[tuple[tuple[int, ...], int, int]]]:
    """Every window as a row of 168 ones and zeros, and its days, start and length."""
    rows: list[BoolArray] = []
    names = []
    for days in DAY_SETS:
        for start in range(24):
            for length in range(1, LONGEST_HOURS + 1):
                row = np.zeros(WEEK_HOURS, dtype=np.bool_)
                hours: IntArray = np.array([[day * 24 + start + step for step in range(length)] for day in days])
                row[hours.ravel() % WEEK_HOURS] = True
                rows.append(row)
                names.append((days, start, length))
    return np.array(rows, dtype=np.float64), names


def _likelihood_ratio(seen: FloatArray, expected: FloatArray, n: int) -> FloatArray:
    """Log likelihood ratio of each window, 0 where it holds no more than expected."""
    rest, rest_expected = n - seen, n - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
        outer = np.where(rest > 0, rest * np.log(rest / rest_expected), 0.0)
    return np.asarray(np.where(seen > expected, inner + outer, 0.0))


def _told(best: int, inside: FloatArray, baseline: FloatArray, n: int, p: float) -> WeekWindow:
    masks, names = _windows()
    days, start, length = names[best]
    return WeekWindow(
        days=days,
        start_hour=start,
        hours=length,
        share=float(masks[best] @ inside) / n,
        expected_share=float(masks[best] @ baseline),
        n=n,
        p=p,
    )
