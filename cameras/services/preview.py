"""What a camera would see from a place and with a lens that nobody has saved: asked again while it is dragged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping

from analysis.camera_view import quality_rings
from analysis.coverage_polygons import class_polygons
from analysis.scene import FLAT, ON_TERRAIN, SURFACE
from cameras.models import Camera, CameraKind
from cameras.services import sight
from cameras.services.class_words import class_words
from cameras.services.content import checked, told_of, with_defaults
from cameras.services.ground import read_ground
from cameras.services.rules import coverage_rules
from geo.crs import geometry_to_metric, geometry_to_storage
from geo.errors import RefusedError

if TYPE_CHECKING:
    from geo.models import Commune

MARGIN_M = 10.0


@dataclass(frozen=True)
class Preview:
    """What would be seen: the camera with what was taken for it, classes with reach and ground, shapes in degrees."""

    camera: dict[str, Any]
    problem: str
    seen_m2: float
    model: str
    blind_m: float
    classes: list[dict[str, Any]]
    features: dict[str, Any]
    notes: list[str]


def preview_view(*, commune: Commune, content: dict[str, Any], camera: Camera | None = None) -> Preview:
    """What a camera sees now, or would see with `content`. Nothing is kept.

    Raises RefusedError for values that no camera has.
    """
    tried = camera or _tried(commune, content)
    rules = coverage_rules(commune)
    point = geometry_to_metric(tried.point, commune=commune)
    near = point.buffer(tried.range_m + MARGIN_M)
    ground = read_ground(commune, building_height_m=rules.building_height_m, near=near)
    view = sight.view_of(tried, at=point, ground=ground, rules=rules)
    told = told_of(tried)
    if view.coverage is None or view.view is None:
        return Preview(told, problem_words(view.problem), 0.0, "", 0.0, [], _collection([]), [])
    areas, pictures = view.coverage.areas_m2(), class_polygons(view.coverage)
    rings = quality_rings(view.view, rules=sight.rules_of(rules))
    steps = list(enumerate(rings, start=1))
    return Preview(
        camera=told,
        problem="",
        seen_m2=areas[rings[0].code],
        model=model_words(view.coverage.model),
        blind_m=0.0 if tried.kind == CameraKind.DOME else round(rings[0].near_m, 1),
        classes=[
            {"step": step, "title": class_words(ring.code), "reach_m": ring.far_m, "area_m2": areas[ring.code]}
            for step, ring in steps
            if ring.reachable
        ],
        features=_collection([(step, pictures[ring.code]) for step, ring in steps if ring.code in pictures], commune),
        notes=_notes(view),
    )


def problem_words(problem: str) -> str:
    """Why a camera has no view, and what to do."""
    words = {
        sight.NO_HEADING: _("A camera that does not turn needs an azimuth: say where it looks."),
        sight.INSIDE_BUILDING: _(
            "The point lies inside a building whose roof is higher than the camera: move it to the facade, or raise it."
        ),
        sight.OUTSIDE_TERRAIN: _(
            "The terrain does not reach this point, or its height is not known there: nothing can be said of its view."
        ),
    }
    return words.get(problem, "")


def model_words(model: str) -> str:
    """On what ground a view was computed."""
    words = {
        FLAT: _("behind walls of buildings, on flat ground"),
        ON_TERRAIN: _("behind walls of buildings and terrain"),
        SURFACE: _("on a surface model without buildings of their own"),
    }
    return words[model]


def _tried(commune: Commune, content: dict[str, Any]) -> Camera:
    told = checked({name: value for name, value in content.items() if value is not None}, commune=commune)
    if "kind" not in told or "point" not in told:
        raise RefusedError(_("A camera needs its kind and its place on the map."))
    return Camera(commune=commune, **with_defaults(told))


def _notes(view: sight.View) -> list[str]:
    notes = []
    if view.moved_m > 0:
        notes.append(_("It was drawn inside a wall: it is taken to hang on the facade."))
    if view.coverage is not None and view.coverage.incomplete:
        notes.append(_("Part of the ground is not known: it does not count as seen."))
    if view.assumed_heights:
        notes.append(
            _("%(count)s buildings have no known height: the usual one was taken.") % {"count": view.assumed_heights}
        )
    return notes


def _collection(shapes: list[tuple[int, shapely.MultiPolygon]], commune: Commune | None = None) -> dict[str, Any]:
    features = []
    for step, shape in shapes:
        if commune is None or shape.is_empty:
            continue
        stored = geometry_to_storage(shape, commune=commune)
        geometry = mapping(shapely.from_wkb(bytes(stored.wkb)))
        features.append({"type": "Feature", "properties": {"step": step}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}
