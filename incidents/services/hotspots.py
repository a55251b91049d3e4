"""Hot-spot runs: incidents of a window as points, `analysis.hotspots` on them, all that repeats it stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.db import transaction
from django.utils.translation import gettext as _

import analysis
from access.services.audit import record_act
from analysis.accuracy import later_accuracy
from analysis.canonical import canonical_json
from analysis.errors import AnalysisError, EmptyInputError
from analysis.hotspots import HotspotParameters as SearchParameters
from analysis.hotspots import Hotspots, find_hotspots, on_street_blocks
from analysis.progress import Report, silent
from analysis.stability import CORE
from analysis.timing import weekday_hours
from geo.crs import geometry_to_storage
from geo.errors import RefusedError
from geo.frames import study_area
from geo.geometry import as_multi
from incidents.frames import incidents_frame
from incidents.models import Cluster, HotspotRun, Incident, Nature, OffenceType, Origin
from incidents.services.harm import harm_days
from incidents.services.ledger import latest_sequence
from incidents.services.search_ground import SearchGround, harm_weights, search_ground, street_block_details

METHOD = "local-excess"
USUAL_SEARCH = SearchParameters(bootstrap_runs=20, least_core_ratio=CORE)
DEFAULT_SEED = 20_602
EARLIER_SHARE = 0.75
LEAST_TO_EVALUATE = 100
DEFAULT_NATURES = (Nature.OFFENCE.value, Nature.DISORDER.value)


@dataclass(frozen=True)
class HotspotParameters:
    """What a run reads and how it searches. Reported offences and disorder by default; types whose number follows
    enforcement, and reserved ones, stay out unless somebody asks, and the run says so: a territory is drawn around
    places, and those of reserved types are told to nobody below the analyst."""

    origins: tuple[str, ...] = (Origin.REPORTED.value,)
    natures: tuple[str, ...] = DEFAULT_NATURES
    types: tuple[int, ...] = ()
    with_enforcement_driven: bool = False
    with_reserved: bool = False
    seed: int = DEFAULT_SEED
    search: SearchParameters = field(default_factory=lambda: USUAL_SEARCH)
    snap_to_blocks: bool = True
    most_hectares: float | None = None
    most_residents: float | None = None

    @classmethod
    def read(cls, told: dict[str, Any]) -> HotspotParameters:
        """Parameters from plain JSON values. Raises RefusedError for an unknown name, AnalysisError for a bad value."""
        unknown = sorted(set(told) - {one.name for one in fields(cls)})
        if unknown:
            raise RefusedError(_("Hot-spot runs have no parameter “%(name)s”.") % {"name": unknown[0]})
        values = dict(told)
        for name in ("origins", "natures", "types"):
            if name in values:
                values[name] = tuple(values[name])
        if "search" in values:
            search = dict(values["search"])
            if "radii_m" in search:
                search["radii_m"] = tuple(search["radii_m"])
            values["search"] = replace(USUAL_SEARCH, **search)
        return cls(**values)


def run_hotspots(
    *,
    commune: Any,
    window_from: dt.date,
    window_until: dt.date,
    requested_by: Any,
    parameters: HotspotParameters | None = None,
    report: Report = silent,
) -> HotspotRun:
    """Search a window of local days for hot spots and store the run with its clusters.

    Reads the incidents as they stand at the ledger's last number. Raises RefusedError where the window is out of order
    or holds nothing to search, AnalysisError where the search cannot work with what it holds.
    """
    if window_until < window_from:
        raise RefusedError(_("The window ends before it starts."))
    parameters = parameters or HotspotParameters()
    sequence = latest_sequence(commune)
    report(_("reading incidents"), 0, 4)
    read = incidents_frame(
        Incident.objects.for_commune(commune)
        .as_of(sequence)
        .counted_once(sequence)
        .between(window_from, window_until, timezone=commune.timezone),
        commune=commune,
        harm=harm_days(commune=commune).days,
    )
    used, dropped = select_incidents(read, parameters)
    if used.empty:
        raise RefusedError(_("The window holds no incidents with a place to search: choose a longer one."))
    area = study_area(commune)
    ground = search_ground(commune, area=area, parameters=parameters)
    report(_("searching"), 1, 4)
    try:
        found = _search(used, ground=ground, parameters=parameters, report=report)
    except EmptyInputError as error:
        raise RefusedError(_("None of the incidents lies in the area that can be searched.")) from error
    report(_("trying it on later incidents"), 2, 4)
    evaluation = _evaluation(used, ground=ground, parameters=parameters)
    counts = {"read": len(read), "used": found.counts["used"], "dropped": {**dropped, **_left_out(found)}}
    clusters = _clusters(found, used, seed=parameters.seed)
    report(_("writing"), 3, 4)
    return _store(
        HotspotRun(
            commune=commune, window_from=window_from, window_until=window_until, method=METHOD,
            parameters=_plain(parameters), seed=parameters.seed, code_version=analysis.__version__, sequence=sequence,
            counts=counts, evaluation=evaluation, created_by=requested_by,
        ),
        clusters,
        found,
    )  # fmt: skip


def select_incidents(read: gpd.GeoDataFrame, parameters: HotspotParameters) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Rows that the search reads, and how many were left out for each reason, the first that applies."""
    types = OffenceType.objects.filter(pk__in=set(read["type_id"].tolist()))
    natures = dict(types.values_list("pk", "nature"))
    reserved = set(types.reserved().values_list("pk", flat=True))
    tests = {
        "origin": ~read["origin"].isin(parameters.origins),
        "nature": ~read["type_id"].map(natures).isin(parameters.natures),
        "enforcement_driven": read["enforcement_driven"] & (not parameters.with_enforcement_driven),
        "reserved": read["type_id"].isin(reserved) & (not parameters.with_reserved),
        "type": ~read["type_id"].isin(_with_children(parameters.types)) if parameters.types else False,
        "unplaced": read.geometry.isna() | read.geometry.is_empty,
    }
    left = pd.Series(True, index=read.index)
    dropped: dict[str, int] = {}
    for reason, fails in tests.items():
        failing = left & fails
        dropped[reason] = int(failing.sum())
        left &= ~failing
    return read[left], dropped


def _with_children(types: Sequence[int]) -> set[int]:
    wanted = set(types)
    parents = dict(OffenceType.objects.values_list("pk", "parent_id"))
    return {pk for pk, parent in parents.items() if {pk, parent, parents.get(parent)} & wanted}


def _search(used: gpd.GeoDataFrame, *, ground: SearchGround, parameters: HotspotParameters, report: Report) -> Hotspots:
    x, y = used.geometry.x.to_numpy(), used.geometry.y.to_numpy()
    days = ((used["occurred_from"] - used["occurred_from"].min()).dt.total_seconds() / 86_400).to_numpy()
    search = parameters.search
    found = find_hotspots(
        x, y, days, area=ground.area, seed=parameters.seed, parameters=search, exposures=ground.exposures, report=report
    )
    if ground.blocks is None:
        return found
    return on_street_blocks(
        found, x, y, area=ground.area, blocks=ground.blocks, harm=harm_weights(used["harm_days"]), parameters=search
    )


def _evaluation(used: gpd.GeoDataFrame, *, ground: SearchGround, parameters: HotspotParameters) -> dict[str, Any]:
    """The same search on the first three quarters of the window, tried on the last: PAI, and that of the fullest cells.

    Empty where the window holds too little to part, or where the earlier search finds nothing.
    """
    days = pd.to_datetime(pd.Series(used["day"].to_numpy()))
    split = days.min() + EARLIER_SHARE * (days.max() - days.min())
    earlier, later = used[(days < split).to_numpy()], used[(days >= split).to_numpy()]
    if len(earlier) < LEAST_TO_EVALUATE or len(later) < LEAST_TO_EVALUATE:
        return {}
    once = replace(parameters, search=replace(parameters.search, bootstrap_runs=0, least_core_ratio=0.0))
    try:
        found = _search(earlier, ground=ground, parameters=once, report=silent)
        past = found.grid.bin(earlier.geometry.x.to_numpy(), earlier.geometry.y.to_numpy()).counts
        x, y = later.geometry.x.to_numpy(), later.geometry.y.to_numpy()
        seen = later_accuracy(list(found.territories.geometry), grid=found.grid, past=past, x=x, y=y)
    except AnalysisError:
        return {}  # a town without earlier hot spots has nothing to be tried
    return {**asdict(seen), "from": split.date().isoformat(), "until": days.max().date().isoformat()}


def _left_out(found: Hotspots) -> dict[str, int]:
    return {name: found.counts[name] for name in ("outside_grid", "outside_mask")}


def _clusters(found: Hotspots, used: gpd.GeoDataFrame, *, seed: int) -> list[dict[str, Any]]:
    """Each territory with what its incidents say: harm of those that have a value, hours of the week."""
    clusters = []
    for rank, row in enumerate(found.territories.itertuples(index=False), start=1):
        within = used.geometry.intersects(row.geometry)
        inside = used[within]
        valued = inside["harm_days"].dropna()
        clusters.append(
            {
                "rank": rank,
                "shape": row.geometry,
                "n": int(row.n),
                "expected": float(row.expected),
                "harm": None if valued.empty else float(valued.sum()),
                "per_km2": float(row.per_km2),
                "area_m2": float(row.area_m2),
                "q": float(row.q),
                "weekday_hours": hours_of_week(inside, used[~within], seed=seed),
                "details": {
                    "ratio": float(row.ratio),
                    "p": float(row.p),
                    "rise_day": None if pd.isna(row.rise_day) else float(row.rise_day),
                    "types": {str(code): int(n) for code, n in inside["type"].value_counts().sort_index().items()},
                    "without_harm_value": int(inside["harm_days"].isna().sum()),
                    "low_precision": int((inside["place_class"] != "exact").sum()),
                    "share_of_town": len(inside) / max(len(used), 1),
                    "core_ratio": float(row.core_ratio),
                    "steadiness": float(row.steadiness),
                    **street_block_details(row),
                },
            }
        )
    return clusters


def hours_of_week(inside: gpd.GeoDataFrame, elsewhere: gpd.GeoDataFrame, *, seed: int) -> dict[str, Any]:
    """Incidents by weekday and hour (7 rows of 24), of those whose hour is known, and the window of the week in which
    they concentrate against the rest of the town, None where they do not."""
    known, rest = (frame[frame["hour"].notna()] for frame in (inside, elsewhere))
    counts = np.zeros((7, 24), dtype=np.int64)
    np.add.at(counts, (known["weekday"].to_numpy(), known["hour"].to_numpy().astype(np.int64)), 1)
    window = None
    if len(known) and len(rest):
        window = weekday_hours(
            known["weekday"], known["hour"], elsewhere_weekday=rest["weekday"], elsewhere_hour=rest["hour"], seed=seed
        )
    return {
        "counts": counts.tolist(),
        "n": len(known),
        "unknown_hour": int(len(inside) - len(known)),
        "window": None if window is None else {**asdict(window), "days": list(window.days), "ratio": window.ratio},
    }


@transaction.atomic
def _store(run: HotspotRun, clusters: list[dict[str, Any]], found: Hotspots) -> HotspotRun:
    """Write the run and its clusters; its result is the canonical text of everything that was found."""
    told = [{**one, "shape": shapely.to_wkt(one["shape"], rounding_precision=3)} for one in clusters]
    run.result = canonical_json(
        {
            "window": [run.window_from, run.window_until],
            "sequence": run.sequence,
            "code_version": run.code_version,
            "parameters": run.parameters,
            "counts": run.counts,
            "choices": found.choices,
            "piles": len(found.piles),
            "evaluation": run.evaluation,
            "clusters": told,
        }
    )
    run.save()
    for one in clusters:
        shape: Any = as_multi(geometry_to_storage(one.pop("shape"), commune=run.commune))
        Cluster.objects.create(run=run, commune=run.commune, boundary=shape, **one)
    record_act(
        commune=run.commune, user=run.created_by, role="", verb="incidents.hotspots", target=str(run),
        details={"run": run.pk, "clusters": len(clusters), "sequence": run.sequence},
    )  # fmt: skip
    return run


def _plain(parameters: HotspotParameters) -> dict[str, Any]:
    """Parameters as they are stored: plain JSON values."""
    told = asdict(parameters)
    told["search"]["radii_m"] = list(told["search"]["radii_m"])
    return {**told, **{name: list(told[name]) for name in ("origins", "natures", "types")}}
