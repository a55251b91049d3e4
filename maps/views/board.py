"""The director's board, and the focal territories decided from it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from maps.board import board
from maps.forms.sectors import FocalForm, RenewForm
from sectors.models import FocalTerritory, RiskSector
from sectors.services.focalising import create_focal_territory, renew_focal_territory


@requires("board.view")
def board_page(request: HttpRequest) -> HttpResponse:
    """Ten minutes before the monthly session: what changed, where, what to decide, what is missing."""
    return render(request, "maps/board.html", board(request.commune, role=request.role))


@requires("sectors.focalise")
def focalise(request: HttpRequest) -> HttpResponse:
    """Approve a focal territory of one or more sectors."""
    asked = RiskSector.objects.for_commune(request.commune).with_code(request.GET.get("sector", ""))
    form = FocalForm(request.POST or None, initial={"sectors": list(asked)}, commune=request.commune)
    if request.method == "POST" and form.is_valid():
        territory = create_focal_territory(
            **form.cleaned_data | {"sectors": list(form.cleaned_data["sectors"])}, approved_by=request.user
        )
        messages.success(request, _("“%(name)s” was approved. It needs a board and a manager.") % {"name": territory})
        return redirect("maps:territory", pk=territory.pk)
    return render(request, "maps/focalise.html", {"form": form})


@require_POST
@requires("sectors.focalise")
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a territory stay longer."""
    territory = get_object_or_404(FocalTerritory.objects.for_commune(request.commune), pk=pk)
    form = RenewForm(request.POST)
    if form.is_valid():
        renew_focal_territory(focal_territory=territory, approved_by=request.user, **form.cleaned_data)
        messages.success(request, _("The territory was renewed."))
    else:
        messages.error(request, _("Give the new last day and the reason."))
    return redirect("maps:territory", pk=pk)
