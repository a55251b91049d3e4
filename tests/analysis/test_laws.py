"""Laws that hold whatever the data: totals, order, place of the map, units, duplicates, workers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import box

from analysis.correlogram import moran_correlogram
from analysis.density import exact_density, kernel_density
from analysis.grid import Binned, Grid, study_grid
from analysis.significance import hot_cells
from analysis.units import hot_units, neighbours_touching
from tests.analysis.test_units import sectors

AREA = box(1000, 1000, 2600, 2200).difference(box(1500, 1400, 1700, 1900))
seeds = st.integers(0, 10_000)


def points(seed, count=400):
    generator = np.random.default_rng(seed)
    east, north = generator.normal(1600, 250, count), generator.normal(1500, 200, count)
    return np.rint(np.clip(east, 1001, 2599)), np.rint(np.clip(north, 1001, 2199))


def answers(x, y, area=AREA):
    """What each grid method says, as arrays."""
    binned = study_grid(area, cell_m=50).bin(x, y)
    hot, scale = hot_cells(binned, radius_m=100), moran_correlogram(binned, bands=4)
    density = [kernel_density(binned, bandwidth_m=200, edge=edge) for edge in ("uniform", "diggle")]
    return [hot.p_hot, hot.q, hot.z, scale.moran, scale.z, *density]


def same(one, other):
    return all(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True) for a, b in zip(one, other, strict=True))


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_order_of_rows_changes_no_byte(seed):
    x, y = points(seed)
    order = np.random.default_rng(seed).permutation(x.size)
    pairs = zip(answers(x, y), answers(x[order], y[order]), strict=True)
    assert all(here.tobytes() == there.tobytes() for here, there in pairs)


@settings(max_examples=8, deadline=None)
@given(seeds, st.integers(-40, 40), st.integers(-40, 40))
def test_shifting_map_and_points_together_changes_nothing(seed, east, north):
    x, y = points(seed)
    moved = translate(AREA, 50_000 + 50 * east, 900_000 + 50 * north)
    assert same(answers(x, y), answers(x + 50_000 + 50 * east, y + 900_000 + 50 * north, moved))


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_three_equal_incidents_are_one_of_weight_three(seed):
    x, y = points(seed, 150)
    grid = study_grid(AREA, cell_m=50)
    weight = np.full(x.size, 3.0)
    repeated, weighted = grid.bin(np.tile(x, 3), np.tile(y, 3)), grid.bin(x, y, weight)
    assert np.array_equal(repeated.counts, weighted.counts)
    exact = exact_density(np.tile(x, 3), np.tile(y, 3), grid=grid, bandwidth_m=150)
    assert np.allclose(exact, exact_density(x, y, weight, grid=grid, bandwidth_m=150), equal_nan=True)


@settings(max_examples=8, deadline=None)
@given(seeds, st.floats(60, 400))
def test_exact_diggle_density_adds_up_to_the_incidents_on_the_mask(seed, bandwidth_m):
    x, y = points(seed)
    grid = study_grid(AREA, cell_m=20)
    total = np.nansum(exact_density(x, y, grid=grid, bandwidth_m=bandwidth_m, edge="diggle")) * 400 / 1e6
    assert total == pytest.approx(grid.bin(x, y).counts.sum(), rel=0.02)


@pytest.mark.parametrize("threads", [1, 4])
def test_the_number_of_threads_changes_no_byte(threads, monkeypatch):
    x, y = points(1, 3000)
    grid = study_grid(AREA, cell_m=20)
    two = exact_density(x, y, grid=grid, bandwidth_m=150)
    monkeypatch.setattr("analysis.sweep.THREADS", threads)
    assert exact_density(x, y, grid=grid, bandwidth_m=150).tobytes() == two.tobytes()


def test_kilometres_rescale_the_density():
    x, y = points(2)
    metres = Grid(1000, 1000, 50, 24, 32, np.ones((24, 32), dtype=bool))
    kilometres = Grid(1, 1, 0.05, 24, 32, np.ones((24, 32), dtype=bool))
    binned = metres.bin(x, y)
    here = kernel_density(binned, bandwidth_m=200)
    there = kernel_density(Binned(kilometres, binned.counts, 0, 0), bandwidth_m=0.2) / 1e6
    assert np.allclose(here, there, rtol=1e-9)


def test_more_harm_in_a_cell_never_lowers_its_density():
    x, y = points(3)
    grid = study_grid(AREA, cell_m=50)
    weight = np.ones(x.size)
    before = kernel_density(grid.bin(x, y, weight), bandwidth_m=150)
    weight[0] = 40
    after = kernel_density(grid.bin(x, y, weight), bandwidth_m=150)
    assert np.nanmin(after - before) > -1e-9
    assert after.flat[grid.flat_cells(x[:1], y[:1])[0]] > before.flat[grid.flat_cells(x[:1], y[:1])[0]]


def test_numbering_sectors_otherwise_changes_nothing():
    frame = sectors(8, 8)
    counts, order = np.random.default_rng(4).poisson(3, 64), np.random.default_rng(5).permutation(64)
    here = hot_units(counts, neighbours_touching(frame), seed=1)
    there = hot_units(counts[order], neighbours_touching(frame.iloc[order]), seed=1)
    assert np.allclose(here.p_hot[order], there.p_hot)
