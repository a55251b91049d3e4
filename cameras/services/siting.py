"""Where the next cameras would see the most of what no camera sees: asked, proved, kept, decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
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
    SitingProblem,
    corner_sites,
    demand_points,
    facade_sites,
    grid_sites,
    sight_matrix,
    thinned_sites,
)
from analysis.siting_choice import SitingPlan, choose_sites
from cameras.models import Camera, CameraKind, CameraStatus, ChoiceState, SitingChoice, SitingRun
from cameras.services.content import ASSUMED
from cameras.services.gaps import FINE, latest_hotspots, reported_incidents
from cameras.services.ground import Ground, read_ground
from cameras.services.register import save_camera
from cameras.services.rules import coverage_rules
from cameras.services.shares import Views, along, counting_views, inside_cells, seen_places
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
FACADE_STEP_M = 25.0
APART_M = 5.0
MOST_SITES, MOST_DEMAND = 10_000, 100_000
POLE_KINDS = ("poste",)
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
    watched = partial(_pass_on, report, _("working out what each place would see"))
    problem = sight_matrix(sites, _devices(question), demand, scene, rules_of(rules), report=watched)
    report(_("choosing"), 3, 4)
    plan = choose_sites(problem, **_limit(question), per_site=question.per_site, seconds=question.seconds)
    told = _told(question) | {"last_day": last_day.isoformat()}
    run = _keep(commune, told, problem=problem, plan=plan, requested_by=requested_by)
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
    places, line = along(lines, step_m=STREET_STEP_M)
    pieces = np.bincount(line, minlength=len(lines))
    return places[:, 0], places[:, 1], (shapely.length(lines) / pieces)[line]


# --- where cameras could hang -----------------------------------------------------------------------


def _sites(commune: Commune, candidates: tuple[str, ...], *, near: BaseGeometry, ground: Ground) -> np.ndarray:
    """Places (n, 2) in the commune's metres where cameras could hang, within reach of what should be seen."""
    around = near.buffer(max(usual["range_m"] for usual in ASSUMED.values()))
    given = [np.zeros((0, 2))]
    if CORNERS in candidates:
        streets = streets_frame(commune).geometry
        given.append(corner_sites(streets[streets.intersects(around)].tolist()) if len(streets) else given[0])
    if POLES in candidates:
        given.append(shapely.get_coordinates(places_frame(commune, kinds=POLE_KINDS).geometry.to_numpy()))
    if BUILDINGS in candidates:
        close = ground.footprints[ground.footprint_tree.query(around, predicate="intersects")]
        given.append(facade_sites(close.tolist(), spacing_m=FACADE_STEP_M) if close.size else given[0])
    if GRID in candidates:
        given.append(grid_sites(ground.public_within(around), spacing_m=SPACING_M))
    places = np.concatenate(given)
    places = places[shapely.contains_xy(around, places[:, 0], places[:, 1])]
    if not len(places):
        raise RefusedError(_("There is nowhere to hang a camera near what should be seen: choose other places too."))
    apart = thinned_sites(places, apart_m=APART_M)
    if len(apart) > MOST_SITES:
        raise RefusedError(
            _("There are %(count)s places for cameras; a search takes at most %(most)s. Choose fewer kinds of places.")
            % {"count": len(apart), "most": MOST_SITES}
        )
    return apart


def _devices(question: SitingQuestion) -> list[Device]:
    devices = []
    if question.dome_cost:
        usual = ASSUMED[CameraKind.DOME]
        devices.append(
            Device(
                CameraKind.DOME.value,
                question.dome_cost,
                question.height_m,
                usual["range_m"],
                usual["tele_field_of_view_deg"],
            )
        )
    if question.fixed_cost:
        usual = ASSUMED[CameraKind.FIXED]
        devices.append(
            Device(
                CameraKind.FIXED.value,
                question.fixed_cost,
                question.height_m,
                usual["range_m"],
                usual["field_of_view_deg"],
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
    commune: Commune, asked: dict[str, Any], *, problem: SitingProblem, plan: SitingPlan, requested_by: User
) -> SitingRun:
    run: SitingRun = SitingRun.objects.create(
        commune=commune,
        parameters=asked,
        code_version=analysis.__version__,
        sequence=Ledger.objects.for_commune(commune).latest_number(),
        sites=len(problem.sites_x),
        demand=float(problem.weights.sum()) + problem.already,
        demand_covered=problem.already,
        gain=plan.total,
        bound=plan.bound,
        gap_ratio=plan.gap_ratio,
        proven=plan.proven,
        method=plan.method,
        curve=plan.curve[1:].tolist(),
        refused_sites=len(problem.refused),
        created_by=requested_by,
    )
    SitingChoice.objects.bulk_create(
        _choice(run, rank, int(column), float(gain), problem)
        for rank, (column, gain) in enumerate(zip(plan.chosen, plan.marginal, strict=True), start=1)
    )
    details = {"sites": run.sites, "chosen": int(plan.chosen.size), "gap_ratio": round(plan.gap_ratio, 4)}
    _record("siting.searched", run, requested_by, details=details)
    return run


def _choice(run: SitingRun, rank: int, column: int, gain: float, problem: SitingProblem) -> SitingChoice:
    site, device = problem.site[column], problem.devices[problem.device[column]]
    azimuth = float(problem.azimuth_deg[column])
    place = shapely.Point(problem.sites_x[site], problem.sites_y[site])
    stored: Any = geometry_to_storage(place, commune=run.commune)
    fixed = bool(device.azimuths)
    return SitingChoice(
        commune=run.commune,
        run=run,
        rank=rank,
        point=stored,
        kind=device.code,
        azimuth_deg=azimuth if fixed else None,
        field_of_view_deg=device.field_of_view_deg if fixed else None,
        height_m=device.height_m,
        range_m=device.range_m,
        cost=device.cost,
        gain=gain,
    )


def _pass_on(report: Report, stage: str, _stage: str, done: int, total: int) -> None:
    report(stage, done, total)


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
