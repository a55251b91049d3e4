"""Sectors: the list with its ranks, the sheet of one, the printed sheet, its changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.roles import Role
from access.services.jobs import request_job
from maps.forms.sectors import ReasonForm, SectorForm, WindowForm
from maps.periods import last_days, reference_day
from maps.sector_list import listed_sectors
from maps.sector_words import sheet
from sectors.models import RiskSector, SectorStatus
from sectors.services.catalogue import change_sector, close_sector
from sectors.services.scoring import latest_run

SCORE_DAYS = 365


@requires("sectors.view")
def sectors(request: HttpRequest) -> HttpResponse:
    """Every sector with its status, score and rank interval."""
    asked = request.GET.get("estado", "")
    usual = last_days(reference_day(request.commune, role=request.role), SCORE_DAYS)
    context = {
        "rows": listed_sectors(request.commune, role=request.role, status=asked), "asked": asked,
        "statuses": SectorStatus.choices, "run": latest_run(request.commune),
        "form": WindowForm(initial={"window_from": usual.first, "window_until": usual.last}),
    }  # fmt: skip
    return render(request, "maps/sectors.html", context)


@requires("sectors.view")
def sector(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a sector."""
    found = _sector(request, code)
    return render(request, "maps/sector.html", _context(request, found))


@requires("sectors.view")
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet to take to the neighbourhood board: what a territorial manager may hand out, whoever prints it."""
    return render(request, "maps/sector_printed.html", sheet(_sector(request, code), role=Role.READER))


@require_POST
@requires("sectors.edit")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change name, typology, status, responsible or act, from the version the form was made from."""
    found = _sector(request, code)
    form = SectorForm(request.POST, commune=request.commune)
    if not form.is_valid():
        return render(request, "maps/sector.html", _context(request, found) | {"change": form}, status=422)
    given = form.cleaned_data
    change_sector(
        sector=found, changes=form.changes(found), expected_version=given["version"], reason=given["reason"],
        edited_by=request.user,
    )  # fmt: skip
    messages.success(request, _("The sector was changed."))
    return redirect("maps:sector", code=code)


@require_POST
@requires("sectors.edit")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """End a sector today; its history stays, and restoring a version opens it again."""
    found, form = _sector(request, code), ReasonForm(request.POST, auto_id="cerrar_%s")
    if not form.is_valid():
        return render(request, "maps/sector.html", _context(request, found) | {"closing": form}, status=422)
    given = form.cleaned_data
    close_sector(
        sector=found, closed_on=None, expected_version=given["version"], reason=given["reason"], closed_by=request.user
    )
    messages.success(request, _("The sector was closed. Restoring a version in its history opens it again."))
    return redirect("maps:sector", code=code)


@require_POST
@requires("sectors.score")
def score(request: HttpRequest) -> HttpResponse:
    """Put the computation of scores into the queue."""
    form = WindowForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The window of the score is not right: the last day must not be before the first."))
        return redirect("maps:sectors")
    window = {name: day.isoformat() for name, day in form.cleaned_data.items()}
    job = request_job(commune=request.commune, kind="sectors.score", parameters=window, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


def _sector(request: HttpRequest, code: str) -> RiskSector:
    rows = RiskSector.objects.for_commune(request.commune).select_related("commune", "responsible")
    return get_object_or_404(rows, code=code)


def _context(request: HttpRequest, found: RiskSector) -> dict[str, Any]:
    """The sheet with its two forms, filled in with what stands now."""
    names = ("name", "typology", "status", "responsible", "act", "version")
    now = {name: getattr(found, name) for name in names}
    forms = {
        "change": SectorForm(initial=now, commune=request.commune),
        "closing": ReasonForm(initial=now, auto_id="cerrar_%s"),
    }
    return sheet(found, role=request.role) | forms
