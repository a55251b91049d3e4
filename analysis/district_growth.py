"""Districts grown from seeds to a least load, and border units moved between them."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.random import Generator

from analysis.arrays import IntArray
from analysis.contiguity import ContiguousUnits

MOST_PASSES = 12


def grown_to_load(town: ContiguousUnits, least_load: float, generator: Generator) -> IntArray:
    labels = np.full(town.count, -1, dtype=np.int64)
    number = 0
    for seed in generator.permutation(town.count).tolist():
        if labels[seed] < 0 and (members := _district_from(town, labels, seed, least_load)):
            labels[members] = number
            number += 1
    waiting = [(_apart(town, unit, near), unit, near) for unit, near in _free_edges(town, labels)]
    heapq.heapify(waiting)
    while waiting:
        _, unit, near = heapq.heappop(waiting)
        if labels[unit] < 0:
            labels[unit] = labels[near]
            for free in town.near[unit]:
                if labels[free] < 0:
                    heapq.heappush(waiting, (_apart(town, free, unit), free, unit))
    return labels


def _free_edges(town: ContiguousUnits, labels: IntArray) -> list[tuple[int, int]]:
    """Pairs of a unit without district and a neighbour that has one."""
    free = np.flatnonzero(labels < 0).tolist()
    return [(unit, near) for unit in free for near in sorted(town.near[unit]) if labels[near] >= 0]


def _apart(town: ContiguousUnits, one: int, other: int) -> float:
    difference = town.values[one] - town.values[other]
    return float(difference @ difference)


def _district_from(town: ContiguousUnits, labels: IntArray, seed: int, least_load: float) -> list[int]:
    """Units from a seed to the threshold, each time the free neighbour most like it; none where that falls short."""
    members, load = [seed], float(town.loads[seed])
    taken = {seed}
    frontier = [(_apart(town, unit, seed), unit) for unit in town.near[seed] if labels[unit] < 0]
    heapq.heapify(frontier)
    while load < least_load and frontier:
        _, unit = heapq.heappop(frontier)
        if unit in taken:
            continue
        taken.add(unit)
        members.append(unit)
        load += float(town.loads[unit])
        for near in town.near[unit]:
            if labels[near] < 0 and near not in taken:
                heapq.heappush(frontier, (_apart(town, near, seed), near))
    return members if load >= least_load else []


def with_moves(town: ContiguousUnits, labels: IntArray, least_load: float) -> IntArray:
    """Move border units to a more alike neighbour while every district stays whole and keeps its load."""
    tiling = _Tiling(town, labels.copy())
    for _ in range(MOST_PASSES):
        one, other = town.pairs[:, 0], town.pairs[:, 1]
        border = tiling.labels[one] != tiling.labels[other]
        units = np.unique(town.pairs[border])
        if not sum(tiling.move(unit, least_load) for unit in units.tolist()):
            break
    return tiling.labels


class _Tiling:
    """Districts with their running sums, so that a move costs no more than its unit."""

    def __init__(self, town: ContiguousUnits, labels: IntArray) -> None:
        self.town, self.labels = town, labels
        self.groups = {number: set(np.flatnonzero(labels == number).tolist()) for number in np.unique(labels).tolist()}
        self.sums = {number: town.values[sorted(units)].sum(axis=0) for number, units in self.groups.items()}
        self.loads = {number: float(town.loads[sorted(units)].sum()) for number, units in self.groups.items()}

    def move(self, unit: int, least_load: float) -> bool:
        """Move one unit where that makes districts more alike inside and breaks none."""
        old = int(self.labels[unit])
        if len(self.groups[old]) < 2 or self.loads[old] - self.town.loads[unit] < least_load:
            return False
        near = sorted({int(self.labels[other]) for other in self.town.near[unit]} - {old})
        gain, minus = max(((self._gain(unit, old, new), -new) for new in near), default=(0.0, 0))
        if gain <= 1e-9 or not _stays_whole(self.town, self.groups[old], unit):
            return False
        for number, sign in ((old, -1.0), (-minus, 1.0)):
            self.sums[number] = self.sums[number] + sign * self.town.values[unit]
            self.loads[number] += sign * float(self.town.loads[unit])
        self.groups[old].discard(unit)
        self.groups[-minus].add(unit)
        self.labels[unit] = -minus
        return True

    def _gain(self, unit: int, old: int, new: int) -> float:
        """Fall of the sum of squares when a unit leaves one district for another (Hartigan)."""
        value, old_n, new_n = self.town.values[unit], len(self.groups[old]), len(self.groups[new])
        away, towards = value - self.sums[old] / old_n, value - self.sums[new] / new_n
        return float(away @ away * old_n / (old_n - 1) - towards @ towards * new_n / (new_n + 1))


def _stays_whole(town: ContiguousUnits, members: set[int], unit: int) -> bool:
    rest = members - {unit}
    ends = town.near[unit] & rest
    if len(ends) < 2:
        return True
    seen: set[int] = set()
    open_ends = [next(iter(ends))]
    while open_ends and not ends <= seen:
        one = open_ends.pop()
        if one not in seen:
            seen.add(one)
            open_ends += list((town.near[one] & rest) - seen)
    return ends <= seen
