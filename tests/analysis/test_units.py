from __future__ import annotations

import geopandas
import numpy as np
import pytest
from scipy import sparse
from shapely.geometry import box

from analysis.errors import (
    NegativeWeightError,
    NoSpreadError,
    ParameterError,
    TooFewUnitsError,
    UnprojectedCoordinatesError,
)
from analysis.grid import Binned, Grid
from analysis.significance import hot_cells
from analysis.units import hot_units, moran_of_units, neighbours_touching, neighbours_within


def sectors(rows=12, columns=12, side=300):
    shapes = [
        box(1000 + c * side, 1000 + r * side, 1000 + (c + 1) * side, 1000 + (r + 1) * side)
        for r in range(rows)
        for c in range(columns)
    ]
    return geopandas.GeoDataFrame(geometry=shapes, crs=32718)


def test_touching_squares_have_three_five_or_eight_neighbours():
    degree = neighbours_touching(sectors()).sum(axis=1)
    assert sorted(set(degree.tolist())) == [3, 5, 8]
    assert neighbours_within(sectors(), 300).sum(axis=1).max() == 4


def test_slivers_between_drawn_borders_do_not_part_neighbours():
    shapes = [box(1000 + 300 * k + 0.2 * k, 1000, 1300 + 300 * k + 0.2 * k, 1300) for k in range(5)]
    assert neighbours_touching(geopandas.GeoSeries(shapes, crs=32718)).sum() == 8


def test_sectors_on_a_grid_are_judged_as_its_cells():
    counts = np.random.default_rng(1).poisson(3, (12, 12))
    counts[5:7, 5:7] += 9
    units = hot_units(counts.reshape(-1), neighbours_touching(sectors()), seed=1)
    grid = Grid(1000, 1000, 300, 12, 12, np.ones((12, 12), dtype=bool))
    cells = hot_cells(Binned(grid, counts.astype(float), 0, 0), radius_m=300 * np.sqrt(2), cap_quantile=None)
    assert units.p_hot == pytest.approx(cells.p_hot.reshape(-1))
    assert units.z == pytest.approx(cells.z.reshape(-1))
    assert units.hot()[5 * 12 + 5]


def test_self_fixed_p_by_enumeration():
    values, near = [0, 1, 5, 2, 0], sparse.csr_array(np.eye(5, k=1) + np.eye(5, k=-1))
    found = hot_units(values, near, seed=1, null="self_fixed", draws=20_000)
    # neighbours of the middle area hold 1 + 2; of the pairs among 0, 1, 2, 0 one in six holds as much
    assert found.p_hot[2] == pytest.approx(1 / 6, abs=0.01)
    assert found.p_cold[2] == 1


def test_simulated_p_agrees_with_the_exact_one(monkeypatch):
    counts, near = np.random.default_rng(2).poisson(3, 144), neighbours_touching(sectors())
    exact = hot_units(counts, near, seed=1)
    monkeypatch.setattr("analysis.units.MOST_STATES", 0)
    drawn = hot_units(counts, near, seed=1, draws=9_999)
    assert np.abs(exact.p_hot - drawn.p_hot).max() < 0.025
    assert drawn.p_hot.min() >= 1e-4


def test_the_same_seed_gives_the_same_bytes():
    counts, near = np.random.default_rng(3).poisson(3, 144), neighbours_touching(sectors())
    one, other = (hot_units(counts, near, seed=5, null="self_fixed", draws=500) for _ in range(2))
    assert one.p_hot.tobytes() == other.p_hot.tobytes()


def test_shuffled_sectors_keep_the_level():
    near, generator, hits = neighbours_touching(sectors()), np.random.default_rng(4), 0
    for _ in range(60):
        hits += int((hot_units(generator.negative_binomial(1, 0.3, 144), near, seed=1).p_hot <= 0.01).sum())
    assert hits / (60 * 144) <= 0.013


def test_an_island_is_never_hot():
    near = neighbours_touching(geopandas.GeoSeries([*sectors().geometry, box(90_000, 0, 90_300, 300)], crs=32718))
    found = hot_units(np.append(np.random.default_rng(5).poisson(2, 144), 3), near, seed=1, null="self_fixed", draws=99)
    assert (found.p_hot[144], found.k[144]) == (1, 1)


def test_rates_are_judged_too_and_keep_their_z():
    rates = np.random.default_rng(6).gamma(2, 0.37, 144)
    near = neighbours_touching(sectors())
    found = hot_units(rates, near, seed=1)
    window = near @ rates + rates
    assert found.window == pytest.approx(window)
    assert np.corrcoef(found.z, -np.log(found.p_hot))[0, 1] > 0.8


def test_moran_tells_a_trend_from_noise():
    near = neighbours_touching(sectors())
    trend = np.repeat(np.arange(12), 12) + np.random.default_rng(7).normal(0, 1, 144)
    assert moran_of_units(trend, near).z > 8
    assert abs(moran_of_units(np.random.default_rng(8).permutation(trend), near).z) < 3


def test_sectors_that_cannot_be_judged_are_refused():
    near = neighbours_touching(sectors())
    with pytest.raises(NegativeWeightError):
        hot_units([-1, *[1] * 143], near, seed=1)
    with pytest.raises(NoSpreadError):
        hot_units(np.ones(144), near, seed=1)
    with pytest.raises(TooFewUnitsError):
        neighbours_touching(sectors(1, 1))
    with pytest.raises(ParameterError):
        hot_units(np.arange(10), near, seed=1)
    with pytest.raises(UnprojectedCoordinatesError):
        neighbours_touching(sectors().set_crs(4326, allow_override=True))
