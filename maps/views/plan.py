"""The communal plan: its versions, objectives, what it holds for each sector."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.permissions import allows
from access.services.jobs import request_job
from cameras.models import CameraStatus, SitingChoice
from maps.forms.plan import MoveForm, ObjectiveForm, PlanForm
from maps.plan_words import next_states, shown_plan
from plan.models import CommunalPlan, Indicator, SectorStrategy
from plan.services.objectives import set_objective
from plan.services.plans import create_plan, move_plan, renew_plan


@requires("plan.view")
def plan(request: HttpRequest) -> HttpResponse:
    """The plan in force, or the one asked for; its objectives, strategies and indicators."""
    plans = CommunalPlan.objects.for_commune(request.commune).newest_first()
    shown = shown_plan(plans, request.GET.get("version"))
    return render(request, "maps/plan.html", {
        "plans": plans, "plan": shown, "planned_cameras": _planned_cameras(request), **_parts(request, shown),
    })  # fmt: skip


def _planned_cameras(request: HttpRequest) -> list[SitingChoice]:
    """Cameras that were accepted and do not hang yet: place, kind and cost, nothing of what any camera sees."""
    if not allows(request.role, "cameras.view_planned"):
        return []
    accepted = SitingChoice.objects.for_commune(request.commune).filter(camera__status=CameraStatus.PLANNED)
    return list(accepted.select_related("camera").order_by("camera__code"))


@require_POST
@requires("plan.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Begin a plan as a draft."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        plans = CommunalPlan.objects.for_commune(request.commune).newest_first()
        return render(request, "maps/plan.html", {"plans": plans, "plan": None, "form": form}, status=422)
    made = create_plan(commune=request.commune, created_by=request.user, **form.cleaned_data)
    messages.success(request, _("The plan was made as a draft. Add its objectives."))
    return _to(made)


@require_POST
@requires("plan.edit")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a plan to its next state."""
    found, form = _plan(request, pk), MoveForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        move_plan(
            plan=found, state=given["state"], expected_revision=given["revision"], moved_by=request.user,
            act=given["act"], approved_on=given["approved_on"],
        )  # fmt: skip
        messages.success(request, _("The state of the plan was changed."))
    return _to(found)


@require_POST
@requires("plan.edit")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """The yearly update: a new version as a draft, with what goes on."""
    renewed = renew_plan(plan=_plan(request, pk), renewed_by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("Version %(version)s was made as a draft.") % {"version": renewed.version})
    return _to(renewed)


@require_POST
@requires("plan.edit")
def objective(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an objective under the next number."""
    found, form = _plan(request, pk), ObjectiveForm(request.POST)
    if form.is_valid():
        set_objective(plan=found, text=form.cleaned_data["text"], edited_by=request.user)
        messages.success(request, _("The objective was added."))
    else:
        messages.error(request, _("Write the objective."))
    return _to(found)


@require_POST
@requires("plan.edit")
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the reading of every indicator of a plan as of today."""
    asked = {"plan": _plan(request, pk).pk}
    job = request_job(commune=request.commune, kind="plan.read_indicators", parameters=asked, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


def _plan(request: HttpRequest, pk: int) -> CommunalPlan:
    return get_object_or_404(CommunalPlan.objects.for_commune(request.commune).select_related("commune"), pk=pk)


def _to(found: CommunalPlan) -> HttpResponse:
    response = redirect("maps:plan")
    response["Location"] += f"?version={found.pk}"
    return response


def _parts(request: HttpRequest, shown: CommunalPlan | None) -> dict[str, Any]:
    if shown is None:
        return {"form": PlanForm()}
    indicators = Indicator.objects.of_plan(shown).visible_to(request.role).with_latest_reading()
    return {
        "objectives": shown.objectives.all(),
        "strategies": SectorStrategy.objects.for_commune(request.commune).of_plan(shown).with_names(),
        "indicators": indicators.select_related("strategy__type", "sector_version__sector"),
        "objective_form": ObjectiveForm(),
        "moves": next_states(shown),
        "form": PlanForm(),
    }
