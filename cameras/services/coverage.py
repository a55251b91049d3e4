"""What cameras see: computed by the exact reference ray, kept per camera, added up for who asks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

import analysis
from access.models import Membership
from access.services.audit import record_act
from analysis.camera_coverage import CameraCoverage
from analysis.coverage_polygons import class_polygons
from analysis.progress import Report, silent
from cameras.frames import viewsheds_frame
from cameras.models import Camera, CoverageRules, ViewLayer, Viewshed, ViewshedClass
from cameras.services.cells import areas_of, cells_of, cells_of_tour, stored_area
from cameras.services.ground import Ground, public_ground, read_ground
from cameras.services.rules import coverage_rules
from cameras.services.sight import EVENT_S, FACADE_M, View, view_of
from geo.crs import geometry_to_metric

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

LEAST_M2 = 1.0  # a picture smaller than this is not drawn


@dataclass(frozen=True)
class CoverageResult:
    """What a computation did: cameras computed, those that were up to date, those without a view and why."""

    computed: int
    up_to_date: int
    without_view: dict[str, int]
    covered_m2: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the result of a job."""
        return asdict(self)


@dataclass(frozen=True)
class CoverageStatus:
    """How far what is stored can be trusted today."""

    cameras: int
    counting: int
    outdated: int
    without_view: int

    @property
    def complete(self) -> bool:
        """True where every camera that counts has a view that neither it nor the ground has outlived."""
        return self.outdated == 0


@transaction.atomic
def compute_coverage(
    *, commune: Commune, report: Report = silent, requested_by: User | None = None, again: bool = False
) -> CoverageResult:
    """Compute the view of every camera on its pole that has no current one (`again`: of every one).

    Buildings, public space and terrain are locked against changes meanwhile, so that a view never belongs to an older
    ground than its mark says.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE geo_building, geo_publicspace, geo_terrainsurface, geo_vegetation IN SHARE MODE")
    cameras = Camera.objects.for_commune(commune).not_retired()
    if again:
        Viewshed.objects.for_commune(commune).current().update(current=False)
    missing = list(cameras.without_viewshed().select_for_update(of=("self",)).order_by("pk"))
    without: dict[str, int] = {}
    if missing:
        rules = coverage_rules(commune)
        ground = read_ground(commune, building_height_m=rules.building_height_m)
        for done, camera in enumerate(missing):
            report(_("computing what cameras see"), done, len(missing))
            problem = _store(camera, ground=ground, rules=rules)
            if problem:
                without[problem] = without.get(problem, 0) + 1
        _record(commune, requested_by, {"computed": len(missing), "without_view": without})
    report(_("computing what cameras see"), len(missing), len(missing))
    return CoverageResult(
        computed=len(missing),
        up_to_date=cameras.count() - len(missing),
        without_view=without,
        covered_m2=round(float(covered_area(commune).area), 2),
    )


def ensure_coverage(*, commune: Commune, report: Report = silent) -> None:
    """Compute only what is missing. Whoever reads `covered_area` into a result calls this first."""
    if not coverage_status(commune).complete:
        compute_coverage(commune=commune, report=report)


def coverage_status(commune: Commune) -> CoverageStatus:
    """Counts of cameras and of views that are missing or outdated."""
    cameras = Camera.objects.for_commune(commune).not_retired()
    current = Viewshed.objects.for_commune(commune).views().current()
    return CoverageStatus(
        cameras=cameras.count(),
        counting=cameras.counting_as_coverage().count(),
        outdated=cameras.counting_as_coverage().without_viewshed().count(),
        without_view=current.counting_as_coverage().filter(area=None).count(),
    )


def covered_area(commune: Commune, *, live_only: bool = True, sequence: int | None = None) -> BaseGeometry:
    """Ground that cameras see, in the commune's metres; empty where there is none.

    By default only of cameras that work and that somebody watches live; with a sequence of kept rows, what counted
    then. Views that are outdated do not count: call `ensure_coverage` first where the answer goes into a result.
    """
    frame = viewsheds_frame(commune, live_only=live_only, sequence=sequence)
    return areas_of(shapely.union_all(frame.geometry.to_numpy())) if len(frame) else shapely.MultiPolygon()


def ground_share(
    commune: Commune, *, area: BaseGeometry | None = None, covered: BaseGeometry | None = None
) -> float | None:
    """Share (0 to 1) of the public ground, of the commune or of an area in its metres, that live cameras see.

    None where the area holds no public ground.
    """
    whole = geometry_to_metric(commune.boundary, commune=commune) if area is None else area
    ground = public_ground(commune, area=whole)
    if ground.area < 1.0:
        return None
    seen = covered_area(commune) if covered is None else covered
    return float(np.clip(ground.intersection(seen).area / ground.area, 0.0, 1.0))


# --- one camera -------------------------------------------------------------------------------------


def _store(camera: Camera, *, ground: Ground, rules: CoverageRules) -> str:
    """Keep what a camera sees, and what its tour catches; gives the problem that forbids a view, if any."""
    point = geometry_to_metric(camera.point, commune=camera.commune)
    view = view_of(camera, at=point, ground=ground, rules=rules)
    told = {
        "commune": camera.commune,
        "camera": camera,
        "camera_version": camera.version,
        "code_version": analysis.__version__,
        "parameters": _parameters(camera, view, ground=ground, rules=rules),
    }
    if view.coverage is None:
        Viewshed.objects.create(area=None, area_m2=0.0, model="", **told)
        return view.problem
    stored = Viewshed.objects.create(**told, **cells_of(view.coverage, commune=camera.commune))
    _store_classes(stored, view.coverage)
    if view.tour is not None:
        tour = cells_of_tour(view.tour, commune=camera.commune)
        Viewshed.objects.create(**(told | {"layer": ViewLayer.TOUR}), **tour)
    return ""


def _store_classes(viewshed: Viewshed, coverage: CameraCoverage) -> None:
    areas = coverage.areas_m2()
    pictures = class_polygons(coverage)
    ViewshedClass.objects.bulk_create(
        ViewshedClass(
            viewshed=viewshed, step=step, code=code, area=stored_area(shape, viewshed.commune), area_m2=areas[code]
        )
        for step, (code, shape) in enumerate(pictures.items(), start=1)
        if shape.area >= LEAST_M2
    )


def _parameters(camera: Camera, view: View, *, ground: Ground, rules: CoverageRules) -> dict[str, Any]:
    """Everything that repeats the computation beside the ground itself."""
    seen = view.coverage
    surfaces = {"terrain": ground.terrain, "surface": ground.surface}
    return {
        "rules": {"version": rules.version, "weakest": rules.weakest, "target_height_m": rules.target_height_m,
                  "building_height_m": rules.building_height_m, "curvature": rules.curvature},
        "facade_m": FACADE_M,
        "buildings": view.buildings,
        "buildings_of_assumed_height": view.assumed_heights,
        "public_space": view.public_space,
        "view": None if view.view is None else asdict(view.view),
        "terrain_rays": None if seen is None else seen.terrain,
        "density": None if seen is None else seen.density,
        "event_s": EVENT_S if view.tour is not None else None,
        "tour": list(camera.presets.values("azimuth_deg", "field_of_view_deg", "tilt_deg", "dwell_s", "move_s")),
        "assumed": sorted({*camera.assumed, *view.assumed}),
        "moved_m": view.moved_m,
        "surfaces": {
            name: [{"name": one.name, "sha256": one.sha256} for one in sheets] for name, sheets in surfaces.items()
        },
        **({"problem": view.problem} if view.problem else {}),
    }  # fmt: skip


def _record(commune: Commune, user: User | None, details: dict[str, Any]) -> None:
    role = Membership.objects.filter(commune=commune, user=user).values_list("role", flat=True).first()
    record_act(commune=commune, user=user, role=role, verb="coverage.computed", details=details)
