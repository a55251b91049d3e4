"""A computed score as what is stored and told: every part with its weight, value and points; nothing that is missing
looks like zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.score_scheme import PARTS, SUB_INDICES

if TYPE_CHECKING:
    from analysis.arrays import IntArray
    from analysis.score_scheme import Scheme
    from analysis.scoring import Scores
    from analysis.sector_measures import Measures

MEASURES = {
    "concentration": (
        "n",
        "unweighted_n",
        "harm_days",
        "largest_harm_days",
        "n_reserved",
        "n_reserved_counted",
        "residents",
        "base_person_hours",
        "event_person_hours",
    ),
    "perception": ("reading_value", "reading_n", "reading_age_days"),
    "vulnerability": ("factor_weight", "ground_uncovered_ratio"),
}


def parts_of(
    scores: Scores, measures: Measures, *, scheme: Scheme, by_denominator: Mapping[str, IntArray]
) -> list[dict[str, Any]]:
    """One record per sector, in the order of the scores; a part that is missing has None where a figure would be.

    `by_denominator` ranks of all sectors per residents, per people about by day and per ground, where these are known.
    """
    return [
        _record(position, scores, measures, scheme=scheme, by_denominator=by_denominator)
        for position in range(len(scores.index))
    ]


def _record(
    position: int, scores: Scores, measures: Measures, *, scheme: Scheme, by_denominator: Mapping[str, IntArray]
) -> dict[str, Any]:
    n = int(measures.table["n"].iloc[position])
    score_class = int(scores.score_class[position])
    score, without = float(scores.score[position]), float(scores.score_without_events[position])
    return {
        "score": score,
        "score_low": float(scores.score_low[position]),
        "score_high": float(scores.score_high[position]),
        "score_without_events": without,
        "event_effect": score - without,
        "rank": int(scores.rank[position]),
        "rank_low": int(scores.rank_low[position]),
        "rank_high": int(scores.rank_high[position]),
        "robustness": {
            "top_chances": {str(k): float(share) for k, share in scores.top_chances.iloc[position].items()},
            "band": [int(scores.band_low[position]), int(scores.band_high[position])],
            "ranks_by_denominator": {name: int(found[position]) for name, found in by_denominator.items()},
        },
        "class": score_class if score_class >= 0 else None,
        "n": n,
        "confidence": {
            "value": float(scores.confidence[position]),
            "complete": float(scores.completeness[position]),
            "own_counts": _known(scores.own_weight[position]),
        },
        "sub_indices": {name: _sub_index(name, position, scores, measures) for name in SUB_INDICES},
        "contributions": {part: _part(part, position, scores, scheme=scheme) for part in PARTS},
        "area_m2": float(measures.table["area_m2"].iloc[position]),
    }


def _sub_index(name: str, position: int, scores: Scores, measures: Measures) -> dict[str, Any]:
    value = _known(scores.sub_values[name].iloc[position])
    row = measures.table.iloc[position]
    return {
        "value": None if value is None else 100.0 * value,
        "missing": value is None,
        "weight": float(scores.sub_weights[name].iloc[position]),
        "points": None
        if value is None
        else sum(_known(scores.contributions[part].iloc[position]) or 0.0 for part in SUB_INDICES[name]),
        "measures": {measure: _known(row[measure]) for measure in MEASURES[name]},
    }


def _part(part: str, position: int, scores: Scores, *, scheme: Scheme) -> dict[str, Any]:
    value = _known(scores.values[part].iloc[position])
    return {
        "value": None if value is None else 100.0 * value,
        "missing": value is None,
        "weight": float(scores.weights[part].iloc[position]),
        "scheme_weight": scheme.weight_of(part),
        "points": _known(scores.contributions[part].iloc[position]),
        "at_top": value == 1.0,
    }


def _known(value: float) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
