"""Risk factors: what is seen on the ground, and what has been done about it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from maps.forms.records import FactorForm, FactorStateForm
from maps.map_settings import picker_settings
from sectors.models import FactorState, RiskFactor
from sectors.services.catalogue import today
from sectors.services.factor_types import load_factor_types
from sectors.services.factors import add_factor, change_factor


@requires("factors.edit")
def factors(request: HttpRequest) -> HttpResponse:
    """Factors, unsolved ones first."""
    rows = RiskFactor.objects.for_commune(request.commune).select_related("kind").order_by("solved_on", "-observed_on")
    shown = rows.unsolved(today(request.commune)) if "todos" not in request.GET else rows
    page = Paginator(shown, 40).get_page(request.GET.get("pagina"))
    context = {"page": page, "states": FactorState.choices, "all": "todos" in request.GET, "tab": "factores"}
    return render(request, "maps/factors.html", context)


@requires("factors.edit")
def factor_new(request: HttpRequest) -> HttpResponse:
    """Write down a factor seen on the ground."""
    if request.method == "POST":
        load_factor_types()
    form = FactorForm(request.POST or None, initial={"observed_on": today(request.commune)})
    if request.method == "POST" and form.is_valid():
        add_factor(commune=request.commune, recorded_by=request.user, **form.cleaned_data)
        messages.success(request, _("The risk factor was saved."))
        return redirect("maps:factors")
    context = {"form": form, "title": _("New risk factor"), "tab": "factores", "back": "maps:factors"}
    return render(request, "maps/record_form.html", context | {"place": "id_point", "picker": picker_settings(request)})


@require_POST
@requires("factors.edit")
def factor_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a factor is in hand or solved."""
    found = get_object_or_404(RiskFactor.objects.for_commune(request.commune), pk=pk)
    form = FactorStateForm(request.POST)
    if form.is_valid():
        changes = {"state": form.cleaned_data["state"]}
        change_factor(
            factor=found, changes=changes, expected_version=form.cleaned_data["version"], changed_by=request.user
        )
        messages.success(request, _("The state of the factor was saved."))
    return redirect("maps:factors")
