"""What happens by itself: for every kind of incident how many a month, when in the day, and among what it happens."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .randomness import Floats, Integers

EVEN_YEAR = tuple([1 / 12] * 12)
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


@dataclass(frozen=True)
class Rhythm:
    """When in the week: share of each hour of the day (wrapped normal bumps) and of each weekday, Monday first."""

    bumps: tuple[tuple[float, float, float], ...]  # hour of the peak, spread in hours, weight
    weekdays: tuple[float, ...] = (1, 1, 1, 1, 1, 1, 1)
    floor: float = 0.15  # share spread evenly over the day

    def hours(self) -> Floats:
        """Share of each of the 24 hours; adds up to one."""
        hour = np.arange(24) + 0.5
        share = np.zeros(24)
        for peak, spread, weight in self.bumps:
            away = (hour - peak + 12.0) % 24.0 - 12.0
            bump = np.exp(-0.5 * (away / spread) ** 2)
            share += weight * bump / bump.sum()
        share = (1.0 - self.floor) * share / share.sum() + self.floor / 24.0
        total: Floats = share / share.sum()
        return total

    def days(self) -> Floats:
        """Share of each weekday; adds up to one."""
        share = np.array(self.weekdays, dtype=np.float64)
        total: Floats = share / share.sum()
        return total


@dataclass(frozen=True)
class Process:
    """One kind of incident: monthly counts (negative binomial), season, rhythm, setting, repeats and origin."""

    code: str
    mean_per_month: float
    dispersion: float  # variance of the monthly count over its mean
    rhythm: Rhythm
    setting: dict[str, float]  # share by pool: dwelling, shop, bar, bus_stop, school, street, patrol
    month_shares: tuple[float, ...] = EVEN_YEAR
    near_repeat_ratio: float = 0.0  # share of incidents that follow an earlier one nearby
    discovered: bool = False
    lasting_hours: float = 0.0  # typical span in which it may have happened (burglary of an empty house)


@dataclass(frozen=True)
class Plant:
    """A kind of hot spot that can be planted: what happens there, when, and how much in a year."""

    name: str
    codes: dict[str, float]
    rhythm: Rhythm
    pools: dict[str, float]
    per_year: float = 130.0


@dataclass(frozen=True)
class Behaviour:
    """Everything that happens in a town: its processes, the plants to choose from, and how records go wrong."""

    processes: tuple[Process, ...]
    plants: tuple[Plant, ...]
    unplaced_ratio: float = 0.02
    pile_ratios: dict[str, float] = field(
        default_factory=lambda: {"street_centre": 0.040, "police_station": 0.022, "hospital": 0.009}
    )
    near_repeat_m: float = 70.0
    near_repeat_days: float = 7.0


def monthly_counts(generator: np.random.Generator, mean: Floats, dispersion: float) -> Integers:
    """Negative binomial counts with the given means and variance over mean (Poisson where that is 1 or less)."""
    if dispersion <= 1.0:
        return generator.poisson(mean).astype(np.int64)
    size = mean / (dispersion - 1.0)
    return generator.poisson(generator.gamma(np.maximum(size, 1e-12), dispersion - 1.0)).astype(np.int64)
