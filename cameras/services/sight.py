"""One camera of the register as the analysis sees it: where its eye is, which way it looks, what it then sees."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from analysis.camera_coverage import CameraCoverage, cover
from analysis.camera_view import CameraView, SightRules
from analysis.optics import REFRACTION
from analysis.scene import EyeOutsideTerrainError, Scene
from analysis.tours import ExpectedCoverage, Preset, expected
from analysis.viewshed import EyeInsideBuildingError
from cameras.models import Camera, CameraKind, CoverageRules
from cameras.services.content import ASSUMED
from cameras.services.ground import Ground

FACADE_M = 0.3  # a camera drawn inside its own wall hangs this far outside it
DEEPEST_IN_WALL_M = 3.0  # deeper inside a building it is a wrong point, not a facade camera
EVENT_S = 60.0  # how long something lasts that a tour should catch
NO_HEADING, INSIDE_BUILDING, OUTSIDE_TERRAIN = "without_heading", "inside_a_building", "outside_the_terrain"


@dataclass(frozen=True, eq=False)
class View:
    """What a camera sees, or why that cannot be said, and what was taken for it."""

    coverage: CameraCoverage | None = None
    tour: ExpectedCoverage | None = None
    view: CameraView | None = None
    problem: str = ""
    buildings: int = 0
    assumed_heights: int = 0
    public_space: str = ""
    assumed: tuple[str, ...] = field(default=())
    moved_m: float = 0.0


def rules_of(rules: CoverageRules) -> SightRules:
    """The commune's rules as the analysis takes them."""
    return SightRules(
        edition=rules.edition,
        weakest=rules.weakest,
        target_height_m=rules.target_height_m,
        refraction=REFRACTION if rules.curvature else None,
    )


def view_of(camera: Camera, *, at: shapely.Point, ground: Ground, rules: CoverageRules) -> View:
    """The public ground a camera sees from its place in metres, and for a dome with a tour what the tour catches.

    A dome sees all around, at its narrowest angle: what it could see, not what it looks at. Any other camera whose
    heading nobody knows has no view: a full circle would claim ground that it turns its back on.
    """
    dome = camera.kind == CameraKind.DOME
    if not dome and camera.azimuth_deg is None:
        return View(problem=NO_HEADING)
    near = ground.near(at, camera.range_m + DEEPEST_IN_WALL_M)
    eye, moved_m = _eye(at, camera.height_m, ground.footprints[near], ground.heights_m[near])
    told = View(
        buildings=len(near),
        assumed_heights=int(ground.assumed[near].sum()),
        public_space=ground.public_source,
        moved_m=round(moved_m, 3),
    )
    if eye is None:
        return replace(told, problem=INSIDE_BUILDING)
    scene = ground.scene_around(eye, camera.range_m)
    view, assumed = optics_of(camera, eye=eye)
    try:
        seen = cover(view, scene, rules_of(rules))
    except EyeInsideBuildingError:
        return replace(told, problem=INSIDE_BUILDING)
    except EyeOutsideTerrainError:
        return replace(told, problem=OUTSIDE_TERRAIN)
    tour = _tour(camera, view, scene, rules) if dome else None
    return replace(told, coverage=seen, tour=tour, view=view, assumed=assumed)


def optics_of(camera: Camera, *, eye: shapely.Point) -> tuple[CameraView, tuple[str, ...]]:
    """A camera at a place as the analysis takes it, and the fields for which a usual value stands."""
    usual = ASSUMED[CameraKind(camera.kind)]
    dome = camera.kind == CameraKind.DOME
    opening = camera.tele_field_of_view_deg if dome else camera.field_of_view_deg
    name = "tele_field_of_view_deg" if dome else "field_of_view_deg"
    assumed = [name] if opening is None else []
    assumed += [known for known in ("pixels_wide",) if getattr(camera, known) is None]
    across = camera.pixels_wide or 1920
    view = CameraView(
        x=eye.x,
        y=eye.y,
        height_m=camera.height_m,
        range_m=camera.range_m,
        elevation_m=camera.elevation_m,
        azimuth_deg=None if dome else camera.azimuth_deg,
        field_of_view_deg=opening if opening is not None else usual[name],
        tilt_deg=None if dome else camera.tilt_deg,
        pixels_across=across,
        pixels_down=camera.pixels_high or round(across * 9 / 16),
    )
    return view, tuple(assumed)


def _tour(camera: Camera, head: CameraView, scene: Scene, rules: CoverageRules) -> ExpectedCoverage | None:
    presets = [
        Preset(
            replace(
                head,
                azimuth_deg=one.azimuth_deg,
                field_of_view_deg=one.field_of_view_deg,
                tilt_deg=one.tilt_deg,
            ),
            dwell_s=one.dwell_s,
            move_s=one.move_s,
        )
        for one in (camera.presets.all() if camera.pk else ())
    ]
    return expected(presets, scene, rules_of(rules), event_s=EVENT_S) if presets else None


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
