"""What each role receives of a score. Coverage of cameras is reserved: below that right it is one part of a sum."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.permissions import allows
from access.roles import Role
from analysis.score_scheme import CAMERA_PARTS, SUB_INDICES
from incidents.services.located import LocatedShare
from sectors.models import RiskScore
from sectors.services.schemes import rules_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from sectors.models import ScoringRun, ScoringScheme

HARM_MEASURES = frozenset({"unweighted_n", "harm_days", "largest_harm_days"})
LEAST_COUNT = 5  # a sector's count below this is not told to readers
SUB_INDEX_NAMES: dict[str, _StrPromise] = {
    "concentration": _("Concentration"),
    "perception": _("Perceived insecurity"),
    "vulnerability": _("Physical-spatial vulnerability"),
}
PART_NAMES: dict[str, _StrPromise] = {
    "incidents": _("Incidents counted, for the people who are there"),
    "harm": _("Harm of the incidents for the people who are there"),
    "readings": _("People who feel unsafe"),
    "factors": _("Unsolved risk factors per hectare"),
    "harm_uncovered": _("Share of harm out of sight of live-monitored cameras"),
    "ground_uncovered": _("Share of ground out of sight of live-monitored cameras"),
}
WARNINGS: dict[str, _StrPromise] = {
    "other_origins": _(
        "This score also counts incidents that patrols or cameras discovered: it follows where they are."
    ),
    "exposure_by_area": _("Rates are by ground, not by people."),
    "residents_missing": _("Residents of some sectors are not known: their concentration is missing, not zero."),
    "types_without_harm": _("Some types have no harm weight: they count as incidents but add no harm."),
    "harm_fallback": _("Types without harm weight took that of their group, their family, or one day."),
    "no_factors": _("Nobody has listed risk factors: that part is missing, not zero."),
    "readings_missing": _("Some sectors have no recent perception reading: that sub-index is missing, not zero."),
    "nothing_covered": _("No live-monitored camera covers any of these sectors."),
    "few_placed": _("Fewer than 85 of every 100 incidents have a place: read the ranks with care."),
}
COUNTED: dict[str, _StrPromise] = {
    "reported": _("reported incidents"),
    "discovered": _("incidents that patrols discovered"),
    "sensor": _("incidents that cameras or sensors detected"),
}
CAMERA_WARNINGS = {"nothing_covered"}


def counted_words(scheme: ScoringScheme) -> str:
    """Whose incidents a scheme counts, in words, in one order whatever the scheme's."""
    origins = rules_of(scheme).origins
    return ", ".join(str(words) for origin, words in COUNTED.items() if origin in origins)


def exposure_words(scheme: ScoringScheme) -> str:
    """What rates are per, and why it was chosen when the scheme was frozen."""
    told = scheme.normalisation.get("exposure")
    if not told or not told["sectors"]:  # frozen before there were sectors
        return str(WARNINGS["exposure_by_area"]) if rules_of(scheme).exposure == "area" else ""
    if told["asked"] == "area":
        return gettext("Rates are by ground, not by people, as asked when the scheme was frozen.")
    words = (
        gettext(
            "Rates are by people: when the scheme was frozen, residents were known for %(known)s of %(sectors)s "
            "sectors."
        )
        if told["chosen"] != "area"
        else gettext(
            "Rates are by ground, not by people: when the scheme was frozen, residents were known for %(known)s of "
            "%(sectors)s sectors, and %(least)s of every 100 are needed."
        )
    )
    return words % {"known": told["known"], "sectors": told["sectors"], "least": round(100 * told["least_ratio"])}


def other_origins_words(run: ScoringRun) -> str:
    """What must be said where a run counts what patrols or cameras discovered; empty where it does not."""
    return str(WARNINGS["other_origins"]) if "other_origins" in run.parameters.get("warnings", []) else ""


def warnings_for_role(run: ScoringRun, role: str | None) -> list[str]:
    """Sentences that must stand beside the scores of a run, those about coverage only for who may know it."""
    told = run.parameters.get("warnings", [])
    reserved = set() if allows(role, "cameras.view_coverage") else CAMERA_WARNINGS
    words = {code: str(WARNINGS[code]) for code in told if code in WARNINGS and code not in reserved}
    if "exposure_by_area" in words:
        words["exposure_by_area"] = exposure_words(run.scheme)
    return list(words.values())


def located_words(run: ScoringRun) -> str:
    """Which share of the window's incidents has a place, so that it could be counted in a sector."""
    return str(located_of_score(run).sentence)


def located_of_score(run: ScoringRun) -> LocatedShare:
    """The located share of the incidents that a run read."""
    told = json.loads(run.result).get("incidents", {})
    total = int(told.get("in_window", 0))
    return LocatedShare(total, total - int(told.get("unplaced", 0)))


def scores_for_role(run: ScoringRun, role: str | None) -> list[dict[str, Any]]:
    """Scores of a run by rank, as the role may see them.

    Who has the right to coverage gets every part. Others get the weights of the camera parts, and their points only
    inside the sub-index's sum; where cameras are all that the sub-index has, subtraction would give them away, so such
    a score comes without the points of any part. Who sees no exact incidents gets the count without reserved types and
    no measure of single ones: the days of one penalty name its offence, reserved ones too. Readers get no count under
    five and no measures at all.
    """
    scores = RiskScore.objects.filter(run=run).highest_first()
    return [score_for_role(score, role) for score in scores]


def score_for_role(score: RiskScore, role: str | None) -> dict[str, Any]:
    """One score as a role may see it."""
    told = _whole(score)
    if not allows(role, "cameras.view_coverage"):
        _hide_cameras(told)
    if not allows(role, "incidents.view_exact"):
        _leave_out_reserved(told)
        _hide_harm_measures(told)
    if role not in {Role.ANALYST, Role.DIRECTOR, Role.PLANNER, Role.MANAGER}:
        _hide_small_counts(told)
    return told


def _whole(score: RiskScore) -> dict[str, Any]:
    version = score.sector_version
    return {
        "code": version.sector.code,
        "name": version.name,
        "version": version.version,
        "score": score.score,
        "score_low": score.score_low,
        "score_high": score.score_high,
        "score_without_events": score.score_without_events,
        "event_effect": score.score - score.score_without_events,
        "rank": score.rank,
        "rank_low": score.rank_low,
        "rank_high": score.rank_high,
        "class": score.score_class,
        "n": score.n,
        "confidence": score.confidence,
        "robustness": score.robustness,
        "sub_indices": {name: {"title": str(SUB_INDEX_NAMES[name]), **score.sub_indices[name]} for name in SUB_INDICES},
        "contributions": {
            part: {"title": str(title), **score.contributions[part]} for part, title in PART_NAMES.items()
        },
    }


def _hide_cameras(told: dict[str, Any]) -> None:
    """Leave of the sub-index that holds cameras its sum alone, and not even that where the sum is cameras only."""
    parts = SUB_INDICES["vulnerability"]
    others = sum(told["contributions"][part]["points"] or 0.0 for part in parts if part not in CAMERA_PARTS)
    for part in parts:
        _blank(told["contributions"][part], "value", "points", "at_top")
    told["sub_indices"]["vulnerability"]["measures"] = {}
    if others > 0:
        return
    for sub_index in told["sub_indices"].values():
        _blank(sub_index, "value", "points")
    for part in told["contributions"].values():
        _blank(part, "value", "points", "at_top")


def _leave_out_reserved(told: dict[str, Any]) -> None:
    """Tell the count without reserved types. The score itself holds them in whole fives only (decision 0015). A run
    that did not count them apart tells no count and no part of the concentration."""
    concentration = told["sub_indices"]["concentration"]
    measures = dict(concentration["measures"])
    measures.pop("n_reserved", None)
    counted = measures.pop("n_reserved_counted", None)
    told["n"] = None if counted is None else told["n"] - int(counted)
    concentration["measures"] = measures | {"n": told["n"]}
    if counted is None:
        _blank(concentration, "value", "points")
        for part in ("incidents", "harm", "harm_uncovered"):
            _blank(told["contributions"][part], "value", "points", "at_top")


def _hide_harm_measures(told: dict[str, Any]) -> None:
    concentration = told["sub_indices"]["concentration"]
    kept = {name: value for name, value in concentration["measures"].items() if name not in HARM_MEASURES}
    concentration["measures"] = kept


def _hide_small_counts(told: dict[str, Any]) -> None:
    for sub_index in told["sub_indices"].values():
        sub_index["measures"] = {}
    if told["n"] is not None and told["n"] < LEAST_COUNT:
        told["n"] = None


def _blank(entry: dict[str, Any], *names: str) -> None:
    for name in names:
        entry[name] = None
    entry["hidden"] = True
