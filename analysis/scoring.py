"""The risk score of a sector: three named sub-indices, parts that add up exactly, ranks that say how sure they are.

Source of the steps: Nardo, M. and others (2008), Handbook on Constructing Composite Indicators, OECD and JRC: measure,
shrink, normalise against a frozen reference, weigh, add, and perturb to learn how far the ranks can be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.ranks import HIGH, LOW, drawn_ranks, intervals_of, ranks, score_bands, score_classes
from analysis.score_draws import score_draws
from analysis.score_scheme import LEAST_VALUE, M2_PER_HECTARE, PARTS, SUB_INDICES, Scheme
from analysis.sector_measures import Measures
from analysis.shrinkage import Prior, shrunk_rates, weight_of_own_counts

TOPS = (5, 10, 20)
HALF_SAMPLE = 10.0  # with this many incidents a sector has half of the confidence that counting can give


@dataclass(frozen=True, eq=False)
class Scores:
    """Every array has one row per sector, in the order of the measures.

    `values` (0 to 1), `weights` (as used) and `contributions` (points out of 100) have one column per part, NaN or zero
    where the part is missing; a row of contributions adds up to its score. `sub_values` and `sub_weights` have one
    column per sub-index. `top_chances` has a column per number k: the share of draws in which the sector is among the
    first k. `band_low`, `band_high`: classes between which the score lies in 80 % of the draws. `rank_variance`: mean
    variance of a sector's rank with only the data, only the weights, only the method, and everything at random.
    """

    index: pd.Index
    values: pd.DataFrame
    weights: pd.DataFrame
    contributions: pd.DataFrame
    sub_values: pd.DataFrame
    sub_weights: pd.DataFrame
    score: FloatArray
    score_low: FloatArray
    score_high: FloatArray
    score_without_events: FloatArray
    rank: IntArray
    rank_low: IntArray
    rank_high: IntArray
    score_class: IntArray
    completeness: FloatArray
    confidence: FloatArray
    own_weight: FloatArray
    top_chances: pd.DataFrame
    band_low: IntArray
    band_high: IntArray
    rank_variance: dict[str, float]


def score_sectors(measures: Measures, *, scheme: Scheme, placed_ratio: float, seed: int) -> Scores:
    """Score every sector from 0 to 100.

    A missing part gives its weight to the present parts of its sub-index, a missing sub-index to the other two; both
    lower the confidence and neither counts as zero. `placed_ratio` is the share of the window's incidents that have a
    place; `confidence` is completeness x n / (n + 10) x placed_ratio. `score_class`
    goes from 0 (lowest) up; it is -1 below `least_n_for_class` incidents.
    """
    values, weights, contributions, score = undisturbed_scores(measures, scheme=scheme)
    draws = score_draws(measures, values, scheme=scheme, seed=seed)
    rank = ranks(score)
    drawn = drawn_ranks(draws.whole)
    rank_low, rank_high = intervals_of(drawn, centre=rank)
    band_low, band_high = score_bands(draws.score, classes=scheme.classes)
    without_events = part_values(measures, scheme=scheme, with_events=False)
    n = measures.table["n"].to_numpy(dtype=float)
    completeness = np.asarray(values.notna().to_numpy() @ np.array([scheme.weight_of(part) for part in PARTS]))
    sub_weights = pd.DataFrame({name: weights[list(parts)].sum(axis=1) for name, parts in SUB_INDICES.items()})
    return Scores(
        index=values.index,
        values=values,
        weights=weights,
        contributions=contributions,
        sub_values=_sub_values(values, scheme=scheme),
        sub_weights=sub_weights,
        score=score,
        score_low=np.minimum(np.quantile(draws.score, LOW, axis=1), score),
        score_high=np.maximum(np.quantile(draws.score, HIGH, axis=1), score),
        score_without_events=aggregated(without_events, weights, scheme=scheme)[1],
        rank=rank,
        rank_low=rank_low,
        rank_high=rank_high,
        score_class=np.where(
            n < scheme.least_n_for_class, -1, score_classes(score, rank_low, rank_high, classes=scheme.classes)
        ),
        completeness=completeness,
        confidence=np.clip(completeness * n / (n + HALF_SAMPLE) * placed_ratio, 0.0, 1.0),
        own_weight=_own_weight(person_hours_of(measures.table, with_events=True), prior=scheme.prior),
        top_chances=pd.DataFrame({k: (drawn <= k).mean(axis=1) for k in TOPS}, index=values.index),
        band_low=band_low,
        band_high=band_high,
        rank_variance=draws.rank_variance(drawn),
    )


def undisturbed_scores(
    measures: Measures, *, scheme: Scheme
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, FloatArray]:
    """Values, weights in use and contributions of every part, and the scores they add up to, without any draw."""
    values = part_values(measures, scheme=scheme)
    weights = used_weights(values.notna(), scheme=scheme)
    contributions, score = aggregated(values, weights, scheme=scheme)
    return values, weights, contributions, score


def aggregated(values: pd.DataFrame, weights: pd.DataFrame, *, scheme: Scheme) -> tuple[pd.DataFrame, FloatArray]:
    """Contributions and the scores that they add up to.

    Arithmetic: 100·w·z, and their sum. Geometric: 100·Π z^w with z at least 0.05, shared out among the parts as their
    w·z are, so that these add up to it too.
    """
    contributions = 100.0 * weights * values
    total = _sum_of_parts(contributions)
    if scheme.aggregation == "arithmetic":
        return contributions, total
    value = values.to_numpy(dtype=float)
    weight = np.where(np.isnan(value), 0.0, weights.to_numpy(dtype=float))
    logs = np.log(np.maximum(np.nan_to_num(value), LEAST_VALUE))
    mean = np.where(weight.sum(axis=1) > 0, 100.0 * np.exp((weight * logs).sum(axis=1)), 0.0)
    # where every part is at nothing the weights alone say how the least value is shared out
    plain = np.where(total[:, None] > 0, contributions.to_numpy(dtype=float), np.where(np.isnan(value), np.nan, weight))
    share = np.nansum(plain, axis=1)
    parts = plain * (mean / np.where(share > 0, share, 1.0))[:, None]
    shared = pd.DataFrame(parts, index=values.index, columns=values.columns)
    return shared, _sum_of_parts(shared)


def part_values(measures: Measures, *, scheme: Scheme, with_events: bool = True) -> pd.DataFrame:
    """Normalised value (0 to 1) of every part of every sector, NaN where it is missing.

    incidents: shrunk rate per person-hour; harm: its product with the shrunk mean harm, (a·h0 + H) / (b + E); both
    denominators hold the person-hours of mass events unless `with_events` is False. readings: share of people who feel
    unsafe. factors: severity of unsolved factors per hectare. harm_uncovered: share of harm out of sight of
    live-monitored cameras, drawn towards the share of ground out of sight; ground_uncovered: that share.
    """
    table = measures.table
    person_hours = person_hours_of(table, with_events=with_events)
    n, harm = table["n"].to_numpy(dtype=float), table["harm_days"].to_numpy(dtype=float)
    prior_harm = scheme.prior.shape * scheme.mean_harm_days
    uncovered_harm = _sum_by_sector(measures, measures.harm_groups["harm_days"] * ~measures.harm_groups["covered"])
    ground = table["ground_uncovered_ratio"].to_numpy(dtype=float)
    per_hectare = table["factor_weight"].to_numpy(dtype=float) / (table["area_m2"].to_numpy() / M2_PER_HECTARE)
    values = {
        "incidents": scheme.scales["incidents"].normalised(_known_rates(n, person_hours, prior=scheme.prior)),
        "harm": scheme.scales["harm"].normalised((prior_harm + harm) / (scheme.prior.exposure + person_hours)),
        "readings": table["reading_value"].to_numpy(dtype=float) / 100.0,
        "factors": scheme.scales["factors"].normalised(per_hectare),
        "harm_uncovered": (uncovered_harm + prior_harm * ground) / (harm + prior_harm),
        "ground_uncovered": ground,
    }
    return pd.DataFrame(values, index=table.index, columns=list(PARTS))


def used_weights(present: pd.DataFrame, *, scheme: Scheme) -> pd.DataFrame:
    """Weight of every part in the score: those of missing parts go to the present ones, row by row they add to one."""
    weights = pd.DataFrame(0.0, index=present.index, columns=list(PARTS))
    weighed = {
        name: [part for part in parts if scheme.part_weights[name][part] > 0] for name, parts in SUB_INDICES.items()
    }
    sub_present = pd.DataFrame({name: present[parts].any(axis=1) for name, parts in weighed.items()})
    sub_used = _shared_out(sub_present, scheme.sub_weights)
    for name, parts in SUB_INDICES.items():
        part_used = _shared_out(present[list(parts)], scheme.part_weights[name])
        for part in parts:
            weights[part] = sub_used[name] * part_used[part]
    return weights


# --- small sums -------------------------------------------------------------------------------------------------------


def person_hours_of(table: pd.DataFrame, *, with_events: bool) -> FloatArray:
    base = table["base_person_hours"].to_numpy(dtype=float)
    return np.asarray(base + table["event_person_hours"].to_numpy(dtype=float) if with_events else base)


def _known_rates(n: FloatArray, person_hours: FloatArray, *, prior: Prior) -> FloatArray:
    """Shrunk rates, NaN where nobody knows how many people are there."""
    known = np.isfinite(person_hours)
    return np.where(known, shrunk_rates(n, np.where(known, person_hours, 1.0), prior=prior), np.nan)


def _own_weight(person_hours: FloatArray, *, prior: Prior) -> FloatArray:
    known = np.isfinite(person_hours)
    return np.where(known, weight_of_own_counts(np.where(known, person_hours, 1.0), prior=prior), np.nan)


def _sum_by_sector(measures: Measures, per_incident: pd.Series) -> FloatArray:
    groups = measures.harm_groups
    weights = per_incident.to_numpy(dtype=float) * groups["count"].to_numpy(dtype=float)
    totals = np.bincount(groups["sector"].to_numpy(dtype=np.int64), weights=weights, minlength=len(measures.table))
    return totals.astype(np.float64)


def _sum_of_parts(contributions: pd.DataFrame) -> FloatArray:
    """Add the parts one after the other in their fixed order: the printed parts give the printed score."""
    total = np.zeros(len(contributions))
    for part in PARTS:
        total = total + contributions[part].fillna(0.0).to_numpy(dtype=float)
    return total


def _shared_out(present: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    used = present.astype(float) * pd.Series(weights)[list(present.columns)]
    total = used.sum(axis=1)
    return used.div(total.where(total > 0, 1.0), axis=0)


def _sub_values(values: pd.DataFrame, *, scheme: Scheme) -> pd.DataFrame:
    means = {}
    for name, parts in SUB_INDICES.items():
        columns = list(parts)
        used = _shared_out(values[columns].notna(), scheme.part_weights[name])
        present: BoolArray = values[columns].notna().any(axis=1).to_numpy()
        means[name] = np.where(present, (used * values[columns].fillna(0.0)).sum(axis=1), np.nan)
    return pd.DataFrame(means, index=values.index)
