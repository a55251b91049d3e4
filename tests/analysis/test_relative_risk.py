from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from analysis.density import exact_density, kernel_density
from analysis.errors import EmptyPeriodError, OutsideMaskError, ParameterError, ZeroExposureError
from analysis.grid import Grid, decay_weights, study_grid
from analysis.relative_risk import relative_risk

AREA = box(1000, 1000, 3000, 3000)


def grid_of(cell_m=50):
    return study_grid(AREA, cell_m=cell_m)


def homes(seed, count=4000):
    generator = np.random.default_rng(seed)
    return np.clip(generator.normal(2000, 450, (2, count)), 1001, 2999)


def risk_of(grid, events, exposed, **options):
    options = {"bandwidth_m": 250, "seed": 1, "draws": 99} | options
    return relative_risk(grid.bin(*events), grid.bin(*exposed), **options)


def test_incidents_in_proportion_to_homes_are_no_risk():
    grid, exposed = grid_of(), homes(1)
    risk = risk_of(grid, exposed[:, ::4], exposed)
    assert np.nanmean(risk.p_high <= 0.05) < 0.15
    assert abs(np.nanmedian(risk.log_ratio)) < 0.15


def test_doubling_the_exposure_everywhere_changes_no_ratio():
    grid, exposed = grid_of(), homes(2)
    events = homes(3, 400)
    once, twice = (risk_of(grid, events, points).log_ratio for points in (exposed, np.tile(exposed, 2)))
    assert np.allclose(once, twice, equal_nan=True)


def test_a_place_of_high_risk_lies_in_its_contour():
    generator, exposed = np.random.default_rng(4), homes(4)
    extra = generator.normal([[1600], [2400]], 80, (2, 120))
    risk = risk_of(grid_of(), np.hstack([exposed[:, ::10], extra]), exposed)
    contour = risk.contour(0.05)
    assert contour.contains(Point(1600, 2400))
    assert contour.area < 0.35 * AREA.area
    assert not risk.contour(0.05, high=False).intersects(Point(1600, 2400))


def test_the_same_seed_gives_the_same_bytes_and_no_p_is_zero():
    exposed, events = homes(5), homes(6, 300)
    one, other = (risk_of(grid_of(), events, exposed) for _ in range(2))
    assert one.p_high.tobytes() == other.p_high.tobytes()
    assert np.nanmin(one.p_high) >= 1 / 100


def test_risk_has_no_value_where_hardly_anybody_is():
    exposed = np.random.default_rng(7).uniform(1000, 1900, (2, 3000))
    risk = risk_of(grid_of(), exposed[:, ::10], exposed)
    assert np.isnan(risk.log_ratio[-1, -1])
    assert np.isfinite(risk.log_ratio[5, 5])


def test_risk_refuses_nobody_exposed_and_other_grids():
    grid = grid_of()
    events = grid.bin(*homes(8, 50))
    nobody = grid.bin([1500.0], [1500.0], [0.0])
    with pytest.raises(ZeroExposureError):
        relative_risk(events, nobody, bandwidth_m=200, seed=1)
    with pytest.raises(ParameterError, match="same grid"):
        relative_risk(events, grid_of().bin(*homes(8)), bandwidth_m=200, seed=1)
    with pytest.raises(ParameterError, match="19"):
        relative_risk(events, grid.bin(*homes(8)), bandwidth_m=200, seed=1, draws=5)


def brute_force(x, y, w, grid, reach):
    xs, ys = np.meshgrid(*grid.centres())
    squared = ((xs[..., None] - x) ** 2 + (ys[..., None] - y) ** 2) / reach**2
    return (w * np.maximum(1 - squared, 0) ** 2).sum(axis=-1) * 3e6 / (np.pi * reach**2)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(30, 700))
def test_exact_density_is_the_plain_sum(seed, reach):
    generator = np.random.default_rng(seed)
    grid = Grid(1000, 1000, 50, 18, 23, np.ones((18, 23), dtype=bool))
    x, y, w = generator.uniform(1000, 2100, 60), generator.uniform(1000, 1900, 60), generator.uniform(0, 3, 60)
    found = exact_density(x, y, w, grid=grid, bandwidth_m=reach, edge=None)
    direct = brute_force(x, y, w, grid, reach)
    assert np.allclose(found[~np.isnan(found)], direct[~np.isnan(found)], atol=5e-9 * max(direct.max(), 1))


def test_exact_density_does_not_depend_on_the_order_of_rows():
    generator, grid = np.random.default_rng(9), grid_of()
    x, y = np.rint(generator.uniform(1000, 3000, (2, 5000)))
    order = generator.permutation(5000)
    here, there = (exact_density(a, b, grid=grid, bandwidth_m=200) for a, b in ((x, y), (x[order], y[order])))
    assert here.tobytes() == there.tobytes()


def test_exact_and_binned_density_agree_with_every_edge():
    grid = study_grid(AREA.difference(box(1400, 1400, 1800, 2600)), cell_m=20)
    x, y = np.random.default_rng(10).uniform(1000, 3000, (2, 4000))
    for edge in ("uniform", "diggle"):
        exact = exact_density(x, y, grid=grid, bandwidth_m=200, edge=edge)
        binned = kernel_density(grid.bin(x, y), bandwidth_m=200, edge=edge)
        assert np.nanmax(np.abs(exact - binned)) < 0.03 * np.nanmax(exact)
        assert np.array_equal(np.isnan(exact), np.isnan(binned))


def test_density_per_period_is_a_share_of_the_whole():
    binned = grid_of().bin(*homes(11))
    year, month = (kernel_density(binned, bandwidth_m=200, periods=periods) for periods in (1, 12))
    assert np.allclose(month * 12, year, equal_nan=True)


def test_binned_density_equals_kdepy():
    kdepy = pytest.importorskip("KDEpy")
    grid = Grid(1000, 1000, 20, 128, 128, np.ones((128, 128), dtype=bool))
    x, y = np.random.default_rng(12).normal(2280, 250, (2, 3000))
    ours = kernel_density(grid.bin(x, y), bandwidth_m=80, kernel="gaussian", edge=None)
    xs, ys = grid.centres()
    wide = np.arange(-2000, 6560, 20) + 10.0
    points = np.column_stack([x, y])
    peer = (
        kdepy.FFTKDE(kernel="gaussian", bw=80)
        .fit(points)
        .evaluate(np.stack(np.meshgrid(wide, wide, indexing="ij"), axis=-1).reshape(-1, 2))
    )
    peer = peer.reshape(wide.size, wide.size).T * 3000 * 1e6
    column, row = np.searchsorted(wide, xs[0]), np.searchsorted(wide, ys[0])
    assert np.abs(ours - peer[row : row + 128, column : column + 128]).max() < 0.01 * peer.max()


def test_one_pass_counts_several_things():
    grid = grid_of()
    x, y = homes(13, 500)
    harm = np.random.default_rng(13).uniform(0, 9, 500)
    channels = grid.channels(x, y, {"count": None, "harm": harm})
    assert np.array_equal(channels["count"].counts, grid.bin(x, y).counts)
    assert channels["harm"].counts.sum() == pytest.approx(harm.sum())


def test_periods_are_half_open_and_add_up():
    counts = grid_of().periods([1500, 1500, 1500], [1500] * 3, [0, 10, 19.9], [0, 10, 20])
    assert counts.sum(axis=(1, 2)).tolist() == [1, 2]
    with pytest.raises(EmptyPeriodError):
        grid_of().periods([1500], [1500], [3], [10, 20])


def test_half_lives_halve():
    assert decay_weights([100, 70, 40], until_days=100, half_life_days=30).tolist() == [1, 0.5, 0.25]


def test_density_names_why_there_is_nothing():
    grid = grid_of()
    with pytest.raises(OutsideMaskError, match="2 incidents"):
        kernel_density(grid.bin([9000, 9001], [9000, 9001]), bandwidth_m=200)
    with pytest.raises(EmptyPeriodError):
        kernel_density(grid.bin([], []), bandwidth_m=200)
