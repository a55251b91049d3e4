from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.change import CLASSES, change_classes, e_test, two_periods
from analysis.concentration import concentration, corrected_gini
from analysis.errors import EmptyPeriodError, NegativeWeightError, ParameterError, TooFewUnitsError, ZeroExposureError


def test_five_years_are_counts_and_not_a_known_mean():
    one = change_classes([16], [50])
    assert one["p"][0] / 2 == pytest.approx(0.0733, abs=5e-5)
    assert change_classes([70], [250])["p"][0] / 2 == pytest.approx(0.0093, abs=5e-5)
    assert stats.poisson.sf(15, 10) == pytest.approx(0.0487, abs=5e-5)


def test_classes_go_from_strong_fall_to_strong_rise():
    table = change_classes([2, 6, 10, 15, 22], [50] * 5)
    assert list(table["change_class"]) == list(CLASSES)
    assert table["expected"].tolist() == pytest.approx([10] * 5)
    assert (table["low"] <= 10).all()
    assert (table["high"] >= 10).all()


def test_a_sector_without_incidents_has_no_change():
    table = change_classes(pd.Series([0, 30], index=["S1", "S2"]), pd.Series([0, 60], index=["S1", "S2"]))
    assert table.loc["S1", "change_class"] == "no_change"
    assert table.loc["S1", "p"] == 1
    assert np.isnan(table.loc["S1", "ratio"])


def test_sectors_that_stray_widen_the_limits():
    generator = np.random.default_rng(1)
    share = generator.beta(4, 20, 80)
    total = generator.poisson(200, 80)
    now = generator.binomial(total, share)
    table = change_classes(now, total - now)
    assert table.attrs["law"] == "beta_binomial"
    assert table.attrs["dispersion"] > 1.5
    assert (table["change_class"].str.startswith("strong")).mean() < 0.12


def test_unchanged_sectors_seldom_change_class():
    generator = np.random.default_rng(2)
    table = change_classes(generator.poisson(12, 2000), generator.poisson(60, 2000))
    assert table.attrs["law"] == "binomial"
    assert table["change_class"].str.startswith("strong").mean() <= 0.05
    assert (table["change_class"] != "no_change").mean() <= 0.32
    assert (table["q"] <= 0.05).sum() <= 2


def test_leap_years_enter_through_the_exposure():
    even = change_classes([10], [50]).attrs["share"]
    leap = change_classes([10], [50], exposure_ratio=29 / (29 + 28 * 4 + 29)).attrs["share"]
    assert even == pytest.approx(1 / 6)
    assert leap > even


def test_e_test_of_krishnamoorthy_and_thomson():
    assert e_test(6, 2) == pytest.approx(0.1748748, abs=5e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_e_test_is_symmetric_and_a_chance(a, b):
    assert e_test(a, b) == pytest.approx(e_test(b, a), abs=1e-9)
    assert 0 <= e_test(a, b) <= 1


def test_large_counts_are_compared_by_the_normal_law_with_the_same_p(monkeypatch):
    exact = e_test(10_100, 10_400)
    monkeypatch.setattr("analysis.change.MOST_ENUMERATED", 0)
    assert e_test(10_100, 10_400) == pytest.approx(exact, rel=5e-3)


def test_two_periods_with_exposures():
    table = two_periods([20, 0], [10, 0], exposure_before=2, exposure_after=1)
    assert table["ratio"][0] == 1
    assert table["p"].tolist() == pytest.approx([1, 1], abs=0.05)
    assert table["low"][0] < 1 < table["high"][0]


def test_intervals_of_the_ratio_hold_the_truth():
    generator = np.random.default_rng(3)
    table = two_periods(generator.poisson(15, 400), generator.poisson(30, 400))
    assert ((table["low"] <= 2) & (table["high"] >= 2)).mean() >= 0.94


def test_changes_that_cannot_be_judged_are_refused():
    with pytest.raises(EmptyPeriodError):
        change_classes([0, 0], [0, 0])
    with pytest.raises(EmptyPeriodError):
        two_periods([0], [0])
    with pytest.raises(NegativeWeightError):
        change_classes([-1], [5])
    with pytest.raises(ParameterError):
        change_classes([1.5], [5])
    with pytest.raises(ZeroExposureError):
        two_periods([1], [2], exposure_after=0)


def test_corrected_gini_at_its_two_ends():
    assert corrected_gini([1, 1, 1, 0, 0, 0, 0]) == pytest.approx(0)
    assert corrected_gini([5, 0, 0, 0, 0, 0]) == pytest.approx(1 - 1 / 5)
    assert corrected_gini([4, 4, 4]) == pytest.approx(0)


def test_few_incidents_on_many_streets_are_no_concentration():
    counts = np.random.default_rng(4).multinomial(100, np.full(2000, 1 / 2000))
    found = concentration(counts, seed=1)
    assert found.share_of_units < 0.04
    assert found.low <= found.share_of_units <= found.high
    assert found.gini < 0.1
    assert found.gini_plain > 0.9


def test_concentration_by_hand():
    found = concentration([8, 1, 1, 0], seed=1, share=0.8)
    assert found.share_of_units == pytest.approx(0.25)
    assert found.curve.tolist()[:2] == [[0, 0], [0.25, 0.8]]


def test_longer_streets_are_expected_to_hold_more():
    counts = [50, 10, 10, 10, 10, 10]
    found = concentration(counts, seed=1, exposure=counts)
    assert found.share_of_units == pytest.approx(0.5)


def test_concentrations_that_cannot_be_told_are_refused():
    for wrong, error in (([3], TooFewUnitsError), ([0, 0], EmptyPeriodError), ([-1, 2], NegativeWeightError)):
        with pytest.raises(error):
            concentration(wrong, seed=1)
    with pytest.raises(ZeroExposureError):
        concentration([1, 2], seed=1, exposure=[0, 0])
