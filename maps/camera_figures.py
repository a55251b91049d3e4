"""The figures of the coverage page: the commune, its sectors, its streets, its harm, its gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cameras.services.class_words import class_words
from cameras.services.coverage import CoverageStatus, coverage_status
from cameras.services.gaps import HarmShare, gap_list, harm_share, latest_hotspots
from cameras.services.ground import read_ground
from cameras.services.rules import coverage_rules
from cameras.services.shares import Views, area_shares, counting_views, segment_shares, street_shares
from geo.crs import geometry_to_metric, geometry_to_storage
from maps.periods import Period, last_days, reference_day
from sectors.models import RiskSector

HARM_DAYS = 365
GAPS_SHOWN = 12
STREETS_SHOWN = 15


@dataclass(frozen=True)
class CoverageFigures:
    """What the page shows, ready to be written."""

    status: CoverageStatus
    counting: int
    classes: list[str]
    sectors: list[dict[str, Any]]
    streets: list[dict[str, Any]]
    harm: HarmShare
    harm_percent: float | None
    period: Period
    gaps: list[dict[str, Any]]
    gaps_in_all: int
    gaps_left: int
    hotspots: Any
    incomplete: bool


def coverage_figures(commune: Any, *, role: str, moment: datetime | None) -> CoverageFigures:
    """Figures of now, or of a moment (outages respected). All are counted from the cells that cameras see."""
    rules = coverage_rules(commune)
    views = counting_views(commune, moment=moment)
    ground = read_ground(commune, building_height_m=rules.building_height_m)
    period = last_days(reference_day(commune, role=role), HARM_DAYS)
    harm = harm_share(commune, window=(period.first, period.last), views=views)
    hotspots = latest_hotspots(commune)
    gaps = gap_list(hotspots, views=views, ground=ground) if hotspots else None
    sectors = _sectors(commune, views=views, ground=ground)
    return CoverageFigures(
        status=coverage_status(commune),
        counting=len(views.cameras),
        classes=[class_words(code) for code in views.codes],
        sectors=sectors,
        streets=_streets(commune, views),
        harm=harm,
        harm_percent=None if harm.ratio is None else 100 * harm.ratio,
        period=period,
        gaps=[] if gaps is None else [_gap(one, commune) for one in gaps.head(GAPS_SHOWN).itertuples()],
        gaps_in_all=0 if gaps is None else len(gaps),
        gaps_left=0 if gaps is None else max(len(gaps) - GAPS_SHOWN, 0),
        hotspots=hotspots,
        incomplete=any(one.incomplete for one in views.coverages),
    )


def _sectors(commune: Any, *, views: Views, ground: Any) -> list[dict[str, Any]]:
    """Each open sector, the least covered first."""
    found = {one.code: one for one in RiskSector.objects.for_commune(commune).open().order_by("code")}
    areas = {code: geometry_to_metric(one.boundary, commune=commune) for code, one in found.items()}
    rows = [
        {
            "sector": found[code],
            "percents": [None if (ratio := share.ratio(one)) is None else 100 * ratio for one in views.codes],
            "twice": None if share.public_m2 <= 0 else 100 * share.twice_m2 / share.public_m2,
            "public_ha": share.public_m2 / 1e4,
            "incomplete": share.incomplete,
        }
        for code, share in area_shares(areas, views=views, ground=ground).items()
    ]
    return sorted(rows, key=lambda row: (row["percents"][0] is None, row["percents"][0] or 0.0, row["sector"].code))


def _streets(commune: Any, views: Views) -> list[dict[str, Any]]:
    table = street_shares(segment_shares(commune, views=views)).head(STREETS_SHOWN)
    return [
        {"name": one.name, "length_m": one.length_m, "percent": 100 * one.share} for one in table.itertuples()
    ]  # fmt: skip


def _gap(one: Any, commune: Any) -> dict[str, Any]:
    middle = geometry_to_storage(one.geometry.representative_point(), commune=commune)
    return {
        "rank": one.rank, "cluster": one.cluster, "harm": one.harm, "percent": 100 * one.share, "area_m2": one.area_m2,
        "place": f"{middle.y:.5f},{middle.x:.5f}",
    }  # fmt: skip
