"""Coverage and gaps: how much is seen and how well, sector by sector and street by street; what harm goes unseen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from cameras.services.rules import coverage_rules, set_rules
from maps.camera_figures import coverage_figures
from maps.forms.cameras import CoverageExportForm, CoverageMomentForm, RulesForm


@requires("cameras.view_coverage")
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Figures of now, or of a moment."""
    moment = CoverageMomentForm(request.GET or None)
    asked = moment.cleaned_data["moment"] if moment.is_bound and moment.is_valid() else None
    return render(request, "maps/cameras/coverage.html", _context(request) | {
        "figures": coverage_figures(request.commune, role=request.role, moment=asked), "moment": moment,
    })  # fmt: skip


@require_POST
@requires("cameras.edit")
def rules(request: HttpRequest) -> HttpResponse:
    """Change by which rules views are judged; they are computed again."""
    form = RulesForm(request.POST)
    if not form.is_valid():
        figures = coverage_figures(request.commune, role=request.role, moment=None)
        context = _context(request) | {"figures": figures, "moment": CoverageMomentForm(), "rules_form": form}
        return render(request, "maps/cameras/coverage.html", context, status=422)
    set_rules(commune=request.commune, content=form.cleaned_data, set_by=request.user)
    messages.success(request, _("The rules were saved; every view is computed again."))
    job = request_job(commune=request.commune, kind="cameras.coverage", parameters={}, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


@require_POST
@requires("cameras.view_coverage")
def export(request: HttpRequest) -> HttpResponse:
    """Queue a file of coverage and gaps."""
    form = CoverageExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a format and a reference system, and say what the file is for."))
        return redirect("maps:camera_coverage")
    job = request_job(
        commune=request.commune, kind="cameras.export", parameters=form.cleaned_data, requested_by=request.user
    )
    return redirect("maps:job", pk=job.pk)


def _context(request: HttpRequest) -> dict[str, Any]:
    held = coverage_rules(request.commune)
    initial = {name: getattr(held, name) for name in RulesForm.base_fields}
    return {
        "tab": "cobertura", "rules": held, "rules_form": RulesForm(initial=initial),
        "export_form": CoverageExportForm(initial={"srid": request.commune.metric_srid}),
    }  # fmt: skip
