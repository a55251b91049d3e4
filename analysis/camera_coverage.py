"""The ground one camera sees, cell by cell, and in which class, on a lattice that all windows of a city share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from analysis.arrays import BoolArray, FloatArray
from analysis.camera_view import CameraView, SightRules
from analysis.compiled import warms
from analysis.errors import AnalysisError, ParameterError
from analysis.fences import Fence, fence_around
from analysis.grid import Grid
from analysis.groundlines import RING_STEPS, Horizon
from analysis.optics import FULL_TURN_DEG, WIDEST_PICTURE_DEG, sag_per_m2
from analysis.progress import Report, silent
from analysis.relief import Posts, Relief
from analysis.scene import SURFACE, Scene
from analysis.sightlines import ALL_ROUND, FRUSTUM, UNKNOWN_CELL, WEDGE, Picture, Sight, see, sees_places
from analysis.walls import walls_of

EXACT, HORIZON = "exact", "horizon"
BATCH = 64  # cameras between two reports of progress

ClassArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class CameraCoverage:
    """What one camera sees. `first_row`, `first_column` number the south-west cell: floor(y / cell_m), floor(x / …).

    `classes` (rows, columns), row 0 the south: 0 not seen, 1 the weakest class of `codes`, and so on; a cell of class k
    holds all classes up to k. `unknown` says where missing ground forbids a verdict: such cells are never seen.
    `terrain` is the method used, "exact" or "horizon"; `model` the scene's; `eye_m` the elevation of the eye.
    """

    first_row: int
    first_column: int
    cell_m: float
    classes: ClassArray
    unknown: BoolArray
    codes: tuple[str, ...]
    edition: str
    model: str
    terrain: str
    density: str
    target_height_m: float
    eye_m: float
    assumed: tuple[str, ...] = ()

    @property
    def visible(self) -> BoolArray:
        """Cells seen in any class."""
        return self.classes > 0

    @property
    def incomplete(self) -> bool:
        """Whether the ground of some cell in reach is not known."""
        return bool(self.unknown.any())

    def at_least(self, code: str) -> BoolArray:
        """Cells seen in a class or a better one. Raises `ParameterError` for a class that was not asked for."""
        if code not in self.codes:
            raise ParameterError("The class {code} is not among {codes}.", code=code, codes=", ".join(self.codes))
        return self.classes > self.codes.index(code)

    def areas_m2(self) -> dict[str, float]:
        """Square metres seen in each class or better."""
        count = np.bincount(self.classes.ravel(), minlength=len(self.codes) + 1)[::-1].cumsum()[::-1]
        return {code: float(count[k + 1]) * self.cell_m**2 for k, code in enumerate(self.codes)}

    def windows(self, grid: Grid) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Slices of a grid's arrays and of ours that hold the same cells. Raises `ParameterError` for other cells."""
        if not math.isclose(grid.cell_m, self.cell_m):
            raise ParameterError(
                "The coverage has cells of {ours} m and the grid of {other} m.", ours=self.cell_m, other=grid.cell_m
            )
        row = self.first_row - round(grid.y0 / grid.cell_m)
        column = self.first_column - round(grid.x0 / grid.cell_m)
        rows, columns = self.classes.shape
        top, right = min(row + rows, grid.rows), min(column + columns, grid.columns)
        bottom, left = min(max(row, 0), max(top, 0)), min(max(column, 0), max(right, 0))
        top, right = max(top, bottom), max(right, left)
        ours = slice(bottom - row, top - row), slice(left - column, right - column)
        return (slice(bottom, top), slice(left, right)), ours


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A camera made ready for the kernels."""

    sight: Sight
    picture: Picture
    limits: FloatArray
    terrain: str
    exact_m: float
    scene: Scene = field(repr=False)

    def world(self) -> tuple[Posts, Fence, Horizon]:
        """Ground, walls around the eye, and the horizon to be filled."""
        place = (self.sight.x, self.sight.y, self.sight.eye)
        fence = fence_around(self.scene.wall_posts, place, self.sight.reach_m, self.sight.sag)
        return self.scene.posts, fence, _horizon(self)


def cover(view: CameraView, scene: Scene, rules: SightRules | None = None) -> CameraCoverage:
    """The public ground that a camera sees, by one exact ray to each cell's centre, and in which class.

    Cells are first masked by range, public space, the picture (wedge; the exact frustum where the tilt is known) and
    the reach of the weakest class. A ray is stopped by a wall whose roof is above it, and by ground above it on any
    line between posts that it crosses. A grazing ray sees; the cell the camera stands in is seen.

    Raises `EyeOutsideTerrainError`, `EyeInsideBuildingError` (both `ParameterError`).
    Source: walls and bare earth kept apart, R3 over the ground (Franklin & Ray 1994).
    """
    rules = rules or SightRules()
    ready = _prepare(view, scene, rules)
    targets, sight = scene.targets, ready.sight
    bottom, top = _cells(sight.y, sight.reach_m, (targets.y, targets.step_y), targets.mask.shape[0])
    left, right = _cells(sight.x, sight.reach_m, (targets.x, targets.step_x), targets.mask.shape[1])
    classes = np.zeros((top - bottom, right - left), dtype=np.uint8)
    see(sight, ready.picture, targets, ready.world(), ready.limits, (bottom, left), classes)
    unknown = classes == UNKNOWN_CELL
    classes[unknown] = 0
    return CameraCoverage(
        first_row=round(scene.grid.y0 / scene.grid.cell_m) + bottom,
        first_column=round(scene.grid.x0 / scene.grid.cell_m) + left,
        cell_m=scene.grid.cell_m,
        classes=classes,
        unknown=unknown,
        codes=tuple(one.code for one in rules.classes),
        edition=rules.edition,
        model=scene.model,
        terrain=ready.terrain,
        density=rules.density,
        target_height_m=rules.target_height_m,
        eye_m=sight.eye,
        assumed=_assumed(view, scene),
    )


def cover_many(
    views: Sequence[CameraView],
    scene: Scene,
    rules: SightRules | None = None,
    *,
    threads: int = 1,
    report: Report = silent,
) -> Iterator[CameraCoverage | AnalysisError]:
    """The coverage of each camera in order, or the error that refused it; identical for any number of threads.

    Results are handed out one by one, so that a city of cameras need not lie in memory at once.
    """
    rules = rules or SightRules()
    _ = scene.posts, scene.wall_posts, scene.targets  # built once, before threads share them

    def one(view: CameraView) -> CameraCoverage | AnalysisError:
        try:
            return cover(view, scene, rules)
        except AnalysisError as error:
            return error

    waiting = iter(views)
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        while batch := list(islice(waiting, BATCH)):
            report("viewsheds", done, len(views))
            yield from pool.map(one, batch) if threads > 1 else map(one, batch)
            done += len(batch)
    report("viewsheds", done, len(views))


def cover_places(view: CameraView, scene: Scene, places: FloatArray, rules: SightRules | None = None) -> ClassArray:
    """Class (n,) in which a camera sees each of some places (n, 2), wherever they lie; 0 unseen or not known.

    The same rays as `cover`, without the mask of public space. Raises as `cover`.
    """
    ready = _prepare(view, scene, rules or SightRules())
    told = sees_places(ready.sight, ready.picture, ready.world(), ready.limits, np.ascontiguousarray(places))
    return np.where(told == UNKNOWN_CELL, 0, told).astype(np.uint8)


# --- made ready for the kernels ---------------------------------------------------------------------


def _prepare(view: CameraView, scene: Scene, rules: SightRules) -> _Prepared:
    x, y, eye = scene.eye_of(view)
    focal = view.focal_px
    limits = np.array([focal / one.px_per_m for one in rules.classes])
    chord = rules.density == "chord" and view.azimuth_deg is not None and view.opening_deg <= WIDEST_PICTURE_DEG
    weakest = limits[0] / math.cos(math.radians(view.opening_deg / 2)) if chord else limits[0]
    reach = float(min(view.range_m, weakest))
    sight = Sight(
        float(x), float(y), eye, float(rules.target_height_m), reach, sag_per_m2(rules.refraction), chord, False
    )
    exact = scene.ground is None or rules.terrain == EXACT or reach <= rules.exact_m
    terrain = EXACT if exact else HORIZON
    return _Prepared(sight, _picture(view), limits**2, terrain, rules.exact_m, scene)


def _horizon(ready: _Prepared) -> Horizon:
    posts, reach = ready.scene.posts, ready.sight.reach_m
    if ready.terrain == EXACT:
        return Horizon(np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.int64), 1.0, np.inf)
    step = min(posts.step_x, posts.step_y)
    rays = 1 << max(math.ceil(math.log2(6.0 * reach / step)), 6)
    ring_m = RING_STEPS * step
    slopes = np.empty((rays, int(reach / ring_m) + 2), dtype=np.float32)
    return Horizon(slopes, np.full(rays, -1, dtype=np.int64), ring_m, float(max(ready.exact_m, 2.5 * ring_m)))


def _picture(view: CameraView) -> Picture:
    azimuth = math.radians(view.azimuth_deg or 0.0)
    tilt = math.radians(view.tilt_deg or 0.0)
    sin_a, cos_a, sin_t, cos_t = math.sin(azimuth), math.cos(azimuth), math.sin(tilt), math.cos(tilt)
    half = math.radians(view.width_deg / 2)
    turning = view.pan_deg is not None or view.azimuth_deg is None
    shape = WEDGE
    if view.azimuth_deg is None or view.width_deg >= FULL_TURN_DEG:
        shape = ALL_ROUND
    elif not turning and view.tilt_deg is not None and view.opening_deg <= WIDEST_PICTURE_DEG:
        shape = FRUSTUM
    steepest = -math.inf if view.steepest_deg is None else -math.tan(math.radians(view.steepest_deg))
    return Picture(
        shape,
        (sin_a * cos_t, cos_a * cos_t, -sin_t),
        (cos_a, -sin_a, 0.0),
        (sin_a * sin_t, cos_a * sin_t, cos_t),
        math.tan(min(half, math.radians(WIDEST_PICTURE_DEG / 2))),
        math.tan(math.radians(view.vertical_deg / 2)),
        math.cos(half),
        steepest,
    )


def _cells(place: float, reach: float, axis: tuple[float, float], size: int) -> tuple[int, int]:
    """First cell and the one past the last whose centre lies within reach along one axis."""
    first, step = axis
    low = math.ceil((place - reach - first) / step - 1e-9)
    high = math.floor((place + reach - first) / step + 1e-9) + 1
    low = min(max(low, 0), size)
    return low, min(max(high, low), size)


def _assumed(view: CameraView, scene: Scene) -> tuple[str, ...]:
    told = list(view.assumed)
    if scene.model == SURFACE and scene.terrain is None and view.elevation_m is None:
        told.append("ground_from_surface")
    return tuple(told)


@warms
def _warm() -> None:
    """Every kernel, with walls and terrain, exact and by horizon."""
    grid = Grid(0.0, 0.0, 4.0, 8, 8, np.ones((8, 8), dtype=np.bool_))
    ground = Relief(-8.0, -8.0, 4.0, 4.0, np.zeros((16, 16), dtype=np.float32))
    view = CameraView(x=10.0, y=10.0, height_m=5.0, range_m=20.0)
    for exact_m in (100.0, 1.0):
        cover(view, Scene(grid, walls_of([], []), ground), SightRules(exact_m=exact_m))
    cover_places(view, Scene(grid), np.zeros((1, 2)))
