"""What happens in the town follows the figures it was given, and the planted truth is known one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.simulation.frames import incidents_frame, study_area, truth_frame
from analysis.simulation.incidents import MINUTES_A_DAY, simulate_incidents
from analysis.simulation.processes import Rhythm, monthly_counts
from analysis.simulation.randomness import stream
from config.demo.behaviour import BEHAVIOUR, DWELLING_BURGLARY, PROCESSES

from .conftest import DAYS, FIRST_DAY, SEED


def test_same_seed_gives_the_same_history_byte_for_byte(town, history):
    again = simulate_incidents(town, BEHAVIOUR, first_day=FIRST_DAY, days=DAYS, hotspots=6, seed=SEED)
    assert again.incidents.to_csv() == history.incidents.to_csv()


def test_about_twelve_thousand_a_year(history):
    assert len(history.incidents) / 3 == pytest.approx(12_000, rel=0.06)


@pytest.mark.parametrize("process", [p for p in PROCESSES if p.mean_per_month > 40], ids=lambda p: p.code)
def test_counts_are_near_the_wanted_means(history, process):
    months = DAYS / 30.4375
    count = int((history.incidents["code"] == process.code).sum())
    spread = np.sqrt(process.mean_per_month * process.dispersion / months)
    assert abs(count / months - process.mean_per_month) < 4 * spread + 0.05 * process.mean_per_month


def test_monthly_counts_have_the_wanted_mean_and_dispersion():
    counts = monthly_counts(stream(3, "counts"), np.full(200_000, 61.3), 3.6)
    assert counts.mean() == pytest.approx(61.3, rel=0.005)
    assert counts.var() / counts.mean() == pytest.approx(3.6, rel=0.02)


def test_burglary_follows_its_season():
    process = next(p for p in PROCESSES if p.code == "60101")
    assert process.month_shares == DWELLING_BURGLARY
    assert sum(process.month_shares) == pytest.approx(100, abs=0.6)


def test_hours_of_a_rhythm_add_up_to_one_and_peak_where_told():
    hours = Rhythm(bumps=((23.5, 1.0, 1.0),)).hours()
    assert hours.sum() == pytest.approx(1)
    assert int(hours.argmax()) == 23


def test_nothing_happens_in_the_water(town, history):
    rows = history.incidents
    assert not shapely.contains_xy(town.ground.water, rows["x"], rows["y"]).any()
    placed = rows[rows["recorded_x"].notna()]
    assert not shapely.contains_xy(town.ground.water, placed["recorded_x"], placed["recorded_y"]).any()


def test_two_per_cent_have_no_place(history):
    assert (history.incidents["placement"] == "none").mean() == pytest.approx(0.02, abs=0.0005)
    assert (history.incidents["recorded_x"].isna() == (history.incidents["placement"] == "none")).all()


def test_bad_addresses_pile_up_on_the_police_station(town, history):
    rows = history.incidents[history.incidents["placement"] == "police_station"]
    assert len(rows) > 300
    assert rows[["recorded_x", "recorded_y"]].drop_duplicates().shape[0] == 1


def test_everything_happens_within_the_years_and_in_order(history):
    minute = history.incidents["minute"]
    assert minute.is_monotonic_increasing
    assert minute.min() >= 0
    assert minute.max() < DAYS * MINUTES_A_DAY


def test_planted_incidents_begin_on_their_day_and_lie_at_their_place(history):
    assert len(history.hotspots) == 6
    for spot in history.hotspots:
        own = history.incidents[history.incidents["hotspot"] == spot.number]
        assert own["minute"].min() >= spot.starts_day * MINUTES_A_DAY
        assert set(own["code"]) <= set(spot.plant.codes)
        assert shapely.contains_xy(spot.area, own["x"], own["y"]).mean() > 0.7
        assert len(own) == pytest.approx(spot.per_year * (DAYS - spot.starts_day) / 365.25, rel=0.35)


def test_planted_incidents_keep_their_hours(history):
    spot = next(s for s in history.hotspots if s.plant.name == "nightlife street")
    own = history.incidents[history.incidents["hotspot"] == spot.number]
    hour = own["minute"] // 60 % 24
    assert ((hour >= 22) | (hour < 5)).mean() > 0.8


def test_null_world_has_none_planted(null_history):
    assert null_history.hotspots == []
    assert (null_history.incidents["hotspot"] == -1).all()


def test_near_repeats_follow_their_parent(history):
    rows = history.incidents
    children = rows[rows["parent"] >= 0]
    parents = rows.loc[children["parent"]]
    assert len(children) > 300
    assert (children["minute"].to_numpy() >= parents["minute"].to_numpy()).all()
    assert (children["code"].to_numpy() == parents["code"].to_numpy()).all()
    apart = np.hypot(
        children["x"].to_numpy() - parents["x"].to_numpy(), children["y"].to_numpy() - parents["y"].to_numpy()
    )
    assert np.median(apart) < 150


def test_discovered_incidents_lie_where_patrols_rode(town, history):
    rows = history.incidents[history.incidents["discovered"]]
    ridden = shapely.unary_union([town.network.lines[piece] for piece in np.unique(history.patrols.pieces)])
    away = shapely.distance(shapely.points(rows["x"].to_numpy(), rows["y"].to_numpy()), ridden)
    assert np.quantile(away, 0.99) < 15


def test_patrols_do_not_ride_everywhere(town, history):
    assert len(np.unique(history.patrols.pieces)) < 0.7 * len(town.network.lines)


def test_frames_are_projected_and_move_with_the_origin(town, history):
    frame = incidents_frame(history, srid=32718, east_m=1000.0, north_m=2000.0)
    here = incidents_frame(history, srid=32718)
    assert frame.crs.is_projected
    assert np.allclose(frame.geometry.x - here.geometry.x, 1000.0)
    assert len(frame) == int(history.incidents["recorded_x"].notna().sum())
    truth = truth_frame(history, srid=32718)
    assert truth["n"].sum() == (history.incidents["hotspot"] >= 0).sum()
    assert study_area(town).area < town.ground.boundary.area


def test_input_frames_are_not_kept_open_to_change(history):
    assert isinstance(history.incidents, pd.DataFrame)
    frame = incidents_frame(history, srid=32718)
    frame["code"] = "x"
    assert history.incidents["code"].iloc[0] != "x"
