"""Runs of the analysis methods: a window read at one ledger number, computed, stored with all that repeats it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

import analysis
from access.services.audit import record_act
from analysis.arrays import FloatArray
from analysis.canonical import canonical_json
from analysis.progress import Report, silent
from geo.crs import geometry_to_storage
from geo.errors import RefusedError
from geo.frames import study_area
from geo.geometry import as_multi
from incidents.frames import incidents_frame
from incidents.models import Incident, MethodRun, MethodShape
from incidents.services.harm import harm_days
from incidents.services.hotspots import HotspotParameters, select_incidents
from incidents.services.ledger import latest_sequence

DEFAULT_SEED = 20_602


@dataclass(frozen=True)
class Window:
    """Local days, both included."""

    first: dt.date
    last: dt.date

    @property
    def years(self) -> float:
        return ((self.last - self.first).days + 1) / 365.25


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a method reads: the commune, its ground in metres, placed incidents (x, y, days since the first, harm)."""

    commune: Any
    area: BaseGeometry
    incidents: gpd.GeoDataFrame
    window: Window
    parameters: dict[str, Any]
    seed: int
    sequence: int
    report: Report

    @property
    def x(self) -> FloatArray:
        return np.asarray(self.incidents.geometry.x, dtype=np.float64)

    @property
    def y(self) -> FloatArray:
        return np.asarray(self.incidents.geometry.y, dtype=np.float64)

    @property
    def days(self) -> FloatArray:
        since = self.incidents["occurred_from"].min()
        return np.asarray((self.incidents["occurred_from"] - since).dt.total_seconds() / 86_400, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Shape:
    """An area in metres with its class and the words on the map."""

    area: BaseGeometry
    step: int
    title: str = ""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a method found: shapes; `rows` of its table (`n` counts incidents); `curve` points {x, y, error, mark};
    `choices` what it chose by itself: code and values, told in words by the page."""

    shapes: list[Shape]
    rows: list[dict[str, Any]]
    choices: list[dict[str, Any]] = field(default_factory=list)
    curve: list[dict[str, Any]] = field(default_factory=list)


Compute = Callable[[Inputs], Outcome]


def run_method(
    *,
    method: str,
    compute: Compute,
    commune: Any,
    window: Window,
    parameters: dict[str, Any],
    requested_by: Any,
    report: Report = silent,
) -> MethodRun:
    """Run a method over the reported offences and disorder of a window, reserved types left out, and store it.

    Raises RefusedError where the window is out of order or holds nothing placed, AnalysisError where the method cannot
    work with what it holds.
    """
    run = MethodRun(
        commune=commune, method=method, window_from=window.first, window_until=window.last, parameters=parameters,
        seed=int(parameters.get("seed", DEFAULT_SEED)), code_version=analysis.__version__,
        sequence=latest_sequence(commune), created_by=requested_by,
    )  # fmt: skip
    report(_("reading incidents"), 0, 3)
    outcome, run.result = computed(run, compute, report=report)
    report(_("writing"), 2, 3)
    return _store(run, outcome)


def computed(run: MethodRun, compute: Compute, *, report: Report = silent) -> tuple[Outcome, str]:
    """What a run finds and the canonical text of it; asked again of a stored run it is the same text, byte for byte."""
    window = Window(run.window_from, run.window_until)
    if window.last < window.first:
        raise RefusedError(_("The window ends before it starts."))
    used, dropped = _incidents(run, window)
    if used.empty:
        raise RefusedError(_("The window holds no incidents with a place to search: choose a longer one."))
    report(_("computing"), 1, 3)
    outcome = compute(
        Inputs(
            run.commune, study_area(run.commune), used, window, run.parameters, run.seed, run.sequence, report
        )
    )  # fmt: skip
    told = {
        "method": run.method,
        "window": [window.first, window.last],
        "sequence": run.sequence,
        "seed": run.seed,
        "code_version": run.code_version,
        "parameters": run.parameters,
        "used": len(used),
        "dropped": dropped,
        "choices": outcome.choices,
        "curve": outcome.curve,
        "rows": outcome.rows,
        "shapes": [
            {"step": one.step, "title": one.title, "area": shapely.to_wkt(one.area, rounding_precision=2)}
            for one in outcome.shapes
        ],
    }
    return outcome, canonical_json(told)


def told_by(run: MethodRun) -> dict[str, Any]:
    """The result of a run without its shapes, as values."""
    result: dict[str, Any] = json.loads(run.result)
    result.pop("shapes")
    return result


def _incidents(run: MethodRun, window: Window) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    rows = (
        Incident.objects.for_commune(run.commune)
        .as_of(run.sequence)
        .counted_once(run.sequence)
        .between(window.first, window.last, timezone=run.commune.timezone)
    )
    read = incidents_frame(rows, commune=run.commune, harm=harm_days(commune=run.commune).days)
    types = tuple(run.parameters.get("types", ()))
    return select_incidents(read, HotspotParameters(types=types))


@transaction.atomic
def _store(run: MethodRun, outcome: Outcome) -> MethodRun:
    run.save()
    for number, one in enumerate(outcome.shapes, start=1):
        shape: Any = as_multi(geometry_to_storage(one.area, commune=run.commune))
        MethodShape.objects.create(
            run=run, commune=run.commune, number=number, area=shape, step=one.step, title=one.title
        )
    record_act(
        commune=run.commune, user=run.created_by, role="", verb="incidents.method", target=str(run),
        details={"run": run.pk, "method": run.method, "sequence": run.sequence},
    )  # fmt: skip
    return run
