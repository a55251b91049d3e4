"""Outlines of hot cells replaced by whole street blocks: what people know, patrol and light is a block, not a cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray, IntArray
from analysis.block_growth import GrowthLimits, connected_parts, grow_blocks
from analysis.blocks import BlockMesh, harm_by_block, joined
from analysis.errors import ParameterError

if TYPE_CHECKING:
    from analysis.territories import Incidents, Outline

MARGIN_M = 8.0  # half of a usual street: what happens at a block's doors happens in its territory
TOUCHED = 0.1
"""A block of which an outline covers less than this is only its neighbour."""


@dataclass(frozen=True)
class BlockRules:
    """`harm_ratio` share of an outline's harm that its blocks must hold; at most `most_growth` times its ground,
    `most_area_m2` and `most_people`; parts on two sides of a unit's border become territories of their own only if each
    holds `viable_ratio` of the harm."""

    harm_ratio: float = 1.0
    most_growth: float = 1.5
    most_area_m2: float = 600_000.0
    most_people: float = math.inf
    viable_ratio: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.harm_ratio <= 1 or not 0 < self.viable_ratio <= 0.5 or self.most_growth < 1:
            raise ParameterError("Wanted: harm_ratio in (0, 1], viable_ratio in (0, 0.5], most_growth at least 1.")


@dataclass(frozen=True, eq=False)
class Blocks:
    """The street blocks of a town, the unit (barrio) each lies in ("" where in none), and the rules of snapping."""

    mesh: BlockMesh
    units: Sequence[str] = ()
    rules: BlockRules = field(default_factory=BlockRules)

    def plan(self, incidents: Incidents, *, ground: BaseGeometry, outline: Outline) -> BlockPlan:
        """Everything that snapping one outline after the other needs."""
        count = len(self.mesh)
        units = np.asarray(self.units if len(self.units) else [""] * count, dtype=object)
        if units.size != count:
            raise ParameterError("There are {blocks} blocks but {units} units.", blocks=count, units=int(units.size))
        near = harm_by_block(self.mesh, incidents.x, incidents.y, incidents.burden)
        counted = (
            near if incidents.harm is None else harm_by_block(self.mesh, incidents.x, incidents.y, incidents.weights)
        )
        return BlockPlan(self.mesh, units, self.rules, near, counted, incidents, ground, outline)


@dataclass(frozen=True, eq=False)
class BlockPlan:
    """Blocks with their harm and counts (n,) beside the incidents themselves."""

    mesh: BlockMesh
    units: np.ndarray
    rules: BlockRules
    harm: FloatArray
    counts: FloatArray
    incidents: Incidents
    ground: BaseGeometry
    outline: Outline

    def snap(self, shape: BaseGeometry, taken: set[int]) -> list[dict[str, Any]]:
        """Territories of whole blocks in place of an outline; `taken` blocks belong to stronger ones and grow by these.

        The outline itself comes back where no block lies under it, where none fits the limits, or where the blocks
        would hold fewer incidents than a territory needs.
        """
        under, around = self._candidates(shape, taken)
        wanted = min(self.rules.harm_ratio * self._harm_inside(shape), float(self.harm[under].sum()))
        limits = GrowthLimits(
            least_harm=wanted,
            most_area_m2=min(self.rules.most_area_m2, self.rules.most_growth * shape.area),
            most_people=self.rules.most_people,
        )
        grown = grow_blocks(self.mesh, self.harm, candidates=np.concatenate([under, around]), limits=limits)
        if grown is None or self.counts[grown.members].sum() < self.outline.minimum_incidents:
            return [{"geometry": shape}]
        parts = self._cut(grown.members.tolist())
        told = [self._told(part, grown.reached) for part in parts]
        if any(one["geometry"].area < self.outline.minimum_area_m2 for one in told):
            return [{"geometry": shape}]
        taken.update(grown.members.tolist())
        return told

    def _candidates(self, shape: BaseGeometry, taken: set[int]) -> tuple[IntArray, IntArray]:
        """Free blocks that the outline covers in part, and free neighbours of those."""
        reach = shape.buffer(self.mesh.street_m / 4.0)
        touching = shapely.STRtree(self.mesh.shapes).query(reach, predicate="intersects")
        covered = shapely.area(shapely.intersection(self.mesh.shapes[touching], reach))
        under = np.sort(touching[covered >= TOUCHED * shapely.area(self.mesh.shapes[touching])])
        under = np.array([one for one in under.tolist() if one not in taken], dtype=np.int64)
        ring = {int(other) for block in under for other in self.mesh.neighbours(block)} - set(under.tolist()) - taken
        return under, np.array(sorted(ring), dtype=np.int64)

    def _harm_inside(self, shape: BaseGeometry) -> float:
        west, south, east, north = shape.bounds
        x, y = self.incidents.x, self.incidents.y
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        shapely.prepare(shape)
        return float(self.incidents.burden[near[shapely.intersects_xy(shape, x[near], y[near])]].sum())

    def _cut(self, members: list[int]) -> list[list[int]]:
        """The members parted at borders of units where every part stays viable, else in one."""
        names = sorted(set(self.units[members].tolist()))
        parts = [
            part for name in names for part in connected_parts(self.mesh, [b for b in members if self.units[b] == name])
        ]
        whole, least = float(self.harm[members].sum()), self.outline.minimum_incidents
        viable = all(
            self.harm[part].sum() >= self.rules.viable_ratio * whole
            and self.counts[part].sum() >= least
            and self.mesh.area_m2[part].sum() >= 2.0 * self.outline.minimum_area_m2
            for part in parts
        )
        return parts if viable else [members]

    def _told(self, members: list[int], reached: bool) -> dict[str, Any]:
        harm = float(self.harm[members].sum())
        shares = {
            str(name): round(float(self.harm[[b for b in members if self.units[b] == name]].sum()) / harm, 4)
            for name in sorted(set(self.units[members].tolist()))
            if name and harm > 0
        }
        return {
            "geometry": joined(self.mesh, members, ground=self.ground, margin_m=MARGIN_M),
            "blocks": members,
            "people": float(self.mesh.population[members].sum()),
            "limits": "" if reached else "area_or_people",
            "shares": shares,
        }
