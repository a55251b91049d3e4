"""Readings of indicators in their order, with a mark where the series of incidents behind them breaks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from incidents.services.breaks import series_breaks

OF_INCIDENTS = {"incidentes", "dano", "tasa_1000", "dano_sin_cobertura"}


def with_breaks(indicators: list[Any], *, commune: Any, last: dt.date) -> list[dict[str, Any]]:
    """Each indicator with its `timeline`: readings and breaks, the newest first."""
    earliest = min((one.baseline_on for one in indicators), default=last)
    breaks = series_breaks(commune=commune, first=earliest, last=last) if indicators else []
    return [{"row": one, "timeline": _timeline(one, breaks)} for one in indicators]


def _timeline(indicator: Any, breaks: list[Any]) -> list[dict[str, Any]]:
    readings = [{"on": one.on, "reading": one} for one in indicator.readings.all()]
    if not readings or indicator.formula not in OF_INCIDENTS:
        return readings
    lasts = max(one["on"] for one in readings)
    marks = [{"on": one.on, "break": one} for one in breaks if indicator.baseline_on < one.on <= lasts]
    return sorted(readings + marks, key=lambda one: (one["on"], "reading" in one), reverse=True)
