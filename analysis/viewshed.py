"""What a camera sees of the ground: one exact ray per cell against walls and bare earth. Simple first, exact always."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray
from analysis.checks import require_area, require_finite, require_positive
from analysis.errors import NotFiniteError, ParameterError
from analysis.grid import Grid, study_grid

GRAZING_M = 1e-9
ARC_STEP_DEG = 1.0
FULL_TURN_DEG = 360.0


class EyeInsideBuildingError(ParameterError):
    """The camera stands inside a building below its roof."""


@dataclass(frozen=True)
class Camera:
    """A camera: place in metres, height of the eye above ground, azimuth (degrees clockwise from north, the middle of
    the picture), field of view (degrees) and range. Without azimuth or field of view it sees all around."""

    x: float
    y: float
    height_m: float
    range_m: float
    azimuth_deg: float | None = None
    field_of_view_deg: float | None = None

    def __post_init__(self) -> None:
        require_finite("camera", [self.x, self.y])
        require_positive("height_m", self.height_m)
        require_positive("range_m", self.range_m)
        if self.field_of_view_deg is not None and not 0 < self.field_of_view_deg <= FULL_TURN_DEG:
            raise ParameterError(
                "field_of_view_deg is {value}; it lies between 0 and 360.", value=self.field_of_view_deg
            )
        if self.azimuth_deg is not None and not np.isfinite(self.azimuth_deg):
            raise NotFiniteError("azimuth_deg is not a finite number.")

    @property
    def turns(self) -> bool:
        """Whether it may look in every direction."""
        return self.azimuth_deg is None or self.field_of_view_deg is None or self.field_of_view_deg >= FULL_TURN_DEG


@dataclass(frozen=True, eq=False)
class Terrain:
    """Bare earth: heights (rows, columns) at cell centres, row 0 the south, NaN where unknown; corner in metres."""

    x0: float
    y0: float
    cell_m: float
    heights_m: FloatArray

    def at(self, x: FloatArray | float, y: FloatArray | float) -> FloatArray:
        """Height at each place, bilinear between posts, NaN beyond the outermost ones."""
        column = (np.asarray(x, dtype=np.float64) - self.x0) / self.cell_m - 0.5
        row = (np.asarray(y, dtype=np.float64) - self.y0) / self.cell_m - 0.5
        rows, columns = self.heights_m.shape
        known = (column >= 0) & (column <= columns - 1) & (row >= 0) & (row <= rows - 1)
        left = np.clip(np.floor(column), 0, max(columns - 2, 0)).astype(np.int64)
        below = np.clip(np.floor(row), 0, max(rows - 2, 0)).astype(np.int64)
        right, above = np.minimum(left + 1, columns - 1), np.minimum(below + 1, rows - 1)
        east, north = column - left, row - below
        heights = self.heights_m
        low = heights[below, left] * (1 - east) + heights[below, right] * east
        high = heights[above, left] * (1 - east) + heights[above, right] * east
        return np.where(known, low * (1 - north) + high * north, np.nan)


@dataclass(frozen=True, eq=False)
class Buildings:
    """Footprints (polygonal, metres) and the height of each above its ground (n,)."""

    footprints: Sequence[BaseGeometry]
    heights_m: FloatArray


@dataclass(frozen=True, eq=False)
class Sight:
    """Cells seen, and cells that cannot be judged because the ground there is not known: (rows, columns) each."""

    visible: BoolArray
    unknown: BoolArray


def visible_cells(
    camera: Camera,
    *,
    grid: Grid,
    buildings: Buildings | None = None,
    terrain: Terrain | None = None,
    target_height_m: float = 0.0,
) -> Sight:
    """Which mask cells (public space) the camera sees, by the ray to each cell's centre.

    A ray is stopped by a wall it crosses whose roof is above it, and by ground above it (linear between the posts of
    every grid line crossed). A grazing ray sees. Roofs are flat, at the mean ground under the footprint's corners plus
    its height. Without `terrain` the ground is flat. The cell the camera stands in is seen.

    Raises `EyeInsideBuildingError` when the camera stands in a building below its roof, `NotFiniteError` when the
    ground under the camera is not known.

    Source: analysis of our own on vector walls and a bare-earth grid; segment intersection by cross products.
    """
    xs, ys = np.meshgrid(*grid.centres())
    own_cell = (np.abs(xs - camera.x) <= grid.cell_m / 2) & (np.abs(ys - camera.y) <= grid.cell_m / 2)
    targets = grid.mask & (in_wedge(camera, xs, ys) | own_cell)
    east, north, own = xs[targets] - camera.x, ys[targets] - camera.y, own_cell[targets]
    eye = _eye_elevation(camera, terrain)
    ground = np.zeros(east.size) if terrain is None else terrain.at(xs[targets], ys[targets])
    end = ground + target_height_m
    seen = np.isfinite(end)
    unknown = ~seen
    if buildings is not None:
        _hide_behind_walls(seen, (east, north, end), eye, _walls_near(camera, eye, buildings, terrain))
    if terrain is not None:
        _hide_behind_ground(seen, unknown, (east, north, end), eye, camera, terrain)
    visible, dark = np.zeros(grid.shape, dtype=np.bool_), np.zeros(grid.shape, dtype=np.bool_)
    visible[targets], dark[targets] = seen | own, unknown & ~own
    return Sight(visible, dark)


def coverage_polygon(
    camera: Camera,
    *,
    public_space: BaseGeometry,
    buildings: Buildings | None = None,
    terrain: Terrain | None = None,
    cell_m: float = 2.0,
    target_height_m: float = 0.0,
) -> shapely.MultiPolygon:
    """The public space a camera sees, as polygons in metres: the cells seen, clipped to wedge, range and public space.

    Empty when nothing of the public space lies in the wedge. Raises as `visible_cells`.
    """
    wedge = wedge_polygon(camera)
    reachable = shapely.intersection(require_area(public_space), wedge)
    if reachable.area == 0:
        return shapely.MultiPolygon()
    grid = study_grid(reachable, cell_m=cell_m)
    sight = visible_cells(camera, grid=grid, buildings=buildings, terrain=terrain, target_height_m=target_height_m)
    return _polygons(shapely.intersection(cells_polygon(sight.visible, grid), reachable))


def in_wedge(camera: Camera, x: FloatArray, y: FloatArray) -> BoolArray:
    """Whether each place lies within the camera's range and field of view (which may wrap through north or south)."""
    east, north = x - camera.x, y - camera.y
    near = np.asarray(np.hypot(east, north) <= camera.range_m)
    if camera.turns:
        return near
    assert camera.azimuth_deg is not None
    assert camera.field_of_view_deg is not None
    off = np.degrees(np.arctan2(east, north)) - camera.azimuth_deg
    off = (off + 180.0) % FULL_TURN_DEG - 180.0
    return np.asarray(near & (np.abs(off) <= camera.field_of_view_deg / 2))


def wedge_polygon(camera: Camera) -> shapely.Polygon:
    """Range and field of view as a polygon whose arc is drawn in steps of at most a degree, outside the true arc."""
    if camera.turns:
        start, width = 0.0, FULL_TURN_DEG
    else:
        assert camera.azimuth_deg is not None
        assert camera.field_of_view_deg is not None
        start, width = camera.azimuth_deg - camera.field_of_view_deg / 2, camera.field_of_view_deg
    steps = max(1, int(np.ceil(width / ARC_STEP_DEG)))
    reach = camera.range_m / np.cos(np.radians(width / steps / 2))
    angle = np.radians(start + width * np.arange(steps + 1) / steps)
    arc = np.column_stack([camera.x + reach * np.sin(angle), camera.y + reach * np.cos(angle)])
    if camera.turns:
        return shapely.Polygon(arc)
    return shapely.Polygon(np.vstack([[camera.x, camera.y], arc]))


def cells_polygon(cells: BoolArray, grid: Grid) -> shapely.MultiPolygon:
    """The union of a set of cells; runs along a row are one box before they are joined."""
    padded = np.pad(cells, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, stops = np.nonzero(change == -1)
    south = grid.y0 + rows * grid.cell_m
    boxes = shapely.box(grid.x0 + starts * grid.cell_m, south, grid.x0 + stops * grid.cell_m, south + grid.cell_m)
    return _polygons(shapely.union_all(boxes))


def _polygons(geometry: BaseGeometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(parts)


def _eye_elevation(camera: Camera, terrain: Terrain | None) -> float:
    if terrain is None:
        return camera.height_m
    ground = float(terrain.at(camera.x, camera.y))
    if not np.isfinite(ground):
        raise NotFiniteError("The ground under the camera at ({x}, {y}) is not known.", x=camera.x, y=camera.y)
    return ground + camera.height_m


def _walls_near(camera: Camera, eye: float, buildings: Buildings, terrain: Terrain | None) -> FloatArray:
    """Walls within range, (walls, 5): both ends relative to the camera and the roof's elevation, nearest first."""
    point = shapely.Point(camera.x, camera.y)
    heights = require_finite("heights_m", buildings.heights_m)
    if heights.size != len(buildings.footprints):
        raise ParameterError(
            "There are {count} footprints but {heights} heights.", count=len(buildings.footprints), heights=heights.size
        )
    walls = []
    for footprint, height in zip(buildings.footprints, heights.tolist(), strict=True):
        if shapely.distance(footprint, point) > camera.range_m:
            continue
        roof = height + _ground_under(footprint, terrain)
        if shapely.contains(footprint, point) and eye <= roof:
            raise EyeInsideBuildingError(
                "The camera at ({x}, {y}) stands inside a building below its roof.", x=camera.x, y=camera.y
            )
        walls.append(_walls_of(footprint, roof, camera))
    if not walls:
        return np.zeros((0, 5))
    every = np.vstack(walls)
    return every[np.argsort(_distance_to_origin(every), kind="stable")]


def _ground_under(footprint: BaseGeometry, terrain: Terrain | None) -> float:
    if terrain is None:
        return 0.0
    corners = shapely.get_coordinates(footprint)
    ground = terrain.at(corners[:, 0], corners[:, 1])
    return float(np.nanmean(ground)) if np.isfinite(ground).any() else 0.0


def _walls_of(footprint: BaseGeometry, roof: float, camera: Camera) -> FloatArray:
    """Every edge of every ring, holes too."""
    edges = []
    for part in shapely.get_parts(footprint):
        for ring in shapely.get_rings(part):
            corners = shapely.get_coordinates(ring) - [camera.x, camera.y]
            edges.append(np.column_stack([corners[:-1], corners[1:], np.full(len(corners) - 1, roof)]))
    return np.vstack(edges)


def _distance_to_origin(walls: FloatArray) -> FloatArray:
    start, along = walls[:, :2], walls[:, 2:4] - walls[:, :2]
    length = np.maximum((along**2).sum(axis=1), 1e-18)
    part = np.clip(-(start * along).sum(axis=1) / length, 0.0, 1.0)
    nearest = start + part[:, None] * along
    return np.asarray(np.hypot(nearest[:, 0], nearest[:, 1]))


def _hide_behind_walls(
    seen: BoolArray, target: tuple[FloatArray, FloatArray, FloatArray], eye: float, walls: FloatArray
) -> None:
    """Clear the targets whose ray meets a wall with its roof above the ray; both ends of a wall belong to it."""
    east, north, end = target
    for ax, ay, bx, by, roof in walls.tolist():
        left = np.flatnonzero(seen)
        if not left.size:
            return
        px, py, dx, dy = east[left], north[left], bx - ax, by - ay
        across = px * dy - py * dx
        with np.errstate(divide="ignore", invalid="ignore"):
            along_ray = (ax * dy - ay * dx) / across
            along_wall = (ax * py - ay * px) / across
        meets = (across != 0) & (along_ray > 0) & (along_ray < 1) & (along_wall >= 0) & (along_wall <= 1)
        ray = eye + along_ray * (end[left] - eye)
        seen[left[meets & (roof > ray + GRAZING_M)]] = False


def _hide_behind_ground(
    seen: BoolArray,
    unknown: BoolArray,
    target: tuple[FloatArray, FloatArray, FloatArray],
    eye: float,
    camera: Camera,
    terrain: Terrain,
) -> None:
    """Clear the targets whose ray passes below ground on a line of posts it crosses; unknown ground is told apart."""
    east, north, end = target
    for ray, start, first, size, turned in (
        (east, camera.x, terrain.x0, terrain.heights_m.shape[1], False),
        (north, camera.y, terrain.y0, terrain.heights_m.shape[0], True),
    ):
        reach = np.abs(ray).max(initial=0.0)
        posts = first + (np.arange(size) + 0.5) * terrain.cell_m - start
        for offset in posts[np.abs(posts) < reach].tolist():
            left = np.flatnonzero(seen & (ray * offset > 0) & (np.abs(ray) > abs(offset)))
            part = offset / ray[left]
            x, y = camera.x + part * east[left], camera.y + part * north[left]
            ground = (
                terrain.at(np.full(left.size, camera.x + offset), y)
                if not turned
                else terrain.at(x, np.full(left.size, camera.y + offset))
            )
            height = eye + part * (end[left] - eye)
            seen[left[~(ground <= height + GRAZING_M)]] = False
            unknown[left[np.isnan(ground)]] = True
