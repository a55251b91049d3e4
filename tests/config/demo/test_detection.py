"""The planted hot spots are found again, and none where none was planted."""

from __future__ import annotations

import pytest

from analysis.accuracy import ProposalAccuracy, proposal_accuracy
from config.demo.detection import detect
from config.demo.files import simulate
from config.demo.geography import EAST_M, NORTH_M

from .conftest import LAST_DAY

SEEDS = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def outcomes() -> list[ProposalAccuracy]:
    return [accuracy_of(seed) for seed in SEEDS]


def accuracy_of(seed: int) -> ProposalAccuracy:
    town, history = simulate(seed=seed, last_day=LAST_DAY)
    detection = detect(town, history)
    planted = history.incidents[history.incidents["hotspot"] >= 0]
    return proposal_accuracy(
        list(detection.found.territories.geometry),
        x=planted["x"].to_numpy() + EAST_M,
        y=planted["y"].to_numpy() + NORTH_M,
        planted=planted["hotspot"].to_numpy(),
        area=detection.area,
    )


def test_mean_recall_over_five_seeds_is_at_least_eight_tenths(outcomes):
    assert sum(outcome.recall for outcome in outcomes) / len(outcomes) >= 0.8


def test_proposals_cover_at_most_five_per_cent_of_the_ground(outcomes):
    assert max(outcome.area_ratio for outcome in outcomes) <= 0.05


def test_a_town_without_hot_spots_gets_at_most_one_proposal():
    town, history = simulate(seed=6, last_day=LAST_DAY, hotspots=0)
    assert len(detect(town, history).found.territories) <= 1
