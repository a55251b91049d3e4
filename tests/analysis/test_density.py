from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from shapely.geometry import MultiPoint, Point, box

from analysis.density import convolve, disc, kernel_density, sampled_kernel
from analysis.errors import ParameterError
from analysis.grid import Binned, Grid, study_grid


def plain_grid(rows=40, columns=40, cell_m=20.0, mask=None):
    return Grid(1000, 1000, cell_m, rows, columns, np.ones((rows, columns), dtype=bool) if mask is None else mask)


def scattered(count=200, seed=1, low=1000, high=1800):
    return np.random.default_rng(seed).uniform(low, high, (2, count))


def ragged_mask(rows=40, columns=40):
    return np.random.default_rng(2).random((rows, columns)) < 0.8


def unscaled_quartic(x, y, east, north, reach_m):
    squared = ((x - east) ** 2 + (y - north) ** 2) / reach_m**2
    return ((1 - squared[squared < 1]) ** 2).sum()


def test_one_point_in_the_open_by_hand():
    grid = plain_grid(61, 61, cell_m=10)
    density = kernel_density(grid.bin([1305], [1305]), bandwidth_m=200, edge=None)
    assert density[30, 30] == pytest.approx(3 / (np.pi * 0.2**2), rel=2e-3)
    assert density[30, 40] == pytest.approx(3 / (np.pi * 0.2**2) * (1 - 0.25) ** 2, rel=2e-3)
    assert density[30, 51] == pytest.approx(0, abs=1e-9)


def test_gaussian_equals_scipy():
    grid = plain_grid(60, 60)
    binned = grid.bin(*scattered(high=2200))
    ours = kernel_density(binned, bandwidth_m=60, kernel="gaussian", edge=None)
    peer = gaussian_filter(binned.counts, 3, mode="constant", truncate=4) / 0.0004
    assert np.abs(ours - peer).max() < 2e-3 * peer.max()


def test_binned_quartic_is_the_exact_sum_within_one_per_cent_of_the_peak():
    grid = plain_grid(cell_m=20)
    x, y = scattered(20_000)
    ours = kernel_density(grid.bin(x, y), bandwidth_m=200, edge=None)
    exact = np.array(
        [[unscaled_quartic(x, y, east, north, 200) for east in grid.centres()[0]] for north in grid.centres()[1]]
    )
    exact *= 3 / (np.pi * 0.2**2)
    assert np.abs(ours - exact).max() < 0.01 * exact.max()


def test_fft_equals_the_direct_sum_on_a_ragged_mask():
    values = np.where(ragged_mask(), np.random.default_rng(3).poisson(2, (40, 40)), 0).astype(float)
    kernel = sampled_kernel("quartic", bandwidth_m=70, cell_m=20)
    reach = kernel.shape[0] // 2
    padded = np.pad(values, reach)
    direct = np.array(
        [[(padded[r : r + 2 * reach + 1, c : c + 2 * reach + 1] * kernel).sum() for c in range(40)] for r in range(40)]
    )
    assert np.allclose(convolve(values, kernel), direct, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(40, 400))
def test_diggle_density_adds_up_to_the_incidents(seed, bandwidth_m):
    mask = np.random.default_rng(seed).random((30, 30)) < 0.9
    grid = plain_grid(30, 30, mask=mask)
    binned = grid.bin(*scattered(seed=seed, high=1600))
    density = kernel_density(binned, bandwidth_m=bandwidth_m, edge="diggle")
    if np.isnan(density[mask]).any():
        return
    assert np.nansum(density) * grid.cell_area_m2 / 1e6 == pytest.approx(binned.counts.sum())


def test_uniform_edge_makes_even_counts_even():
    grid = study_grid(Point(2000, 2000).buffer(500), cell_m=20)
    binned = Binned(grid, grid.mask.astype(float), outside_grid=0, outside_mask=0)
    density = kernel_density(binned, bandwidth_m=150)
    assert np.allclose(density[grid.mask], 1 / 0.0004)


def test_outside_the_mask_there_is_no_value():
    grid = study_grid(box(1000, 1000, 2000, 2000).difference(box(1400, 1400, 1600, 1600)), cell_m=20)
    density = kernel_density(grid.bin(*scattered(high=2000)), bandwidth_m=100)
    assert np.array_equal(np.isnan(density), ~grid.mask)


def test_an_extra_event_never_lowers_its_own_cell():
    grid = plain_grid()
    x, y = scattered()
    before = kernel_density(grid.bin(x, y), bandwidth_m=120)
    after = kernel_density(grid.bin(np.append(x, 1405), np.append(y, 1405)), bandwidth_m=120)
    assert after[20, 20] > before[20, 20]


def test_a_quarter_turn_turns_the_density():
    grid = plain_grid()
    x, y = scattered()
    turned = kernel_density(grid.bin(2800 - y, x), bandwidth_m=120)
    assert np.allclose(turned, np.rot90(kernel_density(grid.bin(x, y), bandwidth_m=120), -1), rtol=1e-9)


def test_narrow_kernels_keep_their_mass():
    assert sampled_kernel("quartic", bandwidth_m=60, cell_m=40).sum() == pytest.approx(1)


def test_a_disc_of_two_cells_has_thirteen():
    assert disc(200, cell_m=100).sum() == 13


def test_unknown_kernel_edge_and_bandwidth_are_refused():
    binned = plain_grid().bin(*scattered())
    for wrong in ({"kernel": "square"}, {"edge": "torus"}, {"bandwidth_m": 0}):
        with pytest.raises(ParameterError):
            kernel_density(binned, **{"bandwidth_m": 100, **wrong})


@pytest.mark.real_data
def test_memphis_january_density_is_the_published_one(memphis_january):
    x, y, published = memphis_january
    hull = MultiPoint(np.column_stack([x, y])).convex_hull.buffer(250)
    west, south, east, north = hull.bounds
    columns, rows = int(np.ceil((east - west) / 500)), int(np.ceil((north - south) / 500))
    fine = Grid(west, south, 100, 5 * rows, 5 * columns, np.ones((5 * rows, 5 * columns), dtype=bool))
    density = kernel_density(fine.bin(x, y), bandwidth_m=published["bandwidth_m_recomputed"], edge=None)[2::5, 2::5]
    touching = np.array(
        [
            [
                hull.intersects(box(west + 500 * c, south + 500 * r, west + 500 * (c + 1), south + 500 * (r + 1)))
                for c in range(columns)
            ]
            for r in range(rows)
        ]
    )
    unscaled = density[touching] / 1e6 * np.pi * published["bandwidth_m_recomputed"] ** 2 / 3
    assert unscaled.size == published["cells"]
    assert unscaled[: len(published["recomputed"]["kde"])] == pytest.approx(published["recomputed"]["kde"], rel=2.5e-3)
