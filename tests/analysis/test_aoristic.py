from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.aoristic import aoristic_week, aoristic_weights
from analysis.chile_days import chile_days, exposure_days, same_period, season
from analysis.errors import EmptyPeriodError, NotFiniteError, ParameterError
from tests.analysis.conftest import real_folder

SANTIAGO = "America/Santiago"
HOURS = np.arange(0, 49) * 60.0


def local(*moment):
    return datetime(*moment, tzinfo=ZoneInfo(SANTIAGO))


def test_half_past_ten_to_half_past_one():
    weights = aoristic_weights([22.5 * 60], [25.5 * 60], HOURS).toarray()[0]
    assert weights[22:26] == pytest.approx([1 / 6, 1 / 3, 1 / 3, 1 / 6])
    assert weights.sum() == pytest.approx(1)


def test_a_moment_or_an_unknown_end_is_the_hour_of_the_start():
    weights = aoristic_weights([60, 119.5], [60, np.nan], HOURS).toarray()
    assert np.array_equal(np.nonzero(weights), ([0, 1], [1, 1]))


@given(st.lists(st.tuples(st.floats(0, 2800), st.floats(0, 2800)), min_size=1, max_size=30))
def test_weights_of_an_event_add_to_one(pairs):
    start, end = np.sort(np.array(pairs), axis=1).T
    assert aoristic_weights(start, end, HOURS).sum(axis=1) == pytest.approx(np.ones(len(pairs)))


def test_a_week_has_the_hours_of_the_local_clock():
    week = aoristic_week([local(2026, 11, 27, 22, 30)], [local(2026, 11, 28, 1, 30)], zone=SANTIAGO)
    assert np.flatnonzero(week.hours).tolist() == [4 * 24 + 22, 4 * 24 + 23, 5 * 24, 5 * 24 + 1]
    assert week.effective[week.hours > 0] == pytest.approx([1, 1, 1, 1])


def test_the_hour_that_comes_twice_weighs_double():
    # clocks went back at midnight of 7 April 2024: Saturday the 6th had 23:00 twice
    week = aoristic_week([local(2024, 4, 6, 22, 0)], [local(2024, 4, 7, 1, 0)], zone=SANTIAGO)
    assert week.hours[5 * 24 + 22 : 6 * 24 + 1] == pytest.approx([0.25, 0.5, 0.25])


def test_a_crumb_beside_a_whole_event_is_hardly_worth_a_second_one():
    whole, long = local(2026, 11, 27, 22, 0), local(2026, 11, 28, 8, 0)
    week = aoristic_week([whole, whole], [whole, long], zone=SANTIAGO)
    assert week.hours[4 * 24 + 22] == pytest.approx(1.1)
    assert week.effective[4 * 24 + 22] == pytest.approx(1.1**2 / 1.01)


def test_long_intervals_say_nothing_of_the_hour():
    start = local(2026, 11, 2, 8, 0)
    week = aoristic_week([start, start], [start + timedelta(days=3), None], zone=SANTIAGO)
    assert (week.told, week.uninformative, week.exact, week.on_the_hour) == (1, 1, 1, 1.0)
    assert week.hours.sum() == 1


def test_intervals_that_make_no_sense_are_refused():
    with pytest.raises(ParameterError, match="row 0"):
        aoristic_weights([10], [5], HOURS)
    with pytest.raises(NotFiniteError):
        aoristic_weights([np.nan], [5], HOURS)
    with pytest.raises(ParameterError, match="time zone"):
        aoristic_week([datetime(2026, 1, 1)], [None], zone=SANTIAGO)  # noqa: DTZ001
    with pytest.raises(EmptyPeriodError):
        aoristic_week([], [], zone=SANTIAGO)


@pytest.mark.real_data
def test_new_york_vehicle_thefts_share_out_to_their_number():
    file = real_folder("nyc_vehicle_thefts_2014_2017") / "nyc_vehicle_thefts_2014_2017.csv.gz"
    rows = pd.read_csv(file, nrows=6000)
    start_name, end_name = [name for name in rows.columns if "start" in name or "end" in name][:2]
    zone = ZoneInfo("America/New_York")
    start, end = (pd.to_datetime(rows[name], errors="coerce") for name in (start_name, end_name))
    known = start.notna() & (end.isna() | (end >= start))
    starts = [moment.to_pydatetime().replace(tzinfo=zone) for moment in start[known]]
    ends = [None if pd.isna(moment) else moment.to_pydatetime().replace(tzinfo=zone) for moment in end[known]]
    pairs = [(a, b) for a, b in zip(starts, ends, strict=True) if b is None or b.timestamp() >= a.timestamp()]
    week = aoristic_week(*zip(*pairs, strict=True), zone="America/New_York")
    assert week.hours.sum() == pytest.approx(week.told)
    assert week.told + week.uninformative == len(pairs)
    assert week.exact > 100
    assert 0.2 < week.uninformative / len(pairs) < 0.5


def test_days_of_chile_know_holidays_seasons_and_clock_changes():
    days = chile_days(date(2024, 1, 1), date(2024, 12, 31)).set_index("day")
    assert len(days) == 366
    assert days.loc[date(2024, 9, 18), "holiday_name"] == "Día de la Independencia"
    assert days.loc[date(2024, 9, 17), "eve"]
    assert days.loc[date(2024, 2, 29), "leap_day"]
    assert days[days["hours"] != 24]["hours"].to_dict() == {date(2024, 4, 6): 25.0, date(2024, 9, 8): 23.0}
    assert days["hours"].sum() == 366 * 24


def test_seasons_are_southern():
    assert [season(date(2026, month, 25)) for month in (1, 4, 7, 10, 12)] == [
        "summer", "autumn", "winter", "spring", "summer",
    ]  # fmt: skip


def test_a_region_has_holidays_of_its_own():
    day = date(2026, 6, 7)
    assert chile_days(day, day, region="AP")["holiday"][0]
    assert not chile_days(day, day)["holiday"][0]
    with pytest.raises(ParameterError):
        chile_days(day, day, region="XX")


def test_the_same_period_keeps_whole_months_over_leap_years():
    assert same_period(date(2024, 2, 1), date(2024, 2, 29), years=1) == [(date(2023, 2, 1), date(2023, 2, 28))]
    assert same_period(date(2025, 2, 1), date(2025, 2, 28), years=1) == [(date(2024, 2, 1), date(2024, 2, 29))]
    assert same_period(date(2024, 2, 29), date(2024, 3, 10), years=4)[-1] == (date(2020, 2, 29), date(2020, 3, 10))
    periods = same_period(date(2024, 2, 1), date(2024, 2, 29), years=5)
    assert exposure_days(periods) == [28, 28, 28, 29, 28]


def test_periods_that_end_before_they_start_are_refused():
    with pytest.raises(EmptyPeriodError):
        chile_days(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(EmptyPeriodError):
        same_period(date(2026, 2, 1), date(2026, 1, 1))
