"""What the map shows of sectors and proposals, as GeoJSON, for a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from sectors.models import RiskScore, RiskSector, TerritoryProposal
from sectors.services.features import boundary_geojson, feature_for_role, sector_feature
from sectors.services.proposals import figures_withheld
from sectors.services.score_views import score_for_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.models import Commune

SCORE_PROPERTIES = (
    "score", "score_low", "score_high", "score_without_events", "rank", "rank_low", "rank_high", "n", "confidence",
)  # fmt: skip

COUNTED = ("n", "expected", "q", "per_km2")  # figures of a proposal that tell how many incidents its run counted


def sector_features(sectors: Iterable[RiskSector], *, commune: Commune, role: str | None) -> dict[str, Any]:
    """Sectors with the score of the latest run, as a FeatureCollection."""
    latest = RiskScore.objects.for_commune(commune).of_latest_run().select_related("sector_version__sector")
    scores = {score.sector_version.sector_id: score for score in latest}
    features = []
    for sector in sectors:
        feature = feature_for_role(sector_feature(sector), role)
        feature["properties"] |= _score_properties(scores.get(sector.pk), role)
        features.append(feature)
    return collection(features)


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Features as a FeatureCollection."""
    return {"type": "FeatureCollection", "features": features}


def proposal_feature(proposal: TerritoryProposal, role: str | None) -> dict[str, Any]:
    """A proposal with its evidence as far as the role may know it, its state, and who decided what and why."""
    feature = _whole_proposal(proposal)
    if figures_withheld(proposal, role):
        feature["properties"] |= dict.fromkeys(COUNTED, None) | {"time_window": {}}
    return feature


def _whole_proposal(proposal: TerritoryProposal) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": proposal.pk,
        "geometry": boundary_geojson(proposal.boundary),
        "properties": {
            "id": proposal.pk,
            "run": proposal.run_id,
            "rank": proposal.cluster.rank,
            "state": proposal.state,
            "state_name": proposal.get_state_display(),
            "n": proposal.n,
            "expected": proposal.cluster.expected,
            "q": proposal.cluster.q,
            "period_from": proposal.period_from.isoformat(),
            "period_until": proposal.period_until.isoformat(),
            "per_km2": proposal.per_km2,
            "area_m2": proposal.area_m2,
            "time_window": proposal.time_window,
            "overlaps": proposal.overlaps,
            "sent_reason": proposal.sent_reason,
            "decided_reason": proposal.decided_reason,
            "sector": proposal.sector.code if proposal.sector else None,
        },
    }


def _score_properties(score: RiskScore | None, role: str | None) -> dict[str, Any]:
    if score is None:
        return dict.fromkeys((*SCORE_PROPERTIES, "score_class", "rank_text", "scored_version"))
    told = score_for_role(score, role)
    return {name: told[name] for name in SCORE_PROPERTIES} | {
        "score_class": told["class"],
        "rank_text": rank_text(score),
        "scored_version": told["version"],
    }


def rank_text(score: RiskScore) -> str:
    """Rank with its interval, in words; the rank alone where nothing else is possible."""
    if score.rank_low == score.rank_high:
        return str(score.rank)
    return _("%(rank)s (between %(low)s and %(high)s)") % {
        "rank": score.rank,
        "low": score.rank_low,
        "high": score.rank_high,
    }
