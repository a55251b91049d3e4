"""Ranks that say how sure they are, and classes that never part what cannot be told apart."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from analysis.arrays import FloatArray, IntArray, Numbers
from analysis.checks import require_finite

LOW, HIGH = 0.05, 0.95
BAND_SURE = 0.8


def ranks(scores: Numbers) -> IntArray:
    """Rank of each score, 1 for the highest; equal scores share the best rank of theirs."""
    return np.asarray(rankdata(-require_finite("scores", scores), method="min"), dtype=np.int64)


def rank_intervals(draws: FloatArray, *, centre: IntArray) -> tuple[IntArray, IntArray]:
    """Best and worst plausible rank of each row, 5 % and 95 % of its ranks over the draws (rows, draws).

    The interval always holds the rank `centre` that the undisturbed scores give.
    """
    return intervals_of(drawn_ranks(draws), centre=centre)


def score_classes(scores: Numbers, low: IntArray, high: IntArray, *, classes: int) -> IntArray:
    """Class of each score from 0 (lowest) to classes - 1, by equal steps of the score from 0 to 100.

    Rows whose rank intervals touch, directly or in a chain, cannot be told apart and get the class of their mean score.
    """
    values = require_finite("scores", scores)
    order = np.lexsort((high, low))
    group = np.zeros(values.size, dtype=np.int64)
    number, reach = -1, -1
    for position in order:
        if low[position] > reach:
            number += 1
        reach = max(reach, int(high[position]))
        group[position] = number
    means = np.bincount(group, weights=values) / np.maximum(np.bincount(group), 1)
    return np.clip(np.floor(means[group] * classes / 100.0), 0, classes - 1).astype(np.int64)


def drawn_ranks(draws: FloatArray) -> IntArray:
    """Rank of every row in every draw, (rows, draws); 1 for the highest, equal scores share the best rank of theirs."""
    falling = np.ascontiguousarray(-draws.T)
    order = np.argsort(falling, axis=1, kind="stable")
    ordered = np.take_along_axis(falling, order, axis=1)
    place = np.broadcast_to(np.arange(1, draws.shape[0] + 1), order.shape)
    first = np.ones(order.shape, dtype=np.bool_)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    shared = np.maximum.accumulate(np.where(first, place, 1), axis=1)
    ranked = np.empty(order.shape, dtype=np.int64)
    np.put_along_axis(ranked, order, shared, axis=1)
    return np.ascontiguousarray(ranked.T)


def intervals_of(drawn: IntArray, *, centre: IntArray) -> tuple[IntArray, IntArray]:
    """Best and worst plausible rank of each row, 5 % and 95 % of its drawn ranks; always around the rank `centre`."""
    low = np.quantile(drawn, LOW, axis=1, method="lower")
    high = np.quantile(drawn, HIGH, axis=1, method="higher")
    return np.minimum(low, centre).astype(np.int64), np.maximum(high, centre).astype(np.int64)


def score_bands(draws: FloatArray, *, classes: int) -> tuple[IntArray, IntArray]:
    """Lowest and highest class in which each score lies with 80 % of the draws; equal where one class is that sure."""
    low, high = np.quantile(draws, [1.0 - BAND_SURE / 2 - 0.5, BAND_SURE / 2 + 0.5], axis=1)
    steps = [np.clip(np.floor(bound * classes / 100.0), 0, classes - 1).astype(np.int64) for bound in (low, high)]
    return steps[0], steps[1]
