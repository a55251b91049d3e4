"""What moved between two scorings, what drives ranks, the two aggregations, and the denominators side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ParameterError
from analysis.ranks import drawn_ranks, score_bands
from analysis.score_comparison import by_denominator, compare_scores, with_people
from analysis.scoring import score_sectors, undisturbed_scores
from analysis.sector_measures import MeasureRules, ambient_people, sector_measures
from tests.analysis.test_scoring import RULES, SCHEME, frame, inputs, scored

CODES = pd.Index(["A", "B", "C", "D"])


def test_the_same_scores_agree_in_everything() -> None:
    same = compare_scores(np.array([4.0, 3, 2, 1]), np.array([8.0, 6, 4, 2]), codes=CODES)
    assert (same.overlap, same.agreement, same.stable) == (1.0, 1.0, True)
    assert not same.table["beyond"].any()


def test_a_turned_order_is_told_as_unstable() -> None:
    turned = compare_scores(np.array([4.0, 3, 2, 1]), np.array([1.0, 2, 3, 4]), codes=CODES)
    assert (turned.overlap, turned.agreement, turned.stable) == (0.0, -1.0, False)
    assert turned.table.loc["A", ["rank_before", "rank_after"]].tolist() == [1, 4]


def test_a_rank_inside_its_interval_has_not_moved_beyond_doubt() -> None:
    low, high = np.array([1, 1, 3, 4]), np.array([2, 2, 4, 4])
    moved = compare_scores(np.array([4.0, 3, 2, 1]), np.array([3.0, 4, 2, 1]), codes=CODES, low=low, high=high)
    assert not moved.table["beyond"].any()


def test_scorings_of_other_sectors_are_not_compared() -> None:
    with pytest.raises(ParameterError):
        compare_scores(np.array([1.0]), np.array([1.0, 2.0]), codes=CODES[:1])


def test_drawn_ranks_share_ties_as_scipy_does() -> None:
    from scipy.stats import rankdata

    draws = np.random.default_rng(2).integers(0, 6, (40, 30)).astype(float)
    assert np.array_equal(drawn_ranks(draws), rankdata(-draws, method="min", axis=0))


def test_a_band_is_one_class_only_where_that_is_sure() -> None:
    draws = np.array([np.full(100, 50.0), np.r_[np.full(50, 35.0), np.full(50, 65.0)]])
    low, high = score_bands(draws, classes=5)
    assert (low.tolist(), high.tolist()) == ([2, 1], [2, 3])


def test_geometric_contributions_add_up_to_the_score_too() -> None:
    bent = replace(SCHEME, aggregation="geometric")
    scores = scored(scheme=bent)
    assert scores.contributions.sum(axis=1).to_numpy() == pytest.approx(scores.score, rel=1e-12)
    assert (scores.score <= scored().score + 1e-9).all()
    assert ((scores.score_low <= scores.score) & (scores.score <= scores.score_high)).all()


def test_an_unknown_aggregation_is_refused() -> None:
    with pytest.raises(ParameterError):
        replace(SCHEME, aggregation="harmonic")


def test_chances_of_the_first_places_are_shares_of_the_draws() -> None:
    scores = scored()
    assert scores.top_chances[5].tolist() == [1.0, 1.0, 1.0]
    assert set(scores.rank_variance) == {"data", "weights", "method", "all"}


def test_weights_held_still_drive_no_rank() -> None:
    assert scored(scheme=replace(SCHEME, weight_concentration=None)).rank_variance["weights"] == 0.0


def test_posterior_means_stand_in_the_middle_of_the_draws() -> None:
    """Many incidents: the drawn scores centre on the printed one."""
    given = inputs()
    measures = sector_measures(**given, rules=RULES)
    scores = score_sectors(measures, scheme=replace(SCHEME, draws=2000), placed_ratio=1.0, seed=1)
    assert (scores.score_low + scores.score_high) / 2 == pytest.approx(scores.score, abs=4.0)


def test_people_about_by_day_are_as_many_as_residents_and_where_places_draw_them() -> None:
    sectors = inputs()["sectors"]
    bars = frame([sectors.geometry.iloc[0].centroid], draw=[30.0])
    people = ambient_people(sectors, sectors["residents"].to_numpy(), places=bars, total=1300.0, home_ratio=0.6)
    assert people.tolist() == [0.6 * 400 + 0.4 * 1300, 0.6 * 600, 0.6 * 300]
    none = ambient_people(sectors, sectors["residents"].to_numpy(), places=bars.iloc[:0], total=1300.0, home_ratio=0.6)
    assert np.isnan(none).all()


def test_two_denominators_stand_side_by_side() -> None:
    given = inputs()
    given["sectors"]["ambient"] = [3000.0, 100.0, 100.0]
    measures = sector_measures(**given, rules=RULES)
    found = by_denominator(measures, scheme=SCHEME, rules=RULES)
    assert set(found) == {"residents", "ambient", "area"}
    assert found["residents"].tolist() == undisturbed_scores(measures, scheme=SCHEME)[3].tolist()
    assert found["ambient"][0] < found["residents"][0]
    crowd = with_people(measures, exposure="ambient", rules=RULES).table["base_person_hours"]
    assert crowd.sum() == pytest.approx(measures.table["base_person_hours"].sum())
    with pytest.raises(ParameterError):
        with_people(measures, exposure="moon", rules=MeasureRules(window_days=1.0))
