"""Where a series of incidents breaks: the day on which a source changed the list of types that it is counted by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from incidents.models import Incident, Nature


@dataclass(frozen=True)
class SeriesBreak:
    """From this day on a source is typed by another list: counts before and after are not of the same things."""

    on: dt.date
    source: str
    before: str
    after: str


def series_breaks(*, commune: Any, first: dt.date, last: dt.date) -> list[SeriesBreak]:
    """Breaks after the first day and up to the last one, in their order.

    A list ends where another begins after its last incident; two lists used side by side (CEAD for offences, municipal
    types for the rest) are no break.
    """
    zone = ZoneInfo(commune.timezone)
    typed = Incident.objects.for_commune(commune).current().exclude(offence_type__nature=Nature.UNMAPPED)
    lists = typed.order_by().values("source", "offence_type__taxonomy", "offence_type__taxonomy__name")
    spans = lists.annotate(begins=Min("occurred_from"), ends=Max("occurred_from"))
    found = []
    by_source = sorted(spans, key=lambda one: (one["source"], one["begins"]))
    for source, group in groupby(by_source, key=lambda one: one["source"]):
        for one, following in pairwise(group):
            day = following["begins"].astimezone(zone).date()
            if one["ends"] < following["begins"] and first < day <= last:
                names = (one["offence_type__taxonomy__name"], following["offence_type__taxonomy__name"])
                found.append(SeriesBreak(day, source, *names))
    return sorted(found, key=lambda one: (one.on, one.source))
