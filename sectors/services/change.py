"""Change of every sector against the same period of earlier years, as a run of a method."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from analysis.change import change_classes
from analysis.chile_days import same_period
from geo.errors import RefusedError
from incidents.frames import incidents_frame
from incidents.models import Incident
from incidents.services.hotspots import HotspotParameters, select_incidents
from incidents.services.methods import Inputs, Outcome, Shape
from sectors.frames import versions_frame
from sectors.models import RiskSector, RiskSectorVersion
from sectors.services.catalogue import today

STEPS = {"strong_fall": -2, "fall": -1, "no_change": 0, "rise": 1, "strong_rise": 2}


def change(given: Inputs) -> Outcome:
    """Five classes of change per sector; earlier years that the data do not reach are left out, and that is said."""
    commune = given.commune
    open_now = RiskSector.objects.for_commune(commune).open().in_force(today(commune))
    versions = RiskSectorVersion.objects.for_commune(commune).current().filter(sector__in=open_now)
    rows = list(versions.select_related("sector", "responsible").order_by("sector__code"))
    if not rows:
        raise RefusedError(_("There is no sector to compare. Draw one or accept a proposal."))
    frame = versions_frame(rows, commune=commune)
    wanted = int(given.parameters.get("years", 5))
    earlier = same_period(given.window.first, given.window.last, years=wanted)
    periods = [one for one in earlier if _reached(given, one[0])]
    if not periods:
        raise RefusedError(_("The data do not reach back to the same period of any earlier year."))
    now = _counts(frame, given.incidents)
    past = np.sum([_counts(frame, _earlier(given, first, last)) for first, last in periods], axis=0)
    table = change_classes(now, past, reference_periods=len(periods))
    told, shapes = [], []
    found: Any = table.itertuples(index=False)
    for version, shape, row in zip(rows, frame.geometry, found, strict=True):
        step = STEPS[str(row.change_class)]
        told.append(
            {"code": version.sector.code, "name": version.name, "step": step, "n": int(row.now),
             "expected": float(row.expected), "low": float(row.low), "high": float(row.high), "p": float(row.p),
             "q": float(row.q)}
        )  # fmt: skip
        shapes.append(Shape(shape, step, version.name))
    values = {"years": len(periods), "asked": wanted, "dispersion": float(table.attrs["dispersion"])}
    choices: list[dict[str, Any]] = [{"code": "years", "values": values}]
    if len(periods) < wanted:
        choices.append({"code": "years_missing", "values": {"missing": wanted - len(periods)}})
    return Outcome(shapes, told, choices)


def _reached(given: Inputs, first: Any) -> bool:
    """Whether incidents were recorded before the end of the first month of an earlier period."""
    oldest = Incident.objects.for_commune(given.commune).as_of(given.sequence).order_by("occurred_from").first()
    return oldest is not None and oldest.occurred_from.date() <= first


def _earlier(given: Inputs, first: Any, last: Any) -> Any:
    found = (
        Incident.objects.for_commune(given.commune)
        .as_of(given.sequence)
        .counted_once(given.sequence)
        .between(first, last, timezone=given.commune.timezone)
    )
    types = tuple(given.parameters.get("types", ()))
    return select_incidents(incidents_frame(found, commune=given.commune), HotspotParameters(types=types))[0]


def _counts(frame: Any, incidents: Any) -> Any:
    points = np.asarray(incidents.geometry)
    sector, _point = shapely.STRtree(points).query(np.asarray(frame.geometry), predicate="intersects")
    return np.bincount(sector, minlength=len(frame)).astype(np.float64)
