"""Compiling the inner loops before anybody waits for them."""

from __future__ import annotations

import numpy as np

from analysis.clustering import dbscan_clusters
from analysis.grid import Grid
from analysis.sweep import quartic_sums


def warm() -> None:
    """Compile (or read from the cache on disk) every kernel, on a handful of points; for the start of a worker."""
    x, y = np.array([1000.0, 1001.0, 1050.0]), np.array([1000.0, 1000.0, 1050.0])
    grid = Grid(1000.0, 1000.0, 10.0, 6, 6, np.ones((6, 6), dtype=np.bool_))
    quartic_sums(x, y, np.ones(3), grid=grid, bandwidth_m=30.0)
    dbscan_clusters(x, y, radius_m=2.0, minimum=2.0)
