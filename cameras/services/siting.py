"""Where the next cameras would see the most of what no camera sees: asked, proved, kept, decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

import analysis
from access.models import Membership
from access.services.audit import record_act
from analysis.progress import Report, silent
from analysis.siting import (
    Demand,
    Device,
    Sites,
    SitingPlan,
    candidate_sites,
    choose_sites,
    demand_points,
    sight_matrix,
)
from cameras.models import Camera, CameraKind, CameraStatus, ChoiceState, SitingChoice, SitingRun
from cameras.services.content import ASSUMED
from cameras.services.gaps import FINE, latest_hotspots, reported_incidents
from cameras.services.ground import CELL_M, Ground, read_ground
from cameras.services.register import save_camera
from cameras.services.rules import coverage_rules
from cameras.services.shares import Views, counting_views, inside_cells, seen_places
from cameras.services.sight import rules_of
from geo.crs import geometry_to_metric, geometry_to_storage
from geo.errors import ConflictError, RefusedError
from geo.frames import places_frame, streets_frame
from incidents.models import Cluster, Ledger

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

HOTSPOTS, HARM, STREETS = "focos", "dano", "calles"
CORNERS, POLES, BUILDINGS, GRID = "esquinas", "postes", "edificios", "malla"
WINDOW_DAYS = 365
SPACING_M = 50.0
DEMAND_CELL_M = 10.0
STREET_STEP_M = 10.0
FIXED_DIRECTIONS = 8
MOST_SITES, MOST_DEMAND = 10_000, 100_000
POLE_KINDS = ("poste", "luminaria")
MONEY_LIMIT = "presupuesto"


@dataclass(frozen=True)
class SitingQuestion:
    """What is asked: what to see, where cameras could hang, how many or for how much, which cameras."""

    demand: str
    candidates: tuple[str, ...]
    limit: str
    amount: float
    per_site: int
    height_m: float
    seconds: float
    dome_cost: float | None = None
    fixed_cost: float | None = None


@transaction.atomic
def search_sites(
    *, commune: Commune, question: SitingQuestion, last_day: date, requested_by: User, report: Report = silent
) -> SitingRun:
    """Search the places of the next cameras and keep what was found with its proof.

    Raises RefusedError where there is nothing to see, nowhere to hang a camera, or more than a search can take.
    """
    report(_("reading what should be seen"), 0, 4)
    rules = coverage_rules(commune)
    ground = read_ground(commune, building_height_m=rules.building_height_m)
    views = counting_views(commune)
    demand, place = _demand(commune, question, views=views, ground=ground, last_day=last_day)
    report(_("finding places for cameras"), 1, 4)
    sites = _sites(commune, question.candidates, near=place, ground=ground)
    report(_("working out what each place would see"), 2, 4)
    scene = ground.scene_of(place)
    problem = sight_matrix(sites, _devices(question), demand, scene, rules=rules_of(rules), report=silent)
    report(_("choosing"), 3, 4)
    plan = choose_sites(problem, **_limit(question), per_site=question.per_site, seconds=question.seconds)
    run = _keep(commune, question, demand=demand, sites=sites, plan=plan, requested_by=requested_by, last_day=last_day)
    report(_("choosing"), 4, 4)
    return run


@transaction.atomic
def accept_choice(*, choice: SitingChoice, reason: str, decided_by: User) -> Camera:
    """Enter a proposed camera into the register as planned: it counts as coverage once it hangs and works."""
    locked = _undecided(choice)
    code = _free_code(locked)
    content = {
        "code": code,
        "name": _("Planned camera %(rank)s of search %(run)s") % {"rank": locked.rank, "run": locked.run_id},
        "kind": locked.kind,
        "point": locked.point,
        "height_m": locked.height_m,
        "range_m": locked.range_m,
        "azimuth_deg": locked.azimuth_deg,
        "field_of_view_deg": locked.field_of_view_deg,
        "status": CameraStatus.PLANNED,
    }
    camera = save_camera(
        commune=locked.commune,
        content={name: value for name, value in content.items() if value is not None},
        saved_by=decided_by,
        reason=reason,
    )
    _decide(locked, ChoiceState.ACCEPTED, reason=reason, by=decided_by, camera=camera)
    return camera


@transaction.atomic
def discard_choice(*, choice: SitingChoice, reason: str, decided_by: User) -> SitingChoice:
    """Leave a proposed camera aside; the reason stays."""
    locked = _undecided(choice)
    _decide(locked, ChoiceState.DISCARDED, reason=reason, by=decided_by, camera=None)
    return locked


# --- what should be seen ----------------------------------------------------------------------------


def _demand(
    commune: Commune, question: SitingQuestion, *, views: Views, ground: Ground, last_day: date
) -> tuple[Demand, BaseGeometry]:
    """Places with weights and the part that cameras see already; the area they lie in."""
    if question.demand == HOTSPOTS:
        x, y, weights = _hot_ground(commune, ground)
    elif question.demand == HARM:
        x, y, weights = _harm(commune, last_day)
    else:
        x, y, weights = _along_streets(commune)
    if not x.size:
        raise RefusedError(_("There is nothing to see: load incidents, search hot spots or load streets first."))
    if x.size > MOST_DEMAND:
        raise RefusedError(_("There are too many places to see: ask for the hot spots instead."))
    covered = seen_places(views, x, y) > 0
    place = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y]))).buffer(DEMAND_CELL_M)
    return demand_points(x, y, weights, covered=covered), place


def _hot_ground(commune: Commune, ground: Ground) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells of 10 m of public ground in the newest hot spots; the harm of each spread evenly over its cells."""
    run = latest_hotspots(commune)
    parts = [] if run is None else [_cells(one, ground) for one in Cluster.objects.of_run(run)]
    if not parts:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    x, y, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    return x, y, weights


def _cells(cluster: Cluster, ground: Ground) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    area = geometry_to_metric(cluster.boundary, commune=cluster.commune)
    grid = ground.public_grid(area.bounds, cell_m=DEMAND_CELL_M)
    rows, columns = np.nonzero(grid.mask & inside_cells(area, grid))
    x = grid.x0 + (columns + 0.5) * grid.cell_m
    y = grid.y0 + (rows + 0.5) * grid.cell_m
    harm = float(cluster.harm or cluster.n)
    return x, y, np.full(x.size, harm / max(x.size, 1))


def _harm(commune: Commune, last_day: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reported incidents of a year with a fine place, by their harm; one place an address."""
    window = (last_day - timedelta(days=WINDOW_DAYS - 1), last_day)
    incidents = reported_incidents(commune, window=window)
    fine = incidents[incidents["place_class"].isin(FINE) & incidents.geometry.notna() & (incidents["harm_days"] > 0)]
    places = np.column_stack([fine.geometry.x, fine.geometry.y])
    unique, owner = np.unique(places, axis=0, return_inverse=True)
    weights = np.bincount(owner.ravel(), weights=fine["harm_days"].to_numpy(), minlength=len(unique))
    return unique[:, 0], unique[:, 1], weights


def _along_streets(commune: Commune) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The middle of each piece of about 10 m of street, by its length."""
    lines = shapely.get_parts(streets_frame(commune).geometry.to_numpy())
    if not lines.size:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    length = shapely.length(lines)
    pieces = np.maximum(np.ceil(length / STREET_STEP_M), 1).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), pieces)
    number = np.arange(line.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    middle = (number + 0.5) / pieces[line]
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], middle, normalized=True))
    return points[:, 0], points[:, 1], (length / pieces)[line]


# --- where cameras could hang -----------------------------------------------------------------------


def _sites(commune: Commune, candidates: tuple[str, ...], *, near: BaseGeometry, ground: Ground) -> Sites:
    reach = max(usual["range_m"] for usual in ASSUMED.values())
    around = near.buffer(reach)
    given: dict[str, Any] = {}
    if CORNERS in candidates:
        given["corners"] = _within(_corners(commune), around)
    if POLES in candidates:
        given["poles"] = _within(places_frame(commune, kinds=POLE_KINDS).geometry.to_numpy(), around)
    if BUILDINGS in candidates:
        given["buildings"] = list(ground.footprints[ground.footprint_tree.query(around, predicate="intersects")])
    if GRID in candidates:
        given |= {"area": ground.public_within(around), "spacing_m": SPACING_M}
    sites = candidate_sites(**given)
    if not len(sites.x):
        raise RefusedError(_("There is nowhere to hang a camera near what should be seen: choose other places too."))
    if len(sites.x) > MOST_SITES:
        raise RefusedError(
            _("There are %(count)s places for cameras; a search takes at most %(most)s. Choose fewer kinds of places.")
            % {"count": len(sites.x), "most": MOST_SITES}
        )
    return sites


def _corners(commune: Commune) -> np.ndarray:
    """Where three or more street ends meet."""
    lines = shapely.get_parts(streets_frame(commune).geometry.to_numpy())
    if not lines.size:
        return np.zeros(0, dtype=object)
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, 0)), shapely.get_coordinates(shapely.get_point(lines, -1))]
    )
    corners, count = np.unique(np.round(ends), axis=0, return_counts=True)
    return np.asarray(shapely.points(corners[count >= 3]))


def _within(points: np.ndarray, area: BaseGeometry) -> np.ndarray:
    return points[shapely.contains_properly(area, points)] if len(points) else points


def _devices(question: SitingQuestion) -> list[Device]:
    devices = []
    if question.dome_cost:
        usual = ASSUMED[CameraKind.DOME]
        devices.append(Device(CameraKind.DOME.value, question.dome_cost, question.height_m, usual["range_m"]))
    if question.fixed_cost:
        usual = ASSUMED[CameraKind.FIXED]
        devices.append(
            Device(
                CameraKind.FIXED.value,
                question.fixed_cost,
                question.height_m,
                usual["range_m"],
                field_of_view_deg=usual["field_of_view_deg"],
                azimuths=FIXED_DIRECTIONS,
            )
        )
    if not devices:
        raise RefusedError(_("Give the cost of a dome or of a fixed camera."))
    return devices


def _limit(question: SitingQuestion) -> dict[str, Any]:
    return {"budget": question.amount} if question.limit == MONEY_LIMIT else {"cameras": int(question.amount)}


# --- kept -------------------------------------------------------------------------------------------


def _keep(
    commune: Commune,
    question: SitingQuestion,
    *,
    demand: Demand,
    sites: Sites,
    plan: SitingPlan,
    requested_by: User,
    last_day: date,
) -> SitingRun:
    run: SitingRun = SitingRun.objects.create(
        commune=commune,
        parameters=_told(question) | {"last_day": last_day.isoformat()},
        code_version=analysis.__version__,
        sequence=Ledger.objects.for_commune(commune).latest_number(),
        sites=len(sites.x),
        demand=demand.total,
        demand_covered=demand.covered,
        gain=plan.total,
        bound=max(plan.bound, plan.total),
        gap_ratio=plan.gap_ratio,
        proven=plan.proven,
        method=plan.method,
        curve=[float(value) for value in plan.curve],
        created_by=requested_by,
    )
    SitingChoice.objects.bulk_create(
        SitingChoice(
            commune=commune,
            run=run,
            rank=rank,
            point=geometry_to_storage(shapely.Point(one.x, one.y), commune=commune),
            kind=one.device.code,
            azimuth_deg=one.azimuth_deg,
            field_of_view_deg=one.device.field_of_view_deg,
            height_m=one.device.height_m,
            range_m=one.device.range_m,
            cost=one.device.cost,
            gain=gain,
        )
        for rank, (one, gain) in enumerate(zip(plan.chosen, plan.marginal, strict=True), start=1)
    )
    details = {"sites": run.sites, "chosen": len(plan.chosen), "gap_ratio": round(plan.gap_ratio, 4)}
    _record("siting.searched", run, requested_by, details=details)
    return run


def _told(question: SitingQuestion) -> dict[str, Any]:
    return {
        "demand": question.demand,
        "candidates": list(question.candidates),
        "limit": question.limit,
        "amount": question.amount,
        "per_site": question.per_site,
        "height_m": question.height_m,
        "seconds": question.seconds,
        "dome_cost": question.dome_cost,
        "fixed_cost": question.fixed_cost,
        "cell_m": CELL_M,
    }


def _undecided(choice: SitingChoice) -> SitingChoice:
    locked: SitingChoice = (
        SitingChoice.objects.select_for_update(of=("self",)).select_related("commune").get(pk=choice.pk)
    )
    if locked.state != ChoiceState.PROPOSED:
        raise ConflictError(_("Somebody has already decided about this camera."))
    return locked


def _decide(choice: SitingChoice, state: str, *, reason: str, by: User, camera: Camera | None) -> None:
    choice.state, choice.reason, choice.camera = state, reason.strip()[:500], camera
    choice.decided_by, choice.decided_at = by, timezone.now()
    choice.save()
    details = {"choice": choice.rank, "state": state}
    _record("siting.decided", choice.run, by, details=details, reason=choice.reason)


def _free_code(choice: SitingChoice) -> str:
    base = f"PLAN-{choice.run_id}-{choice.rank}"
    taken = set(Camera.objects.for_commune(choice.commune).filter(code__startswith=base).values_list("code", flat=True))
    return base if base not in taken else next(f"{base}-{n}" for n in range(2, 1000) if f"{base}-{n}" not in taken)


def _record(verb: str, run: SitingRun, user: User, *, details: dict[str, Any], reason: str = "") -> None:
    role = Membership.objects.filter(commune=run.commune, user=user).values_list("role", flat=True).first()
    record_act(commune=run.commune, user=user, role=role, verb=verb, target=str(run.pk), reason=reason, details=details)
