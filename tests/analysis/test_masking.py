from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import TooFewDwellingsError
from analysis.masking import hexagon_centres, nearest_snap, snap_points

whole = st.integers(1000, 1400)
places = st.lists(st.tuples(whole, whole), min_size=1, max_size=40)


def town(seed=1, dwellings=1500, candidates=400):
    generator = np.random.default_rng(seed)
    spread = generator.exponential(600, dwellings)[:, None]
    homes = 10000 + spread * generator.normal(size=(dwellings, 2))
    streets = 10000 + generator.exponential(900, candidates)[:, None] * generator.normal(size=(candidates, 2))
    return np.rint(homes), np.rint(streets)


def snap(homes, streets, dwellings=None):
    return snap_points(homes[:, 0], homes[:, 1], dwellings, candidates_x=streets[:, 0], candidates_y=streets[:, 1])


def test_two_streets_of_eight_dwellings_are_both_kept():
    x = np.repeat([1000, 2000], 8)
    snaps = snap_points(x, np.full(16, 1000), candidates_x=[1001, 2001], candidates_y=[1000, 1000])
    assert (snaps.x.tolist(), snaps.dwellings.tolist()) == ([1001, 2001], [8, 8])


def test_a_street_of_seven_is_given_to_its_neighbour():
    x = np.repeat([1000, 2000], [7, 9])
    snaps = snap_points(x, np.full(16, 1000), candidates_x=[1001, 2001], candidates_y=[1000, 1000])
    assert (snaps.x.tolist(), snaps.dwellings.tolist()) == ([2001], [16])


def test_two_halves_become_one_place_not_none():
    x = np.repeat([1000, 1100, 9000], [5, 4, 20])
    snaps = snap_points(x, np.full(29, 1000), candidates_x=[1000, 1100, 9000], candidates_y=[1000] * 3)
    assert (snaps.x.tolist(), snaps.dwellings.tolist()) == ([1000, 9000], [9, 20])


def test_a_place_without_dwellings_stays_a_place():
    snaps = snap_points([1000] * 8, [1000] * 8, candidates_x=[1000, 5000], candidates_y=[1000, 5000])
    assert snaps.dwellings.tolist() == [8, 0]


def test_a_tower_of_eight_dwellings_is_enough():
    snaps = snap_points([1000], [1000], [8], candidates_x=[1010], candidates_y=[1000])
    assert snaps.dwellings.tolist() == [8]


def test_seven_dwellings_cannot_be_hidden():
    with pytest.raises(TooFewDwellingsError):
        snap_points([1000] * 7, [1000] * 7, candidates_x=[1000], candidates_y=[1000])


def test_no_candidate_is_refused():
    with pytest.raises(TooFewDwellingsError):
        snap_points([1000] * 9, [1000] * 9, candidates_x=[], candidates_y=[])


@settings(max_examples=150, deadline=None)
@given(places, places, st.lists(st.integers(0, 12), min_size=40, max_size=40))
def test_every_catchment_has_eight_dwellings_or_none(homes, streets, counts):
    homes, streets, weights = np.array(homes), np.array(streets), np.array(counts[: len(homes)])
    if weights.sum() < 8:
        return
    snaps = snap(homes, streets, weights)
    assert np.all((snaps.dwellings >= 8) | (snaps.dwellings == 0))
    assert snaps.dwellings.sum() == weights.sum()
    assert np.all(snaps.dwellings[snaps.of_address[weights > 0]] >= 8)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_nearest_snap_of_a_dwelling_is_its_own(seed):
    homes, streets = town(seed)
    snaps = snap(homes, streets)
    assert np.array_equal(nearest_snap(homes[:, 0], homes[:, 1], snaps_x=snaps.x, snaps_y=snaps.y), snaps.of_address)


def test_shifting_the_town_shifts_the_snaps():
    homes, streets = town()
    shift = np.array([600000, 5500000])
    here, there = snap(homes, streets), snap(homes + shift, streets + shift)
    assert np.array_equal(here.x + 600000, there.x)
    assert np.array_equal(here.of_address, there.of_address)


def test_order_of_rows_does_not_matter():
    homes, streets = town()
    generator = np.random.default_rng(0)
    here = snap(homes, streets)
    there = snap(generator.permutation(homes), generator.permutation(streets))
    assert np.array_equal(here.x, there.x)
    assert np.array_equal(here.dwellings, there.dwellings)


def test_an_address_of_eight_is_eight_addresses():
    homes, streets = town(dwellings=300)
    assert np.array_equal(snap(homes, streets, np.full(300, 3)).x, snap(np.repeat(homes, 3, axis=0), streets).x)


def test_the_origin_is_a_hexagon_centre():
    assert [axis.tolist() for axis in hexagon_centres([10, -10], [10, 5])] == [[0, 0], [0, 0]]


def test_a_centre_is_its_own_centre():
    x, y = hexagon_centres([100_000, 100_300, 99_000], [50_000, 51_000, 49_500])
    again_x, again_y = hexagon_centres(x, y)
    assert np.allclose(x, again_x)
    assert np.allclose(y, again_y)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e7, 1e7)), min_size=1, max_size=50))
def test_no_point_is_farther_from_its_centre_than_a_side(points):
    x, y = (np.array(axis) for axis in zip(*points, strict=True))
    centre_x, centre_y = hexagon_centres(x, y, side_m=250)
    assert np.all(np.hypot(x - centre_x, y - centre_y) <= 250 + 1e-6)


def test_hexagons_have_equal_area():
    side = 50.0
    xs, ys = np.meshgrid(np.arange(0, 2000, 2.0), np.arange(0, 2000, 2.0))
    x, y = hexagon_centres(xs.ravel(), ys.ravel(), side_m=side)
    _, counts = np.unique(np.round(np.column_stack([x, y]), 3), axis=0, return_counts=True)
    assert np.median(counts) * 4 == pytest.approx(1.5 * np.sqrt(3) * side**2, rel=0.02)
