"""Hot-spot runs: incidents of a window as points, `analysis.hotspots` on them, all that repeats it stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.db import transaction
from django.utils.translation import gettext as _

import analysis
from access.services.audit import record_act
from analysis.background import Exposure
from analysis.canonical import canonical_json
from analysis.errors import EmptyInputError
from analysis.hotspots import HotspotParameters as SearchParameters
from analysis.hotspots import Hotspots, find_hotspots
from analysis.progress import Report, silent
from analysis.timing import weekday_hours
from geo.crs import geometry_to_storage
from geo.errors import RefusedError
from geo.frames import addresses_frame, places_frame, streets_frame, study_area
from geo.geometry import as_multi
from incidents.frames import incidents_frame
from incidents.models import Cluster, HotspotRun, Incident, Nature, OffenceType, Origin
from incidents.services.harm import harm_days
from incidents.services.ledger import latest_sequence

METHOD = "local-excess"
DEFAULT_SEED = 20_602
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
    search: SearchParameters = field(default_factory=SearchParameters)

    @classmethod
    def read(cls, told: dict[str, Any]) -> HotspotParameters:
        """Parameters from plain JSON values. Raises RefusedError for an unknown name, AnalysisError for a bad value."""
        known = {"origins", "natures", "types", "with_enforcement_driven", "with_reserved", "seed", "search"}
        unknown = sorted(set(told) - known)
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
            values["search"] = SearchParameters(**search)
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
    report(_("reading incidents"), 0, 3)
    read = incidents_frame(
        Incident.objects.for_commune(commune)
        .as_of(sequence)
        .between(window_from, window_until, timezone=commune.timezone),
        commune=commune,
        harm=harm_days(commune=commune).days,
    )
    used, dropped = _select(read, parameters)
    if used.empty:
        raise RefusedError(_("The window holds no incidents with a place to search: choose a longer one."))
    area = study_area(commune)
    report(_("searching"), 1, 3)
    try:
        found = _search(used, area=area, commune=commune, parameters=parameters, report=report)
    except EmptyInputError as error:
        raise RefusedError(_("None of the incidents lies in the area that can be searched.")) from error
    counts = {"read": len(read), "used": found.counts["used"], "dropped": {**dropped, **_left_out(found)}}
    clusters = _clusters(found, used, seed=parameters.seed)
    report(_("writing"), 2, 3)
    return _store(
        HotspotRun(
            commune=commune, window_from=window_from, window_until=window_until, method=METHOD,
            parameters=_plain(parameters), seed=parameters.seed, code_version=analysis.__version__, sequence=sequence,
            counts=counts, created_by=requested_by,
        ),
        clusters,
        found,
    )  # fmt: skip


def _select(read: gpd.GeoDataFrame, parameters: HotspotParameters) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
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


def _search(
    used: gpd.GeoDataFrame, *, area: Any, commune: Any, parameters: HotspotParameters, report: Report
) -> Hotspots:
    since = used["occurred_from"].min()
    days = ((used["occurred_from"] - since).dt.total_seconds() / 86_400).to_numpy()
    return find_hotspots(
        used.geometry.x.to_numpy(),
        used.geometry.y.to_numpy(),
        days,
        area=area,
        seed=parameters.seed,
        parameters=parameters.search,
        exposures=_exposures(commune),
        report=report,
    )


def _exposures(commune: Any) -> list[Exposure]:
    """What can be hit in the commune, as far as its geography is loaded: dwellings, places by kind, street metres."""
    exposures = []
    addresses = addresses_frame(commune)
    if not addresses.empty:
        weight = addresses["dwellings"].to_numpy(dtype=np.float64)
        exposures.append(Exposure("dwellings", addresses.geometry.x, addresses.geometry.y, weight))
    places = places_frame(commune)
    for kind, group in places.groupby("kind", sort=True):
        exposures.append(Exposure(f"places:{kind}", group.geometry.x, group.geometry.y))
    streets = streets_frame(commune)
    if not streets.empty:
        pieces = shapely.get_parts(shapely.segmentize(streets.geometry.to_numpy(), 25.0))
        middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
        exposures.append(Exposure("streets", shapely.get_x(middles), shapely.get_y(middles), shapely.length(pieces)))
    return exposures


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
