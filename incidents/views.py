"""Tiles and files of this app."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.decorators import requires
from geo.errors import RefusedError
from geo.tiles import etag, is_address, tile_response, vector_tile
from incidents.models import ImportBatch, Method, MethodRun, MethodShape
from incidents.services.remains import refused_path, refused_workbook
from incidents.tiles import Period, TileAddress, event_tile, events_version, incident_tile, version_of

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("incidents.view_map")
@require_GET
def tiles(request: HttpRequest, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of incidents, from the table of the person's own precision."""
    if not is_address(zoom, column, row):
        return HttpResponseNotFound()
    commune, role = request.commune, request.role  # type: ignore[attr-defined]
    address, period = TileAddress(zoom, column, row), _period(request)
    return tile_response(
        request,
        tag=etag(commune.pk, "incidents", *version_of(commune, role), address, period),
        draw=lambda: incident_tile(commune=commune, role=role, address=address, period=period),
    )


@requires("events.view")
@require_GET
def event_tiles(request: HttpRequest, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of mass events."""
    if not is_address(zoom, column, row):
        return HttpResponseNotFound()
    commune = request.commune  # type: ignore[attr-defined]
    address, period = TileAddress(zoom, column, row), _period(request)
    return tile_response(
        request,
        tag=etag(commune.pk, "events", events_version(commune), address, period),
        draw=lambda: event_tile(commune=commune, address=address, period=period),
    )


@requires("analysis.view")
@require_GET
def method_tiles(request: HttpRequest, layer: str, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of what the newest run of a method drew."""
    if layer not in Method.values or not is_address(zoom, column, row):
        return HttpResponseNotFound()
    commune = request.commune  # type: ignore[attr-defined]
    newest = MethodRun.objects.for_commune(commune).of_method(layer).newest_first().values_list("pk", flat=True).first()
    rows = MethodShape.objects.for_commune(commune).filter(run_id=newest)
    return tile_response(
        request,
        tag=etag(commune.pk, "method", layer, newest, zoom, column, row),
        draw=lambda: vector_tile(
            rows, zoom=zoom, column=column, row=row, layer=layer, fields=("step", "title"), geometry="area"
        ),
    )


@requires("incidents.import")
@require_GET
def refused_file(request: HttpRequest, batch: int) -> FileResponse:
    """The refused rows of a batch as CSV, with why, to be mended and sent again; personal data is masked."""
    found, path = _refused(request, batch)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"filas-rechazadas-{found.pk}.csv")


@requires("incidents.import")
@require_GET
def refused_sheet(request: HttpRequest, batch: int) -> HttpResponse:
    """The same as a workbook."""
    found, path = _refused(request, batch)
    told = found.profile.settings
    content = refused_workbook(path, delimiter=told.get("delimiter", ";"), encoding=told.get("encoding", "utf-8"))
    name = f"filas-rechazadas-{found.pk}.xlsx"
    return HttpResponse(
        content, content_type=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _refused(request: HttpRequest, batch: int) -> tuple[ImportBatch, Path]:
    found = get_object_or_404(ImportBatch.objects.for_commune(request.commune), pk=batch)  # type: ignore[attr-defined]
    path = refused_path(found.refused_file)
    if not found.refused_file or not path.is_file():
        raise Http404
    return found, path


def _period(request: HttpRequest) -> Period | None:
    """The days asked for by `desde` and `hasta`; None where neither is given."""
    told = [request.GET.get(name, "") for name in ("desde", "hasta")]
    if told == ["", ""]:
        return None
    try:
        first, last = (dt.date.fromisoformat(day) for day in told)
    except ValueError as error:
        raise RefusedError(_("Give both days, “desde” and “hasta”, as year-month-day.")) from error
    if first > last or first.year < 1900 or last.year > 2200:
        raise RefusedError(_("The first day comes after the last."))
    return Period(first, last)
