"""Places for records without point: the queue, the search, what people taught."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from geo.errors import AtalayaError
from incidents.models import ImportBatch, PlaceAlias, RecordAddress
from incidents.services.placing_queue import (
    accept_candidate,
    forget_alias,
    give_up,
    place_on_map,
    take_back_decision,
)
from maps.map_settings import picker_settings
from maps.numbers import decimal_number, whole_number
from maps.placing_words import queue_card

DECIDED, REMEMBERED = "placing_decided", 30


@requires("incidents.place")
def queue(request: HttpRequest) -> HttpResponse:
    """The record to place, its candidates and the map; asked by htmx, the record alone."""
    if request.htmx:
        return render(request, "maps/placing/row.html", _card(request, asked=whole_number(request.GET.get("fila"))))
    context = _card(request, asked=whole_number(request.GET.get("fila")))
    return render(request, "maps/placing/queue.html", context | {"map": picker_settings(request), "tab": "ubicar"})


@require_POST
@requires("incidents.place")
def search(request: HttpRequest) -> HttpResponse:
    """Put a search of the waiting addresses into the queue of jobs."""
    batch = _batch(request)
    parameters = {"batch": batch.pk} if batch else {}
    job = request_job(commune=request.commune, kind="incidents.place", parameters=parameters, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


@require_POST
@requires("incidents.place")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a candidate or a point of the map, or say that there is no place; then the next record."""
    address = get_object_or_404(RecordAddress.objects.for_commune(request.commune), pk=pk)
    try:
        messages.success(request, _decision(request, address))
        request.session[DECIDED] = [*request.session.get(DECIDED, []), pk][-REMEMBERED:]
    except AtalayaError as error:
        messages.error(request, str(error))
        return render(request, "maps/placing/row.html", _card(request, asked=pk, after=pk))
    return render(request, "maps/placing/row.html", _card(request, after=pk))


@require_POST
@requires("incidents.place")
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last decision of this person, and show its record again."""
    decided = list(request.session.get(DECIDED, []))
    last = decided.pop() if decided else None
    request.session[DECIDED] = decided
    address = RecordAddress.objects.for_commune(request.commune).filter(pk=last).first()
    try:
        if address is not None:
            take_back_decision(address=address, decided_by=request.user, role=request.role)
            messages.success(request, _("The last decision was taken back."))
    except AtalayaError as error:
        messages.error(request, str(error))
    return render(request, "maps/placing/row.html", _card(request, asked=last))


@requires("incidents.place")
def aliases(request: HttpRequest) -> HttpResponse:
    """What people taught, newest first."""
    rows = PlaceAlias.objects.for_commune(request.commune).select_related("created_by").order_by("-pk")
    page = Paginator(rows, 50).get_page(request.GET.get("pagina"))
    return render(request, "maps/placing/aliases.html", {"page": page, "tab": "ubicar"})


@require_POST
@requires("incidents.place")
def alias_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete what was taught; places given before stay."""
    found = get_object_or_404(PlaceAlias.objects.for_commune(request.commune), pk=pk)
    forget_alias(alias=found, deleted_by=request.user, role=request.role)
    messages.success(request, _("It was forgotten: the next search no longer uses it."))
    return redirect("maps:place_aliases")


def _decision(request: HttpRequest, address: RecordAddress) -> str:
    """Do what the form says; returns what was done."""
    told, by = request.POST, {"decided_by": request.user, "role": request.role}
    if told.get("accion") == "no":
        give_up(address=address, reason=told.get("motivo", ""), **by)
        return _("Noted: it cannot be placed. It goes on counting.")
    if told.get("opcion") == "mapa":
        lng, lat = decimal_number(told.get("lng")), decimal_number(told.get("lat"))
        place_on_map(address=address, lng=lng, lat=lat, **by)
        return _("Placed where you pointed. The address is remembered.")
    accept_candidate(address=address, choice=whole_number(told.get("opcion")) - 1, **by)
    return _("Placed on the candidate. What it teaches is remembered.")


def _card(request: HttpRequest, *, asked: int | None = None, after: int | None = None) -> dict[str, Any]:
    batch = _batch(request)
    card = queue_card(request.commune, batch=batch, asked=asked, after=after)
    return {"card": card, "batch": batch, "can_undo": bool(request.session.get(DECIDED))}


def _batch(request: HttpRequest) -> ImportBatch | None:
    asked = whole_number(request.POST.get("lote") or request.GET.get("lote"))
    rows = ImportBatch.objects.for_commune(request.commune)
    found: ImportBatch | None = rows.filter(pk=asked).first() if asked else None
    return found
