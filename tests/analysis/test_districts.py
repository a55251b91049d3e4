"""Tilings: every unit in one contiguous district, loads kept, islands joined and named."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering

from analysis.contiguity import contiguity_graph, standardised
from analysis.districts import max_p_districts, skater_districts, ward_districts
from analysis.errors import EmptyInputError, NotFiniteError, ParameterError


def lattice(rows, columns):
    number = np.arange(rows * columns).reshape(rows, columns)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    up = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    return np.vstack([across, up])


def contiguous(labels, pairs):
    """Whether every district hangs together, by flooding it from its first unit."""
    near = {}
    for one, other in pairs.tolist():
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    for number in set(labels.tolist()):
        members = set(np.flatnonzero(labels == number).tolist())
        seen, ends = set(), [min(members)]
        while ends:
            unit = ends.pop()
            if unit not in seen:
                seen.add(unit)
                ends += list((near.get(unit, set()) & members) - seen)
        if seen != members:
            return False
    return True


TWO_HALVES = np.array([[0.0], [0.1], [5.0], [5.1], [0.2], [0.0], [5.2], [5.0]])  # 2 rows of 4: left low, right high


@pytest.mark.parametrize("tile", [ward_districts, skater_districts])
def test_two_halves_are_told_apart(tile):
    found = tile(TWO_HALVES, lattice(2, 4), districts=2)
    assert found.labels.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert found.explained_ratio > 0.99


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_every_tiling_is_whole_and_contiguous(seed, districts):
    generator = np.random.default_rng(seed)
    values, pairs, loads = generator.normal(size=(42, 2)), lattice(6, 7), generator.gamma(2.0, 50.0, 42)
    for found in (
        ward_districts(values, pairs, districts=districts, loads=loads),
        skater_districts(values, pairs, districts=districts, loads=loads),
        max_p_districts(values, pairs, loads=loads, least_load=loads.sum() / districts / 2, seed=seed, starts=2),
    ):
        assert contiguous(found.labels, pairs)
        assert found.loads.sum() == pytest.approx(loads.sum())
        assert found.labels.min() == 0
        assert len(set(found.labels.tolist())) == found.loads.size


def test_max_p_keeps_the_least_load_and_repeats():
    generator = np.random.default_rng(3)
    values, pairs, loads = generator.normal(size=(100, 1)), lattice(10, 10), generator.gamma(3.0, 10.0, 100)
    first = max_p_districts(values, pairs, loads=loads, least_load=150.0, seed=5)
    again = max_p_districts(values, pairs, loads=loads, least_load=150.0, seed=5)
    assert first.loads.min() >= 150.0
    assert np.array_equal(first.labels, again.labels)


def test_max_p_finds_the_most_districts_of_a_small_town():
    """By enumeration: no tiling of a row of six units with these loads has more than three districts of 4."""
    loads, pairs = np.array([2.0, 2.0, 3.0, 1.0, 1.0, 3.0]), lattice(1, 6)
    cuts = [
        parts
        for size in range(6)
        for parts in itertools.combinations(range(1, 6), size)
        if all(part.sum() >= 4 for part in np.split(loads, parts))
    ]
    most = max(len(parts) + 1 for parts in cuts)
    found = max_p_districts(loads[:, None], pairs, loads=loads, least_load=4.0, seed=1, starts=20)
    assert found.loads.size == most


def test_ward_agrees_with_scikit_learn():
    generator = np.random.default_rng(8)
    values, pairs = generator.normal(size=(64, 2)), lattice(8, 8)
    graph = contiguity_graph(np.vstack([pairs, pairs[:, ::-1]]), 64)
    peer = AgglomerativeClustering(n_clusters=6, linkage="ward", connectivity=graph.tocsr()).fit(values).labels_
    ours = ward_districts(values, pairs, districts=6).labels
    together = ours[:, None] == ours[None, :]
    assert np.array_equal(together, peer[:, None] == peer[None, :])


def test_islands_are_joined_to_the_nearest_unit_and_named():
    values, centres = np.zeros((4, 1)), np.array([[0.0, 0.0], [100.0, 0.0], [1000.0, 0.0], [1100.0, 0.0]])
    found = ward_districts(values, np.array([[0, 1], [2, 3]]), districts=1, centres=centres)
    assert [tuple(sorted(bridge)) for bridge in found.bridges] == [(1, 2)]
    with pytest.raises(ParameterError):
        ward_districts(values, np.array([[0, 1], [2, 3]]), districts=1)


def test_districts_below_the_least_load_are_merged():
    loads = np.array([1.0, 1.0, 1.0, 50.0, 50.0, 50.0])
    found = ward_districts(loads[:, None], lattice(1, 6), districts=4, loads=loads, least_load=3.0)
    assert found.loads.min() >= 3.0


def test_bad_input_is_refused_with_a_sentence():
    with pytest.raises(EmptyInputError):
        ward_districts(np.zeros((0, 1)), np.zeros((0, 2)), districts=1)
    with pytest.raises(NotFiniteError):
        standardised([[1.0, np.nan]])
    with pytest.raises(ParameterError, match="carries"):
        max_p_districts(np.zeros((3, 1)), lattice(1, 3), loads=[1, 1, 1], least_load=9.0, seed=1)
    with pytest.raises(ParameterError):
        ward_districts(np.zeros((3, 1)), np.array([[0, 7]]), districts=2)
