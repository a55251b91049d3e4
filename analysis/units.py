"""Hot and cold sectors: the same questions as for cells, for areas of any shape and their neighbours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas
import numpy as np
import shapely
from numpy.random import Generator, Philox
from scipy import sparse

from analysis.arrays import AnyArray, FloatArray, IntArray, Numbers
from analysis.checks import require_finite, require_positive, require_projected
from analysis.errors import NegativeWeightError, ParameterError, TooFewUnitsError
from analysis.permutation import FEW_CELLS, FLOOR, MOST_STATES, window_states, window_tails
from analysis.significance import (
    LocalSignificance,
    Null,
    Steps,
    Tested,
    gi_star_z,
    gi_z,
    significance_of,
    whole_steps,
)

FEWEST_UNITS = 4
TOUCH_M = 0.5
"""Drawn borders leave slivers; areas nearer than this touch."""
CHUNK_DRAWS = 500
STREAM = 17
FEW_LEVELS = 256


def neighbours_touching(units: geopandas.GeoDataFrame | geopandas.GeoSeries) -> sparse.csr_array:
    """Which areas share a border or a corner (within half a metre): (n, n) of ones, none is its own neighbour.

    Islands have an empty row: they are never joined silently. Raises `UnprojectedCoordinatesError`, `TooFewUnitsError`.
    """
    return neighbours_within(units, TOUCH_M, from_borders=True)


def neighbours_within(
    units: geopandas.GeoDataFrame | geopandas.GeoSeries, distance_m: float, *, from_borders: bool = False
) -> sparse.csr_array:
    """Which areas lie within a distance of each other, between centroids (or between borders): (n, n) of ones."""
    require_projected(units)
    shapes = units.geometry.to_numpy()
    if len(shapes) < FEWEST_UNITS:
        raise TooFewUnitsError("There are {count} areas; at least {least} are needed.", count=len(shapes), least=4)
    shapes = shapes if from_borders else shapely.centroid(shapes)
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=require_positive("distance_m", distance_m))
    apart = one != other
    ones = np.ones(int(apart.sum()))
    return sparse.csr_array((ones, (one[apart], other[apart])), shape=(len(shapes), len(shapes)))


def hot_units(
    values: Numbers,
    neighbours: sparse.csr_array,
    *,
    seed: int,
    null: Null = "total",
    draws: int = 99_999,
    strict: bool = False,
) -> LocalSignificance:
    """Gi* of areas with binary neighbours (self added), with their chance under shuffled values.

    Areas are few, so values are shuffled without replacement: exactly where that is feasible, else by `draws` shuffles
    that all areas with as many neighbours share (p = (1 + as extreme) / (draws + 1)). `null` as in `hot_cells`; "self
    fixed" shuffles the other areas around each. Counts are not capped: a sector is no pile. Rates and harm are rounded
    to 256 steps in the exact distribution.

    Raises `NegativeWeightError`, `NotFiniteError`, `NoSpreadError`, `TooFewUnitsError`, `ParameterError`.

    Source: Ord & Getis 1995; conditional permutation after Anselin 1995.
    """
    observed = require_finite("values", values)
    _require_units(observed, neighbours)
    steps = whole_steps(observed, None, levels=FEW_LEVELS if observed.size <= FEW_CELLS else None)
    size = np.rint(neighbours.sum(axis=1)).astype(np.int64) + 1
    window = np.rint(neighbours @ steps.values.astype(np.float64)).astype(np.int64) + steps.values
    tested = Tested(steps, window, size, np.ones(observed.size, dtype=np.bool_), null)
    if null == "self_fixed":
        tails = _shuffled_others(steps, window, size, draws=draws, seed=seed)
    elif window_states(steps.values, int(size.max())) <= MOST_STATES:
        tails = window_tails(steps.values, window, size)
    else:
        tails = _shuffled(steps, window, size, draws=draws, seed=seed)
    exact = observed + neighbours @ observed
    z = (gi_star_z if null == "total" else gi_z)(observed, exact, size)
    return replace(significance_of(tested, tails, strict=strict), z=z, window=exact)


@dataclass(frozen=True)
class Moran:
    """Moran's I of areas with row-standardised neighbours; expected value, variance and deviate if values were shuffled
    (randomisation), and the variance under normality."""

    moran: float
    expected: float
    variance: float
    normal_variance: float
    z: float


def moran_of_units(values: Numbers, neighbours: sparse.csr_array) -> Moran:
    """Whether areas resemble their neighbours, as one number. An area without neighbours counts nothing.

    Raises as `hot_units`. Source: Cliff & Ord 1981.
    """
    observed = require_finite("values", values)
    if observed.size < FEWEST_UNITS or np.ptp(observed) == 0 or not neighbours.nnz:
        raise TooFewUnitsError("Moran's I needs at least four areas that differ, and neighbours among them.")
    n, degree = observed.size, np.maximum(neighbours.sum(axis=1), 1.0)
    weights = sparse.csr_array(neighbours.multiply(1.0 / degree[:, None]))
    deviation = observed - observed.mean()
    s0 = float(weights.sum())
    s1 = float((weights + weights.T).power(2).sum()) / 2.0
    s2 = float(((weights.sum(axis=1) + weights.sum(axis=0)) ** 2).sum())
    moran = n / s0 * float(deviation @ (weights @ deviation)) / float(deviation @ deviation)
    expected = -1.0 / (n - 1)
    normal = (n**2 * s1 - n * s2 + 3.0 * s0**2) / ((n**2 - 1.0) * s0**2) - expected**2
    kurtosis = float((deviation**4).mean() / (deviation**2).mean() ** 2)
    shuffled = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) - kurtosis * (
        n * (n - 1) * s1 - 2 * n * s2 + 6 * s0**2
    )
    variance = shuffled / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return Moran(moran, expected, variance, normal, (moran - expected) / float(np.sqrt(variance)))


def _require_units(values: FloatArray, neighbours: sparse.csr_array) -> None:
    if values.size < FEWEST_UNITS:
        raise TooFewUnitsError("There are {count} areas; at least {least} are needed.", count=values.size, least=4)
    if values.min() < 0:
        raise NegativeWeightError("A weight is below zero: {value}.", value=float(values.min()))
    if neighbours.shape != (values.size, values.size):
        raise ParameterError(
            "There are {rows} values but the neighbours are {got}.", rows=values.size, got=neighbours.shape
        )
    if (neighbours.data != 1).any() or neighbours.diagonal().any():
        raise ParameterError("Neighbours must be ones, and no area its own neighbour.")


def _shuffled(
    steps: Steps, window: IntArray, size: IntArray, *, draws: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Shared subsets of each size, sorted once: how many draws are at least and at most each area's sum."""
    upper, lower = np.ones(window.size), np.ones(window.size)
    for k in np.unique(size).tolist():
        generator = Generator(Philox(key=[seed, STREAM + k]))
        sums = np.sort(
            np.concatenate([_subsets(steps.values, k, min(CHUNK_DRAWS, draws - start), generator).sum(axis=1)
                            for start in range(0, draws, CHUNK_DRAWS)])
        )  # fmt: skip
        part = size == k
        upper[part] = 1 + draws - np.searchsorted(sums, window[part], side="left")
        lower[part] = 1 + np.searchsorted(sums, window[part], side="right")
    return upper / (draws + 1), lower / (draws + 1)


def _shuffled_others(
    steps: Steps, window: IntArray, size: IntArray, *, draws: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """As `_shuffled`, each area keeping its own value: subsets of the others, places shared by all areas."""
    n, most = steps.values.size, int(size.max()) - 1
    upper, lower = np.ones(n), np.ones(n)
    generator = Generator(Philox(key=[seed, STREAM]))
    places = np.arange(n - 1)
    observed = window - steps.values
    for start in range(0, draws, CHUNK_DRAWS):
        drawn = _subsets(places, most, min(CHUNK_DRAWS, draws - start), generator)
        for unit in range(n):
            k = int(size[unit]) - 1
            others = drawn[:, :k]
            sums = steps.values[others + (others >= unit)].sum(axis=1)
            upper[unit] += int((sums >= observed[unit]).sum())
            lower[unit] += int((sums <= observed[unit]).sum())
    alone = size == 1
    chance = np.stack([upper, lower]) / (draws + 1)
    chance[:, alone] = 1.0
    return np.maximum(chance[0], FLOOR), np.maximum(chance[1], FLOOR)


def _subsets(values: IntArray, k: int, draws: int, generator: Generator) -> AnyArray:
    """`draws` subsets of `k` values without replacement in random order, (draws, k): a prefix is a subset too."""
    keys = generator.random((draws, values.size))
    if k >= values.size:
        return values[np.argsort(keys, axis=1)][:, :k]
    chosen = np.argpartition(keys, k, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(keys, chosen, axis=1), axis=1)
    return np.asarray(values[np.take_along_axis(chosen, order, axis=1)])
