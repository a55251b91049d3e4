"""Density along streets: incidents per kilometre of street, with distances measured along the network."""

from __future__ import annotations

import geopandas
import numpy as np
import shapely
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from analysis.arrays import AnyArray, FloatArray, IntArray, Numbers
from analysis.checks import require_points, require_positive, require_projected, require_weights
from analysis.density import Edge
from analysis.errors import EmptyInputError, OutsideMaskError, ParameterError, TooLargeForMethodError

SNAP_M = 0.1
"""Ends of street pieces nearer than this are one crossing."""
MOST_OFF_STREET_M = 100.0
MOST_PAIRS = 60_000_000
NODES_AT_ONCE = 256
M_PER_KM = 1000.0


def street_density(
    streets: geopandas.GeoDataFrame,
    x: Numbers,
    y: Numbers,
    weights: Numbers | None = None,
    *,
    bandwidth_m: float,
    lixel_m: float = 20.0,
    edge: Edge | None = "uniform",
) -> geopandas.GeoDataFrame:
    """Quartic density of incidents per kilometre of street on pieces (lixels) of at most `lixel_m`.

    `streets` are lines that meet at their ends. Each incident goes to its nearest street (at most 100 m off) and acts
    along the shortest way, exactly from its own place; a lixel is asked at its middle. `edge` divides by the length of
    street in reach, weighted by the kernel: "uniform" as seen from the lixel (an even street is even), "diggle" as seen
    from the incident (the density adds up to the incidents). None gives the plain sum over a straight street.

    Returns one row a lixel: geometry, `street` (row number of the street), `length_m`, `density_per_km`; the attribute
    `attrs["off_street"]` counts incidents left out.

    Raises `UnprojectedCoordinatesError`, `EmptyInputError`, `OutsideMaskError` when no incident is near a street,
    `TooLargeForMethodError`, `ParameterError`.

    Source: Okabe, Satoh & Sugihara 2009 (density on networks); shortest ways by Dijkstra 1959. The kernel is the simple
    one by distance, with the edge correction of Diggle 1985 carried to networks.
    """
    require_projected(streets)
    reach = require_positive("bandwidth_m", bandwidth_m)
    network = _Network(streets, require_positive("lixel_m", lixel_m), reach)
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    incidents, used = network.placed(east, north)
    if not used.any():
        raise OutsideMaskError("None of the {count} incidents lies within {limit} m of a street.",
                               count=int(east.size), limit=MOST_OFF_STREET_M)  # fmt: skip
    if edge not in ("uniform", "diggle", None):
        raise ParameterError("The edge correction {edge} is not known; there are uniform, diggle and none.", edge=edge)
    density = network.sums(incidents, weight[used], share_out=edge == "diggle")
    if edge == "uniform":
        density /= network.mass()
    elif edge is None:
        density *= 15.0 / 16.0 / reach
    table = network.table()
    table["density_per_km"] = density * M_PER_KM
    table.attrs["off_street"] = int((~used).sum())
    return table


class _Places:
    """Places on streets: number of the street and metres from its start, (n,) each."""

    def __init__(self, street: IntArray, along: FloatArray) -> None:
        self.street, self.along = street, along


class _Network:
    """Streets, their crossings and their lixels, and shortest ways up to a reach."""

    def __init__(self, streets: geopandas.GeoDataFrame, lixel_m: float, reach_m: float) -> None:
        lines, row = shapely.get_parts(streets.geometry.to_numpy(), return_index=True)
        keep = (shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 0)
        if not keep.any():
            raise EmptyInputError("There are no streets.")
        self.lines, self.row, self.crs = lines[keep], row[keep], streets.crs
        self.length, self.reach = shapely.length(self.lines), reach_m
        self.start, self.end = self._crossings()
        pieces = np.maximum(1, np.ceil(self.length / lixel_m)).astype(np.int64)
        self.first = np.concatenate([[0], np.cumsum(pieces)])
        self.piece_m = self.length / pieces
        street = np.repeat(np.arange(self.lines.size), pieces)
        number = np.arange(street.size) - self.first[street]
        self.lixels = _Places(street, (number + 0.5) * self.piece_m[street])
        self.ways = self._ways()
        self.at_crossing = self._at_crossing()
        self._mass: FloatArray | None = None

    def _crossings(self) -> tuple[IntArray, IntArray]:
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(self.lines, end)) for end in (0, -1)])
        keys = np.rint(ends / SNAP_M).astype(np.int64)
        _, number = np.unique(keys, axis=0, return_inverse=True)
        number = np.asarray(number, dtype=np.int64).reshape(-1)
        self.crossings = int(number.max()) + 1
        return number[: self.lines.size], number[self.lines.size :]

    def _ways(self) -> sparse.csr_array:
        """Shortest way between crossings within reach; zero distances are kept as a hair's breadth."""
        order = np.lexsort((self.length, self.end, self.start))
        one, other, length = self.start[order], self.end[order], self.length[order]
        new = np.append(True, (np.diff(one) != 0) | (np.diff(other) != 0))
        shape = (self.crossings, self.crossings)
        graph = sparse.csr_array((length[new], (one[new], other[new])), shape=shape)
        parts = []
        for start in range(0, self.crossings, NODES_AT_ONCE):
            nodes = np.arange(start, min(start + NODES_AT_ONCE, self.crossings))
            distance = dijkstra(graph, directed=False, indices=nodes, limit=self.reach)
            near = np.nonzero(np.isfinite(distance))
            values = np.maximum(distance[near], 1e-9)
            parts.append(sparse.csr_array((values, near), shape=(nodes.size, self.crossings)))
        return sparse.csr_array(sparse.vstack(parts))

    def _at_crossing(self) -> sparse.csr_array:
        """Which streets start or end at each crossing, (crossings, streets)."""
        crossing = np.concatenate([self.start, self.end])
        street = np.tile(np.arange(self.lines.size), 2)
        shape = (self.crossings, self.lines.size)
        return sparse.csr_array((np.ones(crossing.size), (crossing, street)), shape=shape)

    def placed(self, x: FloatArray, y: FloatArray) -> tuple[_Places, AnyArray]:
        """The nearest place on a street of each point, and which points are near enough to one."""
        points = shapely.points(x, y)
        number, street = shapely.STRtree(self.lines).query_nearest(
            points, max_distance=MOST_OFF_STREET_M, all_matches=False
        )
        order = np.argsort(number, kind="stable")
        number, street = number[order], street[order]
        used = np.zeros(x.size, dtype=np.bool_)
        used[number] = True
        return _Places(street, shapely.line_locate_point(self.lines[street], points[number])), used

    def mass(self) -> FloatArray:
        """Metres of street in reach of each lixel's middle, weighted by the kernel."""
        if self._mass is None:
            self._mass = self.sums(self.lixels, self.piece_m[self.lixels.street])
        return self._mass

    def sums(self, places: _Places, weights: FloatArray, *, share_out: bool = False) -> FloatArray:
        """Σ w·(1 − d²/h²)² over the places within reach of each lixel's middle, d along the network.

        With `share_out` each place's weight is shared out among the metres of street it reaches.
        """
        order = np.argsort(places.street, kind="stable")
        street, along, weight = places.street[order], places.along[order], weights[order]
        first = np.searchsorted(street, np.arange(self.lines.size + 1))
        sums = np.zeros(self.lixels.street.size)
        pairs = 0
        for number in np.unique(street).tolist():
            part = slice(first[number], first[number + 1])
            lixel, distance = self._from_street(number, along[part])
            pairs += distance.size
            if pairs > MOST_PAIRS:
                raise TooLargeForMethodError(
                    "Streets and incidents make over {limit} pairs: choose a smaller bandwidth or fewer incidents.",
                    limit=MOST_PAIRS,
                )
            near = np.maximum(1.0 - (distance / self.reach) ** 2, 0.0) ** 2
            acting = weight[part]
            if share_out:
                acting = acting / (near @ self.piece_m[self.lixels.street[lixel]])
            sums[lixel] += acting @ near
        return sums

    def _from_street(self, number: int, along: FloatArray) -> tuple[IntArray, FloatArray]:
        """Lixels in reach of a street and their distance from places on it: (lixels,), (places, lixels)."""
        start, end = int(self.start[number]), int(self.end[number])
        near = np.concatenate([self.ways.indices[self._row(start)], self.ways.indices[self._row(end)]])
        streets = np.unique(np.append(self.at_crossing[near].indices, number))
        lixel = np.concatenate([np.arange(self.first[one], self.first[one + 1]) for one in streets.tolist()])
        by_start, by_end = self._to_lixels(start, lixel), self._to_lixels(end, lixel)
        distance = np.minimum(along[:, None] + by_start, self.length[number] - along[:, None] + by_end)
        own = self.lixels.street[lixel] == number
        direct = np.abs(along[:, None] - self.lixels.along[lixel[own]])
        distance[:, own] = np.minimum(distance[:, own], direct)
        return lixel, distance

    def _row(self, crossing: int) -> slice:
        """Where the crossings in reach of one lie in the table of ways."""
        return slice(self.ways.indptr[crossing], self.ways.indptr[crossing + 1])

    def _to_lixels(self, node: int, lixel: IntArray) -> FloatArray:
        """Distance from a crossing to the middle of each lixel, infinite beyond reach."""
        row = self._row(node)
        distance = np.full(self.crossings, np.inf)
        distance[self.ways.indices[row]] = self.ways.data[row]
        street, along = self.lixels.street[lixel], self.lixels.along[lixel]
        return np.asarray(
            np.minimum(distance[self.start[street]] + along, distance[self.end[street]] + self.length[street] - along)
        )

    def table(self) -> geopandas.GeoDataFrame:
        """The lixels as lines."""
        street = self.lixels.street
        half = self.piece_m[street] / 2.0
        shapes = _pieces(self.lines[street], self.lixels.along - half, self.lixels.along + half)
        return geopandas.GeoDataFrame(
            {"street": self.row[street], "length_m": self.piece_m[street]}, geometry=shapes, crs=self.crs
        )


def _pieces(lines: AnyArray, start: FloatArray, end: FloatArray) -> AnyArray:
    """The piece of each line between two distances along it, its corners kept."""
    pieces = np.empty(lines.size, dtype=object)
    for number, (line, low, high) in enumerate(zip(lines, start.tolist(), end.tolist(), strict=True)):
        corners = shapely.get_coordinates(line)
        at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        inner = corners[(at > low) & (at < high)]
        ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [low, high]))
        pieces[number] = shapely.LineString(np.vstack([ends[:1], inner, ends[1:]]))
    return pieces
