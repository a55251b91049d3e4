"""The map page and what its legend says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from access.decorators import requires
from maps.legend import legend_facts
from maps.map_settings import has_ground, map_settings
from maps.messages import map_messages
from maps.periods import asked_period, reference_day
from maps.shortcuts import SHORTCUTS
from sectors.models import Typology


@requires("map.view")
def map_page(request: HttpRequest) -> HttpResponse:
    """Layers, legend, details and the editor of sectors."""
    context = {
        "settings": map_settings(request),
        "messages_of_map": map_messages(),
        "shortcuts": SHORTCUTS,
        "typologies": Typology.choices,
        "rail_class": "slim",
        "has_ground": has_ground(request.commune),
    }
    return render(request, "maps/map.html", context)


@requires("map.view")
def legend(request: HttpRequest) -> JsonResponse:
    """For each layer of the role: how many, of when, from where."""
    period = asked_period(request.GET, last=reference_day(request.commune, role=request.role))
    return JsonResponse(legend_facts(commune=request.commune, role=request.role, period=period))
