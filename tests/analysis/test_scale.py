"""Scale: correlogram, bandwidth, sensitivity of hot cells to the grid."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import box

from analysis.bandwidth import choose_bandwidth
from analysis.correlogram import moran_correlogram
from analysis.errors import EmptyPeriodError, NoSpreadError, ParameterError, TooFewUnitsError
from analysis.grid import Binned, Grid, study_grid
from analysis.hexagons import study_hexagons
from analysis.sensitivity import SensitivityPlan, sensitivity_map

AREA = box(1000, 1000, 4000, 4000)


def clustered(seed, spread_m=150, count=1500, noise=500):
    generator = np.random.default_rng(seed)
    centres = generator.uniform(1300, 3700, (12, 2))
    points = centres[generator.integers(0, 12, count)] + generator.normal(0, spread_m, (count, 2))
    points = np.vstack([points, generator.uniform(1000, 4000, (noise, 2))])
    return points[:, 0], points[:, 1]


def ragged(seed, shape=(30, 24)):
    generator = np.random.default_rng(seed)
    mask = generator.random(shape) < 0.8
    return Binned(Grid(1000, 1000, 50, *shape, mask), np.where(mask, generator.poisson(2, shape), 0.0), 0, 0)


def test_correlogram_on_a_ragged_mask_equals_the_weights_matrix_form():
    binned = ragged(1)
    found = moran_correlogram(binned, bands=5)
    row, column = np.nonzero(binned.grid.mask)
    values = binned.counts[binned.grid.mask]
    squared = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2
    deviation, n = values - values.mean(), values.size
    for band in range(5):
        near = (squared > 0) & (squared <= (band + 1) ** 2)
        s0, s2 = near.sum(), 4 * (near.sum(axis=1).astype(float) ** 2).sum()
        assert found.moran[band] == pytest.approx(n / s0 * (deviation @ near @ deviation) / (deviation**2).sum())
        variance = (n**2 * 2 * s0 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - 1 / (n - 1) ** 2
        assert found.variance[band] == pytest.approx(variance)


def test_correlogram_equals_esda():
    esda, graph = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    grid = Grid(1000, 1000, 50, 20, 20, np.ones((20, 20), dtype=bool))
    counts = np.random.default_rng(2).poisson(3, (20, 20)).astype(float)
    found = moran_correlogram(Binned(grid, counts, 0, 0), bands=1)
    peer = esda.Moran(counts.reshape(-1), graph.lat2W(20, 20), transformation="B", permutations=0)
    assert (found.moran[0], found.z[0]) == pytest.approx((peer.I, peer.z_norm))


def test_clusters_suggest_their_scale():
    grid = study_grid(AREA, cell_m=50)
    tight, wide = (moran_correlogram(grid.bin(*clustered(3, spread_m=s))).suggested_m for s in (60, 200))
    assert 50 <= tight < wide <= 700


def test_shuffled_cells_have_no_correlation():
    grid = study_grid(AREA, cell_m=50)
    counts = np.random.default_rng(4).permutation(grid.bin(*clustered(4)).counts.reshape(-1)).reshape(grid.shape)
    assert np.abs(moran_correlogram(Binned(grid, counts, 0, 0)).z).max() < 4.5


def test_few_incidents_suggest_nothing():
    found = moran_correlogram(study_grid(AREA, cell_m=50).bin(*clustered(5, count=30, noise=20)))
    assert (found.suggested_m, found.reason) == (None, "too_few_incidents")


def test_hexagons_have_a_correlogram_too():
    found = moran_correlogram(study_hexagons(AREA, width_m=60).bin(*clustered(6)), bands=8)
    assert found.z.max() > 10


def test_correlogram_refuses_what_it_cannot_tell():
    grid = Grid(1000, 1000, 50, 4, 4, np.ones((4, 4), dtype=bool))
    with pytest.raises(NoSpreadError):
        moran_correlogram(Binned(grid, np.ones((4, 4)), 0, 0))
    with pytest.raises(ParameterError):
        moran_correlogram(Binned(grid, np.eye(4), 0, 0), bands=0)
    with pytest.raises(EmptyPeriodError):
        moran_correlogram(Binned(grid, np.zeros((4, 4)), 0, 0))


def test_bandwidth_follows_the_spread_of_the_incidents():
    grid = study_grid(AREA, cell_m=50)
    tight, wide = (choose_bandwidth(*clustered(7, spread_m=s), grid=grid, seed=1) for s in (60, 300))
    assert tight.bandwidth_m < wide.bandwidth_m
    assert tight.bandwidth_m >= tight.best_m
    assert tight.sigma_equivalent_m == pytest.approx(tight.bandwidth_m / np.sqrt(8))
    assert tight.flat[np.flatnonzero(tight.candidates_m == tight.bandwidth_m)[0]]


def test_bandwidth_curve_is_the_likelihood_of_held_out_incidents_by_hand():
    grid = Grid(1000, 1000, 100, 9, 9, np.ones((9, 9), dtype=bool))
    x, y = np.full(60, 1450.0), np.full(60, 1450.0)
    x[:2] = 1050.0
    found = choose_bandwidth(x, y, np.arange(60.0), grid=grid, seed=1, candidates_m=[99.0])
    weight = grid.bin(x[:30], y[:30]).counts / 30
    chance = 0.95 * weight[4, 4] + 0.05 / 81
    assert found.folds[0, 0] == pytest.approx(np.log(chance / 10_000))


def test_later_incidents_choose_the_bandwidth_where_times_are_known():
    grid = study_grid(AREA, cell_m=50)
    x, y = clustered(8)
    days = np.random.default_rng(8).uniform(0, 365, x.size)
    found = choose_bandwidth(x, y, days, grid=grid, seed=1)
    assert found.rolling
    assert len(found.folds) == 6
    order = np.random.default_rng(9).permutation(x.size)
    again = choose_bandwidth(x[order], y[order], days[order], grid=grid, seed=1)
    assert np.array_equal(found.scores, again.scores)


def test_a_bandwidth_below_two_cells_is_told():
    x, y = clustered(10, spread_m=5, noise=0)
    assert choose_bandwidth(x, y, grid=study_grid(AREA, cell_m=100), seed=1).narrow


def test_bandwidth_refuses_what_it_cannot_choose_from():
    grid = study_grid(AREA, cell_m=50)
    with pytest.raises(NoSpreadError):
        choose_bandwidth([2000] * 40, [2000] * 40, grid=grid, seed=1)
    with pytest.raises(TooFewUnitsError):
        choose_bandwidth(np.arange(2000, 2010), np.arange(2000, 2010), grid=grid, seed=1)
    with pytest.raises(EmptyPeriodError):
        choose_bandwidth(*clustered(11), np.zeros(2000), grid=grid, seed=1)


def test_planted_spot_is_hot_in_most_runs_and_noise_in_few():
    generator = np.random.default_rng(12)
    x = np.append(generator.uniform(1000, 4000, 3000), generator.normal(2200, 90, 300))
    y = np.append(generator.uniform(1000, 4000, 3000), generator.normal(3100, 90, 300))
    found = sensitivity_map(x, y, area=AREA, plan=SensitivityPlan(radii_m=(150.0, 200.0, 300.0), offsets=2))
    spot = found.share.reshape(-1)[found.grid.flat_cells([2200], [3100])[0]]
    assert spot > 0.9
    assert np.nanmean(found.share > 0.5) < 0.05
    assert len(found.runs) == 2 * 2 * 3


def test_sensitivity_leaves_out_radii_below_one_and_a_half_cells():
    plan = SensitivityPlan(radii_m=(100.0, 150.0), cells_m=(50.0, 100.0), offsets=1)
    assert [(cell, radius) for cell, _, radius in plan.runs()] == [(50, 100), (50, 150), (100, 150)]
    with pytest.raises(ParameterError):
        SensitivityPlan(radii_m=(60.0,)).runs()
