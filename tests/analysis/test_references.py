"""Published values of other programs and of papers, to the digits they print."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer
from scipy import sparse, stats
from shapely import contains_xy, intersects, prepare
from shapely.geometry import MultiPoint

from analysis.convolution import convolve
from analysis.correlogram import moran_correlogram
from analysis.density import exact_density, kernel_density
from analysis.grid import Binned, Grid
from analysis.significance import gi_star_z, gi_z, hot_cells, local_moran
from analysis.tails import family_wise
from analysis.units import moran_of_units
from tests.analysis.conftest import real_folder
from tests.analysis.published import (
    COLUMBUS_CRIME,
    COLUMBUS_NEIGHBOURS,
    GETIS_ORD_1996,
    PIXEL_M,
    REDWOOD_X,
    REDWOOD_Y,
    SITE_120,
)


def pixels():
    return Binned(Grid(1000, 1000, PIXEL_M, 16, 16, np.ones((16, 16), dtype=bool)), GETIS_ORD_1996, 0, 0)


@pytest.mark.parametrize(
    ("distance_m", "published"), [(30, 1.221979), (60, 1.748098), (90, 1.986135), (120, 1.893374), (150, 1.237454)]
)
def test_gi_of_getis_and_ord_1996(distance_m, published):
    found = hot_cells(pixels(), radius_m=distance_m, null="self_fixed", cap_quantile=None)
    assert found.z[SITE_120] == pytest.approx(published, abs=5e-7)


def test_gi_star_of_getis_and_ord_1996_with_either_variance():
    z = hot_cells(pixels(), radius_m=30, cap_quantile=None).z[SITE_120]
    assert z == pytest.approx(1.450780, abs=5e-7)
    assert z * np.sqrt(255 / 256) == pytest.approx(1.447943, abs=5e-7)


def test_all_gi_star_values_of_the_256_pixels_equal_the_weights_matrix_form():
    z = hot_cells(pixels(), radius_m=60, cap_quantile=None).z
    row, column = np.indices((16, 16)).reshape(2, -1)
    near = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2 <= 4
    x = GETIS_ORD_1996.reshape(-1)
    k = near.sum(axis=1)
    direct = (near @ x - k * x.mean()) / (x.std() * np.sqrt((256 * k - k**2) / 255))
    assert np.abs(z.reshape(-1) - direct).max() < 1e-12


def test_critical_values_of_ord_and_getis():
    for n, z in ((1, 1.645), (50, 3.083), (100, 3.289), (1000, 3.886)):
        assert family_wise(stats.norm.sf(z), n) == pytest.approx(0.05, abs=1e-3)


def test_gi_star_of_six_points_as_esda():
    x, y = np.array([10, 20, 40, 15, 30, 30]), np.array([10, 10, 10, 20, 20, 30])
    near = np.hypot(x[:, None] - x, y[:, None] - y) <= 15
    values = np.array([2, 3, 3.2, 5, 8, 7])
    published = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    z = gi_star_z(values, near @ values, near.sum(axis=1))
    assert z == pytest.approx(published, abs=5e-9)
    assert gi_z(values, near @ values, near.sum(axis=1))[0] < 0


def test_moran_of_columbus_crime():
    row = np.repeat(np.arange(49), [len(near) for near in COLUMBUS_NEIGHBOURS])
    column = np.concatenate(COLUMBUS_NEIGHBOURS)
    neighbours = sparse.csr_array((np.ones(row.size), (row, column)), shape=(49, 49))
    found = moran_of_units(COLUMBUS_CRIME, neighbours)
    assert (found.moran, found.expected, found.variance) == pytest.approx(
        (0.5109512641, -0.0208333333, 0.0089087616), abs=1e-10
    )
    assert found.normal_variance == pytest.approx(0.008779831457, abs=1e-12)


def test_moran_of_a_chequerboard_by_hand():
    grid = Grid(1000, 1000, 10, 4, 4, np.ones((4, 4), dtype=bool))
    found = moran_correlogram(Binned(grid, np.indices((4, 4)).sum(axis=0) % 2.0, 0, 0), bands=1)
    assert (found.moran[0], found.z[0]) == pytest.approx((-1, -5.1698), abs=5e-5)


def test_diggle_density_of_redwood():
    unit_m = 10_000.0
    grid = Grid(0, -unit_m, unit_m / 64, 64, 64, np.ones((64, 64), dtype=bool))
    binned = grid.bin(REDWOOD_X * unit_m, REDWOOD_Y * unit_m)
    density = kernel_density(binned, bandwidth_m=0.1 * unit_m, kernel="gaussian", edge="diggle") * unit_m**2 / 1e6
    assert density.max() == pytest.approx(159.3937, rel=0.004)
    assert density.sum() / 64**2 == pytest.approx(62, abs=1e-9)


def touching_cells(x, y, cell_m):
    """Memphis' published grid: hull buffered by half a cell, cells that touch it, from the box's corner."""
    hull = MultiPoint(np.column_stack([x, y])).convex_hull.buffer(cell_m / 2)
    west, south, east, north = hull.bounds
    columns, rows = int(np.ceil((east - west) / cell_m)), int(np.ceil((north - south) / cell_m))
    grid = Grid(west, south, cell_m, rows, columns, np.ones((rows, columns), dtype=bool))
    prepare(hull)
    mask = intersects(hull, grid.cell_polygons(grid.mask)).reshape(rows, columns)
    return Grid(west, south, cell_m, rows, columns, mask)


def memphis(file="memphis_robberies_jan.csv"):
    folder = real_folder("memphis_robberies_2019")
    rows = pd.read_csv(folder / file)
    x, y = Transformer.from_crs(4326, 32615, always_xy=True).transform(rows["longitude"], rows["latitude"])
    tables = json.loads((folder / "published_results.json").read_text())["tables"]
    return rows, x, y, {table["id"]: table for table in tables}


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "hot"), [("jan_500m", 211), ("jan_200m", 1536)])
def test_memphis_gi_star_is_the_published_one(name, hot):
    _, x, y, tables = memphis()
    published = tables[name]
    grid = touching_cells(x, y, published["cell_size_m"])
    binned = grid.bin(x, y)
    found = hot_cells(binned, radius_m=published["cell_size_m"] * np.sqrt(2), cap_quantile=None)
    z = found.z[grid.mask]
    assert z.size == published["cells"]
    assert binned.counts[grid.mask][:10].tolist() == published["n"]
    assert z[:10] == pytest.approx(published["gistar"], rel=2e-3, abs=6e-4)
    assert 2 * stats.norm.sf(np.abs(z[:10])) == pytest.approx(published["pvalue"], rel=2e-3, abs=6e-4)
    assert int(((z > 0) & (2 * stats.norm.sf(np.abs(z)) < 0.05)).sum()) == hot
    assert z.max() == pytest.approx(published["recomputed"]["max_gistar"], abs=6e-4)


def unscaled(x, y, weights, grid, bandwidth_m):
    density = exact_density(x, y, weights, grid=grid, bandwidth_m=bandwidth_m, edge=None)
    return (density / 1e6 * np.pi * bandwidth_m**2 / 3)[grid.mask]


@pytest.mark.real_data
def test_memphis_density_is_the_published_one():
    _, x, y, tables = memphis()
    for name, bandwidth_m in (("jan_500m", 8876.7), ("jan_200m_kde_1000m", 1000.0)):
        grid = touching_cells(x, y, tables[name]["cell_size_m"])
        sums = unscaled(x, y, None, grid, bandwidth_m)
        assert sums[:10] == pytest.approx(tables[name]["kde"], rel=5.1e-3)
    assert unscaled(x, y, None, touching_cells(x, y, 500), 8876.7)[:10] == pytest.approx(
        tables["jan_500m"]["recomputed"]["kde"], rel=2e-4
    )


@pytest.mark.real_data
def test_memphis_dual_density_is_the_published_one():
    _, x, y, tables = memphis("memphis_robberies.csv")
    blocks, east, north, _ = memphis("memphis_population_2020.csv.gz")
    published = tables["year_500m_dual_kde"]
    grid = touching_cells(x, y, 500)
    robberies = unscaled(x, y, None, grid, published["bandwidth_m_robberies_printed"])
    people = unscaled(east, north, blocks["population"], grid, published["bandwidth_m_population_printed"])
    assert robberies.size == published["cells"]
    assert (robberies / people)[:10] == pytest.approx(published["kde_ratio"], rel=3e-3)


@pytest.mark.real_data
def test_buenos_aires_keeps_its_hot_area_once_piles_are_capped(buenos_aires_2017_violent):
    x, y, area = buenos_aires_2017_violent
    west, south, east, north = area.bounds
    columns, rows = int(np.ceil((east - west) / 100)), int(np.ceil((north - south) / 100))
    grid = Grid(west, south, 100, rows, columns, np.ones((rows, columns), dtype=bool))
    xs, ys = np.meshgrid(*grid.centres())
    prepare(area)
    binned = Grid(west, south, 100, rows, columns, contains_xy(area, xs, ys)).bin(x, y)
    capped, plain = (hot_cells(binned, radius_m=200, cap_quantile=quantile) for quantile in (0.999, None))
    mask = capped.mask
    assert capped.cap == pytest.approx(75, abs=6)
    assert capped.hot()[mask].mean() == pytest.approx(0.028, abs=0.006)
    assert plain.hot()[mask].mean() == pytest.approx(0.0037, abs=0.002)


def test_a_window_sum_is_a_convolution():
    found = hot_cells(pixels(), radius_m=60, cap_quantile=None)
    assert np.array_equal(found.window, np.rint(convolve(GETIS_ORD_1996, pixels().grid.window(60))))


def test_local_moran_averages_to_moran_on_the_pixels():
    local = local_moran(pixels(), radius_m=30, cap_quantile=None).moran
    row, column = np.indices((16, 16)).reshape(2, -1)
    near = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2 == 1
    deviation = GETIS_ORD_1996.reshape(-1) - GETIS_ORD_1996.mean()
    direct = deviation * ((near / near.sum(axis=1, keepdims=True)) @ deviation) / GETIS_ORD_1996.var()
    assert local.reshape(-1) == pytest.approx(direct)
