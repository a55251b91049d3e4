"""Density, significance, scale and clusters against their peers: the same data in the same run.

Processor seconds; ratios are ours divided by the peer's. Data: 10 × 10 km, 60 Gaussian clusters, a third of the points
even, near repeats; 500 × 500 cells of 20 m, radius and bandwidth 200 m. Where a peer cannot do the whole (memory,
hours) it is given the smaller task that the name says.
"""

from __future__ import annotations

import resource
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import default_rng

from analysis.clustering import dbscan_clusters, unique_places
from analysis.compiled import warm
from analysis.correlogram import moran_correlogram
from analysis.density import exact_density, kernel_density
from analysis.grid import Grid
from analysis.significance import hot_cells
from tests.bench import Measure, bench

SIDE_M = 10_000.0
CORNER_M = 1_000.0
MILLION = 1_000_000


@cache
def town(count: int = MILLION) -> tuple[np.ndarray, np.ndarray]:
    """Points as prescribed: clusters of sizes by rank, even noise, then a fifth replaced by offspring of others."""
    generator = default_rng(1)
    centres, spreads = generator.uniform(500, 9_500, (60, 2)), generator.uniform(40, 200, 60)
    sizes = np.arange(1, 61) ** -0.8
    clustered = int(0.7 * count)
    cluster = generator.choice(60, clustered, p=sizes / sizes.sum())
    points = np.vstack([
        centres[cluster] + generator.normal(size=(clustered, 2)) * spreads[cluster, None],
        generator.uniform(0, SIDE_M, (count - clustered, 2)),
    ])  # fmt: skip
    child = generator.choice(count, count // 5, replace=False)
    points[child] = points[generator.integers(0, count, child.size)] + generator.normal(0, 50, (child.size, 2))
    points = np.clip(points, 0, SIDE_M - 1e-6) + CORNER_M
    return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def cells(number: int = 500) -> Grid:
    return Grid(CORNER_M, CORNER_M, SIDE_M / number, number, number, np.ones((number, number), dtype=bool))


def best(work: Callable[[], object], runs: int = 7) -> float:
    """Processor seconds of the best of several runs, the first of which also warms up.

    Of the processor, because a clock on the wall measures who else works on the machine. On a quiet one they are equal;
    two threads count twice.
    """
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def seconds_of_kdepy(x: np.ndarray, y: np.ndarray) -> float:
    from KDEpy import FFTKDE

    points = np.column_stack([x, y])
    along = np.arange(CORNER_M - 2_500.0, CORNER_M + SIDE_M + 2_500.0, 20.0)
    asked = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    return best(lambda: FFTKDE(kernel="biweight", bw=75).fit(points).evaluate(asked), runs=3)


def seconds_of_filter(x: np.ndarray, y: np.ndarray) -> float:
    from scipy.ndimage import gaussian_filter

    box = [[CORNER_M, CORNER_M + SIDE_M]] * 2
    return best(
        lambda: gaussian_filter(np.histogram2d(y, x, bins=500, range=box)[0], 3.5, mode="constant", truncate=4), runs=3
    )


@bench("density-fft", what="density of 1 million points, binning and edge included; peer: histogram2d + "
       "gaussian_filter (no edge)", unit="s CPU", limit=0.015)  # fmt: skip
def density_fft(workspace: Path) -> Measure:
    x, y = town()
    grid = cells()
    ours = best(lambda: kernel_density(grid.bin(x, y), bandwidth_m=200), runs=40)
    return Measure(ours, peer="histogram2d + gaussian_filter", peer_value=seconds_of_filter(x, y))


@bench("density-fft-kdepy", what="the same; peer: KDEpy's FFTKDE on its 750 × 750 grid", unit="s CPU", limit=0.015)
def density_fft_kdepy(workspace: Path) -> Measure:
    x, y = town()
    grid = cells()
    ours = best(lambda: kernel_density(grid.bin(x, y), bandwidth_m=200), runs=40)
    return Measure(ours, peer="KDEpy FFTKDE", peer_value=seconds_of_kdepy(x, y))


@bench("density-exact", what="exact quartic density of 1 million points; peer: scikit-learn's KernelDensity, exact, "
       "carried to the whole from 60 cells", unit="s CPU", limit=0.3)  # fmt: skip
def density_exact(workspace: Path) -> Measure:
    from sklearn.neighbors import KernelDensity

    x, y = town()
    grid = cells()
    warm()
    ours = best(lambda: exact_density(x, y, grid=grid, bandwidth_m=200))
    model = KernelDensity(kernel="epanechnikov", bandwidth=200, rtol=0, atol=0).fit(np.column_stack([x, y]))
    asked = default_rng(2).uniform(CORNER_M, CORNER_M + SIDE_M, (60, 2))
    peer = best(lambda: model.score_samples(asked), runs=1) / 60 * grid.mask.size
    return Measure(ours, peer="scikit-learn KernelDensity (extrapolated)", peer_value=peer)


@bench("gi-star", what="Gi* of 250,000 cells, 317 in a window, exact p and FDR; peer: esda, 999 permutations, "
       "250,000 cells, 8 neighbours", unit="s CPU", limit=0.4)  # fmt: skip
def gi_star(workspace: Path) -> Measure:
    import esda
    from libpysal.weights import lat2W

    binned = cells().bin(*town())
    ours = best(lambda: hot_cells(binned, radius_m=200))
    graph = lat2W(500, 500, rook=False)
    values = binned.counts.reshape(-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda.G_Local(values[:2500], lat2W(50, 50, rook=False), transform="B", star=True, permutations=9, seed=1)
        peer = best(lambda: esda.G_Local(values, graph, transform="B", star=True, permutations=999, seed=1), runs=1)
    return Measure(ours, peer="esda G_Local, graph and compiler not counted", peer_value=peer)


@bench("moran-30-bands", what="incremental Moran, 30 bands, 250,000 cells; peer: esda, 5 bands, 10,000 cells",
       unit="s CPU", limit=0.3)  # fmt: skip
def moran_30_bands(workspace: Path) -> Measure:
    import esda
    from libpysal.weights import DistanceBand

    binned = cells().bin(*town())
    ours = best(lambda: moran_correlogram(binned))
    small = cells(100)
    values = small.bin(*town()).counts.reshape(-1)
    centres = np.stack(np.meshgrid(*small.centres()), axis=-1).reshape(-1, 2)

    def peer() -> None:
        for band in range(1, 6):
            graph = DistanceBand(centres, band * small.cell_m * 1.0001, binary=True, silence_warnings=True)
            esda.Moran(values, graph, transformation="B", permutations=0)

    return Measure(ours, peer="esda Moran with DistanceBand", peer_value=best(peer, runs=1))


def memory_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


@bench("dbscan-million", what="DBSCAN of 1 million points, 50 m, 50 incidents; peer: scikit-learn on a tenth of them",
       unit="s CPU", limit=6)  # fmt: skip
def dbscan_million(workspace: Path) -> Measure:
    from sklearn.cluster import DBSCAN

    x, y = town()
    warm()
    ours = best(lambda: dbscan_clusters(x, y, radius_m=50, minimum=50), runs=3)
    tenth = np.column_stack(town(MILLION // 10))
    peer = best(lambda: DBSCAN(eps=50, min_samples=5).fit(tenth), runs=1)
    return Measure(ours, peer="scikit-learn, 100,000 points", peer_value=peer)


@bench("dbscan-million-memory", what="memory of the process that clusters 1 million points", unit="GB", limit=1)
def dbscan_million_memory(workspace: Path) -> Measure:
    x, y = town()
    dbscan_clusters(x, y, radius_m=50, minimum=50)
    return Measure(memory_gb())


@bench("dbscan-snapped", what="DBSCAN of 1 million points moved to 10 m, 50 m, 50 incidents; peer: scikit-learn on the "
       "same unique places", unit="s CPU", limit=1)  # fmt: skip
def dbscan_snapped(workspace: Path) -> Measure:
    from sklearn.cluster import DBSCAN

    x, y = (np.rint(axis / 10) * 10 for axis in town())
    warm()
    ours = best(lambda: dbscan_clusters(x, y, radius_m=50, minimum=50), runs=5)
    places = unique_places(x, y)
    peer = best(lambda: DBSCAN(eps=50, min_samples=50).fit(places.coordinates, sample_weight=places.weight), runs=1)
    return Measure(ours, peer="scikit-learn on unique weighted places", peer_value=peer)
