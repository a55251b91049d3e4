"""The scores of a run, a trial and an audit in words and tables."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analysis.score_comparison import Comparison
from maps.forms.scores import SOURCE_WORDS
from maps.templatetags.people import percent
from sectors.models import RiskSector, ScoringRun
from sectors.services.score_trials import AuditRow
from sectors.services.score_views import scores_for_role

BANDS = (
    gettext_lazy("Very low"),
    gettext_lazy("Low"),
    gettext_lazy("Medium"),
    gettext_lazy("High"),
    gettext_lazy("Very high"),
)


def band_words(score: dict[str, Any]) -> str:
    """The class of a score where 80 % of the draws agree on one, else the classes between which it lies."""
    if score["n"] is None or score["n"] < 10:
        return _("no class: few incidents")
    band = score["robustness"].get("band")
    if not band:
        return ""
    low, high = (str(BANDS[position]) for position in band)
    return low if low == high else _("between %(low)s and %(high)s") % {"low": low.lower(), "high": high.lower()}


def score_rows(run: ScoringRun, role: str | None) -> list[dict[str, Any]]:
    """Sectors of a run by rank with their intervals, chances and ranks per denominator."""
    rows = []
    for score in scores_for_role(run, role):
        robust = score["robustness"]
        ranks = robust.get("ranks_by_denominator", {})
        rows.append(
            score
            | {
                "band": band_words(score),
                "top5": robust.get("top_chances", {}).get("5"),
                "top10": robust.get("top_chances", {}).get("10"),
                "by_residents": ranks.get("residents"),
                "by_ambient": ranks.get("ambient"),
                "by_area": ranks.get("area"),
            }
        )
    return rows


def comparison_rows(comparison: Comparison, commune: Any) -> list[dict[str, Any]]:
    """Sectors by their rank in the trial: before, after, and whether the rank left its interval."""
    names = dict(RiskSector.objects.for_commune(commune).values_list("code", "name"))
    table = comparison.table.sort_values(["rank_after", "rank_before"], kind="stable")
    return [
        {
            "code": code,
            "name": names.get(code, code),
            "score_before": row.score_before,
            "score_after": row.score_after,
            "rank_before": int(row.rank_before),
            "rank_after": int(row.rank_after),
            "up": max(int(row.rank_before) - int(row.rank_after), 0),
            "down": max(int(row.rank_after) - int(row.rank_before), 0),
            "beyond": bool(row.beyond),
        }
        for code, row in zip(table.index, table.itertuples(index=False), strict=True)
    ]


def comparison_words(comparison: Comparison) -> list[str]:
    """How far two scorings agree, in sentences."""
    moved = int(comparison.table["beyond"].sum())
    told = [
        _("%(moved)s of %(all)s sectors leave the interval of ranks they had.")
        % {"moved": moved, "all": len(comparison.table)},
        _("Of the first %(top)s of both, %(share)s are the same.")
        % {"top": comparison.top, "share": percent(comparison.overlap)},
    ]
    if not comparison.stable:
        told.append(_("Unstable: which sectors come first hangs on this choice. Say so when you decide."))
    return told


def audit_rows(rows: list[AuditRow]) -> list[dict[str, Any]]:
    """What each further source does to the ranking."""
    return [
        {
            "sources": SOURCE_WORDS[row.sources],
            "extra": row.extra,
            "extra_in_top": row.extra_in_top,
            "fair": row.comparison.top / max(len(row.comparison.table), 1),
            "words": comparison_words(row.comparison),
            "stable": row.comparison.stable,
        }
        for row in rows
    ]
