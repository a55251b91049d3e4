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
from analysis.progress import Report, silent
from cameras.frames import viewsheds_frame
from cameras.models import Camera, CameraKind, Viewshed
from cameras.services.ground import HEIGHT_DEFAULT_M, Ground, read_ground
from cameras.services.sight import CELL_M, FACADE_M, ON_TERRAIN, TARGET_HEIGHT_M, View, view_of
from geo.crs import geometry_to_metric, geometry_to_storage
from geo.geometry import as_multi

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

GRID_M = 0.01  # vertices are kept to the centimetre


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
        cursor.execute("LOCK TABLE geo_building, geo_publicspace, geo_terrainsurface IN SHARE MODE")
    cameras = Camera.objects.for_commune(commune).not_retired()
    if again:
        Viewshed.objects.for_commune(commune).current().update(current=False)
    missing = list(cameras.without_viewshed().select_for_update(of=("self",)).order_by("pk"))
    without: dict[str, int] = {}
    if missing:
        ground = read_ground(commune)
        for done, camera in enumerate(missing):
            report(_("computing what cameras see"), done, len(missing))
            seen = _store(camera, ground=ground, commune=commune)
            problem = seen.parameters.get("problem")
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
    current = Viewshed.objects.for_commune(commune).current()
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
    return _areas(shapely.union_all(frame.geometry.to_numpy())) if len(frame) else shapely.MultiPolygon()


def ground_share(
    commune: Commune, *, area: BaseGeometry | None = None, covered: BaseGeometry | None = None
) -> float | None:
    """Share (0 to 1) of the public ground, of the commune or of an area in its metres, that live cameras see.

    None where the area holds no public ground.
    """
    whole = geometry_to_metric(commune.boundary, commune=commune) if area is None else area
    ground = read_ground(commune).public_within(whole)
    if ground.area < 1.0:
        return None
    seen = covered_area(commune) if covered is None else covered
    return float(np.clip(ground.intersection(seen).area / ground.area, 0.0, 1.0))


# --- one camera -------------------------------------------------------------------------------------


def _store(camera: Camera, *, ground: Ground, commune: Commune) -> Viewshed:
    point = geometry_to_metric(camera.point, commune=commune)
    view = view_of(camera, at=point, ground=ground)
    area = _areas(shapely.set_precision(view.area, GRID_M))
    stored = None if area.area < 1.0 else _stored(area, commune=commune)
    seen: Viewshed = Viewshed.objects.create(
        commune=commune,
        camera=camera,
        camera_version=camera.version,
        area=stored,
        area_m2=0.0 if stored is None else round(float(area.area), 2),
        model=view.model,
        parameters=_parameters(camera, view, ground=ground),
        code_version=analysis.__version__,
    )
    return seen


def _stored(area: BaseGeometry, *, commune: Commune) -> Any:
    """The area in degrees; a ring that the conversion pinched is mended, which only ever drops slivers."""
    stored = geometry_to_storage(area, commune=commune)
    if not stored.valid:
        mended = _areas(shapely.make_valid(shapely.from_wkb(bytes(stored.wkb))))
        stored = type(stored).from_ewkt(f"SRID=4326;{mended.wkt}")
    return as_multi(stored)


def _parameters(camera: Camera, view: View, *, ground: Ground) -> dict[str, Any]:
    """Everything that repeats the computation beside the ground itself."""
    surface = ground.surface if view.model == ON_TERRAIN else None
    return {
        "cell_m": CELL_M,
        "target_height_m": TARGET_HEIGHT_M,
        "facade_m": FACADE_M,
        "building_height_default_m": HEIGHT_DEFAULT_M,
        "buildings": view.buildings,
        "buildings_of_assumed_height": view.assumed_heights,
        "public_space": view.public_space,
        "height_m": camera.height_m,
        "range_m": camera.range_m,
        "azimuth_deg": camera.azimuth_deg if camera.kind != CameraKind.DOME else None,
        "field_of_view_deg": view.field_of_view_deg,
        "assumed": sorted({*camera.assumed, *view.assumed}),
        "moved_m": view.moved_m,
        "terrain": None if surface is None else {"name": surface.name, "sha256": surface.sha256},
        "unknown_ground_ratio": view.unknown_ground_ratio,
        **({"problem": view.problem} if view.problem else {}),
    }


def _areas(shape: BaseGeometry) -> shapely.MultiPolygon:
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon" and one.area > 0]
    nested = [one for part in shapely.get_parts(shape) if part.geom_type == "MultiPolygon" for one in part.geoms]
    return shapely.MultiPolygon(parts + nested)


def _record(commune: Commune, user: User | None, details: dict[str, Any]) -> None:
    role = Membership.objects.filter(commune=commune, user=user).values_list("role", flat=True).first()
    record_act(commune=commune, user=user, role=role, verb="coverage.computed", details=details)
