"""An irregular street network: districts with orientations of their own, warped, cut by the river, tied by bridges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi

from .fields import SmoothField, smooth_field
from .ground import TOWN_RADIUS_M, Ground
from .randomness import Flags, Floats, Integers, stream

AVENUE, STREET, RIVERSIDE, BRIDGE = 0, 1, 2, 3
FOUNDATION_RADIUS_M = 850.0
HALF_CARRIAGEWAY_M = 6.5


@dataclass(frozen=True)
class StreetNetwork:
    """Pieces of street between crossings: line, rank, the whole street each belongs to, its end nodes."""

    lines: list[shapely.LineString]
    rank: Integers
    street: Integers
    courses: list[shapely.LineString]  # whole streets, indexed by `street`
    ends: Integers  # (pieces, 2) node numbers
    nodes: Floats  # (nodes, 2)


@dataclass
class _Drawing:
    """Lines as drawn, before they are cut at crossings."""

    lines: list[shapely.LineString]
    rank: list[int]


def draw_streets(ground: Ground, *, seed: int) -> StreetNetwork:
    """Street network of one seed: connected, no dead ends under 25 m, no street in the water but the bridges."""
    generator = stream(seed, "streets")
    drawing = _Drawing([], [])
    districts = _districts(generator)
    warp = _warp(generator)
    base = generator.uniform(0.0, np.pi / 2)
    _add(drawing, warp(districts.ridges), AVENUE)
    for number, (cell, seed_point) in enumerate(zip(districts.cells, districts.seeds, strict=True)):
        local = stream(seed, "district", number)
        _add(drawing, warp(_district_streets(local, cell, seed_point, base)), STREET)
    drawing = _cut_at_water(drawing, ground)
    pieces = shapely.get_parts(shapely.unary_union(drawing.lines, grid_size=0.5))
    pieces = _thin_out(stream(seed, "removed"), list(pieces), drawing)
    return _network(pieces, drawing)


@dataclass(frozen=True)
class _Districts:
    seeds: Floats
    cells: list[shapely.Polygon]
    ridges: list[shapely.LineString]


def _districts(generator: np.random.Generator) -> _Districts:
    """Voronoi districts, small in the centre and larger outward."""
    kept: list[Floats] = [np.zeros(2)]
    for candidate in generator.uniform(-1.5 * TOWN_RADIUS_M, 1.5 * TOWN_RADIUS_M, (4000, 2)):
        apart = 430.0 + 0.13 * np.hypot(*candidate)
        if all(np.hypot(*(candidate - other)) > apart for other in kept):
            kept.append(candidate)
    seeds = np.array(kept)
    diagram = Voronoi(seeds)
    cells, owners = [], []
    for number, region in enumerate(diagram.point_region):
        corners = diagram.regions[region]
        if -1 not in corners and np.hypot(*seeds[number]) < 1.35 * TOWN_RADIUS_M:
            cells.append(shapely.Polygon(diagram.vertices[corners]))
            owners.append(number)
    ridges = [
        shapely.LineString(diagram.vertices[pair])
        for pair in diagram.ridge_vertices
        if -1 not in pair and np.all(np.hypot(*diagram.vertices[pair].T) < 1.4 * TOWN_RADIUS_M)
    ]
    return _Districts(seeds[owners], cells, ridges)


@dataclass(frozen=True)
class _Warp:
    """Smooth displacement that bends straight lines."""

    east: SmoothField
    north: SmoothField
    fine_east: SmoothField
    fine_north: SmoothField

    def __call__(self, lines: list[shapely.LineString]) -> list[shapely.LineString]:
        """The lines, bent: vertices at least every 45 m are moved by the displacement."""
        return list(shapely.transform(shapely.segmentize(lines, 45.0), self._moved))

    def _moved(self, place: Floats) -> Floats:
        x, y = place[:, 0], place[:, 1]
        calm = 0.35 + 0.65 * np.clip(np.hypot(x, y) / 1500.0, 0.0, 1.0)  # the old centre is straighter
        east = x + calm * (95.0 * self.east(x, y) + 13.0 * self.fine_east(x, y))
        north = y + calm * (95.0 * self.north(x, y) + 13.0 * self.fine_north(x, y))
        return np.column_stack([east, north])


def _warp(generator: np.random.Generator) -> _Warp:
    return _Warp(*(smooth_field(generator, wavelength_m=length) for length in (2600.0, 2600.0, 700.0, 700.0)))


def _district_streets(
    generator: np.random.Generator, cell: shapely.Polygon, seed_point: Floats, base: float
) -> list[shapely.LineString]:
    """Parallel streets and cross streets of one district; outside the old centre the cross streets are staggered."""
    old = float(np.hypot(*seed_point)) < FOUNDATION_RADIUS_M
    heading = base if old else base + generator.normal(0.0, 0.55)
    along_m, across_m = (112.0, 112.0) if old else (generator.uniform(62, 92), generator.uniform(125, 230))
    axis, normal = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
    reach = 1600.0
    offsets = np.arange(-reach, reach, along_m)
    offsets = offsets + generator.normal(0.0, 0.07 * along_m, len(offsets))
    lines = [
        shapely.LineString([seed_point + normal * offset - axis * reach, seed_point + normal * offset + axis * reach])
        for offset in offsets
    ]
    crossings = np.arange(-reach, reach, across_m)
    for low, high in pairwise(offsets):
        places = crossings + (0.0 if old else generator.uniform(-0.2, 0.2) * across_m)
        places = places + generator.normal(0.0, 0.03 * across_m, len(places))
        for place in places:
            start = seed_point + axis * place
            lines.append(shapely.LineString([start + normal * low, start + normal * high]))
    inside = shapely.intersection(np.array(lines), cell)
    parts = shapely.get_parts(inside)
    return [part for part in parts if isinstance(part, shapely.LineString) and part.length > 20.0]


def _add(drawing: _Drawing, geometries: list[shapely.Geometry], rank: int) -> None:
    for part in shapely.get_parts(geometries):
        if isinstance(part, shapely.LineString) and part.length > 12.0:
            drawing.lines.append(part)
            drawing.rank.append(rank)


def _cut_at_water(drawing: _Drawing, ground: Ground) -> _Drawing:
    """Streets stop at the riverside road, which follows the bank; some avenues cross as bridges."""
    bank = ground.water.buffer(32.0)
    land = ground.town.difference(bank)
    kept = _Drawing([], [])
    for line, rank in zip(drawing.lines, drawing.rank, strict=True):
        _add(kept, [line.intersection(land)], rank)
    riverside = bank.buffer(0.5).simplify(6.0).boundary.intersection(ground.town.buffer(-20))
    _add(kept, [riverside], RIVERSIDE)
    for bridge in _bridges(ground, bank):
        _add(kept, [bridge], BRIDGE)
    return kept


def _bridges(ground: Ground, bank: shapely.Geometry) -> list[shapely.LineString]:
    """Up to four short crossings of the water inside the town, well apart, the most central first."""
    edge = ground.water.boundary.intersection(ground.town)
    places = [edge.interpolate(distance) for distance in np.arange(0.0, edge.length, 60.0)]
    places.sort(key=lambda place: round(float(np.hypot(place.x, place.y)), 3))
    chosen: list[shapely.LineString] = []
    for place in places:
        if len(chosen) == 4 or any(place.distance(bridge) < 1000 for bridge in chosen):
            continue
        crossing = _shortest_crossing(place, ground, bank)
        if crossing is not None:
            chosen.append(crossing)
    return chosen


def _shortest_crossing(place: shapely.Point, ground: Ground, bank: shapely.Geometry) -> shapely.LineString | None:
    """Straight line over the water through a place of the bank, by the heading that wets it least."""
    best: shapely.LineString | None = None
    for heading in np.arange(0.0, np.pi, np.pi / 24):
        step = np.array([np.cos(heading), np.sin(heading)]) * 420.0
        ray = shapely.LineString([(place.x - step[0], place.y - step[1]), (place.x + step[0], place.y + step[1])])
        parts = [part for part in shapely.get_parts(ray.intersection(bank)) if part.distance(place) < 1.0]
        if len(parts) != 1 or not 90.0 < parts[0].length < 420.0 or not ground.town.contains(parts[0]):
            continue
        if parts[0].intersection(ground.water).length > 50 and (best is None or parts[0].length < best.length):
            best = parts[0]
    if best is None:
        return None
    (x0, y0), (x1, y1) = best.coords[0], best.coords[-1]
    over = 4.0 / best.length  # reach a little past the riverside road so that the crossing is a node
    return shapely.LineString(
        [(x0 - (x1 - x0) * over, y0 - (y1 - y0) * over), (x1 + (x1 - x0) * over, y1 + (y1 - y0) * over)]
    )


def _thin_out(
    generator: np.random.Generator, pieces: list[shapely.LineString], drawing: _Drawing
) -> list[shapely.LineString]:
    """Take out a share of the small streets, the edges of slivers and short stubs; keep the connected part."""
    local = np.array([rank == STREET for rank in _ranks(pieces, drawing)])
    removed = local & (generator.random(len(pieces)) < 0.07)
    pieces = [piece for piece, out in zip(pieces, removed, strict=True) if not out]
    for _round in range(3):
        pieces = _open_slivers(pieces)
        pieces = _drop_stubs(pieces)
    merged = shapely.line_merge(shapely.multilinestrings(pieces))
    pieces = list(shapely.get_parts(shapely.unary_union(merged, grid_size=0.5)))
    ends, count = _nodes(pieces)[:2]
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    label = connected_components(graph, directed=False)[1][ends[:, 0]]
    largest = int(np.argmax(np.bincount(label)))
    return [piece for piece, own in zip(pieces, label, strict=True) if own == largest]


def _open_slivers(pieces: list[shapely.LineString]) -> list[shapely.LineString]:
    """Remove the longest side of every face too small or too thin to build on."""
    faces = np.array(shapely.get_parts(shapely.polygonize(pieces)))
    area, around = shapely.area(faces), shapely.length(faces)
    slivers = faces[(area < 1600.0) | (12.57 * area / around**2 < 0.22) & (area < 9000.0)]
    tree = shapely.STRtree(pieces)
    gone: set[int] = set()
    for sliver in slivers:
        sides = [int(i) for i in tree.query(sliver.exterior, predicate="covered_by") if int(i) not in gone]
        sides = sides or [int(i) for i in tree.query(sliver.exterior.buffer(0.6), predicate="contains")]
        if sides:
            gone.add(max(sides, key=lambda i: (round(pieces[i].length, 3), -i)))
    return [piece for number, piece in enumerate(pieces) if number not in gone]


def _drop_stubs(pieces: list[shapely.LineString], shortest_m: float = 25.0) -> list[shapely.LineString]:
    ends, count, _ = _nodes(pieces)
    degree = np.bincount(ends.ravel(), minlength=count)
    dangling = (degree[ends] == 1).any(axis=1) & (shapely.length(pieces) < shortest_m)
    return [piece for piece, out in zip(pieces, dangling, strict=True) if not out]


def _nodes(pieces: list[shapely.LineString]) -> tuple[Integers, int, Floats]:
    """End nodes of every piece (numbered), how many there are, and where."""
    tips = np.array([[piece.coords[0], piece.coords[-1]] for piece in pieces]).reshape(-1, 2)
    places, number = np.unique(np.round(tips, 1), axis=0, return_inverse=True)
    return number.reshape(-1, 2).astype(np.int64), len(places), places


def _owners(pieces: list[shapely.LineString], drawing: _Drawing) -> Integers:
    """For every piece the drawn line it came from: the one nearest to its middle."""
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    owners: Integers = shapely.STRtree(drawing.lines).query_nearest(middles, all_matches=False)[1].astype(np.int64)
    return owners


def _ranks(pieces: list[shapely.LineString], drawing: _Drawing) -> Integers:
    return np.array(drawing.rank, dtype=np.int64)[_owners(pieces, drawing)]


def _network(pieces: list[shapely.LineString], drawing: _Drawing) -> StreetNetwork:
    owner = _owners(pieces, drawing)
    used, street = np.unique(owner, return_inverse=True)
    ends, _, places = _nodes(pieces)
    rank = np.array(drawing.rank, dtype=np.int64)
    return StreetNetwork(
        lines=pieces,
        rank=rank[owner],
        street=street.astype(np.int64),
        courses=[drawing.lines[number] for number in used],
        ends=ends,
        nodes=places,
    )


def is_street_ground(network: StreetNetwork) -> Flags:
    """Pieces with ground beside them: everything but bridges."""
    return np.asarray(network.rank != BRIDGE)
