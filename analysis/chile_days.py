"""The days of a period in Chile: weekday, holiday, season, and how many hours each has."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd
from holidays import country_holidays, list_supported_countries

from analysis.errors import EmptyPeriodError, ParameterError, TooLargeForMethodError

ZONE = "America/Santiago"
SEASONS = ((3, 20, "autumn"), (6, 21, "winter"), (9, 22, "spring"), (12, 21, "summer"))
"""Southern seasons by their usual first day."""
MOST_DAYS = 40_000
FEBRUARY_29 = (2, 29)


def chile_days(first: date, last: date, *, region: str | None = None, zone: str = ZONE) -> pd.DataFrame:
    """One row a day from `first` to `last`, both included.

    Columns: day, weekday (Monday 0), holiday (bool), holiday_name (Spanish, empty where none), eve (the day before a
    free day), season, hours (23, 24 or 25 on the local clock), leap_day. `region` is the code of a region with holidays
    of its own (for example "AP" or "NB").

    Raises `EmptyPeriodError` when `last` lies before `first`, `TooLargeForMethodError` past a century.

    Source: the holidays library for Chile (Ley 2.977 and those since); the IANA time zone database.
    """
    days = _days(first, last)
    named = _holidays(first.year, last.year + 1, region)
    free = [day in named or day.weekday() == 6 for day in [*days, last + timedelta(days=1)]]
    return pd.DataFrame(
        {
            "day": days,
            "weekday": [day.weekday() for day in days],
            "holiday": [day in named for day in days],
            "holiday_name": [named.get(day, "") for day in days],
            "eve": [after and not here for here, after in pairwise(free)],
            "season": [season(day) for day in days],
            "hours": hours_of_days(days, zone=zone),
            "leap_day": [(day.month, day.day) == FEBRUARY_29 for day in days],
        }
    )


def season(day: date) -> str:
    """summer, autumn, winter or spring of the southern half of the earth."""
    name = "summer"
    for month, number, begins in SEASONS:
        if (day.month, day.day) >= (month, number):
            name = begins
    return name


def hours_of_days(days: list[date], *, zone: str = ZONE) -> list[float]:
    """Real hours of each local day: 23 or 25 when clocks change."""
    local = ZoneInfo(zone)
    return [(_midnight(day + timedelta(days=1), local) - _midnight(day, local)) / 3600.0 for day in days]


def same_period(first: date, last: date, *, years: int = 5) -> list[tuple[date, date]]:
    """The same part of each of the `years` before, the latest first.

    29 February becomes the 28th at an end and 1 March at a start, so that a period of whole months stays one.

    Raises `EmptyPeriodError`, `ParameterError`.
    """
    if last < first:
        raise EmptyPeriodError("The period ends on {last}, before it starts on {first}.", first=first, last=last)
    if years < 1:
        raise ParameterError("years is {years}; at least one is needed.", years=years)
    ends_month = (last + timedelta(days=1)).day == 1
    periods = []
    for back in range(1, years + 1):
        start = _same_day(first, back, leap=date(first.year - back, 3, 1))
        end = _same_day(last, back, leap=date(last.year - back, 2, 28))
        if ends_month and last.month == 2:
            end = date(last.year - back, 3, 1) - timedelta(days=1)
        periods.append((start, end))
    return periods


def exposure_days(periods: list[tuple[date, date]]) -> list[int]:
    """Length of each period in days: a leap year's February has 29."""
    return [(last - first).days + 1 for first, last in periods]


def _same_day(day: date, back: int, *, leap: date) -> date:
    try:
        return day.replace(year=day.year - back)
    except ValueError:
        return leap


def _days(first: date, last: date) -> list[date]:
    if last < first:
        raise EmptyPeriodError("The period ends on {last}, before it starts on {first}.", first=first, last=last)
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise TooLargeForMethodError("The period has {count} days; at most {limit} are allowed.",
                                     count=count, limit=MOST_DAYS)  # fmt: skip
    return [first + timedelta(days=number) for number in range(count)]


def _midnight(day: date, zone: ZoneInfo) -> float:
    """The first moment of a local day. A midnight that is left out when clocks change is an hour later on the clock."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


@lru_cache(maxsize=32)
def _holidays(first_year: int, last_year: int, region: str | None) -> dict[date, str]:
    if region is not None and region not in list_supported_countries()["CL"]:
        raise ParameterError("The region {region} is not known.", region=region)
    return dict(country_holidays("CL", years=range(first_year, last_year + 1), subdiv=region, language="es"))
