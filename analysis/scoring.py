"""The risk score of a sector: three named sub-indices, parts that add up exactly, ranks that say how sure they are.

Source of the steps: Nardo, M. and others (2008), Handbook on Constructing Composite Indicators, OECD and JRC: measure,
shrink, normalise against a frozen reference, weigh, add, and perturb to learn how far the ranks can be trusted.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.errors import ParameterError
from analysis.ranks import HIGH, LOW, rank_intervals, ranks, score_classes
from analysis.sector_measures import Measures
from analysis.shrinkage import Prior, shrunk_rates, weight_of_own_counts

SUB_INDICES: dict[str, tuple[str, ...]] = {
    "concentration": ("incidents", "harm"),
    "perception": ("readings",),
    "vulnerability": ("factors", "harm_uncovered", "ground_uncovered"),
}
PARTS: tuple[str, ...] = tuple(part for parts in SUB_INDICES.values() for part in parts)
CAMERA_PARTS = frozenset({"harm_uncovered", "ground_uncovered"})
M2_PER_HECTARE = 10_000.0
HALF_SAMPLE = 10.0  # with this many incidents a sector has half of the confidence that counting can give


@dataclass(frozen=True)
class Scale:
    """Frozen normalisation of one measure: log1p(x / unit) from `low` to `high` becomes 0 to 1, clipped.

    The bounds are percentiles of a reference that no sector moves, so one sector's change never moves another's part.
    """

    unit: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (self.unit > 0 and math.isfinite(self.unit) and self.low < self.high < math.inf and self.low >= 0):
            raise ParameterError(
                "A scale needs a unit above zero and low < high; got {unit}, {low}, {high}.",
                unit=self.unit,
                low=self.low,
                high=self.high,
            )

    def normalised(self, values: FloatArray) -> FloatArray:
        """Values from 0 to 1; NaN stays NaN."""
        return np.clip((np.log1p(values / self.unit) - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True)
class Scheme:
    """Weights and frozen reference of a score.

    `sub_weights` and each entry of `part_weights` add up to one. `weight_concentration` is how firmly the weights of
    the sub-indices are held in the draws (Dirichlet; 60 means about ± 0.05 on a weight of 0.2); None holds them still.
    """

    sub_weights: Mapping[str, float]
    part_weights: Mapping[str, Mapping[str, float]]
    prior: Prior
    mean_harm_days: float
    scales: Mapping[str, Scale]
    draws: int = 1000
    weight_concentration: float | None = 60.0
    classes: int = 5
    least_n_for_class: int = 10

    def __post_init__(self) -> None:
        _require_weights("the sub-indices", self.sub_weights, tuple(SUB_INDICES))
        for sub_index, parts in SUB_INDICES.items():
            _require_weights(sub_index, self.part_weights.get(sub_index, {}), parts)
        missing = {"incidents", "harm", "factors"} - set(self.scales)
        if missing:
            raise ParameterError("The scheme has no scale for {parts}.", parts=", ".join(sorted(missing)))

    def weight_of(self, part: str) -> float:
        """Weight of a part in the whole score when nothing is missing."""
        sub_index = next(name for name, parts in SUB_INDICES.items() if part in parts)
        return self.sub_weights[sub_index] * self.part_weights[sub_index][part]


@dataclass(frozen=True, eq=False)
class Scores:
    """Every array has one row per sector, in the order of the measures.

    `values` (0 to 1), `weights` (as used) and `contributions` (points out of 100) have one column per part, NaN or zero
    where the part is missing; a row of contributions adds up to its score. `sub_values` and `sub_weights` have one
    column per sub-index.
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


def score_sectors(measures: Measures, *, scheme: Scheme, placed_ratio: float, seed: int) -> Scores:
    """Score every sector from 0 to 100.

    A missing part gives its weight to the present parts of its sub-index, a missing sub-index to the other two; both
    lower the confidence and neither counts as zero. `placed_ratio` is the share of the window's incidents that have a
    place; `confidence` is completeness x n / (n + 10) x placed_ratio. `score_class`
    goes from 0 (lowest) up; it is -1 below `least_n_for_class` incidents.
    """
    values, weights, contributions, score = undisturbed_scores(measures, scheme=scheme)
    draws = score_draws(measures, scheme=scheme, seed=seed)
    rank = ranks(score)
    rank_low, rank_high = rank_intervals(draws, centre=rank)
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
        score_low=np.minimum(np.quantile(draws, LOW, axis=1), score),
        score_high=np.maximum(np.quantile(draws, HIGH, axis=1), score),
        score_without_events=_sum_of_parts(100.0 * weights * part_values(measures, scheme=scheme, with_events=False)),
        rank=rank,
        rank_low=rank_low,
        rank_high=rank_high,
        score_class=np.where(
            n < scheme.least_n_for_class, -1, score_classes(score, rank_low, rank_high, classes=scheme.classes)
        ),
        completeness=completeness,
        confidence=np.clip(completeness * n / (n + HALF_SAMPLE) * placed_ratio, 0.0, 1.0),
        own_weight=_own_weight(_person_hours(measures.table, with_events=True), prior=scheme.prior),
    )


def undisturbed_scores(
    measures: Measures, *, scheme: Scheme
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, FloatArray]:
    """Values, weights in use and contributions of every part, and the scores they add up to, without any draw."""
    values = part_values(measures, scheme=scheme)
    weights = used_weights(values.notna(), scheme=scheme)
    contributions = 100.0 * weights * values
    return values, weights, contributions, _sum_of_parts(contributions)


def part_values(measures: Measures, *, scheme: Scheme, with_events: bool = True) -> pd.DataFrame:
    """Normalised value (0 to 1) of every part of every sector, NaN where it is missing.

    incidents: shrunk rate per person-hour; harm: its product with the shrunk mean harm, (a·h0 + H) / (b + E); both
    denominators hold the person-hours of mass events unless `with_events` is False. readings: share of people who feel
    unsafe. factors: severity of unsolved factors per hectare. harm_uncovered: share of harm out of sight of
    live-monitored cameras, drawn towards the share of ground out of sight; ground_uncovered: that share.
    """
    table = measures.table
    person_hours = _person_hours(table, with_events=with_events)
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


def score_draws(measures: Measures, *, scheme: Scheme, seed: int) -> FloatArray:
    """Scores (sectors, draws) under what chance could have done.

    Rates come from their posterior, harm from a Poisson bootstrap of the incidents (the weights of equal incidents add
    up to one Poisson number), readings from the sampling error of a share, weights from a Dirichlet around theirs.
    Each sector's numbers hang on the seed and its own code alone; the weights are the same for all sectors.
    """
    present = part_values(measures, scheme=scheme).notna()
    wobble = _drawn_sub_weights(scheme, seed=seed)
    draws = np.empty((len(present), scheme.draws))
    groups = {position: rows for position, rows in measures.harm_groups.groupby("sector")}
    empty = measures.harm_groups.iloc[:0]
    for position, code in enumerate(present.index):
        rng = np.random.default_rng([seed, zlib.crc32(str(code).encode())])
        drawn = _drawn_values(measures.table.iloc[position], groups.get(position, empty), scheme=scheme, rng=rng)
        draws[position] = _drawn_score(drawn, present.iloc[position], wobble, scheme=scheme)
    return draws


# --- one sector's draws ----------------------------------------------------------------------------------------------


def _drawn_values(
    row: pd.Series, groups: pd.DataFrame, *, scheme: Scheme, rng: np.random.Generator
) -> dict[str, FloatArray]:
    prior, size = scheme.prior, scheme.draws
    person_hours = row["base_person_hours"] + row["event_person_hours"]
    rate = rng.gamma(prior.shape + row["n"], 1.0 / (prior.exposure + person_hours), size)
    repeats = rng.poisson(groups["count"].to_numpy(dtype=float), size=(size, len(groups))).astype(np.float64)
    harm_days = groups["harm_days"].to_numpy(dtype=float)
    harm = repeats @ harm_days
    uncovered = repeats @ (harm_days * ~groups["covered"].to_numpy(dtype=bool))
    prior_harm = prior.shape * scheme.mean_harm_days
    mean_harm = (prior_harm + harm) / (prior.shape + repeats.sum(axis=1))
    ground = float(row["ground_uncovered_ratio"])
    answers = float(row["reading_n"])
    share = (answers * row["reading_value"] / 100.0 + 2.0) / (answers + 4.0)  # Agresti and Coull: never a zero error
    error = rng.standard_normal(size) * np.sqrt(share * (1.0 - share) / (answers + 4.0))
    factors = np.full(size, row["factor_weight"] / (row["area_m2"] / M2_PER_HECTARE))
    return {
        "incidents": scheme.scales["incidents"].normalised(rate),
        "harm": scheme.scales["harm"].normalised(rate * mean_harm),
        "readings": np.clip(row["reading_value"] / 100.0 + error, 0.0, 1.0),
        "factors": scheme.scales["factors"].normalised(factors),
        "harm_uncovered": (uncovered + prior_harm * ground) / (harm + prior_harm),
        "ground_uncovered": np.full(size, ground),
    }


def _drawn_score(
    drawn: dict[str, FloatArray], present: pd.Series, wobble: dict[str, FloatArray], *, scheme: Scheme
) -> FloatArray:
    total, weight = np.zeros(scheme.draws), np.zeros(scheme.draws)
    for name, parts in SUB_INDICES.items():
        here = {part: scheme.part_weights[name][part] for part in parts if present[part]}
        if sum(here.values()) <= 0:
            continue
        value = sum(share * drawn[part] for part, share in here.items()) / sum(here.values())
        total += wobble[name] * value
        weight += wobble[name]
    return np.asarray(100.0 * total / np.where(weight > 0, weight, 1.0))


def _drawn_sub_weights(scheme: Scheme, *, seed: int) -> dict[str, FloatArray]:
    names = [name for name in SUB_INDICES if scheme.sub_weights[name] > 0]
    held = {name: np.full(scheme.draws, scheme.sub_weights[name]) for name in SUB_INDICES}
    if scheme.weight_concentration is None or len(names) < 2:
        return held
    rng = np.random.default_rng([seed, 0])
    alpha = scheme.weight_concentration * np.array([scheme.sub_weights[name] for name in names])
    return held | dict(zip(names, rng.dirichlet(alpha, scheme.draws).T, strict=True))


# --- small sums -------------------------------------------------------------------------------------------------------


def _person_hours(table: pd.DataFrame, *, with_events: bool) -> FloatArray:
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


def _require_weights(what: str, weights: Mapping[str, float], names: tuple[str, ...]) -> None:
    values = [weights.get(name, math.nan) for name in names]
    if set(weights) != set(names) or not all(math.isfinite(value) and value >= 0 for value in values):
        raise ParameterError(
            "The weights of {what} must be numbers of at least zero for {names}.", what=what, names=", ".join(names)
        )
    if abs(sum(values) - 1.0) > 1e-9:
        raise ParameterError(
            "The weights of {what} add up to {total}; they must add up to one.", what=what, total=sum(values)
        )
