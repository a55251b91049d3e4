"""What the director's board shows: changes, ranking, what waits for a decision, what is missing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from access.permissions import allows
from community.services.gaps import territories
from incidents.models import Cluster, HotspotRun
from incidents.services.breaks import series_breaks
from incidents.services.located import located_share
from maps.changes import reported, sector_changes, windows
from maps.figures.charts import Interval, intervals
from maps.figures.ground import board_picture
from maps.periods import last_days, reference_day
from maps.sector_words import ranking
from sectors.models import RiskSector, TerritoryProposal

LISTED, LOCATED_DAYS = 12, 365


def board(commune: Any, *, role: str) -> dict[str, Any]:
    """Context of the board's page."""
    last = reference_day(commune, role=role)
    ranked = ranking(commune, role)
    compared = windows(commune, last)
    earliest = min((one.reference.first for one in compared), default=last)
    return {
        "last": last,
        "windows": compared,
        "breaks": series_breaks(commune=commune, first=earliest, last=last),
        "changes": sector_changes(commune, last)[:LISTED],
        "ranked": ranked[:LISTED],
        "chart": rank_chart(ranked[:LISTED]),
        "waiting": TerritoryProposal.objects.for_commune(commune)
        .waiting()
        .with_figures(of_reserved=allows(role, "incidents.view_exact"))
        .strongest_first(),
        "territories": territories(commune=commune),
        "picture": picture(commune, ranked),
        "located": located_share(reported(commune, last_days(last, LOCATED_DAYS))),
        "run": HotspotRun.objects.for_commune(commune).newest_first().first(),
    }


def rank_chart(ranked: list[dict[str, Any]]) -> str:
    """Ranks with their intervals."""
    if not ranked:
        return ""
    rows = [Interval(one["name"], one["rank_low"], one["rank"], one["rank_high"]) for one in ranked]
    return intervals(rows, title=_("Rank of each sector with its interval"))


def picture(commune: Any, ranked: list[dict[str, Any]]) -> str:
    """Sectors by class and the hot spots of the newest run."""
    classes = {one["code"]: one["class"] for one in ranked}
    sectors = RiskSector.objects.for_commune(commune).open().order_by("code")
    run = HotspotRun.objects.for_commune(commune).newest_first().first()
    clusters = Cluster.objects.of_run(run).values_list("boundary", flat=True) if run else []
    return board_picture(
        commune,
        sectors=[(sector.boundary, sector.code, classes.get(sector.code)) for sector in sectors],
        hotspots=clusters,
    )
