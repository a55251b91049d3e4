"""Territories of whole street blocks: the most harm per km² that hangs together within limits of ground and people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.blocks import BlockMesh
from analysis.errors import ParameterError

MOST_MOVES = 400
STARTS = 4


@dataclass(frozen=True)
class GrowthLimits:
    """`least_harm` to be reached; at most `most_area_m2` of ground and `most_people` residents."""

    least_harm: float
    most_area_m2: float = math.inf
    most_people: float = math.inf

    def __post_init__(self) -> None:
        if not (self.least_harm >= 0 and self.most_area_m2 > 0 and self.most_people >= 0):
            raise ParameterError("Limits of growth must be at least zero, and the ground above zero.")


@dataclass(frozen=True, eq=False)
class Growth:
    """Blocks of a territory in ascending order, their harm, ground, people; `reached`: the least harm is inside."""

    members: IntArray
    harm: float
    area_m2: float
    people: float
    reached: bool

    @property
    def harm_per_km2(self) -> float:
        return self.harm / self.area_m2 * 1e6 if self.area_m2 else 0.0


def grow_blocks(
    mesh: BlockMesh, harm: FloatArray, *, candidates: Sequence[int] | IntArray, limits: GrowthLimits
) -> Growth | None:
    """The connected set of candidate blocks with the most harm per km² that holds the least harm, as far as greed sees.

    From each of the four densest candidates: take the neighbour, alone or with one behind it, that leaves the highest
    density, until the harm is reached; then add, drop or swap single blocks while that raises the density and keeps
    the set connected. Limits are never broken; where the harm cannot be reached within them, `reached` is False. None
    where no block fits the limits.

    Source: ratio of sums by parametric local search (Dinkelbach 1967); moves under contiguity as in Openshaw 1977.
    """
    town = _Town(mesh, np.asarray(harm, dtype=np.float64), frozenset(int(one) for one in candidates), limits)
    seeds = sorted(town.allowed, key=lambda block: (-town.density([block]), block))
    grown = [town.grow(seed) for seed in seeds[:STARTS] if town.fits({seed})]
    if not grown:
        return None
    best = max(grown, key=lambda members: (town.reached(members), town.density(members), [-one for one in members]))
    members = np.array(sorted(best), dtype=np.int64)
    harm_inside, area_m2, people = town.sums(best)
    return Growth(members, harm_inside, area_m2, people, bool(town.reached(best)))


def connected_parts(mesh: BlockMesh, members: Iterable[int]) -> list[list[int]]:
    """The members parted into sets that hang together, largest first (then by lowest block)."""
    left, parts = set(members), []
    while left:
        part, open_ends = set(), [min(left)]
        while open_ends:
            block = open_ends.pop()
            if block not in part:
                part.add(block)
                open_ends += [other for other in mesh.neighbours(block).tolist() if other in left and other not in part]
        parts.append(sorted(part))
        left -= part
    return sorted(parts, key=lambda part: (-len(part), part[0]))


def _better(best: tuple[float, int, int] | None, step: tuple[float, int, int]) -> tuple[float, int, int]:
    return step if best is None or step > best else best


class _Town:
    """Blocks, what they hold, and the limits of one territory."""

    def __init__(self, mesh: BlockMesh, harm: FloatArray, allowed: frozenset[int], limits: GrowthLimits) -> None:
        self.limits, self.allowed = limits, allowed
        self.harm = {block: float(harm[block]) for block in allowed}
        self.area = {block: float(mesh.area_m2[block]) for block in allowed}
        self.people = {block: float(mesh.population[block]) for block in allowed}
        self.near = {
            block: frozenset(other for other in mesh.neighbours(block).tolist() if other in allowed)
            for block in allowed
        }

    def sums(self, members: Iterable[int]) -> tuple[float, float, float]:
        chosen = sorted(int(one) for one in members)
        return (
            math.fsum(self.harm[one] for one in chosen),
            math.fsum(self.area[one] for one in chosen),
            math.fsum(self.people[one] for one in chosen),
        )

    def density(self, members: Iterable[int]) -> float:
        harm, area, _ = self.sums(members)
        return harm / area if area else 0.0

    def fits(self, members: Iterable[int]) -> bool:
        _, area, people = self.sums(members)
        return area <= self.limits.most_area_m2 and people <= self.limits.most_people

    def reached(self, members: Iterable[int]) -> bool:
        return self.sums(members)[0] >= self.limits.least_harm * (1.0 - 1e-9)

    def grow(self, seed: int) -> set[int]:
        members = {seed}
        while not self.reached(members):
            step = self._best_step(members)
            if step is None:
                break
            members |= step
        return self._improved(members)

    def _best_step(self, members: set[int]) -> set[int] | None:
        """The neighbour, alone or with one behind it, that leaves the highest density within the limits."""
        harm, area, people = self.sums(members)
        best: tuple[float, int, int] | None = None
        for block in {near for one in members for near in self.near[one]} - members:
            ground, heads = area + self.area[block], people + self.people[block]
            if ground > self.limits.most_area_m2 or heads > self.limits.most_people:
                continue
            inside = harm + self.harm[block]
            best = _better(best, (inside / ground, -block, 1))
            for behind in self.near[block] - members:
                wider = ground + self.area[behind]
                if wider <= self.limits.most_area_m2 and heads + self.people[behind] <= self.limits.most_people:
                    best = _better(best, ((inside + self.harm[behind]) / wider, -block, -behind))
        if best is None:
            return None
        return {-best[1]} if best[2] > 0 else {-best[1], -best[2]}

    def _improved(self, members: set[int]) -> set[int]:
        for _ in range(MOST_MOVES):
            move = self._best_move(members)
            if move is None:
                break
            members = move
        return members

    def _best_move(self, members: set[int]) -> set[int] | None:
        """The single change that raises the sum Σ(harm − λ·area) most and keeps every rule; None when there is none."""
        harm, area, people = self.sums(members)
        ratio = harm / area
        worth = {block: self.harm[block] - ratio * self.area[block] for block in self.allowed}
        ahead = sorted({near for block in members for near in self.near[block]} - members, key=lambda b: (-worth[b], b))
        behind = sorted(members, key=lambda b: (worth[b], b))[:12]
        moves: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = [(worth[b], (b,), ()) for b in ahead[:12]]
        moves += [(-worth[b], (), (b,)) for b in behind]
        moves += [(worth[new] - worth[old], (new,), (old,)) for new in ahead[:12] for old in behind]
        for gain, new, old in sorted(moves, key=lambda move: (-move[0], move[1], move[2])):
            if gain <= 1e-9 * max(harm, 1.0):
                return None
            if self._allowed_move(harm, area, people, new, old):
                changed = (members | set(new)) - set(old)
                if changed and self._connected(changed):
                    return changed
        return None

    def _allowed_move(self, harm: float, area: float, people: float, new: Sequence[int], old: Sequence[int]) -> bool:
        wanted = min(self.limits.least_harm * (1.0 - 1e-9), harm)
        delta = [sum(part[b] for b in new) - sum(part[b] for b in old) for part in (self.harm, self.area, self.people)]
        return (
            harm + delta[0] >= wanted
            and area + delta[1] <= self.limits.most_area_m2
            and people + delta[2] <= self.limits.most_people
        )

    def _connected(self, members: set[int]) -> bool:
        seen, open_ends = set(), [next(iter(members))]
        while open_ends:
            block = open_ends.pop()
            if block not in seen:
                seen.add(block)
                open_ends += list((self.near[block] & members) - seen)
        return len(seen) == len(members)
