"""Tiles of cameras and of what they see, by role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Max, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.permissions import allows
from access.services.audit import record_act
from cameras.models import Camera, CoverageFile, Viewshed, ViewshedClass
from geo.tiles import etag, is_address, tile_response, vector_tile

CAMERAS, COVERAGE, QUALITY = "camaras", "cobertura", "calidad"
PERMISSIONS = {
    CAMERAS: "cameras.view_points", COVERAGE: "cameras.view_coverage", QUALITY: "cameras.view_coverage",
}  # fmt: skip
BYTES = "application/octet-stream"
CAMERA_FIELDS = ("code", "name", "kind", "owner", "monitored_live", "status")
COVERAGE_FIELDS = ("camera_code", "area_m2", "live")
QUALITY_FIELDS = ("camera_code", "step", "code", "area_m2")


def _cameras(commune: Any) -> Any:
    return Camera.objects.for_commune(commune).not_retired()


def _coverage(commune: Any) -> Any:
    seen = Viewshed.objects.for_commune(commune).views().current().seeing().counting_as_coverage()
    return seen.annotate(camera_code=F("camera__code"), live=F("camera__monitored_live"))


def _quality(commune: Any) -> Any:
    seen = Viewshed.objects.for_commune(commune).views().current().seeing().counting_as_coverage()
    pictures = ViewshedClass.objects.filter(viewshed__in=seen).order_by("step", "pk")
    return pictures.annotate(camera_code=F("viewshed__camera__code"))


LAYERS = {
    CAMERAS: (_cameras, "point", CAMERA_FIELDS),
    COVERAGE: (_coverage, "area", COVERAGE_FIELDS),
    QUALITY: (_quality, "area", QUALITY_FIELDS),
}


@requires("map.view")
@require_GET
def tiles(request: HttpRequest, layer: str, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of the commune's cameras, or of the ground that counts as covered, to whoever may see it."""
    if layer not in PERMISSIONS or not is_address(zoom, column, row):
        return HttpResponseNotFound()  # a program asks: no page
    if not allows(request.role, PERMISSIONS[layer]):  # type: ignore[attr-defined]
        raise PermissionDenied
    commune = request.commune  # type: ignore[attr-defined]
    find, geometry, fields = LAYERS[layer]
    rows = find(commune)
    return tile_response(
        request,
        tag=etag(commune.pk, layer, _state(commune), zoom, column, row),
        draw=lambda: vector_tile(
            rows, zoom=zoom, column=column, row=row, layer=layer, fields=fields, geometry=geometry
        ),
    )


@requires("cameras.view_coverage")
@require_GET
def coverage_file(request: HttpRequest, file: int) -> FileResponse:
    """A file of coverage and gaps, as a download that no browser opens as a page of ours."""
    commune = request.commune  # type: ignore[attr-defined]
    exported = get_object_or_404(CoverageFile.objects.for_commune(commune), pk=file)
    path = Path(settings.MEDIA_ROOT) / exported.stored_as
    if not path.is_file():
        raise Http404
    role = request.role  # type: ignore[attr-defined]
    record_act(commune=commune, user=request.user, role=role, verb="coverage.downloaded", target=exported.file_name)
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=exported.file_name, content_type=BYTES)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _state(commune: Any) -> tuple[Any, ...]:
    """Changes with every save of a camera and with every view that is computed or outdated."""
    cameras = Camera.objects.for_commune(commune).aggregate(n=Count("pk"), saves=Sum("version"), last=Max("changed_at"))
    seen = Viewshed.objects.for_commune(commune).current().aggregate(n=Count("pk"), last=Max("pk"))
    return (*cameras.values(), *seen.values())
