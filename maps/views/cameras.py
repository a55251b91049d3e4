"""Cameras: the register, a form for one, coverage."""

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
from cameras.models import Camera
from cameras.services.register import save_camera
from maps.forms.records import CameraForm
from maps.map_settings import picker_settings
from maps.numbers import whole_number


@requires("cameras.edit")
def cameras(request: HttpRequest) -> HttpResponse:
    """The register."""
    rows = Camera.objects.for_commune(request.commune).order_by("code")
    page = Paginator(rows, 50).get_page(request.GET.get("pagina"))
    return render(request, "maps/cameras/register.html", {"page": page, "tab": "camaras"})


@requires("cameras.edit")
def camera_new(request: HttpRequest) -> HttpResponse:
    """Enter a camera."""
    form = CameraForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        save_camera(commune=request.commune, content=form.content(), saved_by=request.user)
        messages.success(request, _("The camera was saved. Compute the coverage again to see what it sees."))
        return redirect("maps:cameras")
    return render(request, "maps/record_form.html", _context(request, form, _("New camera")))


@requires("cameras.edit")
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a camera, from the version the form was made from."""
    found = get_object_or_404(Camera.objects.for_commune(request.commune), pk=pk)
    form = CameraForm(request.POST or None, initial={name: getattr(found, name) for name in CameraForm.base_fields})
    if request.method == "POST" and form.is_valid():
        version = whole_number(request.POST.get("version")) or None
        content = {name: value for name, value in form.content().items() if name != "code"}
        save_camera(
            commune=request.commune, content=content, saved_by=request.user, camera=found, expected_version=version
        )
        messages.success(request, _("The camera was saved. Compute the coverage again to see what it sees."))
        return redirect("maps:cameras")
    return render(request, "maps/record_form.html", _context(request, form, found.code) | {"version": found.version})


@require_POST
@requires("cameras.edit")
def coverage(request: HttpRequest) -> HttpResponse:
    """Put the computation of what cameras see into the queue."""
    job = request_job(commune=request.commune, kind="cameras.coverage", parameters={}, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


def _context(request: HttpRequest, form: CameraForm, title: str) -> dict[str, Any]:
    told = {"form": form, "title": title, "tab": "camaras", "back": "maps:cameras"}
    return told | {"place": "id_point", "picker": picker_settings(request)}
