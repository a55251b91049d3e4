"""Two scorings of the same sectors beside each other: what moved, and whether more than the doubt about the ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from analysis.arrays import FloatArray, IntArray
from analysis.errors import ParameterError
from analysis.ranks import ranks
from analysis.score_scheme import Scheme
from analysis.scoring import undisturbed_scores
from analysis.sector_measures import HOURS, MeasureRules, Measures

LEAST_STABLE = 0.7
"""Overlap of the first sectors below which a scoring is called unstable."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """`table` by sector code: score_before, score_after, rank_before, rank_after, beyond (the rank left its interval);
    `overlap` Jaccard index of the first `top` of both; `agreement` Kendall's tau of the two orders."""

    table: pd.DataFrame
    top: int
    overlap: float
    agreement: float

    @property
    def stable(self) -> bool:
        return self.overlap >= LEAST_STABLE


def compare_scores(
    before: FloatArray, after: FloatArray, *, codes: pd.Index, low: IntArray | None = None, high: IntArray | None = None
) -> Comparison:
    """Compare scores (n,) of the same sectors; `low`, `high` are the rank interval of the first scoring.

    Raises `ParameterError` where the two do not have one score for each sector.
    """
    if not len(before) == len(after) == len(codes):
        raise ParameterError("Two scorings are compared sector by sector; they must hold the same sectors.")
    first, second = ranks(before), ranks(after)
    out = (second < low) | (second > high) if low is not None and high is not None else first != second
    top = max(1, min(10, len(codes) // 3))
    one, other = set(codes[first <= top]), set(codes[second <= top])
    tau = float(kendalltau(before, after).statistic) if len(codes) > 1 else 1.0
    table = pd.DataFrame(
        {"score_before": before, "score_after": after, "rank_before": first, "rank_after": second, "beyond": out},
        index=codes,
    )
    return Comparison(table, top, len(one & other) / len(one | other), 1.0 if np.isnan(tau) else tau)


def with_people(measures: Measures, *, exposure: str, rules: MeasureRules) -> Measures:
    """The same measures per another denominator: residents, people about by day (ambient), or ground.

    Ambient people are scaled to as many as residents in all the sectors together, so that only where they are differs.
    NaN where that denominator is not known.
    """
    table = measures.table.copy()
    ambient = rules.ambient_per_km2 * table["area_m2"] / 1e6
    if exposure == "area":
        people = ambient * (1.0 if rules.exposure == "area" else _mean_density(table, rules))
    elif exposure == "ambient":
        people = ambient + _as_many(table["ambient"], table["residents"])
    elif exposure == "residents":
        people = ambient + table["residents"]
    else:
        raise ParameterError("The exposure {exposure} is not known.", exposure=exposure)
    table["base_person_hours"] = people * HOURS * rules.window_days
    return replace(measures, table=table)


def by_denominator(measures: Measures, *, scheme: Scheme, rules: MeasureRules) -> dict[str, FloatArray]:
    """Undisturbed scores (n,) per residents, per people about by day and per ground, of the denominators known."""
    known = {
        "residents": measures.table["residents"].notna().all(),
        "ambient": measures.table["ambient"].notna().all(),
        "area": True,
    }
    return {
        name: undisturbed_scores(with_people(measures, exposure=name, rules=rules), scheme=scheme)[3]
        for name, usable in known.items()
        if usable
    }


def _mean_density(table: pd.DataFrame, rules: MeasureRules) -> float:
    """How many times the ambient few the people of all sectors together are: ground alone then means the same total."""
    people = table["residents"].sum(min_count=1)
    few = rules.ambient_per_km2 * table["area_m2"].sum() / 1e6
    return 1.0 if not np.isfinite(people) or few <= 0 else float((people + few) / few)


def _as_many(people: pd.Series, as_many_as: pd.Series) -> pd.Series:
    total, wanted = people.sum(), as_many_as.sum(min_count=1)
    return people * (wanted / total) if total > 0 and np.isfinite(wanted) and wanted > 0 else people
