"""Perception readings: the list and a form for one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.decorators import requires
from maps.forms.records import ReadingForm
from sectors.models import PerceptionReading
from sectors.services.perception import Answer, add_reading


@requires("factors.edit")
def readings(request: HttpRequest) -> HttpResponse:
    """Readings, the newest first."""
    rows = PerceptionReading.objects.for_commune(request.commune).select_related("unit", "sector")
    page = Paginator(rows.order_by("-measured_on", "-pk"), 40).get_page(request.GET.get("pagina"))
    return render(request, "maps/readings.html", {"page": page, "tab": "percepcion"})


@requires("factors.edit")
def reading_new(request: HttpRequest) -> HttpResponse:
    """Write down one reading."""
    form = ReadingForm(request.POST or None, commune=request.commune)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answer = Answer(**{name: given[name] for name in ("value", "measured_on", "n", "instrument")})
        add_reading(place=given["unit"] or given["sector"], answer=answer, recorded_by=request.user)
        messages.success(request, _("The reading was saved."))
        return redirect("maps:readings")
    context = {"form": form, "title": _("New perception reading"), "tab": "percepcion", "back": "maps:readings"}
    return render(request, "maps/record_form.html", context)
