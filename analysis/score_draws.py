"""What chance, weights and method could have made of the scores: draws, and how much of the ranks each one moves."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.random import Generator

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.ranks import drawn_ranks
from analysis.score_scheme import LEAST_VALUE, M2_PER_HECTARE, PARTS, SUB_INDICES, Scheme

if TYPE_CHECKING:
    from analysis.sector_measures import Measures

SPLIT_DRAWS = 500
"""Draws from which the variance of ranks is split; the whole uses all."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Scores (sectors, draws).

    `score`: data and weights at random, the scheme's own aggregation; `whole`: the aggregation at random too; then
    `data` and `weights` with one ingredient at random alone, and `method` (sectors, 2), arithmetic and geometric.
    """

    score: FloatArray
    whole: FloatArray
    data: FloatArray
    weights: FloatArray
    method: FloatArray

    def rank_variance(self, ranks_of_whole: IntArray) -> dict[str, float]:
        """Mean variance of a sector's rank, by what is at random."""
        parts = {"data": self.data, "weights": self.weights, "method": self.method}
        split = {name: float(drawn_ranks(part).var(axis=1).mean()) for name, part in parts.items()}
        return split | {"all": float(ranks_of_whole.var(axis=1).mean())}


def score_draws(measures: Measures, values: pd.DataFrame, *, scheme: Scheme, seed: int) -> Draws:
    """Draw every sector's score anew.

    Incidents of each kind of harm follow a gamma posterior, so that rate, harm and harm out of sight move together;
    readings have the sampling error of a share; weights of the sub-indices a Dirichlet around theirs; the method is
    arithmetic or geometric with equal chance. Each sector's numbers hang on the seed and its own code alone; weights
    and method are the same for all sectors in a draw.

    Source: gamma-Poisson posterior by kind of incident; Saltelli and others 2008 for drawing weights and method.
    """
    present = values.notna().to_numpy()
    wobble = drawn_sub_weights(scheme, seed=seed)
    geometric = np.random.default_rng([seed, 1]).random(scheme.draws) < 0.5
    table = {name: measures.table[name].to_numpy(dtype=float) for name in measures.table.columns}
    groups = _HarmGroups(measures)
    base = values.to_numpy(dtype=float)
    shape = (len(values), scheme.draws)
    score, whole = np.empty(shape), np.empty(shape)
    few = min(SPLIT_DRAWS, scheme.draws)
    data, weights, method = np.empty((len(values), few)), np.empty((len(values), few)), np.empty((len(values), 2))
    still = drawn_sub_weights(scheme, seed=None)
    used: dict[bytes, tuple[FloatArray, FloatArray]] = {}
    for position, code in enumerate(values.index):
        rng = np.random.default_rng([seed, zlib.crc32(str(code).encode())])
        row = {name: column[position] for name, column in table.items()}
        here = present[position]
        drawn = _drawn_values(row, *groups.of(position), scheme=scheme, rng=rng)[here]
        if here.tobytes() not in used:
            used[here.tobytes()] = part_weights(here, wobble, scheme=scheme), part_weights(here, still, scheme=scheme)
        moved, held = used[here.tobytes()]
        known, held = base[position][here][:, None], held[:, :few]
        whole[position] = plain = _mean(drawn, moved)
        whole[position, geometric] = _geometric(drawn[:, geometric], moved[:, geometric])
        score[position] = plain if scheme.aggregation == "arithmetic" else _geometric(drawn, moved)
        data[position] = _mean(drawn[:, :few], held)
        weights[position] = _mean(np.broadcast_to(known, held.shape), moved[:, :few])
        method[position] = _mean(known, held[:, :1])[0], _geometric(known, held[:, :1])[0]
    return Draws(score, whole, data, weights, method)


def drawn_sub_weights(scheme: Scheme, *, seed: int | None) -> dict[str, FloatArray]:
    """Weights (draws,) of each sub-index; without a seed, or where the scheme holds them still, those of the scheme."""
    names = [name for name in SUB_INDICES if scheme.sub_weights[name] > 0]
    held = {name: np.full(scheme.draws, scheme.sub_weights[name]) for name in SUB_INDICES}
    if seed is None or scheme.weight_concentration is None or len(names) < 2:
        return held
    alpha = scheme.weight_concentration * np.array([scheme.sub_weights[name] for name in names])
    return held | dict(zip(names, np.random.default_rng([seed, 0]).dirichlet(alpha, scheme.draws).T, strict=True))


def part_weights(present: BoolArray, sub_weights: dict[str, FloatArray], *, scheme: Scheme) -> FloatArray:
    """Weights (present parts, draws) of a sector, one in all: those of missing parts go to the present ones."""
    rows = []
    total = np.zeros(scheme.draws)
    for name, parts in SUB_INDICES.items():
        here = [part for part in parts if present[PARTS.index(part)]]
        shares = np.array([scheme.part_weights[name][part] for part in here])
        if shares.sum() <= 0:
            rows += [np.zeros(scheme.draws) for _ in here]
            continue
        total = total + sub_weights[name]
        rows += [sub_weights[name] * share for share in shares / shares.sum()]
    return np.array(rows).reshape(-1, scheme.draws) / np.where(total > 0, total, 1.0)


class _HarmGroups:
    """Equal harms inside each sector, as arrays from one row to the next sector's."""

    def __init__(self, measures: Measures) -> None:
        groups = measures.harm_groups.sort_values("sector", kind="stable")
        self.count = groups["count"].to_numpy(dtype=float)
        self.harm_days = groups["harm_days"].to_numpy(dtype=float)
        self.uncovered = ~groups["covered"].to_numpy(dtype=bool)
        self.starts = np.searchsorted(groups["sector"].to_numpy(), np.arange(len(measures.table) + 1))

    def of(self, position: int) -> tuple[FloatArray, FloatArray, BoolArray]:
        rows = slice(self.starts[position], self.starts[position + 1])
        return self.count[rows], self.harm_days[rows], self.uncovered[rows]


def _drawn_values(
    row: dict[str, float],
    count: FloatArray,
    harm_days: FloatArray,
    uncovered: BoolArray,
    *,
    scheme: Scheme,
    rng: Generator,
) -> FloatArray:
    """Values (parts, draws) of one sector, in the order of the parts."""
    prior, size = scheme.prior, scheme.draws
    exposure = prior.exposure + row["base_person_hours"] + row["event_person_hours"]
    before = rng.standard_gamma(prior.shape, size)
    numbers = np.empty((count.size, size))
    for number, seen in zip(numbers, count.tolist(), strict=True):
        rng.standard_gamma(seen, out=number)
    harm_before = before * scheme.mean_harm_days
    harm = harm_days @ numbers
    hidden = (harm_days * uncovered) @ numbers
    ground = row["ground_uncovered_ratio"]
    answers = row["reading_n"]
    share = (answers * row["reading_value"] / 100.0 + 2.0) / (answers + 4.0)  # Agresti and Coull: never a zero error
    error = rng.standard_normal(size) * np.sqrt(share * (1.0 - share) / (answers + 4.0))
    factors = row["factor_weight"] / (row["area_m2"] / M2_PER_HECTARE)
    return np.array(
        [
            scheme.scales["incidents"].normalised((before + numbers.sum(axis=0)) / exposure),
            scheme.scales["harm"].normalised((harm_before + harm) / exposure),
            np.clip(row["reading_value"] / 100.0 + error, 0.0, 1.0),
            np.full(size, scheme.scales["factors"].normalised(np.array([factors]))[0]),
            (hidden + harm_before * ground) / np.maximum(harm + harm_before, 1e-300),
            np.full(size, ground),
        ]
    )


def _mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(100.0 * np.einsum("pd,pd->d", values, weights))


def _geometric(values: FloatArray, weights: FloatArray) -> FloatArray:
    if not len(values):
        return np.zeros(weights.shape[1])
    logs = np.log(np.maximum(values, LEAST_VALUE))
    return np.asarray(100.0 * np.exp(np.einsum("pd,pd->d", logs, weights)))
