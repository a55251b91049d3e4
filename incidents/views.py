"""Tiles and files of this app."""

from __future__ import annotations

import datetime as dt

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.decorators import requires
from geo.errors import RefusedError
from geo.tiles import etag, is_address, tile_response, vector_tile
from incidents.models import ImportBatch, Method, MethodRun, MethodShape
from incidents.services.remains import refused_path
from incidents.tiles import Period, TileAddress, event_tile, events_version, incident_tile, version_of


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
    """The refused rows of a batch as CSV: file, row, column, reason; never what the row said."""
    found = get_object_or_404(ImportBatch.objects.for_commune(request.commune), pk=batch)  # type: ignore[attr-defined]
    path = refused_path(found.refused_file)
    if not found.refused_file or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"filas-rechazadas-{found.pk}.csv")


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
