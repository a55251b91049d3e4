from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from analysis.cluster_windows import cluster_windows
from analysis.clustering import (
    NOISE,
    cluster_table,
    dbscan_clusters,
    hdbscan_clusters,
    required_minimum,
    suggest_radius,
    unique_places,
)
from analysis.errors import EmptyPeriodError, NoSpreadError, ParameterError, TooLargeForMethodError


def blobs(seed=1, sizes=(60, 40, 20), noise=30):
    generator = np.random.default_rng(seed)
    centres = generator.uniform(2000, 6000, (len(sizes), 2)) + np.arange(len(sizes))[:, None] * 5000
    parts = [generator.normal(centre, 40, (size, 2)) for centre, size in zip(centres, sizes, strict=True)]
    points = np.vstack([*parts, generator.uniform(1000, 20000, (noise, 2))])
    return points[:, 0], points[:, 1]


def test_two_threes_and_a_loner_by_hand():
    clusters = dbscan_clusters([1000, 1001, 1002, 1100, 1101, 1102, 1500], [1000] * 7, radius_m=2, minimum=3)
    assert clusters.labels.tolist() == [0, 0, 0, 1, 1, 1, NOISE]
    assert clusters.weight.tolist() == [3, 3]


def test_heavier_cluster_comes_first():
    clusters = dbscan_clusters([1000, 1001, 1100, 1101], [1000] * 4, [1, 1, 5, 5], radius_m=2, minimum=2)
    assert clusters.labels.tolist() == [1, 1, 0, 0]


def test_a_border_place_goes_to_its_nearest_core():
    clusters = dbscan_clusters([990, 1000, 1009, 1016, 1026], [1000] * 5, [2, 1, 1, 1, 2], radius_m=10, minimum=4)
    assert clusters.core.tolist() == [False, True, False, True, False]
    assert clusters.labels.tolist() == [1, 1, 0, 0, 0]


def test_core_noise_and_core_labels_equal_scikit_learn():
    x, y = blobs()
    ours = dbscan_clusters(x, y, radius_m=60, minimum=5)
    peer = DBSCAN(eps=60, min_samples=5).fit(np.column_stack([x, y]))
    core = np.zeros(x.size, dtype=bool)
    core[peer.core_sample_indices_] = True
    assert np.array_equal(ours.core, core)
    assert np.array_equal(ours.labels == NOISE, peer.labels_ == NOISE)
    pairs = set(zip(ours.labels[core].tolist(), peer.labels_[core].tolist(), strict=True))
    assert len(pairs) == len(ours) == peer.labels_.max() + 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1000, 1060), st.integers(1000, 1060)), min_size=1, max_size=40), st.randoms())
def test_order_of_rows_does_not_matter(points, random):
    order = random.sample(range(len(points)), len(points))
    x, y = (np.array(axis) for axis in zip(*points, strict=True))
    here = dbscan_clusters(x, y, radius_m=6, minimum=3)
    there = dbscan_clusters(x[order], y[order], radius_m=6, minimum=3)
    assert np.array_equal(here.labels[order], there.labels)


def test_duplicates_are_weights():
    x, y = blobs(seed=3)
    doubled = dbscan_clusters(np.tile(x, 2), np.tile(y, 2), radius_m=60, minimum=8)
    weighted = dbscan_clusters(x, y, np.full(x.size, 2), radius_m=60, minimum=8)
    assert np.array_equal(doubled.labels[: x.size], weighted.labels)


def test_shifting_the_map_changes_no_label():
    x, y = np.rint(blobs(seed=4))
    here = dbscan_clusters(x, y, radius_m=60, minimum=5)
    there = dbscan_clusters(x + 600000, y + 5500000, radius_m=60, minimum=5)
    assert np.array_equal(here.labels, there.labels)


def test_a_radius_that_joins_everything_makes_one_cluster():
    x, y = blobs()
    clusters = dbscan_clusters(x, y, radius_m=1e6, minimum=5)
    assert (len(clusters), clusters.labels.max()) == (1, 0)


def test_a_radius_that_is_tiny_against_the_extent_is_refused():
    with pytest.raises(TooLargeForMethodError, match="too small"):
        dbscan_clusters([1000, 6_000_000], [1000, 6_000_000], radius_m=1e-4, minimum=2)


def test_hdbscan_finds_the_three_blobs():
    x, y = blobs(seed=5)
    clusters = hdbscan_clusters(x, y, minimum=12)
    assert len(clusters) == 3
    assert [np.bincount(clusters.labels[start:stop] + 1).argmax() - 1 for start, stop in ((0, 60), (60, 100))] == [0, 1]


def test_a_pile_does_not_split_an_hdbscan_cluster():
    x, y = blobs(seed=5)
    piled = hdbscan_clusters(np.append(x, np.full(500, x[0])), np.append(y, np.full(500, y[0])), minimum=12)
    assert len(piled) == 3


def test_hdbscan_with_fewer_places_than_its_minimum_is_all_noise():
    clusters = hdbscan_clusters([1000, 1001, 1001], [1000, 1000, 1000], minimum=5)
    assert clusters.labels.tolist() == [NOISE] * 3


def test_hdbscan_refuses_a_minimum_of_one():
    with pytest.raises(ParameterError):
        hdbscan_clusters([1000, 1001], [1000, 1000], minimum=1)


def test_the_knee_parts_blob_from_noise():
    x, y = blobs(seed=6, sizes=(200, 200), noise=60)
    suggestion = suggest_radius(x, y, minimum=5)
    assert 15 < suggestion.radius_m < 400
    assert np.all(np.diff(suggestion.distances_m) >= 0)


def test_a_radius_of_one_place_is_refused():
    with pytest.raises(NoSpreadError):
        suggest_radius([1000, 1000], [1000, 1000], minimum=2)


def test_equal_spacing_suggests_the_spacing():
    assert suggest_radius(np.arange(1000, 1100, 10), np.full(10, 1000), minimum=2).radius_m == 10


def test_unique_places_keep_the_total():
    places = unique_places([1000, 1000, 1001], [1000, 1000, 1000], [1, 2, 4])
    assert (places.weight.tolist(), places.of_row.tolist()) == ([3, 4], [0, 0, 1])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1000, 1080), st.integers(1000, 1080)), min_size=1, max_size=120),
    st.integers(1, 12),
    st.integers(2, 9),
)
def test_whole_metres_weighted_equal_scikit_learn(points, radius, minimum):
    x, y = np.array(points, dtype=float).T
    weight = np.random.default_rng(len(points)).integers(1, 4, x.size)
    same_as_scikit_learn(x, y, weight, radius, minimum)


def same_as_scikit_learn(x, y, weight, radius, minimum):
    ours = dbscan_clusters(x, y, weight, radius_m=radius, minimum=minimum)
    places = unique_places(x, y, weight)
    peer = DBSCAN(eps=radius, min_samples=minimum).fit(places.coordinates, sample_weight=places.weight)
    core = np.zeros(places.x.size, dtype=bool)
    core[peer.core_sample_indices_] = True
    core, labels = core[places.of_row], peer.labels_[places.of_row]
    assert np.array_equal(ours.core, core)
    assert np.array_equal(ours.labels == NOISE, labels == NOISE)
    assert len(set(zip(ours.labels[core].tolist(), labels[core].tolist(), strict=True))) == len(ours)


def test_ten_thousand_incidents_equal_scikit_learn():
    x, y = blobs(seed=7, sizes=(4000, 2000, 1000), noise=3000)
    for minimum in (5, 40):
        same_as_scikit_learn(x, y, np.ones(x.size), 60, minimum)


def test_a_stray_point_far_away_changes_nothing():
    x, y = blobs(seed=8)
    here = dbscan_clusters(x, y, radius_m=60, minimum=5)
    there = dbscan_clusters(np.append(x, 9e6), np.append(y, -9e6), radius_m=60, minimum=5)
    assert np.array_equal(here.labels, there.labels[:-1])


def test_harm_density_becomes_a_minimum():
    assert required_minimum(per_km2=1000, radius_m=100) == pytest.approx(10 * np.pi)


def test_table_of_clusters_by_hand():
    x, y = [1000, 1002, 1100, 1101, 1500], [1000, 1000, 1000, 1000, 1000]
    table = cluster_table(dbscan_clusters(x, y, [1, 3, 1, 1, 1], radius_m=2, minimum=2), x, y, [1, 3, 1, 1, 1])
    assert table["weight"].tolist() == [4, 2]
    assert table["n"].tolist() == [2, 2]
    assert table["core_share"].tolist() == [1, 1]
    assert table["x"].tolist() == [1001.5, 1100.5]
    assert table["spread_m"][1] == pytest.approx(0.5)


def test_each_cluster_has_its_own_hours():
    x, y = blobs(seed=9, sizes=(200, 200), noise=600)
    generator = np.random.default_rng(9)
    weekday, hour = generator.integers(0, 7, x.size), generator.uniform(0, 24, x.size)
    hour[:200], weekday[:200] = generator.uniform(22, 24, 200), 4
    clusters = dbscan_clusters(x, y, radius_m=60, minimum=10)
    windows = cluster_windows(clusters, weekday, hour, seed=1)
    late = windows[clusters.labels[0]]
    assert late is not None
    assert (late.start_hour, 4 in late.days, late.p) == (22, True, 0.001)


def test_unknown_hours_are_left_out_of_the_week():
    x, y = blobs(seed=9, sizes=(200,), noise=600)
    generator = np.random.default_rng(10)
    weekday, hour = generator.integers(0, 7, x.size), generator.uniform(0, 24, x.size)
    known = generator.random(x.size) < 0.5
    hour[:200][~known[:200]] = 0.0
    clusters = dbscan_clusters(x, y, radius_m=60, minimum=10)
    assert cluster_windows(clusters, weekday, hour, seed=1)[0] is not None
    assert cluster_windows(clusters, weekday, hour, seed=1, known=known)[0] is None
    with pytest.raises(EmptyPeriodError):
        cluster_windows(clusters, weekday, hour, seed=1, known=np.zeros(x.size))
