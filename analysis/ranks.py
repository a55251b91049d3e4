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


def rank_classes(low: IntArray, high: IntArray, *, classes: int) -> IntArray:
    """Class of each row, 1 for the highest: rows whose rank intervals touch, directly or in a chain, share one.

    When more groups can be told apart than there are classes, the lowest ones are joined.
    """
    order = np.lexsort((high, low))
    group = np.zeros(low.size, dtype=np.int64)
    number, reach = 0, -1
    for position in order:
        if low[position] > reach:
            number += 1
        reach = max(reach, int(high[position]))
        group[position] = number
    return np.minimum(group, classes)
