from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import EmptyInputError, ParameterError
from analysis.timing import week_table, weekday_hours


def any_week(count, seed):
    generator = np.random.default_rng(seed)
    hours = (generator.normal(16, 6, count)) % 24
    return generator.integers(0, 7, count), hours


def found(weekday, hour, seed=1, **limits):
    elsewhere_weekday, elsewhere_hour = any_week(5000, 99)
    return weekday_hours(
        weekday, hour, elsewhere_weekday=elsewhere_weekday, elsewhere_hour=elsewhere_hour, seed=seed, **limits
    )


def test_hour_zero_of_monday_is_slot_zero():
    assert np.flatnonzero(week_table([0, 6], [0.5, 23.0])).tolist() == [0, 167]


def test_friday_and_saturday_nights_are_found():
    generator = np.random.default_rng(3)
    night = (generator.integers(4, 6, 800) * 24 + 22 + generator.integers(0, 6, 800)) % 168
    weekday, hour = any_week(400, 4)
    window = found(np.append(night // 24, weekday), np.append(night % 24, hour))
    assert (window.days, window.start_hour, window.hours) == ((4, 5), 22, 6)
    assert window.share > 0.6 > 5 * window.expected_share
    assert window.p == 0.001


def test_every_day_in_the_morning_is_found():
    generator = np.random.default_rng(5)
    window = found(generator.integers(0, 7, 90), generator.integers(7, 9, 90))
    assert (len(window.days), window.start_hour, window.hours) == (7, 7, 2)


def test_a_week_like_the_towns_does_not_concentrate():
    false_alarms = sum(found(*any_week(120, seed), seed=seed) is not None for seed in range(100, 200))
    assert false_alarms <= 12


def test_fewer_than_twenty_incidents_tell_nothing():
    assert found([4] * 19, [23] * 19) is None


def test_the_same_seed_gives_the_same_window():
    week = any_week(50, 8)[0], np.full(50, 3)
    assert found(*week, seed=2) == found(*week, seed=2)


def test_order_of_rows_does_not_matter():
    weekday, hour = any_week(60, 9)
    hour = np.where(np.arange(60) < 40, 3, hour)
    assert found(weekday, hour) == found(weekday[::-1], hour[::-1])


def test_days_and_hours_outside_the_week_are_refused():
    for weekday, hour in (([7], [0]), ([0], [24]), ([-1], [0])):
        with pytest.raises(ParameterError):
            week_table(weekday, hour)


def test_no_yardstick_is_refused():
    with pytest.raises(EmptyInputError):
        weekday_hours([1], [1], elsewhere_weekday=[], elsewhere_hour=[], seed=1)
