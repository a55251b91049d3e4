"""The address of a view, as the map's scripts write it: ?c=lat,lng&z=&capas=&desde=&hasta= ."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from maps.layers import LAYERS
from maps.periods import asked_period
from maps.reports import View

USUAL = ("sectores", "propuestas", "incidentes")


def read_view(query: Any, *, last: date) -> View:
    """A view from an address; what is missing or wrong takes its usual value."""
    known = {layer.id for layer in LAYERS}
    asked = tuple(name for name in (query.get("capas") or "").split(",") if name in known)
    layers = asked if "capas" in query else USUAL
    return View(layers, asked_period(query, last=last), _place(query.get("c")), _number(query.get("z")))


def _place(written: str | None) -> tuple[float, float] | None:
    parts = [_number(part) for part in (written or "").split(",")]
    if len(parts) != 2 or parts[0] is None or parts[1] is None or abs(parts[0]) > 90 or abs(parts[1]) > 180:
        return None
    return parts[1], parts[0]


def _number(written: str | None) -> float | None:
    try:
        number = float(written or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
