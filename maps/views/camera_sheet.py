"""The sheet of a camera: what it is and sees, when it did not work, what was seen through it, who asked for what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.decorators import requires
from cameras.models import Camera, CameraKind, EvidenceRequest, Finding, Outage, Preset
from cameras.services import logs
from maps.forms.cameras import (
    EvidenceAnswerForm,
    EvidenceForm,
    FindingForm,
    OutageEndForm,
    OutageForm,
    TourForm,
    written_tour,
)
from maps.map_settings import camera_picker_settings

SHOWN = 20
PERIODS = {"28": 28, "90": 90, "365": 365}


@requires("cameras.view_coverage")
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet."""
    return _sheet(request, _camera(request, pk))


@require_POST
@requires("cameras.log")
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down an outage."""
    found, form = _camera(request, pk), OutageForm(request.POST, auto_id="caida_%s")
    if not form.is_valid():
        return _sheet(request, found, outage_form=form)
    logs.record_outage(camera=found, recorded_by=request.user, **form.cleaned_data)
    messages.success(request, _("The outage was written down."))
    return redirect("maps:camera", pk=pk)


@require_POST
@requires("cameras.log")
def outage_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a camera works again."""
    found = get_object_or_404(Outage.objects.for_commune(request.commune), pk=pk)
    form = OutageEndForm(request.POST, auto_id=f"fin{pk}_%s")
    if not form.is_valid():
        return _sheet(request, found.camera, ending={found.pk: form})
    logs.end_outage(outage=found, ends_at=form.cleaned_data["ends_at"], ended_by=request.user)
    messages.success(request, _("The outage was ended."))
    return redirect("maps:camera", pk=found.camera_id)


@require_POST
@requires("cameras.log")
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down something seen through the camera."""
    found, form = _camera(request, pk), FindingForm(request.POST, auto_id="hallazgo_%s")
    if not form.is_valid():
        return _sheet(request, found, finding_form=form)
    logs.record_finding(camera=found, recorded_by=request.user, **form.cleaned_data)
    messages.success(request, _("The finding was written down."))
    return redirect("maps:camera", pk=pk)


@require_POST
@requires("cameras.log")
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a request for a recording."""
    found, form = _camera(request, pk), EvidenceForm(request.POST, auto_id="evidencia_%s")
    if not form.is_valid():
        return _sheet(request, found, evidence_form=form)
    given = form.cleaned_data
    logs.record_evidence_request(
        camera=found, requester=given["requester"], basis=given["basis"], interval=form.interval(),
        received_on=given["received_on"], recorded_by=request.user,
    )  # fmt: skip
    messages.success(request, _("The request was written down."))
    return redirect("maps:camera", pk=pk)


@require_POST
@requires("cameras.log")
def evidence_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a request ended."""
    found = get_object_or_404(EvidenceRequest.objects.for_commune(request.commune), pk=pk)
    form = EvidenceAnswerForm(request.POST, auto_id=f"respuesta{pk}_%s")
    if not form.is_valid():
        return _sheet(request, found.camera, answering={found.pk: form})
    logs.answer_evidence_request(request=found, answered_by=request.user, **form.cleaned_data)
    messages.success(request, _("The answer was written down."))
    return redirect("maps:camera", pk=found.camera_id)


@require_POST
@requires("cameras.edit")
def tour(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the tour of a dome."""
    found, form = _camera(request, pk), TourForm(request.POST, auto_id="ronda_%s")
    if not form.is_valid():
        return _sheet(request, found, tour_form=form)
    logs.set_tour(camera=found, presets=form.cleaned_data["presets"], set_by=request.user)
    messages.success(request, _("The tour was saved. Compute the coverage again to see what it sees."))
    return redirect("maps:camera", pk=pk)


@requires("cameras.view_coverage")
def uptime(request: HttpRequest) -> HttpResponse:
    """How long each camera worked, worst first."""
    days = PERIODS.get(request.GET.get("dias", ""), 28)
    until = timezone.localtime()
    rows = logs.uptime(request.commune, since=until - timedelta(days=days), until=until)
    hours, out = sum(row.hours for row in rows), sum(row.hours_out for row in rows)
    context = {
        "rows": [(row, None if row.ratio is None else 100 * row.ratio) for row in rows],
        "days": str(days), "periods": PERIODS, "tab": "disponibilidad",
        "percent": None if hours <= 0 else 100 * (1 - out / hours), "out_now": sum(row.out_now for row in rows),
    }  # fmt: skip
    return render(request, "maps/cameras/uptime.html", context)


def _camera(request: HttpRequest, pk: int) -> Camera:
    found: Camera = get_object_or_404(Camera.objects.for_commune(request.commune), pk=pk)
    return found


def _tour(found: Camera) -> list[tuple[Preset, float]]:
    """Each preset with the share of the tour (in per cent) that it is looked at."""
    presets = list(found.presets.all())
    cycle = sum(one.dwell_s + one.move_s for one in presets)
    return [(one, 100 * one.dwell_s / cycle) for one in presets]


def _sheet(request: HttpRequest, found: Camera, **forms: Any) -> HttpResponse:
    """The page, with whichever form did not pass."""
    now = timezone.localtime().replace(second=0, microsecond=0, tzinfo=None)
    given: dict[str, Form | dict[int, Form]] = {
        "outage_form": OutageForm(auto_id="caida_%s", initial={"starts_at": now}),
        "finding_form": FindingForm(auto_id="hallazgo_%s", initial={"seen_at": now}),
        "evidence_form": EvidenceForm(auto_id="evidencia_%s", initial={"received_on": now.date()}),
        "tour_form": TourForm(auto_id="ronda_%s", initial={"presets": written_tour(found.presets.all())}),
    }
    own = {"camera": found}
    context = given | forms | {
        "camera": found, "tab": "registro", "dome": found.kind == CameraKind.DOME,
        "outages": [
            (one, forms.get("ending", {}).get(one.pk)
             or OutageEndForm(auto_id=f"fin{one.pk}_%s", initial={"ends_at": now}))
            for one in Outage.objects.for_commune(request.commune).filter(**own)[:SHOWN]
        ],
        "findings": Finding.objects.for_commune(request.commune).filter(**own).select_related("offence_type")[:SHOWN],
        "requests": [
            (one, forms.get("answering", {}).get(one.pk)
             or EvidenceAnswerForm(auto_id=f"respuesta{one.pk}_%s", initial={"answered_on": now.date()}))
            for one in EvidenceRequest.objects.for_commune(request.commune).filter(**own)[:SHOWN]
        ],
        "presets": _tour(found), "assumed": [Camera._meta.get_field(name).verbose_name for name in found.assumed],
        "viewshed": found.viewsheds.filter(current=True).first(),
        "picker": camera_picker_settings(request),
    }  # fmt: skip
    return render(request, "maps/cameras/sheet.html", context, status=422 if forms else 200)
