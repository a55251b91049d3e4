"""Ranks, their intervals, and classes."""

from __future__ import annotations

import numpy as np

from analysis.ranks import rank_classes, rank_intervals, ranks


def test_equal_scores_share_the_best_rank() -> None:
    assert ranks([5.0, 9.0, 5.0, 1.0]).tolist() == [2, 1, 2, 4]


def test_rank_interval_holds_the_rank_itself() -> None:
    draws = np.tile([[1.0], [2.0]], 100)
    low, high = rank_intervals(draws, centre=np.array([1, 2]))
    assert (low.tolist(), high.tolist()) == ([1, 1], [2, 2])


def test_sectors_that_cannot_be_told_apart_share_a_class() -> None:
    low, high = np.array([1, 2, 3, 5]), np.array([2, 3, 4, 5])
    assert rank_classes(low, high, classes=5).tolist() == [1, 1, 1, 2]


def test_more_groups_than_classes_join_the_lowest() -> None:
    low = np.arange(1, 8)
    assert rank_classes(low, low, classes=5).tolist() == [1, 2, 3, 4, 5, 5, 5]
