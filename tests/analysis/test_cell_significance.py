from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from shapely.geometry import Point, box

from analysis.errors import NoSpreadError, ParameterError, TooFewUnitsError
from analysis.grid import Binned, Grid, study_grid
from analysis.hexagons import study_hexagons
from analysis.permutation import FLOOR, subset_sums, window_tails
from analysis.significance import false_discovery, hot_cells, local_moran


def plain(values, mask=None):
    values = np.asarray(values, dtype=float)
    mask = np.ones(values.shape, dtype=bool) if mask is None else mask
    return Binned(Grid(1000, 1000, 50, *values.shape, mask), np.where(mask, values, 0.0), 0, 0)


def skewed(seed, shape=(40, 40)):
    return np.random.default_rng(seed).negative_binomial(0.3, 0.25, shape)


def test_windows_of_three_cells_by_hand():
    values = np.array([0, 0, 0, 1, 1, 2])
    upper, lower = window_tails(values, np.array([4, 0, 2]), np.array([3, 3, 3]))
    assert upper.tolist() == pytest.approx([1 / 20, 1, 13 / 20])
    assert lower.tolist() == pytest.approx([1, 1 / 20, 13 / 20])


def test_subsets_equal_their_enumeration():
    values = np.array([0, 1, 1, 3, 4, 4, 7])
    chances = subset_sums(values, 4)
    for k in range(1, 5):
        sums = [sum(part) for part in itertools.combinations(values.tolist(), k)]
        assert chances[k] == pytest.approx(np.bincount(sums, minlength=chances.shape[1]) / len(sums))


def test_independent_draws_are_the_convolution_of_the_histogram():
    values = np.repeat([0, 1, 2], [3000, 2000, 1000])
    direct = np.convolve(np.convolve([1 / 2, 1 / 3, 1 / 6], [1 / 2, 1 / 3, 1 / 6]), [1 / 2, 1 / 3, 1 / 6])
    upper, _ = window_tails(values, np.arange(7), np.full(7, 3))
    assert upper == pytest.approx(np.cumsum(direct[::-1])[::-1], abs=2e-3)


def test_deep_tails_stop_at_the_floor():
    values = np.repeat([0, 30], [9900, 100])
    assert window_tails(values, np.array([390]), np.array([13]))[0][0] == FLOOR


def test_whole_map_and_empty_windows_tell_nothing():
    values = np.random.default_rng(1).poisson(2, 5000)
    assert window_tails(values, np.array([int(values.sum()), 0]), np.array([5000, 0]))[0].tolist() == [1, 1]


def test_exact_p_equals_shuffling_the_map():
    binned, generator = plain(skewed(3)), np.random.default_rng(4)
    found = hot_cells(binned, radius_m=100, cap_quantile=None)
    middle = (20, 20)
    assert found.k[middle] == 13
    shuffles = np.array([generator.permutation(binned.counts.reshape(-1))[:13].sum() for _ in range(20_000)])
    share = (shuffles >= found.window[middle]).mean()
    assert found.p_hot[middle] == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 20_000) + 1e-4)


def test_z_equals_esda():
    esda, graph = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    counts = np.random.default_rng(5).negative_binomial(1, 0.2, (30, 30)).astype(float)
    peer = esda.G_Local(counts.reshape(-1), graph.lat2W(30, 30), transform="B", star=True, permutations=0)
    assert hot_cells(plain(counts), radius_m=50, cap_quantile=None).z.reshape(-1) == pytest.approx(peer.Zs, abs=1e-10)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_exact_p_equals_esda_within_its_simulation_error():
    """esda folds p to the smaller tail, hence warm cells only; and its sums of floats lose some of the ties, hence the
    chance of a tie as a margin below."""
    esda, graph = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    counts = np.random.default_rng(5).negative_binomial(1, 0.2, (30, 30)).astype(float)
    found = hot_cells(plain(counts), radius_m=50, null="self_fixed", cap_quantile=None)
    peer = esda.G_Local(counts.reshape(-1), graph.lat2W(30, 30), transform="B", star=True, permutations=9999, seed=1)
    warm = (found.p_hot < 0.4).reshape(-1)
    high, tie = found.p_hot.reshape(-1)[warm], (found.p_hot + found.p_cold - 1).reshape(-1)[warm]
    beyond = np.maximum(peer.p_sim[warm] - high, 0) + np.maximum(high - tie - peer.p_sim[warm], 0)
    assert beyond.mean() < 0.002
    assert beyond.max() < 0.02


def test_local_moran_equals_esda():
    esda, graph = pytest.importorskip("esda"), pytest.importorskip("libpysal.weights")
    counts = skewed(6, (20, 20)).astype(float)
    local = local_moran(plain(counts), radius_m=50, cap_quantile=None)
    peer = esda.Moran_Local(counts.reshape(-1), graph.lat2W(20, 20), permutations=0)
    assert local.moran.reshape(-1) * 399 / 400 == pytest.approx(peer.Is, abs=1e-10)
    assert np.array_equal(local.quadrant.reshape(-1), peer.q)


def test_a_lone_hot_cell_is_seen_by_the_total_null_alone():
    counts = np.random.default_rng(7).poisson(1.0, (60, 60))
    counts[30, 30] = 60
    total, fixed = (
        hot_cells(plain(counts), radius_m=50, null=null, cap_quantile=None) for null in ("total", "self_fixed")
    )
    assert total.p_hot[30, 30] < 2e-3
    assert fixed.p_hot[30, 30] > 0.05


def test_a_pile_hides_a_hot_spot_unless_it_is_capped():
    counts = np.random.default_rng(8).poisson(0.3, (60, 60))
    counts[10:13, 10:13] += 4
    counts[50, 50] = 3000
    capped, plainly = (hot_cells(plain(counts), radius_m=50, cap_quantile=cap) for cap in (0.999, None))
    assert capped.hot()[11, 11]
    assert not plainly.hot()[11, 11]
    assert (capped.capped, plainly.cap) == (1, None)


def test_off_the_mask_there_is_no_value_and_no_neighbour():
    mask = np.ones((50, 50), dtype=bool)
    mask[:, 25:30] = False
    found = hot_cells(plain(skewed(9, (50, 50)), mask), radius_m=100)
    assert np.array_equal(np.isnan(found.p_hot), ~mask)
    assert (found.k[25, 24], found.k[25, 10], found.k[25, 27]) == (9, 13, 0)
    assert found.tests == mask.sum()


def test_classes_are_signed_and_by_false_discovery_rate():
    counts = np.random.default_rng(10).poisson(4, (50, 50))
    counts[10:15, 10:15] += 12
    counts[35:42, 35:42] = 0
    classes = hot_cells(plain(counts), radius_m=100).classes()
    assert (classes[12, 12], classes[38, 38]) == (3, -3)
    assert np.abs(classes[45:, :10]).max() <= 1


def test_strict_discovery_rates_are_benjamini_yekutieli():
    p = np.random.default_rng(11).random(300) ** 3
    assert false_discovery(p, strict=True) == pytest.approx(stats.false_discovery_control(p, method="by"))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_quarter_turn_turns_the_answer(seed):
    counts = skewed(seed, (30, 24))
    here, turned = (hot_cells(plain(values), radius_m=100) for values in (counts, np.rot90(counts)))
    assert np.array_equal(np.rot90(here.p_hot), turned.p_hot)
    assert np.array_equal(np.rot90(here.q), turned.q)


def test_metres_and_kilometres_tell_the_same():
    counts = skewed(12)
    metres = hot_cells(plain(counts), radius_m=100)
    grid = Grid(1, 1, 0.05, 40, 40, np.ones((40, 40), dtype=bool))
    assert np.array_equal(metres.p_hot, hot_cells(Binned(grid, counts.astype(float), 0, 0), radius_m=0.1).p_hot)


def test_weights_ten_times_as_large_tell_the_same():
    counts = skewed(13)
    assert np.allclose(
        hot_cells(plain(counts * 0.1), radius_m=100).p_hot, hot_cells(plain(counts), radius_m=100).p_hot, atol=0.01
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 39), st.integers(0, 39))
def test_an_extra_event_never_lowers_its_own_z(seed, row, column):
    counts = skewed(seed)
    more = counts.copy()
    more[row, column] += 1
    before, after = (hot_cells(plain(values), radius_m=100, cap_quantile=None).z for values in (counts, more))
    assert after[row, column] >= before[row, column] - 1e-9 or counts[row, column] > counts.mean() + 2 * counts.std()


@pytest.mark.parametrize("cap", [0.999, None])
def test_shuffled_maps_keep_the_level(cap):
    alarms = false_alarms(runs=120, cap=cap, seed=14)
    for level, share in alarms.items():
        assert share <= level * 1.25 + 1e-4


def false_alarms(*, runs, cap, seed):
    """Share of cells of shuffled maps whose p is at most each level."""
    generator, counts = np.random.default_rng(seed), skewed(seed, (60, 60))
    hits = dict.fromkeys((0.05, 0.01, 1e-3, 1e-4), 0)
    for _ in range(runs):
        found = hot_cells(plain(generator.permuted(counts.reshape(-1)).reshape(60, 60)), radius_m=100, cap_quantile=cap)
        for level in hits:
            hits[level] += int((found.p_hot <= level).sum())
    return {level: count / (runs * 3600) for level, count in hits.items()}


@pytest.mark.soak
@pytest.mark.parametrize("cap", [0.999, None])
def test_ten_thousand_shuffled_maps_keep_the_level(cap):
    runs = 10_000
    for level, share in false_alarms(runs=runs, cap=cap, seed=15).items():
        # neighbouring windows overlap: as if each map held one independent test in 13 cells
        assert share <= level + 3 * np.sqrt(level * (1 - level) / (runs * 3600 / 13))


def discoveries(*, runs, seed):
    generator, counts = np.random.default_rng(seed), skewed(seed, (60, 60))
    return np.mean(
        [
            hot_cells(plain(generator.permuted(counts.reshape(-1)).reshape(60, 60)), radius_m=100).hot(0.05).any()
            for _ in range(runs)
        ]
    )


def test_shuffled_maps_seldom_hold_a_discovery():
    assert discoveries(runs=100, seed=16) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)


def test_the_normal_approximation_breaks_its_level_on_skewed_counts():
    generator, counts, hits = np.random.default_rng(17), skewed(17, (60, 60)), 0
    for _ in range(60):
        found = hot_cells(
            plain(generator.permuted(counts.reshape(-1)).reshape(60, 60)), radius_m=100, cap_quantile=None
        )
        hits += int((found.normal_p() <= 1e-4).sum())
    assert hits / (60 * 3600) > 5e-4


def test_planted_discs_are_found():
    found = 0
    ys, xs = np.indices((60, 60))
    for seed in range(40):
        generator = np.random.default_rng([18, seed])
        rate = np.full((60, 60), 1.2)
        rate[(xs - 30) ** 2 + (ys - 30) ** 2 <= 9] *= 3
        found += hot_cells(plain(generator.poisson(rate)), radius_m=150).hot()[30, 30]
    assert found >= 32


def test_hexagons_tile_the_area_and_keep_every_point():
    grid = study_hexagons(Point(5000, 5000).buffer(900), width_m=100)
    x, y = np.random.default_rng(19).uniform(4400, 5600, (2, 4000))
    binned = grid.bin(x, y)
    assert binned.counts.sum() + binned.dropped == 4000
    assert binned.counts.sum() == 4000
    assert grid.mask_area_m2 == pytest.approx(np.pi * 900**2, rel=0.02)
    shapes = grid.cell_polygons(grid.mask)
    assert sum(shape.area for shape in shapes) == pytest.approx(grid.mask_area_m2)
    assert all(
        shape.buffer(1e-6).contains(Point(px, py))
        for px, py, shape in zip(*points_and_cells(grid, x[:200], y[:200]), strict=True)
    )


def points_and_cells(grid, x, y):
    flat = grid.flat_cells(x, y)
    shapes = np.empty(grid.mask.size, dtype=object)
    shapes[grid.mask.reshape(-1)] = grid.cell_polygons(grid.mask)
    return x, y, shapes[flat]


def test_a_window_of_hexagons_has_seven_cells_then_nineteen():
    grid = study_hexagons(box(1000, 1000, 3000, 3000), width_m=100)
    assert (grid.window(100).sum(), grid.window(200).sum()) == (7, 19)


def test_hexagons_find_the_same_hot_spot_as_squares():
    generator = np.random.default_rng(20)
    x = np.append(generator.uniform(1000, 4000, 3000), generator.normal(2200, 60, 250))
    y = np.append(generator.uniform(1000, 4000, 3000), generator.normal(3100, 60, 250))
    area = box(1000, 1000, 4000, 4000)
    hexagons, squares = study_hexagons(area, width_m=100), study_grid(area, cell_m=100)
    for grid in (hexagons, squares):
        found = hot_cells(grid.bin(x, y), radius_m=200)
        hot = found.hot().reshape(-1)
        assert hot[grid.flat_cells([2200], [3100])[0]]
        assert found.hot().sum() < 0.05 * grid.mask.sum()


def test_what_cannot_be_tested_is_refused():
    binned = plain(skewed(21))
    with pytest.raises(NoSpreadError):
        hot_cells(plain(np.ones((10, 10))), radius_m=100)
    with pytest.raises(TooFewUnitsError):
        hot_cells(plain([[1, 2, 3]]), radius_m=100)
    for wrong in (
        {"radius_m": 10},
        {"radius_m": -1},
        {"radius_m": 100, "cap_quantile": 2},
        {"radius_m": 100, "null": "no"},
    ):
        with pytest.raises(ParameterError):
            hot_cells(binned, **wrong)
