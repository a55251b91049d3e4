"""Whole-city tilings: every unit in one contiguous district, alike inside or with an equal load."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.random import Generator, Philox
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from analysis.arrays import FloatArray, IntArray, Numbers
from analysis.checks import require_positive
from analysis.contiguity import ContiguousUnits, Districts, contiguity_graph
from analysis.district_growth import grown_to_load, with_moves
from analysis.errors import EmptyInputError
from analysis.progress import Report, silent

STUDY = 19
TIE = 1e-12


def ward_districts(
    values: FloatArray,
    pairs: IntArray,
    *,
    districts: int,
    loads: Numbers | None = None,
    least_load: float = 0.0,
    centres: FloatArray | None = None,
) -> Districts:
    """As alike inside as merging one by one makes them: contiguous hierarchical clustering of full order, Ward's rule.

    `values` (n, columns) standardised; `pairs` (m, 2) units that touch; `centres` (n, 2) in metres, with which islands
    are joined to the nearest unit and listed. Where a `least_load` is asked for, the smallest district below it is
    merged with its most alike neighbour until none is left, so there may be fewer districts.

    Raises `ParameterError`, `EmptyInputError`, `NotFiniteError`.

    Source: Guo 2008 (REDCAP, full-order) with the criterion of Ward 1963.
    """
    town = ContiguousUnits(values, pairs, loads, centres)
    town.require_districts(districts)
    merger = _Merger(town)
    while len(merger.near) > districts and merger.merge_most_alike():
        pass
    merger.lift_to(least_load)
    return town.told(merger.labels())


def skater_districts(
    values: FloatArray,
    pairs: IntArray,
    *,
    districts: int,
    loads: Numbers | None = None,
    least_load: float = 0.0,
    centres: FloatArray | None = None,
) -> Districts:
    """Branches of the cheapest tree over touching units, cut where the sum of squares falls most.

    Parameters as in `ward_districts`; a cut that would leave a district below `least_load` is not made, so there may be
    fewer districts.

    Source: Assunção and others 2006 (SKATER).
    """
    town = ContiguousUnits(values, pairs, loads, centres)
    town.require_districts(districts)
    trees = [np.arange(town.count)]
    links = _tree(town)
    while len(trees) < districts:
        cuts = [
            (cut[0], -number, cut)
            for number, tree in enumerate(trees)
            if (cut := _best_cut(town, links, tree, least_load))
        ]
        if not cuts:
            break
        _, minus, (_, parent, child) = max(cuts)
        links = [link for link in links if set(link) != {parent, child}]
        tree = trees.pop(-minus)
        below = _reach(links, child, set(tree.tolist()))
        trees += [np.array(sorted(below)), np.array(sorted(set(tree.tolist()) - below))]
    labels = np.zeros(town.count, dtype=np.int64)
    for number, tree in enumerate(trees):
        labels[tree] = number
    return town.told(labels)


def max_p_districts(
    values: FloatArray,
    pairs: IntArray,
    *,
    loads: Numbers,
    least_load: float,
    seed: int,
    starts: int = 8,
    centres: FloatArray | None = None,
    report: Report = silent,
) -> Districts:
    """The most districts that each carry at least the load, then as alike inside as moves of border units make them.

    Grown from random units to the threshold, leftovers to the most alike neighbour; of `starts` tries the one with most
    districts, then the least sum of squares. Raises `ParameterError` naming the part of town that cannot carry one
    district.

    Source: Duque, Anselin and Rey 2012 (max-p-regions).
    """
    town = ContiguousUnits(values, pairs, loads, centres)
    require_positive("least_load", least_load)
    town.require_load(least_load)
    best: Districts | None = None
    for start in range(max(1, starts)):
        generator = Generator(Philox(key=[seed, STUDY << 32 | start]))
        found = town.told(with_moves(town, grown_to_load(town, least_load, generator), least_load))
        if best is None or (-found.loads.size, found.within) < (-best.loads.size, best.within):
            best = found
        report("districts", start + 1, starts)
    if best is None:
        raise EmptyInputError("There are no units to tile.")
    return best


class _Merger:
    """Clusters that touch, merged two by two; a merge that has become stale in the heap is passed over."""

    def __init__(self, town: ContiguousUnits) -> None:
        self.near = {unit: set(near) for unit, near in enumerate(town.near)}
        self.sums = {unit: (1.0, town.values[unit], float(town.loads[unit])) for unit in range(town.count)}
        self.members = {unit: [unit] for unit in range(town.count)}
        self.next = town.count
        self.heap = [(self._cost(one, other), min(one, other), max(one, other)) for one, other in town.pairs.tolist()]
        heapq.heapify(self.heap)

    def _cost(self, one: int, other: int) -> float:
        (n, a, _), (m, b, _) = self.sums[one], self.sums[other]
        difference = a / n - b / m
        return float(n * m / (n + m) * (difference @ difference))

    def merge_most_alike(self) -> bool:
        while self.heap:
            _, one, other = heapq.heappop(self.heap)
            if one in self.near and other in self.near:
                self._merge(one, other)
                return True
        return False

    def lift_to(self, least_load: float) -> None:
        """Merge the district with the least load with its most alike neighbour until all carry enough."""
        while len(self.near) > 1:
            lightest = min(self.near, key=lambda one: (self.sums[one][2], one))
            if self.sums[lightest][2] >= least_load or not self.near[lightest]:
                return
            self._merge(lightest, min(self.near[lightest], key=lambda other: (self._cost(lightest, other), other)))

    def _merge(self, one: int, other: int) -> None:
        new, self.next = self.next, self.next + 1
        around = (self.near.pop(one) | self.near.pop(other)) - {one, other}
        first, second = self.sums.pop(one), self.sums.pop(other)
        self.sums[new] = (first[0] + second[0], first[1] + second[1], first[2] + second[2])
        self.members[new] = self.members.pop(one) + self.members.pop(other)
        self.near[new] = around
        for third in around:
            self.near[third] = (self.near[third] - {one, other}) | {new}
            heapq.heappush(self.heap, (self._cost(new, third), third, new))

    def labels(self) -> IntArray:
        labels = np.zeros(sum(len(units) for units in self.members.values()), dtype=np.int64)
        for number, units in enumerate(self.members.values()):
            labels[units] = number
        return labels


# --- trees ------------------------------------------------------------------------------------------------------------


def _tree(town: ContiguousUnits) -> list[tuple[int, int]]:
    one, other = town.pairs[:, 0], town.pairs[:, 1]
    apart = np.sqrt(((town.values[one] - town.values[other]) ** 2).sum(axis=1)) + TIE
    graph = csr_array((apart, (one, other)), shape=(town.count, town.count))
    tree = minimum_spanning_tree(graph).tocoo()
    return list(zip(tree.row.tolist(), tree.col.tolist(), strict=True))


def _best_cut(
    town: ContiguousUnits, links: list[tuple[int, int]], tree: IntArray, least_load: float
) -> tuple[float, int, int] | None:
    """Gain, parent and child of the link whose cut lowers the sum of squares of this tree most."""
    inside = set(tree.tolist())
    mine = np.array([link for link in links if link[0] in inside], dtype=np.int64).reshape(-1, 2)
    if not len(mine):
        return None
    order, parents = breadth_first_order(contiguity_graph(mine, town.count), int(tree[0]), directed=False)
    n, sums = np.zeros(town.count), np.zeros_like(town.values)
    loads = np.zeros(town.count)
    n[order], sums[order], loads[order] = 1.0, town.values[order], town.loads[order]
    whole, load, size = sums[order].sum(axis=0), loads[order].sum(), float(order.size)
    for unit in order[:0:-1]:
        above = parents[unit]
        n[above] += n[unit]
        sums[above] += sums[unit]
        loads[above] += loads[unit]
    below = order[1:]
    fits = (loads[below] >= least_load) & (load - loads[below] >= least_load)
    if not fits.any():
        return None
    rest = size - n[below]
    gain = (sums[below] ** 2).sum(axis=1) / n[below] + ((whole - sums[below]) ** 2).sum(axis=1) / rest
    gain = np.where(fits, gain - (whole**2).sum() / size, -np.inf)
    best = int(np.argmax(gain))
    return float(gain[best]), int(parents[below[best]]), int(below[best])


def _reach(links: list[tuple[int, int]], start: int, inside: set[int]) -> set[int]:
    near: dict[int, list[int]] = {}
    for one, other in links:
        if one in inside:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    seen, open_ends = set(), [start]
    while open_ends:
        unit = open_ends.pop()
        if unit not in seen:
            seen.add(unit)
            open_ends += near.get(unit, [])
    return seen
