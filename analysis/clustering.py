"""Density clusters of points for outlining and exploring: DBSCAN and HDBSCAN on unique weighted points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN, HDBSCAN

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_points, require_positive, require_weights
from analysis.errors import ParameterError, TooLargeForMethodError

NOISE = -1
MAX_NEIGHBOUR_PAIRS = 60_000_000
MAX_HDBSCAN_PLACES = 60_000
MAX_NEIGHBOURS = 512


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
    unique, of_row = np.unique(np.column_stack([east, north]), axis=0, return_inverse=True)
    of_row = np.asarray(of_row, dtype=np.int64).reshape(-1)
    total = np.bincount(of_row, weights=weight, minlength=len(unique)).astype(np.float64)
    return Places(unique[:, 0].copy(), unique[:, 1].copy(), total, of_row)


def dbscan_clusters(
    x: Numbers, y: Numbers, weights: Numbers | None = None, *, radius_m: float, minimum: float
) -> Clusters:
    """Places with at least `minimum` weight within `radius_m` (self included), joined where they reach each other.

    A border place takes the label of its nearest core place, so that the order of the rows does not matter.
    Labels are numbered by descending weight, ties by the smallest x, then y.

    Raises `TooLargeForMethodError` when the radius reaches so many neighbours that memory would not do.

    Source: Ester, Kriegel, Sander & Xu 1996; scikit-learn's implementation, on unique weighted places.
    """
    require_positive("radius_m", radius_m)
    require_positive("minimum", minimum)
    places = unique_places(x, y, weights)
    tree = cKDTree(places.coordinates)
    pairs = int(tree.count_neighbors(tree, radius_m))
    if pairs > MAX_NEIGHBOUR_PAIRS:
        raise TooLargeForMethodError(
            "A radius of {radius} m makes {pairs} pairs of neighbours, over {limit}: choose a smaller one.",
            radius=radius_m,
            pairs=pairs,
            limit=MAX_NEIGHBOUR_PAIRS,
        )
    fitted = DBSCAN(eps=radius_m, min_samples=minimum, algorithm="kd_tree").fit(
        places.coordinates, sample_weight=places.weight
    )
    core = np.zeros(places.x.size, dtype=np.bool_)
    core[fitted.core_sample_indices_] = True
    labels = _border_to_nearest_core(places, np.asarray(fitted.labels_, dtype=np.int64), core)
    return _numbered(places, labels, core)


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


def _gathering_distance(places: Places, minimum: float) -> FloatArray:
    """Distance at which each place, itself included, has gathered the minimum weight (or the farthest looked at)."""
    lightest = places.weight[places.weight > 0].min() if (places.weight > 0).any() else 1.0
    neighbours = int(min(places.x.size, MAX_NEIGHBOURS, np.ceil(minimum / lightest)))
    distance, index = cKDTree(places.coordinates).query(places.coordinates, k=max(neighbours, 2))
    gathered = np.cumsum(places.weight[index], axis=1)
    position = np.minimum((gathered < minimum).sum(axis=1), distance.shape[1] - 1)
    return np.asarray(distance[np.arange(places.x.size), position])


def _border_to_nearest_core(places: Places, labels: IntArray, core: BoolArray) -> IntArray:
    border = (labels != NOISE) & ~core
    if not border.any():
        return labels
    core_numbers = np.flatnonzero(core)
    _, nearest = cKDTree(places.coordinates[core]).query(places.coordinates[border])
    labels = labels.copy()
    labels[border] = labels[core_numbers[nearest]]
    return labels


def _numbered(places: Places, labels: IntArray, core: BoolArray) -> Clusters:
    """Renumber by descending weight; places are in lexicographic order, so a label's first place breaks ties."""
    found, first = np.unique(labels, return_index=True)
    first, found = first[found != NOISE], found[found != NOISE]
    weight = np.array([places.weight[labels == label].sum() for label in found])
    order = np.lexsort((first, -weight))
    new = np.full(int(labels.max(initial=NOISE)) + 2, NOISE, dtype=np.int64)
    new[found[order]] = np.arange(found.size)
    renumbered = new[labels]
    return Clusters(renumbered[places.of_row], core[places.of_row], weight[order] if found.size else np.zeros(0))
