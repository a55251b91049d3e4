"""One camera of the register as the analysis sees it: where its eye is, which way it looks, what it then sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis import viewshed
from analysis.viewshed import Buildings, EyeInsideBuildingError
from cameras.models import Camera, CameraKind
from cameras.services.content import ASSUMED
from cameras.services.ground import Ground

FLAT, ON_TERRAIN = "walls", "walls+dtm"
CELL_M = 2.0
TARGET_HEIGHT_M = 0.0
FACADE_M = 0.3  # a camera drawn inside its own wall hangs this far outside it
DEEPEST_IN_WALL_M = 3.0  # deeper inside a building it is a wrong point, not a facade camera
NO_HEADING, INSIDE_BUILDING = "without_heading", "inside_a_building"


@dataclass(frozen=True, eq=False)
class View:
    """What a camera sees (metres), or why that cannot be said, and what was taken for it."""

    area: BaseGeometry = field(default_factory=shapely.MultiPolygon)
    problem: str = ""
    buildings: int = 0
    assumed_heights: int = 0
    public_space: str = ""
    field_of_view_deg: float | None = None
    assumed: tuple[str, ...] = ()
    moved_m: float = 0.0
    model: str = FLAT
    unknown_ground_ratio: float = 0.0


def view_of(camera: Camera, *, at: shapely.Point, ground: Ground) -> View:
    """The public ground a camera sees from its place in metres.

    A dome sees all around: what it could see, not what it looks at. Any other camera whose heading nobody knows has
    no view: a full circle would claim ground that it turns its back on.
    """
    turns = camera.kind == CameraKind.DOME
    if not turns and camera.azimuth_deg is None:
        return View(problem=NO_HEADING)
    opening, assumed = (None, ()) if turns else _opening(camera)
    near = ground.near(at, camera.range_m + DEEPEST_IN_WALL_M)
    eye, moved_m = _eye(at, camera.height_m, ground.footprints[near], ground.heights_m[near])
    if eye is None:
        return View(problem=INSIDE_BUILDING, buildings=len(near))
    optics = viewshed.Camera(
        x=eye.x,
        y=eye.y,
        height_m=camera.height_m,
        range_m=camera.range_m,
        azimuth_deg=None if turns else camera.azimuth_deg,
        field_of_view_deg=opening,
    )
    walls = Buildings(footprints=list(ground.footprints[near]), heights_m=ground.heights_m[near])
    public = ground.public_within(viewshed.wedge_polygon(optics))
    terrain = ground.terrain_near(eye, camera.range_m)
    told = View(
        model=FLAT if terrain is None else ON_TERRAIN,
        unknown_ground_ratio=0.0 if terrain is None else round(float(np.isnan(terrain.heights_m).mean()), 4),
        buildings=len(near),
        assumed_heights=int(ground.assumed[near].sum()),
        public_space=ground.public_source,
        field_of_view_deg=opening,
        assumed=assumed,
        moved_m=round(moved_m, 3),
    )
    if public.area < 1.0:
        return told
    try:
        area = viewshed.coverage_polygon(
            optics,
            public_space=public,
            buildings=walls,
            terrain=terrain,
            cell_m=CELL_M,
            target_height_m=TARGET_HEIGHT_M,
        )
    except EyeInsideBuildingError:
        return View(problem=INSIDE_BUILDING, buildings=len(near))
    return replace(told, area=area)


def _opening(camera: Camera) -> tuple[float, tuple[str, ...]]:
    if camera.field_of_view_deg is not None:
        return camera.field_of_view_deg, ()
    return ASSUMED[CameraKind(camera.kind)]["field_of_view_deg"], ("field_of_view_deg",)


def _eye(
    at: shapely.Point, height_m: float, footprints: np.ndarray, heights_m: np.ndarray
) -> tuple[shapely.Point | None, float]:
    """Where the eye hangs: as registered, or just outside the wall it was drawn inside of; None deeper inside."""
    hosts = np.flatnonzero(shapely.contains(footprints, at) & (heights_m >= height_m))
    if not hosts.size:
        return at, 0.0
    wall = shapely.boundary(shapely.union_all(footprints[hosts]))
    foot = shapely.shortest_line(at, wall)
    depth = shapely.length(foot)
    if depth > DEEPEST_IN_WALL_M:
        return None, 0.0
    (x0, y0), (x1, y1) = shapely.get_coordinates(foot)
    if depth < 1e-6:
        return None, 0.0
    reach = (depth + FACADE_M) / depth
    eye = shapely.Point(x0 + (x1 - x0) * reach, y0 + (y1 - y0) * reach)
    blocked = shapely.contains(footprints, eye) & (heights_m >= height_m)
    return (None, 0.0) if blocked.any() else (eye, float(shapely.distance(at, eye)))
