"""A sector as its sheet tells it: picture, score in parts, factors, history, strategies. The role decides how much."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from maps.figures.charts import Bar, bars
from maps.figures.ground import shape_picture
from plan.models import SectorStrategy
from sectors.models import RiskFactor, RiskScore, RiskSector, ScoringRun
from sectors.services.catalogue import today
from sectors.services.score_views import (
    counted_words,
    exposure_words,
    located_words,
    score_for_role,
    scores_for_role,
    warnings_for_role,
)
from sectors.services.scoring import latest_run

PART_STYLES = {"concentration": "bar", "perception": "bar-2", "vulnerability": "bar-3"}
PARTS_OF = {
    "concentration": ("incidents", "harm"),
    "perception": ("readings",),
    "vulnerability": ("factors", "harm_uncovered", "ground_uncovered"),
}


def sheet(sector: RiskSector, *, role: str) -> dict[str, Any]:
    """Everything the sheet of a sector shows to a role."""
    run = latest_run(sector.commune)
    score = _score(sector, run)
    told = score_for_role(score, role) if score else None
    unsolved = RiskFactor.objects.for_commune(sector.commune).unsolved(today(sector.commune)).within(sector.boundary)
    return {
        "sector": sector,
        "picture": shape_picture(sector.commune, sector.boundary, title=_("Map of the sector"), width=420),
        "run": run,
        "score": told,
        "parts": parts(told) if told else [],
        "chart": score_chart(told) if told else "",
        "warnings": warnings_for_role(run, role) if run else [],
        "located": located_words(run) if run else "",
        "counted": counted_words(run.scheme) if run else "",
        "exposure": exposure_words(run.scheme) if run else "",
        "versions": sector.versions.select_related("changed_by").order_by("-version"),
        "factors": unsolved.select_related("kind").order_by("-observed_on")[:50],
        "territories": sector.focal_territories.order_by("-period_from"),
        "strategies": SectorStrategy.objects.for_commune(sector.commune).of_sector(sector).standing().with_names(),
    }


def parts(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Sub-indices with their parts, for the table: value from 0 to 100, weight, points."""
    return [
        {
            "name": name,
            **told["sub_indices"][name],
            "parts": [told["contributions"][part] for part in PARTS_OF[name]],
        }
        for name in PARTS_OF
    ]


def score_chart(told: dict[str, Any]) -> str:
    """Points that each part adds to the score; missing parts are shown as missing."""
    rows = [
        Bar(part["title"], part["points"], PART_STYLES[sub["name"]])
        for sub in parts(told)
        for part in sub["parts"]
        if not part.get("hidden")
    ]
    most = max((row.value or 0 for row in rows), default=0) or 1
    return bars(rows, title=_("Points that each part adds to the score"), most=most)


def ranking(commune: Any, role: str) -> list[dict[str, Any]]:
    """Scores of the newest run by rank, as the role may see them."""
    run = latest_run(commune)
    return scores_for_role(run, role) if run else []


def _score(sector: RiskSector, run: ScoringRun | None) -> RiskScore | None:
    if run is None:
        return None
    found: RiskScore | None = (
        run.scores.filter(sector_version__sector=sector).select_related("sector_version__sector").first()
    )
    return found
