"""Cameras: the register, the form of one, and the job that computes what they see."""

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
from cameras.models import Camera, CameraStatus
from cameras.services.register import save_camera
from maps.forms.cameras import IN_VIEW, CameraForm, written
from maps.map_settings import camera_picker_settings
from maps.numbers import whole_number


@requires("cameras.view_points")
def cameras(request: HttpRequest) -> HttpResponse:
    """The register, by status if asked."""
    asked = request.GET.get("estado", "")
    rows = Camera.objects.for_commune(request.commune).order_by("code")
    if asked in CameraStatus.values:
        rows = rows.filter(status=asked)
    page = Paginator(rows, 50).get_page(request.GET.get("pagina"))
    context = {"page": page, "tab": "registro", "asked": asked, "statuses": CameraStatus.choices}
    return render(request, "maps/cameras/register.html", context)


@requires("cameras.edit")
def camera_new(request: HttpRequest) -> HttpResponse:
    """Enter a camera."""
    form = CameraForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = save_camera(commune=request.commune, content=form.content(), saved_by=request.user)
        messages.success(request, _("The camera was saved. Compute the coverage again to see what it sees."))
        return redirect("maps:camera", pk=saved.pk)
    return render(request, "maps/cameras/form.html", _context(request, form, _("New camera")))


@requires("cameras.edit")
def camera_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a camera, from the version the form was made from."""
    found = get_object_or_404(Camera.objects.for_commune(request.commune), pk=pk)
    form = CameraForm(
        request.POST or None, initial={name: written(getattr(found, name)) for name in CameraForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        version = whole_number(request.POST.get("version")) or None
        save_camera(
            commune=request.commune, content=form.changes(), saved_by=request.user, camera=found,
            expected_version=version,
        )  # fmt: skip
        messages.success(request, _("The camera was saved. Compute the coverage again to see what it sees."))
        return redirect("maps:camera", pk=pk)
    return render(request, "maps/cameras/form.html", _context(request, form, found.code) | {"camera": found})


@require_POST
@requires("cameras.edit")
def coverage(request: HttpRequest) -> HttpResponse:
    """Put the computation of what cameras see into the queue."""
    job = request_job(commune=request.commune, kind="cameras.coverage", parameters={}, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


def _context(request: HttpRequest, form: CameraForm, title: str) -> dict[str, Any]:
    return {
        "form": form, "title": title, "tab": "registro", "sliders": IN_VIEW, "picker": camera_picker_settings(request),
    }  # fmt: skip
