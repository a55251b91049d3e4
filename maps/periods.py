"""Windows of time as the office speaks of them: the last 7 and 28 days, the year to date, and the same ones before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone
from django.utils.dateparse import parse_date

from access.permissions import allows
from incidents.models import Incident, MaskedIncident
from incidents.services.masking import masked_reader

DEFAULT_DAYS = 28
FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond these the days around a period leave the calendar


@dataclass(frozen=True)
class Period:
    """Whole local days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """The window of the same length right before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def a_year_before(self) -> Period:
        """The same calendar days one year before."""
        return Period(_year_before(self.first), _year_before(self.last))


def last_days(last: date, count: int) -> Period:
    """The `count` days that end on a day."""
    return Period(last - timedelta(days=count - 1), last)


def year_to_date(last: date) -> Period:
    """From the first of January to a day."""
    return Period(date(last.year, 1, 1), last)


def reference_day(commune: Any, *, role: str | None) -> date:
    """The day the windows end on: today, or the newest incident's where the data end earlier: its day for who sees
    exact incidents, else the Sunday of its week, read from the masked table, without the reserved ones."""
    zone = ZoneInfo(commune.timezone)
    today = timezone.localdate(timezone=zone)
    if not allows(role, "incidents.view_exact"):
        return min(today, _end_of_newest_week(commune) or today)
    newest = Incident.objects.for_commune(commune).current().aggregate(newest=Max("occurred_from"))["newest"]
    return min(today, newest.astimezone(zone).date()) if newest else today


def _end_of_newest_week(commune: Any) -> date | None:
    with masked_reader():
        rows = MaskedIncident.objects.for_commune(commune).current().not_reserved()
        monday: date | None = rows.aggregate(newest=Max("week"))["newest"]
    return None if monday is None else monday + timedelta(days=6)


def asked_period(query: Any, *, last: date) -> Period:
    """The period of an address (`desde`, `hasta`), else the last 28 days."""
    default = last_days(last, DEFAULT_DAYS)
    first, until = _day(query.get("desde")), _day(query.get("hasta"))
    if first and until and first <= until:
        return Period(first, until)
    return default


def _day(written: str | None) -> date | None:
    try:
        day = parse_date(written or "")
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)
