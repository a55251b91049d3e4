"""Units that touch: what makes them alike, what they carry, which districts they were put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from analysis.arrays import FloatArray, IntArray, Numbers
from analysis.checks import require_weights
from analysis.errors import EmptyInputError, NotFiniteError, ParameterError


@dataclass(frozen=True, eq=False)
class Districts:
    """`labels` (n,) from 0, numbered by lowest unit; `within` sum of squares inside districts and `total` of all units;
    `loads` (districts,) load of each; `bridges` pairs of units that were joined although they do not touch."""

    labels: IntArray
    within: float
    total: float
    loads: FloatArray
    bridges: list[tuple[int, int]]

    @property
    def explained_ratio(self) -> float:
        """Share (0 to 1) of the differences between units that lies between districts."""
        return 1.0 - self.within / self.total if self.total > 0 else 1.0


def standardised(columns: Sequence[Numbers]) -> FloatArray:
    """Columns as (n, columns) with mean 0 and variance 1, so that none counts more for its unit of measure."""
    values = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
    if not np.isfinite(values).all():
        raise NotFiniteError("What makes units alike must be finite numbers.")
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


class ContiguousUnits:
    """Units, what makes them alike, what they carry, and which touch."""

    def __init__(self, values: FloatArray, pairs: IntArray, loads: Numbers | None, centres: FloatArray | None) -> None:
        self.values = np.atleast_2d(np.asarray(values, dtype=np.float64))
        self.count = len(self.values)
        if not self.count:
            raise EmptyInputError("There are no units to tile.")
        if not np.isfinite(self.values).all():
            raise NotFiniteError("What makes units alike must be finite numbers.")
        self.loads = require_weights(loads, self.count)
        links = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        if links.size and (links.min() < 0 or links.max() >= self.count):
            raise ParameterError("A pair names a unit that does not exist.")
        self.bridges = [] if centres is None else _bridges(links, np.asarray(centres, dtype=np.float64))
        self.pairs = np.vstack([links, np.array(self.bridges, dtype=np.int64).reshape(-1, 2)])
        self.near: list[set[int]] = [set() for _ in range(self.count)]
        for one, other in self.pairs.tolist():
            if one != other:
                self.near[one].add(other)
                self.near[other].add(one)
        self.parts, self.part_of = connected_components(contiguity_graph(self.pairs, self.count), directed=False)

    def require_districts(self, districts: int) -> None:
        if not self.parts <= districts <= self.count:
            raise ParameterError(
                "Asked for {districts} districts of {count} units in {parts} separate parts: choose a number between "
                "{parts} and {count}.",
                districts=districts,
                count=self.count,
                parts=int(self.parts),
            )

    def require_load(self, least_load: float) -> None:
        carried = np.bincount(self.part_of, weights=self.loads)
        weak = int(np.argmin(carried))
        if carried[weak] < least_load:
            raise ParameterError(
                "The part of {units} units around unit {unit} carries {load} in all; a district needs {least}. Lower "
                "the minimum or join that part to another.",
                units=int((self.part_of == weak).sum()),
                unit=int(np.flatnonzero(self.part_of == weak)[0]),
                load=float(carried[weak]),
                least=least_load,
            )

    def told(self, labels: IntArray) -> Districts:
        _, first = np.unique(labels, return_index=True)
        order = np.argsort(np.argsort(first, kind="stable"), kind="stable")
        numbered = order[np.unique(labels, return_inverse=True)[1].ravel()].astype(np.int64)
        total = float(((self.values - self.values.mean(axis=0)) ** 2).sum())
        loads = np.asarray(np.bincount(numbered, weights=self.loads), dtype=np.float64)
        return Districts(numbered, _within(self.values, numbered), total, loads, self.bridges)


def contiguity_graph(pairs: IntArray, count: int) -> csr_array:
    return csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))


def _bridges(pairs: IntArray, centres: FloatArray) -> list[tuple[int, int]]:
    """Shortest links that join separate parts into one, each between the nearest units of two parts."""
    bridges: list[tuple[int, int]] = []
    count = len(centres)
    while True:
        links = np.vstack([pairs, np.array(bridges, dtype=np.int64).reshape(-1, 2)])
        parts, part_of = connected_components(contiguity_graph(links, count), directed=False)
        if parts == 1:
            return bridges
        smallest = int(np.argmin(np.bincount(part_of)))
        mine, others = np.flatnonzero(part_of == smallest), np.flatnonzero(part_of != smallest)
        distance, nearest = cKDTree(centres[others]).query(centres[mine])
        at = int(np.argmin(distance))
        bridges.append((int(mine[at]), int(others[nearest[at]])))


def _within(values: FloatArray, labels: IntArray) -> float:
    n = np.bincount(labels)
    sums = np.column_stack([np.bincount(labels, weights=column) for column in values.T])
    return float(max(0.0, (values**2).sum() - (sums**2 / n[:, None]).sum()))
