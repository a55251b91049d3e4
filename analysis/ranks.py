"""Ranks that say how sure they are, and classes that never part what cannot be told apart."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from analysis.arrays import FloatArray, IntArray, Numbers
from analysis.checks import require_finite

LOW, HIGH = 0.05, 0.95


def ranks(scores: Numbers) -> IntArray:
    """Rank of each score, 1 for the highest; equal scores share the best rank of theirs."""
    return np.asarray(rankdata(-require_finite("scores", scores), method="min"), dtype=np.int64)


def rank_intervals(draws: FloatArray, *, centre: IntArray) -> tuple[IntArray, IntArray]:
    """Best and worst plausible rank of each row, 5 % and 95 % of its ranks over the draws (rows, draws).

    The interval always holds the rank `centre` that the undisturbed scores give.
    """
    drawn = rankdata(-draws, method="min", axis=0)
    low = np.quantile(drawn, LOW, axis=1, method="lower")
    high = np.quantile(drawn, HIGH, axis=1, method="higher")
    return np.minimum(low, centre).astype(np.int64), np.maximum(high, centre).astype(np.int64)


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
