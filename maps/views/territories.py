"""Focal territories: what they are made of, their board, their manager."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from community.models import TerritorialManager
from community.services.appointments import appoint_manager
from community.services.boards import open_board
from maps.forms.sectors import BoardForm, ManagerForm, RenewForm
from sectors.models import FocalTerritory
from sectors.services.catalogue import today


@requires("sectors.view")
def territory(request: HttpRequest, pk: int) -> HttpResponse:
    """One focal territory."""
    return render(request, "maps/territory.html", _context(request, _territory(request, pk)))


@require_POST
@requires("community.edit")
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the neighbourhood board of a territory."""
    found, form = _territory(request, pk), BoardForm(request.POST, auto_id="mesa_%s")
    if not form.is_valid():
        return render(request, "maps/territory.html", _context(request, found) | {"board_form": form}, status=422)
    open_board(focal_territory=found, opened_by=request.user, **form.cleaned_data)
    messages.success(request, _("The board was opened."))
    return redirect("maps:territory", pk=pk)


@require_POST
@requires("sectors.focalise")
def manager(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a territorial manager in charge; whoever was in charge leaves on that day."""
    found, form = _territory(request, pk), ManagerForm(request.POST, commune=request.commune, auto_id="gestora_%s")
    if not form.is_valid():
        return render(request, "maps/territory.html", _context(request, found) | {"manager_form": form}, status=422)
    appoint_manager(focal_territory=found, appointed_by=request.user, replacing=True, **form.cleaned_data)
    messages.success(request, _("The manager was appointed."))
    return redirect("maps:territory", pk=pk)


def _territory(request: HttpRequest, pk: int) -> FocalTerritory:
    return get_object_or_404(FocalTerritory.objects.for_commune(request.commune), pk=pk)


def _context(request: HttpRequest, found: FocalTerritory) -> dict[str, Any]:
    day = today(found.commune)
    managers = TerritorialManager.objects.for_commune(found.commune).of_territory(found).select_related("user")
    return {
        "territory": found,
        "board": getattr(found, "board", None),
        "managers": managers.order_by("-valid_from"),
        "renew": RenewForm(initial={"valid_until": found.valid_until}),
        "board_form": BoardForm(initial={"opened_on": day}, auto_id="mesa_%s"),
        "manager_form": ManagerForm(initial={"valid_from": day}, commune=request.commune, auto_id="gestora_%s"),
    }
