"""Street blocks as a mesh: which face each other across a street, what ground and harm belongs to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray, IntArray, Numbers
from analysis.checks import require_area, require_points, require_positive, require_weights
from analysis.errors import EmptyInputError, NotFiniteError, ParameterError

STEP_M = 10.0
SPIKE_M = 7.0  # what is thinner than twice this is the drawing of a corner, not ground to patrol
CLOSING = 0.6  # of the widest street, from either side: a little more than half, so that facing blocks always join
FACING_POINTS = 2
"""Blocks that face each other along at least this many sampled points share a street; corner touches do not."""


@dataclass(frozen=True, eq=False)
class BlockMesh:
    """Blocks with half of the streets around them.

    `shapes` (n,) polygons in metres; `area_m2` (n,) block and half of its streets; `population` (n,), 0 where unknown;
    `starts` (n + 1,) and `others` give the neighbours of block b as others[starts[b]:starts[b + 1]]; `street_m` widest
    gap between two blocks that still counts as a street.
    """

    shapes: np.ndarray
    area_m2: FloatArray
    population: FloatArray
    starts: IntArray
    others: IntArray
    street_m: float

    def __len__(self) -> int:
        return len(self.shapes)

    def neighbours(self, block: int) -> IntArray:
        """Blocks that share a street with this one."""
        return self.others[self.starts[block] : self.starts[block + 1]]

    def pairs(self) -> IntArray:
        """Every pair of neighbours once, (m, 2), the lower number first."""
        source = np.repeat(np.arange(len(self)), np.diff(self.starts))
        once = source < self.others
        return np.column_stack([source[once], self.others[once]]).astype(np.int64)


def block_mesh(
    shapes: Sequence[BaseGeometry],
    *,
    population: Numbers | None = None,
    ground: BaseGeometry | None = None,
    street_m: float = 40.0,
) -> BlockMesh:
    """Learn from the blocks alone which of them share a street.

    `shapes` polygons in metres, one per block; `population` residents of each (NaN: unknown, counts 0); `ground` where
    territories may lie: blocks on two sides of a river are no neighbours. Points every 10 m along the edge of a block
    look for the nearest other block within `street_m`: two points that find the same block make a shared street, and
    half of the gap is ground of the block.

    Raises `EmptyInputError` without blocks, `NotFiniteError`, `UnprojectedCoordinatesError`, `ParameterError`.

    Source: ours; nearest facing edge as in street-block tessellations (Fleischmann et al. 2020).
    """
    blocks = _checked_shapes(shapes)
    require_positive("street_m", street_m)
    people = np.zeros(len(blocks)) if population is None else np.nan_to_num(np.asarray(population, dtype=np.float64))
    if people.size != len(blocks) or not np.isfinite(people).all() or people.min(initial=0.0) < 0:
        raise ParameterError("The population of blocks must be one number of at least zero for each.")
    edges = shapely.segmentize(shapely.boundary(blocks), STEP_M)
    points, owner = shapely.get_coordinates(edges, return_index=True)
    gap, facing, partner = _facing_blocks(points, owner, street_m)
    step = shapely.length(edges)[owner] / np.bincount(owner, minlength=len(blocks))[owner]
    half_streets = np.where(facing >= 0, step * gap / 2.0, 0.0)
    dry = facing >= 0
    if ground is not None:
        shapely.prepare(ground)
        middle = (points[dry] + points[partner[dry]]) / 2.0
        dry[dry] = shapely.intersects_xy(ground, middle[:, 0], middle[:, 1])
    starts, others = _adjacency(owner[dry], facing[dry], len(blocks))
    area = shapely.area(blocks) + np.bincount(owner, weights=half_streets, minlength=len(blocks))
    return BlockMesh(blocks, area, people, starts, others, float(street_m))


def harm_by_block(mesh: BlockMesh, x: Numbers, y: Numbers, weights: Numbers | None = None) -> FloatArray:
    """Harm (or incidents) of every block, (n,).

    What lies in a block is the block's; what lies in a street goes half and half to the two nearest blocks within
    `street_m` of it, whole to the only one; what lies farther from any block belongs to none.
    """
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    places, row = np.unique(east + 1j * north, return_inverse=True)
    harm = np.bincount(row.ravel(), weights=weight, minlength=len(places))
    points = shapely.points(places.real, places.imag)
    tree = shapely.STRtree(mesh.shapes)
    inside, owner = tree.query(points, predicate="intersects")
    first = np.unique(inside, return_index=True)[1]
    inside, owner = inside[first], owner[first]
    total = np.bincount(owner, weights=harm[inside], minlength=len(mesh))
    outside = np.setdiff1d(np.arange(len(places)), inside)
    place, block = tree.query(points[outside], predicate="dwithin", distance=mesh.street_m)
    distance = shapely.distance(points[outside][place], mesh.shapes[block])
    order = np.lexsort((block, distance, place))
    place, block = place[order], block[order]
    two = np.arange(place.size) - np.searchsorted(place, place) < 2
    place, block = place[two], block[two]
    share = harm[outside] / np.maximum(np.bincount(place, minlength=outside.size), 1)
    total += np.bincount(block, weights=share[place], minlength=len(mesh))
    return total.astype(np.float64)


def joined(
    mesh: BlockMesh, members: Sequence[int] | IntArray, *, ground: BaseGeometry | None = None, margin_m: float = 0.0
) -> BaseGeometry:
    """One shape of some blocks and the streets between them, inside `ground`; Polygon where they hang together.

    `margin_m` of the streets around belongs to it too: doors, pavements and half of the roadway.
    """
    half = CLOSING * mesh.street_m
    union = shapely.union_all(mesh.shapes[np.asarray(members, dtype=np.int64)])
    closed = union.buffer(half, join_style="mitre").buffer(margin_m - half, join_style="mitre")
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(closed)]
    while len(filled) > 1:
        rest = shapely.union_all(filled[1:])
        bridge = shapely.shortest_line(filled[0], rest).buffer(STEP_M, cap_style="square")
        if bridge.area > 8 * STEP_M * mesh.street_m:
            break  # these do not hang together
        filled = [one for one in shapely.get_parts(shapely.union_all([filled[0], rest, bridge]))]
    whole = shapely.union_all(filled)
    opened = whole.buffer(-SPIKE_M).buffer(SPIKE_M, join_style="mitre", mitre_limit=2.0).intersection(whole)
    shape = opened if opened.geom_type == whole.geom_type and opened.area > 0.9 * whole.area else whole
    return shape if ground is None else shapely.intersection(shape, ground)


def _checked_shapes(shapes: Sequence[BaseGeometry]) -> np.ndarray:
    blocks = np.asarray(shapes, dtype=object)
    if not blocks.size:
        raise EmptyInputError("There are no street blocks.")
    if shapely.is_empty(blocks).any() or shapely.is_missing(blocks).any():
        raise NotFiniteError("A street block has no shape.")
    require_area(shapely.box(*shapely.total_bounds(blocks)))
    broken = ~shapely.is_valid(blocks)
    mended = blocks.copy()
    mended[broken] = shapely.make_valid(blocks[broken])
    return mended


def _facing_blocks(points: FloatArray, owner: IntArray, reach_m: float) -> tuple[FloatArray, IntArray, IntArray]:
    """For every sampled point: gap to the nearest point of another block, that block (-1: none) and that point."""
    pairs = cKDTree(points).query_pairs(reach_m, output_type="ndarray")
    pairs = pairs[owner[pairs[:, 0]] != owner[pairs[:, 1]]]
    apart = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    source, target = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
    distance = np.concatenate([apart, apart])
    gap, partner = np.full(len(points), np.inf), np.full(len(points), len(points))
    np.minimum.at(gap, source, distance)
    nearest = distance == gap[source]
    np.minimum.at(partner, source[nearest], target[nearest])
    partner = np.where(np.isfinite(gap), partner, 0)
    found = np.isfinite(gap) & (gap <= gap[partner] + STEP_M / 2.0)  # else it looks past its own corner
    return np.where(found, gap, 0.0), np.where(found, owner[partner], -1).astype(np.int64), partner


def _adjacency(owner: IntArray, facing: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Neighbours in compressed rows: pairs that at least two points of either side vouch for."""
    keys, seen = np.unique(owner * count + facing, return_counts=True)
    keys = keys[seen >= FACING_POINTS]
    source, other = keys // count, keys % count
    both = np.unique(np.concatenate([source * count + other, other * count + source]))
    starts = np.searchsorted(both // count, np.arange(count + 1))
    return starts.astype(np.int64), (both % count).astype(np.int64)
