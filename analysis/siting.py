"""Where the next cameras could go and what each would see: candidate sites, types of camera, demand, their matrix."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.camera_coverage import cover_places
from analysis.camera_view import CameraView, SightRules
from analysis.checks import require_area, require_finite, require_points, require_positive, require_weights
from analysis.errors import AnalysisError, EmptyInputError, ParameterError, TooLargeForMethodError
from analysis.grid import Grid
from analysis.optics import FULL_TURN_DEG
from analysis.progress import Report, silent
from analysis.scene import Scene

FACADE_M = 0.3
NODE_M = 0.1
MOST_ENTRIES = 60_000_000


@dataclass(frozen=True)
class Device:
    """A camera that can be bought. Without `azimuths` (0) it turns all round; else it is fixed, at one of so many even
    headings. `cost` is in any unit, the budget's.
    """

    code: str
    cost: float
    height_m: float
    range_m: float
    field_of_view_deg: float
    azimuths: int = 0
    pixels_across: int = 1920
    pixels_down: int = 1080

    def __post_init__(self) -> None:
        require_positive("cost", self.cost)
        self.view_at(0.0, 0.0)

    def view_at(self, x: float, y: float) -> CameraView:
        """The device at a place, looking all round."""
        return CameraView(
            x,
            y,
            self.height_m,
            self.range_m,
            field_of_view_deg=self.field_of_view_deg,
            pixels_across=self.pixels_across,
            pixels_down=self.pixels_down,
        )


@dataclass(frozen=True, eq=False)
class Demand:
    """Places that are worth seeing: x, y, weight (n,); weight that existing cameras see already, left out of them."""

    x: FloatArray
    y: FloatArray
    weights: FloatArray
    already: float


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """What could be chosen: per column its site, device, azimuth (NaN: all round) and cost; `sees` is a matrix
    (columns × demand places, CSR, ones); `weights` of the places; sites that cannot hold a camera, with the reason.
    """

    sites_x: FloatArray
    sites_y: FloatArray
    devices: tuple[Device, ...]
    site: IntArray
    device: IntArray
    azimuth_deg: FloatArray
    costs: FloatArray
    sees: sparse.csr_array
    weights: FloatArray
    already: float
    refused: dict[int, AnalysisError]

    @property
    def columns(self) -> int:
        """How many choices there are."""
        return int(self.site.size)


# --- demand ------------------------------------------------------------------------------------------------


def demand_points(
    x: Numbers, y: Numbers, weights: Numbers | None = None, *, covered: BoolArray | None = None
) -> Demand:
    """Incidents weighted by harm, or any places; those already `covered` (n,) are left out and told.

    Raises as `require_points` and `require_weights`; `EmptyInputError` where nothing is left to see.
    """
    east, north = require_points(x, y)
    weight = require_weights(weights, east.size)
    open_ = np.ones(east.size, dtype=np.bool_) if covered is None else ~covered
    kept = open_ & (weight > 0)
    if not kept.any():
        raise EmptyInputError("Nothing is left to be seen: existing cameras cover all demand, or its weight is zero.")
    return Demand(east[kept], north[kept], weight[kept], float(weight[~open_].sum()))


def demand_cells(weights: FloatArray, grid: Grid, *, covered: BoolArray | None = None) -> Demand:
    """Public cells with weight (rows, columns): hot spots, street cells, a drawn area. Raises `EmptyInputError`."""
    rows, columns = np.nonzero(grid.mask & (weights > 0))
    if not rows.size:
        raise EmptyInputError("Nothing is left to be seen: existing cameras cover all demand, or its weight is zero.")
    xs, ys = grid.centres()
    seen = None if covered is None else covered[rows, columns]
    return demand_points(xs[columns], ys[rows], weights[rows, columns], covered=seen)


# --- sites -------------------------------------------------------------------------------------------------


def facade_sites(
    footprints: Sequence[BaseGeometry], *, spacing_m: float = 15.0, offset_m: float = FACADE_M
) -> FloatArray:
    """Places (n, 2) along the outside of buildings, `offset_m` before the wall; not those inside a neighbour."""
    step = require_positive("spacing_m", spacing_m)
    outside = shapely.buffer(list(footprints), offset_m, join_style="mitre")
    rings = shapely.get_exterior_ring(shapely.get_parts(outside))
    along = [np.arange(step / 2, max(length, step), step) for length in shapely.length(rings)]
    owner = np.repeat(np.arange(len(rings)), [len(one) for one in along])
    points = shapely.line_interpolate_point(rings[owner], np.fromiter(chain(*along), dtype=np.float64))
    tree = shapely.STRtree(list(footprints))
    blocked = np.unique(tree.query(points, predicate="intersects")[0])
    return _coordinates(np.delete(points, blocked))


def corner_sites(streets: Sequence[BaseGeometry]) -> FloatArray:
    """Places (n, 2) where at least three ends of street segments meet, after all crossings are made nodes."""
    noded = shapely.get_parts(shapely.line_merge(shapely.union_all(list(streets), grid_size=NODE_M)))
    lines = noded[shapely.get_type_id(noded) == shapely.GeometryType.LINESTRING]
    ends = np.concatenate([_coordinates(shapely.get_point(lines, 0)), _coordinates(shapely.get_point(lines, -1))])
    places, count = np.unique(np.round(ends / NODE_M).astype(np.int64), axis=0, return_counts=True)
    return np.asarray(places[count >= 3] * NODE_M)


def grid_sites(area: BaseGeometry, *, spacing_m: float) -> FloatArray:
    """Places (n, 2) on a square grid inside an area."""
    step = require_positive("spacing_m", spacing_m)
    area = require_area(area)
    west, south, east, north = area.bounds
    xs, ys = np.meshgrid(
        np.arange(np.ceil(west / step) * step, east, step), np.arange(np.ceil(south / step) * step, north, step)
    )
    shapely.prepare(area)
    return np.asarray(np.column_stack([xs.ravel(), ys.ravel()])[shapely.contains_xy(area, xs, ys).ravel()])


def thinned_sites(places: FloatArray, *, apart_m: float) -> FloatArray:
    """Places (n, 2) in their order without those nearer than `apart_m` to an earlier one that was kept."""
    near = cKDTree(places).query_pairs(require_positive("apart_m", apart_m), output_type="ndarray")
    neighbours = sparse.coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(places),) * 2).tocsr()
    kept = np.ones(len(places), dtype=np.bool_)
    for one in range(len(places)):
        if kept[one]:
            kept[neighbours.indices[neighbours.indptr[one] : neighbours.indptr[one + 1]]] = False
    return np.asarray(places[kept])


# --- the matrix --------------------------------------------------------------------------------------------


def sight_matrix(
    sites: FloatArray,
    devices: Sequence[Device],
    demand: Demand,
    scene: Scene,
    rules: SightRules | None = None,
    *,
    threads: int = 1,
    report: Report = silent,
) -> SitingProblem:
    """What each device would see of the demand from each site (n, 2): the rays of `cover`, at the demand places alone.

    A site that refuses a camera (inside a building, without known ground) has no column and is told in `refused`.
    Raises `EmptyInputError` without sites, devices or anything in sight, `TooLargeForMethodError` past 60 million
    entries.
    """
    places = np.asarray(sites, dtype=np.float64).reshape(-1, 2)
    require_finite("sites", places)
    if not (len(places) and devices):
        raise EmptyInputError("There are no candidate sites or no types of camera.")
    points = np.column_stack([demand.x, demand.y])
    tree = cKDTree(points)
    near = max(device.range_m for device in devices)
    _ = scene.posts, scene.wall_posts

    def one(number: int) -> list[_Column] | AnalysisError:
        within = np.sort(np.array(tree.query_ball_point(places[number], near), dtype=np.int64))
        return _columns_of(places[number], devices, points[within], within, (scene, rules or SightRules()))

    found: list[list[_Column] | AnalysisError] = []
    entries = 0
    with ThreadPoolExecutor(threads) as pool:
        for number, told in enumerate(
            pool.map(one, range(len(places))) if threads > 1 else map(one, range(len(places)))
        ):
            if number % 100 == 0:
                report("sites", number, len(places))
            entries += 0 if isinstance(told, AnalysisError) else sum(column.seen.size for column in told)
            if entries > MOST_ENTRIES:
                raise TooLargeForMethodError(
                    "The sites see more than {limit} places in all: use fewer sites, a shorter range or larger cells.",
                    limit=MOST_ENTRIES,
                )
            found.append(told)
    report("sites", len(places), len(places))
    return _problem(places, tuple(devices), demand, found)


@dataclass(frozen=True, eq=False)
class _Column:
    device: int
    azimuth_deg: float
    seen: IntArray


def _columns_of(
    place: FloatArray,
    devices: Sequence[Device],
    points: FloatArray,
    numbers: IntArray,
    world: tuple[Scene, SightRules],
) -> list[_Column] | AnalysisError:
    """The columns of one site: each device once all round, a fixed one cut into its headings."""
    columns = []
    for which, device in enumerate(devices):
        try:
            told = cover_places(device.view_at(*place), world[0], points, world[1]) > 0
        except AnalysisError as error:
            return error
        if not device.azimuths:
            columns.append(_Column(which, np.nan, numbers[told]))
            continue
        offset = points[told] - place
        bearing = np.degrees(np.arctan2(offset[:, 0], offset[:, 1]))
        for azimuth in np.arange(device.azimuths) * FULL_TURN_DEG / device.azimuths:
            off = np.abs((bearing - azimuth + 180.0) % FULL_TURN_DEG - 180.0)
            columns.append(_Column(which, float(azimuth), numbers[told][off <= device.field_of_view_deg / 2]))
    return [column for column in columns if column.seen.size]


def _problem(
    places: FloatArray, devices: tuple[Device, ...], demand: Demand, found: list[list[_Column] | AnalysisError]
) -> SitingProblem:
    refused = {number: told for number, told in enumerate(found) if isinstance(told, AnalysisError)}
    listed = [
        (number, column) for number, told in enumerate(found) if not isinstance(told, AnalysisError) for column in told
    ]
    if not listed:
        raise EmptyInputError("No candidate site sees any of the demand.")
    seen = [column.seen for _, column in listed]
    starts = np.concatenate([[0], np.cumsum([one.size for one in seen])])
    rows = np.concatenate(seen)
    return SitingProblem(
        sites_x=places[:, 0],
        sites_y=places[:, 1],
        devices=devices,
        site=np.array([number for number, _ in listed], dtype=np.int64),
        device=np.array([column.device for _, column in listed], dtype=np.int64),
        azimuth_deg=np.array([column.azimuth_deg for _, column in listed]),
        costs=np.array([devices[column.device].cost for _, column in listed], dtype=np.float64),
        sees=sparse.csr_array((np.ones(rows.size), rows, starts), shape=(len(listed), demand.weights.size)),
        weights=demand.weights,
        already=demand.already,
        refused=refused,
    )


def merged(problem: SitingProblem) -> tuple[sparse.csr_array, FloatArray]:
    """Matrix and weights with places that the same columns see made one, weights added: exact, and much smaller."""
    by_place = problem.sees.T.tocsr()
    by_place.sort_indices()
    indices = by_place.indices.astype(np.int32)
    first: dict[bytes, int] = {}
    target = np.empty(by_place.shape[0], dtype=np.int64)
    for place in range(by_place.shape[0]):
        run = indices[by_place.indptr[place] : by_place.indptr[place + 1]]
        target[place] = first.setdefault(run.tobytes(), len(first)) if run.size else -1
    seen = target >= 0
    weights = np.bincount(target[seen], problem.weights[seen], minlength=len(first)).astype(np.float64)
    _, keep = np.unique(target[seen], return_index=True)
    whole = by_place[np.flatnonzero(seen)[keep]].T.tocsr()
    runs = (whole.data, whole.indices.astype(np.int32), whole.indptr.astype(np.int32))
    return sparse.csr_array(runs, shape=whole.shape), weights


def _coordinates(points: npt.NDArray[np.object_]) -> FloatArray:
    return np.asarray(shapely.get_coordinates(points), dtype=np.float64)


def require_choice(cameras: int | None, budget: float | None, per_site: int) -> None:
    """Exactly one of a number and a budget, and at least one camera per site. Raises `ParameterError`."""
    if (cameras is None) == (budget is None):
        raise ParameterError("Give either a number of cameras or a budget.")
    if cameras is not None and cameras < 1:
        raise ParameterError("{name} is {value}; it must be a finite number above zero.", name="cameras", value=cameras)
    if budget is not None:
        require_positive("budget", budget)
    if per_site < 1:
        raise ParameterError(
            "{name} is {value}; it must be a finite number above zero.", name="per_site", value=per_site
        )
