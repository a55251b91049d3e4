"""Changes against a fair reference: the last 7 and 28 days against the same days before, the year to date against last
year's. Counts what people reported, harm beside it, without reserved types: next to the map, which has none, a total
would tell how many there are. A change that chance alone often makes is said to be one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from incidents.models import HarmTable, Incident
from incidents.services.harm import harm_days
from maps.periods import Period, last_days, year_to_date
from sectors.models import RiskSector

CHANCE_Z = 1.96  # two equal rates differ by more than this in 1 of 20 comparisons
LEAST_TOLD = 5


@dataclass(frozen=True)
class Change:
    """A count now and before."""

    now: float
    before: float

    @property
    def percent(self) -> float | None:
        """Change in per cent; None where there was nothing before."""
        return 100 * (self.now - self.before) / self.before if self.before else None

    @property
    def direction(self) -> str:
        return "up" if self.now > self.before else "down" if self.now < self.before else ""

    @property
    def ordinary(self) -> bool:
        """True where two windows of the same rate would often differ as much (Poisson, conditional on the sum)."""
        total = self.now + self.before
        return total == 0 or abs(self.now - self.before) / math.sqrt(total) < CHANCE_Z


@dataclass(frozen=True)
class Window:
    """One line of the board: its words, its days, the days it is compared with, count and harm."""

    title: str
    period: Period
    reference: Period
    count: Change
    harm: Change


def windows(commune: Any, last: Any) -> list[Window]:
    """7 days, 28 days, year to date."""
    asked = [
        (_("Last 7 days"), last_days(last, 7), last_days(last, 7).before()),
        (_("Last 28 days"), last_days(last, 28), last_days(last, 28).before()),
        (_("Year to date"), year_to_date(last), year_to_date(last).a_year_before()),
    ]
    table = HarmTable.objects.for_commune(commune).in_use().first()
    weights = harm_days(commune=commune, table=table).days if table else {}  # a page writes no first table
    return [_window(commune, weights, *one) for one in asked]


def sector_changes(commune: Any, last: Any) -> list[dict[str, Any]]:
    """Sectors in force by how much their last 28 days changed. A count under five is not told, whatever the
    other one is: `few` has what is kept back."""
    now = last_days(last, 28)
    sectors = list(RiskSector.objects.for_commune(commune).open())
    counted = [(sector, Change(_inside(sector, now), _inside(sector, now.before()))) for sector in sectors]
    rows = [
        {
            "sector": sector,
            "change": change,
            "few": {"now": change.now < LEAST_TOLD, "before": change.before < LEAST_TOLD},
        }
        for sector, change in counted
    ]
    return sorted(rows, key=_by_told_change)


def _by_told_change(row: dict[str, Any]) -> tuple[bool, float, str]:
    """Largest rise first; where a count is kept back the order must not tell it either."""
    kept_back = any(row["few"].values())
    change = row["change"]
    return kept_back, 0.0 if kept_back else change.before - change.now, row["sector"].code


def reported(commune: Any, period: Period) -> Any:
    """What the board counts: reported incidents of a period, each event once."""
    rows = (
        Incident.objects.for_commune(commune)
        .current()
        .counted_once()
        .reported()
        .without_enforcement_driven()
        .without_reserved()
    )
    return rows.between(period.first, period.last, timezone=commune.timezone)


def _inside(sector: RiskSector, period: Period) -> int:
    return int(reported(sector.commune, period).within(sector.boundary).count())


def _window(commune: Any, weights: dict[int, float], title: str, period: Period, reference: Period) -> Window:
    now, before = _totals(commune, weights, period), _totals(commune, weights, reference)
    return Window(title, period, reference, Change(now[0], before[0]), Change(now[1], before[1]))


def _totals(commune: Any, weights: dict[int, float], period: Period) -> tuple[int, float]:
    """Count and harm (days of penalty) of a window; a type without weight adds no harm."""
    rows = reported(commune, period).order_by().values_list("offence_type_id").annotate(n=Count("pk"))
    counts = dict(rows)
    return sum(counts.values()), sum(n * (weights.get(one) or 0) for one, n in counts.items())
