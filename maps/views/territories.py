"""Focal territories: what they are made of, their board, their manager."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from access.decorators import requires
from maps.forms.sectors import RenewForm
from sectors.models import FocalTerritory


@requires("sectors.view")
def territory(request: HttpRequest, pk: int) -> HttpResponse:
    """One focal territory."""
    found = get_object_or_404(FocalTerritory.objects.for_commune(request.commune), pk=pk)
    context = {"territory": found, "renew": RenewForm(initial={"valid_until": found.valid_until})}
    return render(request, "maps/territory.html", context)
