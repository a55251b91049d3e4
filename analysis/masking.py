"""Places that hide a dwelling among others: snap points with enough dwellings, and centres of hexagons."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_finite, require_points, require_positive, require_weights
from analysis.errors import TooFewDwellingsError

MINIMUM_DWELLINGS = 8
NEAREST_REMEMBERED = 24
TIE_DIGITS = 6
"""Distances are compared to the micrometre, so that a tie is settled by the order of places, not by the last bit."""


@dataclass(frozen=True, eq=False)
class SnapPoints:
    """Published places: x, y in metres, the dwellings of each one's catchment, and the place of each address (n,)."""

    x: FloatArray
    y: FloatArray
    dwellings: FloatArray
    of_address: IntArray

    def __len__(self) -> int:
        return int(self.x.size)


def snap_points(
    x: Numbers,
    y: Numbers,
    dwellings: Numbers | None = None,
    *,
    candidates_x: Numbers,
    candidates_y: Numbers,
    minimum: int = MINIMUM_DWELLINGS,
) -> SnapPoints:
    """Choose, among candidate places on streets, those behind which a dwelling can hide.

    Every address belongs to its nearest snap point; a snap point's catchment holds at least `minimum` dwellings, or
    none at all (a park, a road). Candidates with too few are taken away one by one, the emptiest first (ties: the most
    south-western), and their addresses go to the nearest candidate left.

    `x`, `y` are addresses in metres, `dwellings` how many each holds (one when not given). Returned points are in
    lexicographic order of x, then y.

    Raises `TooFewDwellingsError` when all addresses together hold fewer than `minimum` dwellings or there is no
    candidate, `NotFiniteError`, `UnprojectedCoordinatesError`.

    Source: the anonymous map points of data.police.uk (catchments of at least eight addresses or none).
    """
    east, north = require_points(x, y)
    count = require_weights(dwellings, east.size)
    places = _sorted_candidates(candidates_x, candidates_y)
    if not len(places) or count.sum() < minimum:
        raise TooFewDwellingsError(
            "There are {dwellings} dwellings and {candidates} candidate places; at least {minimum} dwellings and one "
            "place are needed.",
            dwellings=int(count.sum()),
            candidates=len(places),
            minimum=minimum,
        )
    merging = _Merging(np.column_stack([east, north]), count, places, minimum)
    merging.run()
    kept = np.flatnonzero(merging.alive)
    new_number = np.full(len(places), -1, dtype=np.int64)
    new_number[kept] = np.arange(kept.size)
    return SnapPoints(places[kept, 0], places[kept, 1], merging.catchment[kept], new_number[merging.owner])


def nearest_snap(x: Numbers, y: Numbers, *, snaps_x: Numbers, snaps_y: Numbers) -> IntArray:
    """Number of the snap point of each place: the nearest, the first of equally near ones."""
    east, north = require_points(x, y)
    snaps = np.column_stack([require_finite("snaps_x", snaps_x), require_finite("snaps_y", snaps_y)])
    distance, number = _nearest(snaps, np.column_stack([east, north]), 4)
    return _first_of_nearest(distance, number)


def hexagon_centres(x: Numbers, y: Numbers, *, side_m: float = 250.0) -> tuple[FloatArray, FloatArray]:
    """Centre of the hexagon of side `side_m` that holds each point; the fallback where dwellings are not known.

    Hexagons have a vertex to the north; the one at the origin of the reference system is centred there.

    Source: cube rounding of axial coordinates.
    """
    require_positive("side_m", side_m)
    east, north = require_finite("x", x), require_finite("y", y)
    q = (math.sqrt(3) / 3 * east - north / 3) / side_m
    r = 2 / 3 * north / side_m
    s = -q - r
    q_whole, r_whole, s_whole = np.rint(q), np.rint(r), np.rint(s)
    q_off, r_off, s_off = np.abs(q_whole - q), np.abs(r_whole - r), np.abs(s_whole - s)
    fix_q = (q_off > r_off) & (q_off > s_off)
    fix_r = ~fix_q & (r_off > s_off)
    q_final = np.where(fix_q, -r_whole - s_whole, q_whole)
    r_final = np.where(fix_r, -q_final - s_whole, r_whole)
    return side_m * math.sqrt(3) * (q_final + r_final / 2), side_m * 1.5 * r_final


def _sorted_candidates(x: Numbers, y: Numbers) -> FloatArray:
    pairs = np.column_stack([require_finite("candidates_x", x), require_finite("candidates_y", y)])
    return np.unique(pairs, axis=0) if pairs.size else pairs.reshape(0, 2)


def _nearest(places: FloatArray, points: FloatArray, count: int) -> tuple[FloatArray, IntArray]:
    """Distance and number of the nearest places of each point, (n, count), nearest first, ties by number."""
    count = min(count, len(places))
    distance, number = cKDTree(places).query(points, k=count)
    distance, number = distance.reshape(len(points), count), number.reshape(len(points), count)
    distance = np.round(distance, TIE_DIGITS)
    order = np.lexsort((number, distance), axis=1)
    return np.take_along_axis(distance, order, axis=1), np.take_along_axis(number, order, axis=1).astype(np.int64)


def _first_of_nearest(distance: FloatArray, number: IntArray) -> IntArray:
    tied = distance == distance[:, :1]
    return np.asarray(np.where(tied, number, np.iinfo(np.int64).max).min(axis=1), dtype=np.int64)


class _Merging:
    """Takes candidates away until every catchment has enough dwellings or none."""

    def __init__(self, addresses: FloatArray, dwellings: FloatArray, places: FloatArray, minimum: int) -> None:
        self.addresses, self.dwellings, self.places, self.minimum = addresses, dwellings, places, minimum
        self.alive: BoolArray = np.ones(len(places), dtype=np.bool_)
        distance, self.near = _nearest(places, addresses, NEAREST_REMEMBERED)
        self.owner = _first_of_nearest(distance, self.near)
        self.catchment = np.bincount(self.owner, weights=dwellings, minlength=len(places)).astype(np.float64)
        order = np.argsort(self.owner, kind="stable")
        splits = np.cumsum(np.bincount(self.owner, minlength=len(places)))[:-1]
        self.members: list[list[int]] = [part.tolist() for part in np.split(order, splits)]

    def run(self) -> None:
        heap = [(float(self.catchment[place]), place) for place in np.flatnonzero(self._failing()).tolist()]
        heapq.heapify(heap)
        while heap:
            weight, place = heapq.heappop(heap)
            if not self.alive[place] or weight != self.catchment[place]:
                continue
            for changed in self._take_away(place):
                if 0 < self.catchment[changed] < self.minimum:
                    heapq.heappush(heap, (float(self.catchment[changed]), changed))

    def _failing(self) -> BoolArray:
        return np.asarray((self.catchment > 0) & (self.catchment < self.minimum))

    def _take_away(self, place: int) -> list[int]:
        """Give a candidate's addresses to the nearest candidates left; returns those that received some."""
        self.alive[place] = False
        moved = np.array(self.members[place], dtype=np.int64)
        self.members[place] = []
        owners = self._nearest_alive(moved)
        self.owner[moved] = owners
        for address, owner in zip(moved.tolist(), owners.tolist(), strict=True):
            self.catchment[owner] += self.dwellings[address]
            self.members[owner].append(address)
        return sorted(set(owners.tolist()))

    def _nearest_alive(self, moved: IntArray) -> IntArray:
        near = self.near[moved]
        alive = self.alive[near]
        first = alive.argmax(axis=1)
        owners = near[np.arange(moved.size), first]
        lost = ~alive.any(axis=1)
        if lost.any():
            left = np.flatnonzero(self.alive)
            distance, number = _nearest(self.places[left], self.addresses[moved[lost]], 4)
            owners[lost] = left[_first_of_nearest(distance, number)]
        return np.asarray(owners, dtype=np.int64)
