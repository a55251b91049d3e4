"""Mass events: the list, a form for one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.decorators import requires
from incidents.models import MassEvent
from incidents.services.events import change_event, create_event
from maps.forms.records import EventForm
from maps.map_settings import picker_settings
from maps.numbers import whole_number


@requires("events.edit")
def events(request: HttpRequest) -> HttpResponse:
    """Events, the next ones and the newest first."""
    rows = MassEvent.objects.for_commune(request.commune).order_by("-starts_at")
    page = Paginator(rows, 40).get_page(request.GET.get("pagina"))
    return render(request, "maps/events.html", {"page": page, "tab": "eventos"})


@requires("events.edit")
def event_new(request: HttpRequest) -> HttpResponse:
    """Write a new event."""
    form = EventForm(request.POST or None, commune=request.commune)
    if request.method == "POST" and form.is_valid():
        create_event(commune=request.commune, values=form.cleaned_data, created_by=request.user, role=request.role)
        messages.success(request, _("The event was saved."))
        return redirect("maps:events")
    return render(request, "maps/record_form.html", _context(request, form, _("New mass event")))


@requires("events.edit")
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an event, from the version the form was made from."""
    found = get_object_or_404(MassEvent.objects.for_commune(request.commune), pk=pk)
    first = {name: getattr(found, name) for name in EventForm.base_fields}
    form = EventForm(request.POST or None, initial=first, commune=request.commune)
    if request.method == "POST" and form.is_valid():
        version = whole_number(request.POST.get("version")) or None
        change_event(
            event=found, values=form.cleaned_data, expected_version=version, changed_by=request.user, role=request.role
        )
        messages.success(request, _("The event was saved."))
        return redirect("maps:events")
    return render(request, "maps/record_form.html", _context(request, form, found.name) | {"version": found.version})


def _context(request: HttpRequest, form: EventForm, title: str) -> dict[str, Any]:
    told = {"form": form, "title": title, "tab": "eventos", "back": "maps:events"}
    return told | {"place": "id_venue", "area": "id_footprint", "picker": picker_settings(request)}
