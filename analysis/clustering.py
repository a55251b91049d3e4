"""Density clusters of points for outlining and exploring: DBSCAN and HDBSCAN on unique weighted points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_points, require_positive, require_weights
from analysis.dbscan import core_and_roots
from analysis.errors import ParameterError, TooLargeForMethodError

NOISE = -1
MAX_HDBSCAN_PLACES = 60_000
MAX_NEIGHBOURS = 512
MAX_CURVE_PLACES = 20_000
M2_PER_KM2 = 1e6


@dataclass(frozen=True, eq=False)
class Clusters:
    """Clusters of points: `labels` (n,), -1 is noise, 0 the heaviest; `core` (n,); `weight` (clusters,)."""

    labels: IntArray
    core: BoolArray
    weight: FloatArray

    def __len__(self) -> int:
        return int(self.weight.size)


@dataclass(frozen=True, eq=False)
class RadiusSuggestion:
    """A radius read off the k-distance curve: `distances_m` ascending over places, the knee at `knee`."""

    radius_m: float
    knee: int
    distances_m: FloatArray


@dataclass(frozen=True, eq=False)
class Places:
    """Unique places in lexicographic order, their weight, and for each input row the number of its place."""

    x: FloatArray
    y: FloatArray
    weight: FloatArray
    of_row: IntArray

    @property
    def coordinates(self) -> FloatArray:
        return np.column_stack([self.x, self.y])


def unique_places(x: Numbers, y: Numbers, weights: Numbers | None = None) -> Places:
    """Gather points at the same coordinates into one weighted place; three points are one point of weight three."""
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    order = np.lexsort((north, east))
    sorted_x, sorted_y = east[order], north[order]
    new = np.append(True, (sorted_x[1:] != sorted_x[:-1]) | (sorted_y[1:] != sorted_y[:-1]))
    number = np.cumsum(new) - 1
    of_row = np.empty(east.size, dtype=np.int64)
    of_row[order] = number
    total = np.bincount(of_row, weights=weight).astype(np.float64)
    return Places(sorted_x[new], sorted_y[new], total, of_row)


def dbscan_clusters(
    x: Numbers, y: Numbers, weights: Numbers | None = None, *, radius_m: float, minimum: float
) -> Clusters:
    """Places with at least `minimum` weight within `radius_m` (self included), joined where they reach each other.

    A border place takes the label of its nearest core place, so that the order of the rows does not matter.
    Labels are numbered by descending weight, ties by the smallest x, then y.

    Raises `TooLargeForMethodError` when the radius is tiny against the extent of the points.

    Source: Ester, Kriegel, Sander & Xu 1996, exact on a grid (`analysis.dbscan`), on unique weighted places.
    """
    require_positive("radius_m", radius_m)
    require_positive("minimum", minimum)
    places = unique_places(x, y, weights)
    core, roots = core_and_roots(places.x, places.y, places.weight, radius_m=radius_m, minimum=minimum)
    return _numbered(places, roots, core)


def hdbscan_clusters(
    x: Numbers, y: Numbers, weights: Numbers | None = None, *, minimum: int, minimum_weight: float = 0.0
) -> Clusters:
    """Clusters of any density, for exploration only: adding points may change the labels of the others.

    Works on unique places, because repeated coordinates would split clusters; `minimum` is the least number of places
    of a cluster. Clusters lighter than `minimum_weight` become noise. No place is called core.

    Raises `TooLargeForMethodError` past 60,000 places.

    Source: Campello, Moulavi & Sander 2013; scikit-learn's implementation.
    """
    if minimum < 2:
        raise ParameterError("minimum is {minimum}; a cluster needs at least two places.", minimum=minimum)
    places = unique_places(x, y, weights)
    if places.x.size > MAX_HDBSCAN_PLACES:
        raise TooLargeForMethodError(
            "There are {count} places; HDBSCAN takes at most {limit} here: narrow the period or the area.",
            count=int(places.x.size),
            limit=MAX_HDBSCAN_PLACES,
        )
    if places.x.size < max(minimum, 2):
        return Clusters(np.full(places.of_row.size, NOISE), np.zeros(places.of_row.size, dtype=np.bool_), np.zeros(0))
    from sklearn.cluster import HDBSCAN

    fitted = HDBSCAN(min_cluster_size=minimum, copy=True).fit(places.coordinates - places.coordinates.mean(axis=0))
    labels = np.asarray(fitted.labels_, dtype=np.int64)
    weight = np.bincount(labels[labels >= 0], weights=places.weight[labels >= 0], minlength=1)
    light = (labels >= 0) & (weight[np.maximum(labels, 0)] < minimum_weight)
    labels[light] = NOISE
    return _numbered(places, labels, np.zeros(places.x.size, dtype=np.bool_))


def suggest_radius(x: Numbers, y: Numbers, weights: Numbers | None = None, *, minimum: float) -> RadiusSuggestion:
    """A radius for DBSCAN: the knee of the sorted distance at which each place has gathered `minimum` weight.

    The knee is the place of the curve farthest below the straight line between its ends (both axes scaled to 0..1).

    Raises `NoSpreadError` when all points are the same place.

    Source: Ester et al. 1996 (k-distance graph); Satopää et al. 2011 (knee).
    """
    require_positive("minimum", minimum)
    east, north = require_points(x, y, spread=True)
    places = unique_places(east, north, weights)
    distances = np.sort(_gathering_distance(places, minimum), kind="stable")
    span = distances[-1] - distances[0]
    if span == 0 or distances.size < 3:
        return RadiusSuggestion(float(distances[-1]), int(distances.size - 1), distances)
    rising = (distances - distances[0]) / span
    below = np.arange(distances.size) / (distances.size - 1) - rising
    knee = int(np.argmax(below))
    positive = distances[distances > 0]
    radius = float(distances[knee]) or float(positive[0])
    return RadiusSuggestion(radius, knee, distances)


def required_minimum(*, per_km2: float, radius_m: float) -> float:
    """Least weight within the radius that a density stands for: ρ·π·eps², `per_km2` harm or incidents per km²."""
    radius = require_positive("radius_m", radius_m)
    return float(require_positive("per_km2", per_km2) * np.pi * radius**2 / M2_PER_KM2)


def cluster_table(clusters: Clusters, x: Numbers, y: Numbers, weights: Numbers | None = None) -> pd.DataFrame:
    """One row a cluster: weight, n (rows), core_share (of the rows), centre x, y and spread_m, all by weight.

    The spread is the root of the mean squared distance from the centre.
    """
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    if clusters.labels.size != east.size:
        raise ParameterError(
            "There are {rows} rows but {weights} weights.", rows=east.size, weights=clusters.labels.size
        )
    inside = clusters.labels != NOISE
    label, w = clusters.labels[inside], weight[inside]
    x_in, y_in, count = east[inside], north[inside], len(clusters)
    rows = np.bincount(label, minlength=count)
    total = np.maximum(np.bincount(label, weights=w, minlength=count), 1e-300)
    centre = [np.bincount(label, weights=w * axis, minlength=count) / total for axis in (x_in, y_in)]
    squared = (x_in - centre[0][label]) ** 2 + (y_in - centre[1][label]) ** 2
    return pd.DataFrame(
        {
            "weight": clusters.weight,
            "n": rows,
            "core_share": np.bincount(label, weights=clusters.core[inside], minlength=count) / np.maximum(rows, 1),
            "x": centre[0],
            "y": centre[1],
            "spread_m": np.sqrt(np.bincount(label, weights=w * squared, minlength=count) / total),
        }
    )


def _gathering_distance(places: Places, minimum: float) -> FloatArray:
    """Distance at which a place, itself included, has gathered the minimum weight (or the farthest looked at).

    Of more than 20,000 places an even selection is asked.
    """
    from sklearn.neighbors import BallTree

    lightest = places.weight[places.weight > 0].min() if (places.weight > 0).any() else 1.0
    neighbours = max(2, int(min(places.x.size, MAX_NEIGHBOURS, np.ceil(minimum / lightest))))
    asked = places.coordinates[:: -(-places.x.size // MAX_CURVE_PLACES)]
    distance, index = BallTree(places.coordinates).query(asked, k=neighbours)
    gathered = np.cumsum(places.weight[index], axis=1)
    position = np.minimum((gathered < minimum).sum(axis=1), distance.shape[1] - 1)
    return np.asarray(distance[np.arange(len(asked)), position])


def _numbered(places: Places, labels: IntArray, core: BoolArray) -> Clusters:
    """Renumber by descending weight; places are in lexicographic order, so a label's first place breaks ties."""
    clustered = labels != NOISE
    found, first, inverse = np.unique(labels[clustered], return_index=True, return_inverse=True)
    if not found.size:
        return Clusters(np.full(places.of_row.size, NOISE), core[places.of_row], np.zeros(0))
    weight = np.bincount(inverse.reshape(-1), weights=places.weight[clustered]).astype(np.float64)
    order = np.lexsort((first, -weight))
    new = np.empty(found.size, dtype=np.int64)
    new[order] = np.arange(found.size)
    renumbered = np.full(labels.size, NOISE, dtype=np.int64)
    renumbered[clustered] = new[inverse.reshape(-1)]
    return Clusters(renumbered[places.of_row], core[places.of_row], weight[order])
