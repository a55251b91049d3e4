from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Polygon, box

from analysis.accuracy import accuracy_curve, accuracy_index, proposal_accuracy
from analysis.errors import EmptyInputError, ParameterError

AREA = box(1000, 1000, 2000, 2000)


def test_half_of_the_planted_incidents_is_found():
    accuracy = proposal_accuracy(
        [box(1000, 1000, 1100, 1100)],
        x=[1050, 1900, 1900, 1900, 1050],
        y=[1050, 1900, 1900, 1900, 1050],
        planted=[0, 0, 1, 1, -1],
        area=AREA,
    )
    assert (accuracy.recall, accuracy.shares, accuracy.area_ratio) == (0.5, {0: 0.5, 1: 0.0}, 0.01)


def test_overlapping_proposals_cover_their_ground_once():
    twice = [box(1000, 1000, 1100, 1100), box(1000, 1000, 1100, 1200)]
    accuracy = proposal_accuracy(twice, x=[1500], y=[1500], planted=[-1], area=AREA)
    assert (accuracy.area_ratio, accuracy.recall, accuracy.proposals) == (0.02, None, 2)


def test_ground_outside_the_study_area_does_not_count():
    accuracy = proposal_accuracy([box(900, 1000, 1100, 1100)], x=[1500], y=[1500], planted=[0], area=AREA)
    assert accuracy.area_ratio == 0.01


def test_no_proposals_find_nothing():
    accuracy = proposal_accuracy([], x=[1500], y=[1500], planted=[3], area=AREA)
    assert (accuracy.recall, accuracy.shares, accuracy.area_ratio) == (0.0, {3: 0.0}, 0.0)


def test_a_quarter_of_incidents_on_a_tenth_of_the_ground_is_two_and_a_half():
    assert accuracy_index(hits=25, incidents=100, area_m2=10, study_area_m2=100) == 2.5


def test_an_index_of_nothing_is_refused():
    with pytest.raises(EmptyInputError):
        accuracy_index(hits=0, incidents=0, area_m2=1, study_area_m2=2)


def test_published_curve_of_three_equal_units():
    curve = accuracy_curve([6, 3, 0], [3, 2, 1], [1, 1, 1])
    assert curve["pai"].tolist() == [2, 1.5, 1]
    assert curve["pei"].tolist() == [1, 1, 1]
    assert curve["predicted_to_observed"].tolist() == pytest.approx([3 / 6, 5 / 9, 6 / 9])


def test_ties_share_their_mean_whatever_the_order():
    one, other = accuracy_curve([6, 0], [1, 1], [1, 1]), accuracy_curve([0, 6], [1, 1], [1, 1])
    assert one["pai"].tolist() == other["pai"].tolist() == [1, 1]


def test_a_shuffled_forecast_has_mean_index_one():
    generator = np.random.default_rng(1)
    observed = generator.poisson(3, 200)
    first = [
        accuracy_curve(observed, generator.permutation(200.0 + np.arange(200)), np.ones(200))["pai"][19]
        for _ in range(400)
    ]
    assert np.mean(first) == pytest.approx(1, abs=0.05)


def test_unequal_lengths_are_refused():
    with pytest.raises(ParameterError):
        accuracy_curve([1], [1, 2], [1, 1])
    with pytest.raises(ParameterError):
        proposal_accuracy([Polygon()], x=[1500], y=[1500], planted=[0, 1], area=AREA)
