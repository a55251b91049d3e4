"""Long work: the list, one job with its progress, cancel."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.jobs import kinds_for
from access.models import JobRun
from access.services.jobs import cancel_job
from incidents.services.remains import inert
from maps.job_words import told


def _jobs(request: HttpRequest) -> Any:
    rows = JobRun.objects.for_commune(request.commune).of_kinds(kinds_for(request.role))
    return rows.select_related("requested_by").order_by("-created_at")


@requires("jobs.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """Every job the role may see, newest first."""
    page = Paginator(_jobs(request), 30).get_page(request.GET.get("pagina"))
    return render(request, "maps/jobs.html", {"jobs": [told(job) for job in page], "page": page})


@requires("jobs.view")
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job; its progress is asked again every two seconds while it runs."""
    found = _job(request, pk)
    template = "maps/parts/job_progress.html" if request.htmx else "maps/job.html"
    return render(request, template, {"job": told(found)})


@requires("geography.import")
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows of a layer as CSV for a spreadsheet: row and reason, never what the row said."""
    found = _job(request, pk)
    if found.kind != "geo.import_layer":
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="filas-rechazadas-trabajo-{found.pk}.csv"'
    answer.write("\ufeff")
    rows = csv.writer(answer, delimiter=";")
    rows.writerow([_("row"), _("reason")])
    rows.writerows([one["row"], inert(one["reason"])] for one in found.result.get("refusals", []))
    return answer


@require_POST
@requires("jobs.view")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a job to stop; what it has done so far is not kept."""
    found = _job(request, pk)
    cancel_job(job=found, cancelled_by=request.user, role=request.role)
    messages.success(request, _("The job was asked to stop. Nothing of it is kept."))
    return redirect("maps:job", pk=pk)


def _job(request: HttpRequest, pk: int) -> JobRun:
    """A job of the commune, of a kind that the role may ask for."""
    found: JobRun = get_object_or_404(JobRun.objects.for_commune(request.commune).select_related("requested_by"), pk=pk)
    if found.kind not in kinds_for(request.role):
        raise PermissionDenied
    return found
