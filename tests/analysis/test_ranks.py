"""Ranks, their intervals, and classes."""

from __future__ import annotations

import numpy as np

from analysis.ranks import rank_intervals, ranks, score_classes


def test_equal_scores_share_the_best_rank() -> None:
    assert ranks([5.0, 9.0, 5.0, 1.0]).tolist() == [2, 1, 2, 4]


def test_rank_interval_holds_the_rank_itself() -> None:
    draws = np.tile([[1.0], [2.0]], 100)
    low, high = rank_intervals(draws, centre=np.array([1, 2]))
    assert (low.tolist(), high.tolist()) == ([1, 1], [2, 2])


def test_sectors_that_cannot_be_told_apart_share_a_class() -> None:
    low, high = np.array([1, 2, 3, 5]), np.array([2, 3, 4, 5])
    assert score_classes([81.0, 70.0, 59.0, 10.0], low, high, classes=5).tolist() == [3, 3, 3, 0]


def test_sectors_that_can_be_told_apart_have_the_class_of_their_score() -> None:
    low = np.arange(1, 6)
    assert score_classes([95.0, 70.0, 50.0, 39.0, 0.0], low, low, classes=5).tolist() == [4, 3, 2, 1, 0]


def test_highest_score_of_all_is_in_the_highest_class() -> None:
    assert score_classes([100.0], np.array([1]), np.array([1]), classes=5).tolist() == [4]
