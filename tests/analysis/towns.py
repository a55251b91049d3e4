"""Towns for tests: uneven by themselves, with streets, near repeats and piles, and hot spots planted on top or none.

Made only for the tests of `analysis`; the demo has a simulator of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Polygon, box

from analysis.background import Exposure

X0, Y0 = 650_000.0, 5_590_000.0
WIDE_M, HIGH_M = 12_000.0, 10_000.0
BLOCK_M = 110.0
DAYS = 1096


@dataclass(frozen=True, eq=False)
class Town:
    """Incidents (x, y in metres, days), which hot spot planted each (-1: none), study area, dwellings."""

    x: np.ndarray
    y: np.ndarray
    days: np.ndarray
    planted: np.ndarray
    area: Polygon
    dwellings: Exposure


def make_town(seed, *, spots=10, incidents=36_000, unevenness=0.35, starts=False):
    """A town of 12 × 10 km cut by a river: centre dense, edge thin, blocks uneven beyond what dwellings explain.

    Planted hot spots are Gaussian, σ 60 to 150 m, with a peak 3 to 8 times the local intensity.
    """
    generator = np.random.default_rng([seed, spots])
    river = LineString([(X0 - 100, Y0 + 6500), (X0 + 4000, Y0 + 5600), (X0 + 8000, Y0 + 6800), (X0 + 12100, Y0 + 5500)])
    area = box(X0, Y0, X0 + WIDE_M, Y0 + HIGH_M).difference(river.buffer(90))
    homes, dwellings = _homes(generator)
    risk = dwellings * np.exp(unevenness * _block_noise(generator, homes))
    row = generator.choice(len(homes), incidents, p=risk / risk.sum())
    points = homes[row] + generator.normal(0, 4, (incidents, 2))
    days = generator.uniform(0, DAYS, incidents)
    _repeat_nearby(generator, points, days)
    _pile_up(generator, points, homes)
    planted = np.full(incidents, -1)
    for number, (spot, since) in enumerate(_plant(generator, points, homes, spots, starts)):
        points, planted = np.vstack([points, spot]), np.append(planted, np.full(len(spot), number))
        days = np.append(days, generator.uniform(since, DAYS, len(spot)))
    order = generator.permutation(len(points))
    x, y = points[order].T
    exposure = Exposure("dwellings", homes[:, 0], homes[:, 1], dwellings)
    return Town(x, y, days[order], planted[order], area, exposure)


def _homes(generator):
    """Addresses along the streets of a grid of blocks, in a big centre and five smaller ones, with their dwellings."""
    centres = [(6000, 4600, 1300, 0.5)]
    for _ in range(5):
        centres.append((*generator.uniform((1800, 1500), (10200, 8500)), generator.uniform(450, 1000), 0.1))
    parts = [generator.normal((x, y), spread, (int(24_000 * share), 2)) for x, y, spread, share in centres]
    homes = np.vstack(parts) + np.array([X0, Y0])
    axis = generator.integers(0, 2, len(homes))
    rows = np.arange(len(homes))
    homes[rows, axis] = np.round(homes[rows, axis] / BLOCK_M) * BLOCK_M + generator.choice([-7, 7], len(homes))
    inside = (np.abs(homes - [X0 + WIDE_M / 2, Y0 + HIGH_M / 2]) < [WIDE_M / 2 - 50, HIGH_M / 2 - 50]).all(axis=1)
    homes = np.round(homes[inside], 1)
    return homes, 1.0 + generator.geometric(0.4, len(homes))


def _block_noise(generator, homes):
    block = np.floor(homes / BLOCK_M).astype(int)
    _, number = np.unique(block, axis=0, return_inverse=True)
    return generator.normal(size=number.max() + 1)[number.ravel()]


def _repeat_nearby(generator, points, days):
    children = np.flatnonzero(generator.random(len(points)) < 0.15)
    parents = generator.integers(0, len(points), children.size)
    points[children] = points[parents] + generator.normal(0, 50, (children.size, 2))
    days[children] = np.minimum(days[parents] + generator.exponential(5, children.size), DAYS)


def _pile_up(generator, points, homes):
    luck = generator.random(len(points))
    for low, high, home in ((0, 0.02, 0), (0.02, 0.03, 1)):
        points[(luck >= low) & (luck < high)] = homes[home]
    defaults = homes[generator.integers(0, len(homes), 300)]
    vague = np.flatnonzero((luck >= 0.03) & (luck < 0.06))
    points[vague] = defaults[generator.integers(0, 300, vague.size)]


def _plant(generator, points, homes, spots, starts):
    found, centres = [], []
    while len(found) < spots:
        centre = homes[generator.integers(0, len(homes))]
        away = [np.hypot(*(centre - other)) for other in centres]
        spread, times = generator.uniform(60, 150), generator.uniform(3, 8)
        around = np.hypot(*(points - centre).T) < 300
        size = int((times - 1) * around.sum() / (np.pi * 300**2) * 2 * np.pi * spread**2)
        if size < 40 or (away and min(away) < 900):
            continue
        centres.append(centre)
        since = generator.uniform(0, 0.6 * DAYS) if starts else 0.0
        found.append((centre + generator.normal(0, spread, (size, 2)), since))
    return found
