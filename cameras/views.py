"""Tiles of cameras and of what they see, by role."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Max, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.permissions import allows
from cameras.models import Camera, Viewshed
from geo.tiles import etag, is_address, tile_response, vector_tile

CAMERAS, COVERAGE = "camaras", "cobertura"
PERMISSIONS = {CAMERAS: "cameras.view_points", COVERAGE: "cameras.view_coverage"}
CAMERA_FIELDS = ("code", "name", "kind", "owner", "monitored_live", "status")
COVERAGE_FIELDS = ("camera_code", "area_m2", "live")


def _cameras(commune: Any) -> Any:
    return Camera.objects.for_commune(commune).not_retired()


def _coverage(commune: Any) -> Any:
    seen = Viewshed.objects.for_commune(commune).current().seeing().counting_as_coverage()
    return seen.annotate(camera_code=F("camera__code"), live=F("camera__monitored_live"))


@requires("map.view")
@require_GET
def tiles(request: HttpRequest, layer: str, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of the commune's cameras, or of the ground that counts as covered, to whoever may see it."""
    if layer not in PERMISSIONS or not is_address(zoom, column, row):
        return HttpResponseNotFound()  # a program asks: no page
    if not allows(request.role, PERMISSIONS[layer]):  # type: ignore[attr-defined]
        raise PermissionDenied
    commune = request.commune  # type: ignore[attr-defined]
    rows, geometry, fields = (
        (_cameras(commune), "point", CAMERA_FIELDS)
        if layer == CAMERAS
        else (_coverage(commune), "area", COVERAGE_FIELDS)
    )
    return tile_response(
        request,
        tag=etag(commune.pk, layer, _state(commune), zoom, column, row),
        draw=lambda: vector_tile(
            rows, zoom=zoom, column=column, row=row, layer=layer, fields=fields, geometry=geometry
        ),
    )


def _state(commune: Any) -> tuple[Any, ...]:
    """Changes with every save of a camera and with every view that is computed or outdated."""
    cameras = Camera.objects.for_commune(commune).aggregate(n=Count("pk"), saves=Sum("version"), last=Max("changed_at"))
    seen = Viewshed.objects.for_commune(commune).current().aggregate(n=Count("pk"), last=Max("pk"))
    return (*cameras.values(), *seen.values())
