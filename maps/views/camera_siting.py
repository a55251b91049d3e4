"""Where the next cameras should go: ask, look at the proposals with their proof, take them into the register or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from cameras.models import SitingChoice, SitingRun
from cameras.services.siting import accept_choice, discard_choice
from maps.forms.cameras import ChoiceForm, SitingForm
from maps.periods import reference_day
from maps.siting_words import told_run

SHOWN = 30


@requires("cameras.view_coverage")
def siting(request: HttpRequest) -> HttpResponse:
    """Searches made so far, and the form of a new one."""
    return _page(request, SitingForm())


@require_POST
@requires("cameras.site")
def ask(request: HttpRequest) -> HttpResponse:
    """Put a search into the queue."""
    form = SitingForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    last = reference_day(request.commune, role=request.role)
    asked = form.cleaned_data | {"last_day": last.isoformat()}
    job = request_job(commune=request.commune, kind="cameras.siting", parameters=asked, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


@requires("cameras.view_coverage")
def siting_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One search: the proposed cameras, what each adds, how good the choice provably is."""
    run = get_object_or_404(SitingRun.objects.for_commune(request.commune), pk=pk)
    return render(request, "maps/cameras/siting_run.html", told_run(run) | {"tab": "emplazamiento"})


@require_POST
@requires("cameras.site")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposed camera into the register as planned."""
    found, reason = _decided(request, pk)
    if reason:
        camera = accept_choice(choice=found, reason=reason, decided_by=request.user)
        messages.success(request, _("Camera %(code)s is in the register as planned.") % {"code": camera.code})
    return redirect("maps:siting_run", pk=found.run_id)


@require_POST
@requires("cameras.site")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a proposed camera aside."""
    found, reason = _decided(request, pk)
    if reason:
        discard_choice(choice=found, reason=reason, decided_by=request.user)
        messages.success(request, _("The proposed camera was left aside."))
    return redirect("maps:siting_run", pk=found.run_id)


def _decided(request: HttpRequest, pk: int) -> tuple[SitingChoice, str]:
    """The proposed camera and the reason given; without one, the person is told."""
    found: SitingChoice = get_object_or_404(SitingChoice.objects.for_commune(request.commune), pk=pk)
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the reason stays with the decision."))
        return found, ""
    return found, form.cleaned_data["reason"]


def _page(request: HttpRequest, form: SitingForm) -> HttpResponse:
    runs = SitingRun.objects.for_commune(request.commune).select_related("created_by")[:SHOWN]
    context = {"form": form, "runs": [(run, 100 * (1 - run.gap_ratio)) for run in runs], "tab": "emplazamiento"}
    return render(request, "maps/cameras/siting.html", context, status=422 if form.errors else 200)
