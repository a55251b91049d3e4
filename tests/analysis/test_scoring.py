"""The score: parts that add up, what moves what, and in which direction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, Polygon, box

from analysis.errors import ParameterError, UnprojectedCoordinatesError
from analysis.score_draws import score_draws
from analysis.score_scheme import PARTS, Scale, Scheme
from analysis.scoring import Scores, score_sectors, undisturbed_scores
from analysis.sector_measures import MeasureRules, sector_measures
from analysis.shrinkage import Prior

CRS = "EPSG:32718"
RULES = MeasureRules(window_days=365.0)
SCHEME = Scheme(
    sub_weights={"concentration": 0.5, "perception": 0.2, "vulnerability": 0.3},
    part_weights={
        "concentration": {"incidents": 0.5, "harm": 0.5},
        "perception": {"readings": 1.0},
        "vulnerability": {"factors": 0.5, "harm_uncovered": 0.25, "ground_uncovered": 0.25},
    },
    prior=Prior(shape=0.6, exposure=60_000.0),
    mean_harm_days=200.0,
    scales={
        "incidents": Scale(1e-5, 0.0, 4.0),
        "harm": Scale(2e-3, 0.0, 5.0),
        "factors": Scale(1.0, 0.0, 1.4),
    },
    draws=200,
)


def frame(shapes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def inputs() -> dict[str, Any]:
    """Three sectors of 300 m in a row; the first is the busiest, the last has no reading."""
    sectors = gpd.GeoDataFrame(
        {"residents": [400.0, 600.0, 300.0]},
        index=["A", "B", "C"],
        geometry=[box(x, 0, x + 300, 300) for x in (0, 1000, 2000)],
        crs=CRS,
    )
    rng = np.random.default_rng(3)
    points = [
        Point(start + x, y)
        for start, count in ((0, 80), (1000, 30), (2000, 12))
        for x, y in rng.uniform(5, 295, (count, 2))
    ]
    return {
        "sectors": sectors,
        "incidents": frame(points, harm_days=rng.choice([61.0, 541.0, 1826.0], len(points))),
        "events": frame([box(100, 100, 200, 200)], person_hours=[20_000.0]),
        "factors": frame([Point(50, 50), Point(60, 60), Point(1050, 50)], severity=[2.0, 1.0, 1.0]),
        "readings": frame(
            [box(-100, -100, 400, 400), box(900, -100, 1400, 400)],
            value=[70.0, 40.0],
            n=[100, 80],
            age_days=[30.0, 200.0],
            sector=[None, None],
        ),
        "covered": box(0, 0, 150, 300),
    }


def scored(given: dict[str, Any] | None = None, *, scheme: Scheme = SCHEME, seed: int = 5, **changes: Any) -> Scores:
    measures = sector_measures(**((given or inputs()) | changes), rules=RULES)
    return score_sectors(measures, scheme=scheme, placed_ratio=0.98, seed=seed)


def added(given: gpd.GeoDataFrame, shape: Any, **columns: Any) -> gpd.GeoDataFrame:
    return frame([*given.geometry, shape], **{name: [*given[name], value] for name, value in columns.items()})


def test_contributions_add_up_exactly_to_the_score() -> None:
    scores = scored()
    for position in range(3):
        total = 0.0
        for part in PARTS:
            value = scores.contributions[part].iloc[position]
            total += 0.0 if np.isnan(value) else value
        assert total == scores.score[position]


def test_weights_in_use_add_up_to_one_also_where_a_sub_index_is_missing() -> None:
    assert scored().weights.sum(axis=1).to_numpy() == pytest.approx([1.0, 1.0, 1.0], abs=1e-12)


def test_sector_without_readings_has_its_perception_missing_not_zero() -> None:
    scores = scored()
    assert np.isnan(scores.sub_values.loc["C", "perception"])
    assert np.isnan(scores.contributions.loc["C", "readings"])


def test_missing_sub_index_lowers_the_confidence() -> None:
    given = inputs()
    whole = added(given["readings"], box(1900, -100, 2400, 400), value=50.0, n=80, age_days=10.0, sector=None)
    assert scored().confidence[2] < scored(readings=whole).confidence[2]


def test_missing_sub_index_is_not_scored_as_zero() -> None:
    given = inputs()
    nobody_afraid = added(given["readings"], box(1900, -100, 2400, 400), value=0.0, n=80, age_days=10.0, sector=None)
    assert scored().score[2] > scored(readings=nobody_afraid).score[2]


def test_one_more_incident_raises_its_sector_concentration() -> None:
    more = added(inputs()["incidents"], Point(10, 10), harm_days=61.0)
    before, after = scored().contributions.loc["A"], scored(incidents=more).contributions.loc["A"]
    assert after["incidents"] > before["incidents"]
    assert after["harm"] > before["harm"]


def test_one_more_incident_moves_no_other_sector() -> None:
    more = added(inputs()["incidents"], Point(10, 10), harm_days=61.0)
    before, after = scored(), scored(incidents=more)
    assert after.score[1:].tolist() == before.score[1:].tolist()


def test_incident_out_of_sight_raises_the_share_of_harm_not_covered() -> None:
    unseen = added(inputs()["incidents"], Point(290, 10), harm_days=1826.0)
    key = ("A", "harm_uncovered")
    assert scored(incidents=unseen).contributions.loc[key] > scored().contributions.loc[key]


def test_larger_event_lowers_the_concentration_of_its_sector() -> None:
    events = inputs()["events"].assign(person_hours=80_000.0)
    before, after = scored().contributions.loc["A"], scored(events=events).contributions.loc["A"]
    assert after["incidents"] < before["incidents"]
    assert after["harm"] < before["harm"]


def test_event_is_shown_as_score_with_minus_without() -> None:
    scores = scored()
    effect = scores.score - scores.score_without_events
    assert effect[0] < 0
    assert effect[1:].tolist() == [0.0, 0.0]


def test_event_spreads_over_the_ground_it_covers() -> None:
    half = scored(events=frame([box(200, 100, 400, 200)], person_hours=[40_000.0]))
    whole = scored(events=frame([box(200, 100, 300, 200)], person_hours=[20_000.0]))
    assert half.score[0] == pytest.approx(whole.score[0], abs=1e-12)


def test_one_more_factor_raises_the_factors_of_its_sector() -> None:
    more = added(inputs()["factors"], Point(70, 70), severity=1.0)
    key = ("A", "factors")
    assert scored(factors=more).contributions.loc[key] > scored().contributions.loc[key]


def test_reading_of_more_fear_raises_perception() -> None:
    readings = inputs()["readings"].assign(value=[90.0, 40.0])
    key = ("A", "readings")
    assert scored(readings=readings).contributions.loc[key] > scored().contributions.loc[key]


def test_reading_of_a_sector_speaks_for_that_sector_alone() -> None:
    own = added(inputs()["readings"], box(0, 0, 3000, 300), value=100.0, n=1000, age_days=0.0, sector="C")
    before, after = scored(), scored(readings=own)
    assert after.contributions["readings"].iloc[:2].tolist() == before.contributions["readings"].iloc[:2].tolist()
    assert after.values.loc["C", "readings"] == 1.0


def test_reading_too_old_is_missing() -> None:
    readings = inputs()["readings"].assign(age_days=[5000.0, 200.0])
    assert np.isnan(scored(readings=readings).values.loc["A", "readings"])


def test_camera_lowers_both_camera_parts() -> None:
    before = scored().contributions.loc["A"]
    after = scored(covered=box(0, 0, 250, 300)).contributions.loc["A"]
    assert after["harm_uncovered"] < before["harm_uncovered"]
    assert after["ground_uncovered"] < before["ground_uncovered"]


@pytest.mark.parametrize("reach", range(0, 300, 37))
def test_camera_never_raises_any_score(reach: int) -> None:
    given = inputs()
    wider = given["covered"].union(Point(reach, 150).buffer(90))
    assert (scored(covered=wider).score <= scored().score).all()


def test_first_camera_of_all_never_raises_a_score() -> None:
    none, one = scored(covered=Polygon()), scored(covered=Point(150, 150).buffer(80))
    assert (one.score <= none.score).all()


def test_harm_at_an_address_is_seen_where_covered_ground_is_near() -> None:
    only = frame([Point(160, 150)], harm_days=[541.0])  # ten metres behind the edge of what is covered
    near, far = (
        sector_measures(**(inputs() | {"incidents": only}), rules=replace(RULES, seen_within_m=reach)).harm_groups
        for reach in (15.0, 5.0)
    )
    assert (near["covered"].tolist(), far["covered"].tolist()) == ([True], [False])


def test_nobody_having_looked_for_factors_is_missing_not_zero() -> None:
    scores = scored(factors=frame([], severity=[]))
    assert np.isnan(scores.values["factors"]).all()
    assert scores.weights.sum(axis=1).to_numpy() == pytest.approx([1.0, 1.0, 1.0])


def test_offence_without_weight_counts_but_adds_no_harm() -> None:
    more = added(inputs()["incidents"], Point(10, 10), harm_days=np.nan)
    before, after = scored().contributions.loc["A"], scored(incidents=more).contributions.loc["A"]
    assert after["incidents"] > before["incidents"]
    assert after["harm"] == before["harm"]


def test_order_of_rows_is_irrelevant() -> None:
    given = inputs()
    turned = {name: given[name].iloc[::-1] for name in ("incidents", "events", "factors", "readings")}
    assert scored(**turned).score == pytest.approx(scored().score, abs=1e-12)


def test_moving_the_map_moves_no_score() -> None:
    given = inputs()
    moved = {
        name: value.translate(1234.0, -777.0) if name == "covered" else value.set_geometry(value.translate(1234, -777))
        for name, value in given.items()
        if name != "covered"
    }
    from shapely.affinity import translate

    moved["covered"] = translate(given["covered"], 1234, -777)
    assert scored(moved).score == pytest.approx(scored().score, abs=1e-9)


def test_same_seed_repeats_and_another_moves_only_the_intervals() -> None:
    first, again, other = scored(), scored(), scored(seed=6)
    assert first.score_low.tolist() == again.score_low.tolist()
    assert first.score.tolist() == other.score.tolist()
    assert first.score_low.tolist() != other.score_low.tolist()


def test_adding_a_sector_leaves_the_draws_of_the_others() -> None:
    given = inputs()
    two = sector_measures(**(given | {"sectors": given["sectors"].iloc[:2]}), rules=RULES)
    three = sector_measures(**given, rules=RULES)
    few, all_three = (
        score_draws(one, undisturbed_scores(one, scheme=SCHEME)[0], scheme=SCHEME, seed=5) for one in (two, three)
    )
    assert few.whole.tolist() == all_three.whole[:2].tolist()


def test_interval_holds_score_and_rank() -> None:
    scores = scored()
    assert ((scores.score_low <= scores.score) & (scores.score <= scores.score_high)).all()
    assert ((scores.rank_low <= scores.rank) & (scores.rank <= scores.rank_high)).all()


def test_few_incidents_give_no_class() -> None:
    assert scored(scheme=replace(SCHEME, least_n_for_class=13)).score_class[2] == -1


def test_inputs_are_not_altered() -> None:
    given, untouched = inputs(), inputs()
    scored(given)
    assert all(given[name].equals(untouched[name]) for name in given if name != "covered")


def test_weights_that_do_not_add_to_one_are_refused() -> None:
    with pytest.raises(ParameterError):
        replace(SCHEME, sub_weights={"concentration": 0.5, "perception": 0.2, "vulnerability": 0.4})


def test_degrees_are_refused() -> None:
    with pytest.raises(UnprojectedCoordinatesError):
        scored(incidents=inputs()["incidents"].set_crs(4326, allow_override=True))


def test_repeated_readings_of_one_unit_speak_for_its_ground_once() -> None:
    strip = box(0, 0, 30, 300)  # a tenth of sector A, asked about three times
    columns = {"value": [70.0] * 3, "n": [100] * 3, "age_days": [10.0, 100.0, 200.0], "sector": [None] * 3}
    assert np.isnan(scored(readings=frame([strip] * 3, **columns)).values.loc["A", "readings"])
