"""Hot spots on towns that are uneven by themselves. Five planted towns and five null towns; seconds each."""

from __future__ import annotations

import functools
import subprocess
import sys

import numpy as np
import pytest
from shapely.affinity import translate
from shapely.geometry import Point, box

from analysis.accuracy import accuracy_index, inside_any, proposal_accuracy
from analysis.background import Exposure
from analysis.canonical import canonical_json
from analysis.errors import (
    CancelledError,
    EmptyInputError,
    NoSpreadError,
    NotFiniteError,
    ParameterError,
    UnprojectedCoordinatesError,
)
from analysis.hotspots import HotspotParameters, find_hotspots
from tests.analysis.towns import make_town

SEEDS = (1, 2, 3, 4, 5)
AREA = box(600_000, 5_500_000, 603_000, 5_503_000)


def search(town, **changes):
    given = {"times_days": town.days, "exposures": [town.dwellings], "seed": 1, "area": town.area, **changes}
    return find_hotspots(town.x, town.y, given.pop("times_days"), **given)


@functools.cache
def searched(seed, spots):
    town = make_town(seed, spots=spots)
    return town, search(town)


def accuracy(town, found):
    proposals = list(found.territories.geometry)
    return proposal_accuracy(proposals, x=town.x, y=town.y, planted=town.planted, area=town.area)


def scattered(count=4000, seed=1):
    """Even points with a dense square of 300 in the middle, on an area of 3 × 3 km."""
    generator = np.random.default_rng(seed)
    points = np.vstack([generator.uniform(0, 3000, (count, 2)), generator.uniform(1450, 1550, (300, 2))])
    return points[:, 0] + 600_000, points[:, 1] + 5_500_000, generator.uniform(0, 365, count + 300)


def test_planted_hot_spots_are_found_on_little_ground():
    results = [accuracy(*searched(seed, 10)) for seed in SEEDS]
    assert np.mean([result.recall for result in results]) >= 0.8
    assert max(result.area_ratio for result in results) <= 0.05


def test_a_town_without_hot_spots_gets_at_most_one():
    assert max(len(searched(seed, 0)[1].territories) for seed in SEEDS) <= 1


def test_the_dense_centre_is_not_one_giant_hot_spot():
    _, found = searched(1, 10)
    centre = Point(650_000 + 6000, 5_590_000 + 4600).buffer(600)
    covered = found.territories.geometry.union_all().intersection(centre).area
    assert covered < 0.25 * centre.area


def test_without_exposures_little_is_found_but_little_is_false():
    towns = [make_town(seed, spots=0) for seed in SEEDS[:3]]
    assert max(len(search(town, exposures=()).territories) for town in towns) <= 1


def test_a_recent_start_convinces_where_place_alone_does_not():
    town = make_town(2, spots=10, starts=True)
    assert accuracy(town, search(town)).recall > accuracy(town, search(town, times_days=None)).recall


def test_a_rise_is_dated_by_the_period_it_starts_in():
    x, y, days = scattered()
    days[-300:] = np.random.default_rng(2).uniform(200, 365, 300)
    found = find_hotspots(x, y, days, area=AREA, seed=1)
    assert 160 <= found.territories.rise_day.iloc[0] <= 240


def test_territories_are_told_with_their_figures():
    x, y, days = scattered()
    row = find_hotspots(x, y, days, area=AREA, seed=1).territories.iloc[0]
    inside = ((x >= 601_450) & (x <= 601_550) & (y >= 5_501_450) & (y <= 5_501_550)).sum()
    assert row.n >= 0.9 * inside
    assert row.area_m2 == pytest.approx(row.geometry.area)
    assert row.per_km2 == pytest.approx(row.n / row.area_m2 * 1e6)
    assert row.ratio == pytest.approx(row.n / row.expected, rel=0.05)
    assert row.q < 1e-4 > row.p


def test_a_pile_is_not_a_hot_spot():
    x, y, days = scattered()
    x[-300:], y[-300:] = 601_500.0, 5_501_500.0
    found = find_hotspots(x, y, days, area=AREA, seed=1)
    assert (len(found.territories), [pile.n for pile in found.piles]) == (0, [300])


def test_even_incidents_have_no_hot_spot():
    x, y = np.random.default_rng(5).uniform(0, 3000, (2, 5000)) + np.array([[600_000], [5_500_000]])
    assert len(find_hotspots(x, y, None, area=AREA, seed=1).territories) == 0


def estates(count, seed):
    """Points on the 3 × 3 km, half of them evenly, half in nine dense estates."""
    generator = np.random.default_rng(seed)
    even = generator.uniform(0, 3000, (count, 2))
    middles = np.array([(500 + 1000 * (k % 3), 500 + 1000 * (k // 3)) for k in range(9)])
    dense = middles[generator.integers(0, 9, count)] + generator.uniform(-90, 90, (count, 2))
    points = np.vstack([even, dense])
    return points[:, 0] + 600_000, points[:, 1] + 5_500_000


def test_what_exposure_explains_is_no_hot_spot():
    x, y = estates(3000, seed=1)
    homes = Exposure("dwellings", *estates(30_000, seed=2))
    assert len(find_hotspots(x, y, None, area=AREA, seed=1).territories) >= 5
    assert len(find_hotspots(x, y, None, area=AREA, seed=1, exposures=[homes]).territories) == 0


def test_the_same_seed_gives_the_same_bytes():
    town = make_town(3, spots=10, incidents=12_000)
    texts = []
    for _ in range(2):
        found = search(town)
        told = found.territories.drop(columns="geometry").to_dict("list")
        texts.append((canonical_json([found.choices, told]), found.territories.geometry.to_wkb().tolist()))
    assert texts[0] == texts[1]


def test_order_of_rows_does_not_matter():
    x, y, days = scattered()
    order = np.random.default_rng(3).permutation(x.size)
    here = find_hotspots(x, y, days, area=AREA, seed=1).territories
    there = find_hotspots(x[order], y[order], days[order], area=AREA, seed=1).territories
    assert here.equals(there)


def test_shifting_the_map_by_whole_cells_shifts_the_territories():
    x, y, days = scattered()
    x, y = np.round(x, 1), np.round(y, 1)
    here = find_hotspots(x, y, days, area=AREA, seed=1).territories
    there = find_hotspots(x + 5000, y - 20_000, days, area=translate(AREA, 5000, -20_000), seed=1).territories
    assert here.n.tolist() == there.n.tolist()
    assert translate(here.geometry.iloc[0], 5000, -20_000).symmetric_difference(there.geometry.iloc[0]).area < 1


def test_territories_stay_in_the_area_and_off_the_river():
    for seed in SEEDS[:2]:
        town, found = searched(seed, 10)
        outside = found.territories.geometry.difference(town.area.buffer(1e-6)).area
        assert outside.max() < 1e-3


def test_territories_are_large_and_wide_enough_to_patrol():
    parameters = HotspotParameters()
    for shape in searched(1, 10)[1].territories.geometry:
        assert shape.geom_type == "Polygon"
        assert shape.is_valid
        assert shape.area >= parameters.minimum_area_m2
        assert not shape.buffer(-0.48 * parameters.minimum_width_m).is_empty


def test_counts_add_up():
    x, y, days = scattered()
    x[:7] += 10_000
    counts = find_hotspots(x, y, days, area=AREA, seed=1).counts
    assert counts["read"] == 4300 == counts["used"] + counts["outside_grid"] + counts["outside_mask"]


def test_work_can_be_cancelled():
    def stop(stage, done, total):
        raise CancelledError

    x, y, days = scattered()
    with pytest.raises(CancelledError):
        find_hotspots(x, y, days, area=AREA, seed=1, report=stop)


@pytest.mark.parametrize(
    ("x", "y", "days", "error"),
    [
        ([], [], [], EmptyInputError),
        ([-73.2, -73.1], [-39.8, -39.7], [0, 1], UnprojectedCoordinatesError),
        ([600_100, np.nan], [5_500_100, 5_500_200], [0, 1], NotFiniteError),
        ([600_100, 600_100], [5_500_100, 5_500_100], [0, 1], NoSpreadError),
        ([600_100, 600_200], [5_500_100, 5_500_200], [0, np.inf], NotFiniteError),
        ([600_100, 600_200], [5_500_100, 5_500_200], [0], ParameterError),
        ([900_100, 900_200], [5_500_100, 5_500_200], [0, 1], EmptyInputError),
    ],
)
def test_what_cannot_be_searched_is_refused_by_name(x, y, days, error):
    with pytest.raises(error):
        find_hotspots(x, y, days, area=AREA, seed=1)


def test_a_handful_of_incidents_is_no_error_and_no_hot_spot():
    found = find_hotspots([600_100, 600_900, 601_800], [5_500_100] * 3, [0, 1, 2], area=AREA, seed=1)
    assert found.territories.empty


def test_impossible_parameters_are_refused():
    for wrong in ({"cell_m": 0}, {"radii_m": ()}, {"inner_m": 50}, {"false_alarm_ratio": 1}, {"grow_p": 0}):
        with pytest.raises(ParameterError):
            HotspotParameters(**wrong)


def test_analysis_needs_no_django():
    modules = "accuracy canonical checks clustering density grid hotspots masking territories timing viewshed"
    code = "import sys\n" + "".join(f"import analysis.{name}\n" for name in modules.split())
    code += "assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.soak
def test_forty_towns_without_hot_spots_get_false_ones_about_as_often_as_promised():
    alarms = [len(search(make_town(seed, spots=0)).territories) for seed in range(100, 140)]
    assert max(alarms) <= 1
    assert sum(alarms) <= 6


@pytest.mark.real_data
def test_buenos_aires_later_incidents_fall_into_proposals_more_often_than_by_chance(buenos_aires):
    x, y, days, area = buenos_aires
    past, later = days < 548, days >= 548
    found = find_hotspots(x[past], y[past], days[past], area=area, seed=1)
    shapes = list(found.territories.geometry)
    covered = found.territories.area_m2.sum() / area.area
    hits = inside_any(shapes, x[later], y[later]).sum()
    assert 5 <= len(shapes) <= 150
    assert covered <= 0.05
    assert accuracy_index(hits=hits, incidents=later.sum(), area_m2=covered, study_area_m2=1.0) > 2
