"""Strategies of sectors and their indicators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from maps.forms.plan import IndicatorForm, StatusForm, StrategyForm
from maps.numbers import whole_number
from maps.series import with_breaks
from plan.models import CommunalPlan, Indicator, SectorStrategy
from plan.services.indicators import Goal, create_indicator
from plan.services.strategies import change_status, set_strategy
from sectors.services.catalogue import today

FIELDS = (
    "type", "objective", "causes", "description", "responsible", "starts_on", "ends_on", "budget_clp",
    "funding_source", "evidence", "status",
)  # fmt: skip


@requires("plan.view")
def strategy(request: HttpRequest, pk: int) -> HttpResponse:
    """One strategy with its indicators."""
    return render(request, "maps/strategy.html", _context(request, _strategy(request, pk)))


@requires("plan.edit")
def strategy_new(request: HttpRequest) -> HttpResponse:
    """Set a strategy for a sector, in the newest plan that is still open."""
    plan = CommunalPlan.objects.for_commune(request.commune).open().newest_first().first()
    if plan is None:
        messages.warning(request, _("Make a plan first: a strategy belongs to one."))
        return redirect("maps:plan")
    form = StrategyForm(request.POST or None, initial={"sector": request.GET.get("sector")}, plan=plan)
    if request.method == "POST" and form.is_valid():
        made = set_strategy(plan=plan, sector=form.cleaned_data["sector"], content=form.content(), set_by=request.user)
        messages.success(request, _("The strategy was set. Give it an indicator."))
        return redirect("maps:strategy", pk=made.pk)
    return render(request, "maps/strategy_form.html", {"form": form, "plan": plan})


@requires("plan.edit")
def strategy_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a strategy, from the version the form was made from."""
    found = _strategy(request, pk)
    first = {name: getattr(found, name) for name in FIELDS} | {"sector": found.sector_version.sector.code}
    form = StrategyForm(request.POST or None, initial=first, plan=found.plan)
    if request.method == "POST" and form.is_valid():
        version = whole_number(request.POST.get("version")) or None
        set_strategy(
            plan=found.plan, sector=form.cleaned_data["sector"], content=form.content(), set_by=request.user,
            strategy=found, expected_version=version,
        )  # fmt: skip
        messages.success(request, _("The strategy was changed."))
        return redirect("maps:strategy", pk=pk)
    return render(request, "maps/strategy_form.html", {"form": form, "plan": found.plan, "strategy": found})


@require_POST
@requires("plan.edit")
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far a strategy is."""
    form = StatusForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        change_status(
            strategy=_strategy(request, pk), status=given["status"], expected_version=given["version"],
            changed_by=request.user,
        )  # fmt: skip
        messages.success(request, _("The status was saved."))
    return redirect("maps:strategy", pk=pk)


@require_POST
@requires("plan.edit")
def indicator_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an indicator: the database computes its baseline, which is then frozen."""
    found, form = _strategy(request, pk), IndicatorForm(request.POST, role=request.role)
    if not form.is_valid():
        return render(request, "maps/strategy.html", _context(request, found) | {"form": form}, status=422)
    given = form.cleaned_data
    create_indicator(
        strategy=found, name=given["name"], formula=given["formula"], parameters=form.parameters(),
        baseline_on=given["baseline_on"], goal=Goal(given["goal"], given["goal_on"], given["direction"]),
        created_by=request.user, role=request.role,
    )  # fmt: skip
    messages.success(request, _("The indicator was made and its baseline frozen."))
    return redirect("maps:strategy", pk=pk)


@require_POST
@requires("plan.edit")
def indicator_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the reading of an indicator as of today."""
    rows = Indicator.objects.for_commune(request.commune).visible_to(request.role)
    found = get_object_or_404(rows, pk=pk)
    job = request_job(
        commune=request.commune, kind="plan.read_indicators", parameters={"indicator": found.pk},
        requested_by=request.user,
    )  # fmt: skip
    return redirect("maps:job", pk=job.pk)


def _strategy(request: HttpRequest, pk: int) -> SectorStrategy:
    rows = SectorStrategy.objects.for_commune(request.commune).with_names().select_related("plan__commune", "commune")
    return get_object_or_404(rows, pk=pk)


def _context(request: HttpRequest, found: SectorStrategy) -> dict[str, Any]:
    indicators = found.indicators.visible_to(request.role).prefetch_related("readings")
    day = today(request.commune)
    return {
        "strategy": found,
        "indicators": with_breaks(list(indicators.order_by("pk")), commune=request.commune, last=day),
        "form": IndicatorForm(initial={"baseline_on": day}, role=request.role),
        "status_form": StatusForm(initial={"status": found.status, "version": found.version}, auto_id="estado_%s"),
    }
