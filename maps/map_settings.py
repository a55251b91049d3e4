"""What the map's scripts are given: layers by role, addresses, rights, extent, period."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db.models import Extent
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from access.permissions import allows
from geo.models import StreetSegment, TerritorialUnit, UnitKind
from maps.layers import CELLS, GROUPS, described, layers_for
from maps.periods import DEFAULT_DAYS, last_days, reference_day

CODE = "__code__"


def map_settings(request: HttpRequest) -> dict[str, Any]:
    """Everything the scripts read once; nothing of it is secret from the reader's role."""
    last = reference_day(request.commune, role=request.role)
    period = last_days(last, DEFAULT_DAYS)
    return {
        "layers": [described(layer) for layer in layers_for(request.role)],
        "groups": [{"id": name, "title": str(title)} for name, title in GROUPS],
        "cells": CELLS,
        "extent": list(settled_extent(request.commune)),
        "today": last.isoformat(),
        "period": {"from": period.first.isoformat(), "until": period.last.isoformat()},
        "may": {
            "edit": allows(request.role, "sectors.edit"),
            "proposals": allows(request.role, "proposals.view"),
        },
        "addresses": addresses(),
        "owner": f"{request.commune.pk}-{request.user.pk}",
        "token": get_token(request),
    }


def settled_extent(commune: Any) -> tuple[float, float, float, float]:
    """The box of where people live (blocks, else streets), else of the commune: many communes are mostly forest."""
    blocks = TerritorialUnit.objects.for_commune(commune).of_kind(UnitKind.MANZANA).in_force()
    boxes = (
        blocks.aggregate(box=Extent("boundary"))["box"],
        StreetSegment.objects.for_commune(commune).aggregate(box=Extent("line"))["box"],
    )
    return next((box for box in boxes if box), commune.boundary.extent)


def has_ground(commune: Any) -> bool:
    """Whether there is anything to find one's way by: streets or blocks."""
    blocks = TerritorialUnit.objects.for_commune(commune).of_kind(UnitKind.MANZANA).in_force()
    return StreetSegment.objects.for_commune(commune).exists() or blocks.exists()


def addresses() -> dict[str, str]:
    """Where the scripts read and save."""
    return {
        "sectors": reverse("api:sectors"),
        "sector": f"/api/sectors/{CODE}",
        "versions": f"/api/sectors/{CODE}/versions",
        "restore": f"/api/sectors/{CODE}/restore",
        "sheet": reverse("maps:sector", args=[CODE]),
        "proposals": reverse("maps:proposals"),
        "legend": reverse("maps:legend"),
        "download": reverse("maps:map_download"),
    }


def picker_settings(request: HttpRequest) -> dict[str, Any]:
    """What the small map of a place field needs: the ground and where it lies."""
    words = {"nearer": _("Nearer"), "farther": _("Farther")}
    wanted = ("manzanas", "mascara", "calles")
    layers = [described(layer) for layer in layers_for(request.role) if layer.id in wanted]
    return {"layers": layers, "extent": list(settled_extent(request.commune)), "words": words}


def camera_picker_settings(request: HttpRequest) -> dict[str, Any]:
    """What the small map of a camera needs besides: footprints, the address that tells what it would see, words."""
    told = picker_settings(request)
    ground = [described(layer) for layer in layers_for(request.role) if layer.id == "edificios"]
    return told | {
        "layers": [*told["layers"], *ground],
        "preview": reverse("api:preview_view"),
        "token": get_token(request),
        "words": told["words"]
        | {
            "looking": _("Working out what it sees…"),
            "seen": _("It sees {area} of public ground, {model}."),
            "nothing": _("From there it sees no public ground."),
            "lost": _("The server did not answer. Move it again to try once more."),
            "blind": _("Blind ring under the mast: up to {near} m."),
            "class": _("{title} ({density} px/m): {area}"),
        },
    }
