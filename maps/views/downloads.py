"""The downloaded map: what will be in it and why, then the file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from access.decorators import requires
from access.services.audit import record_export
from maps.addresses import read_view
from maps.forms.styling import StyledForm
from maps.periods import reference_day
from maps.reports import View, map_document, report_layers


class DownloadForm(StyledForm):
    """Why a map leaves the house."""

    reason = forms.CharField(label=_("What it is for"), max_length=500)


@requires("export.map")
def map_download(request: HttpRequest) -> HttpResponse:
    """Say what the file will hold; with a reason, make it, log it and send it."""
    view = read_view(request.GET, last=reference_day(request.commune, role=request.role))
    form = DownloadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _file(request, view, form.cleaned_data["reason"])
    layers = [one for one in report_layers(request.role, view.layers) if not one.ground]
    return render(request, "maps/map_download.html", {"form": form, "layers": layers, "view": view})


def _file(request: HttpRequest, view: View, reason: str) -> HttpResponse:
    """The document as an attachment that no page of ours ever runs."""
    document, shapes = map_document(commune=request.commune, role=request.role, view=view)
    name = f"{slugify(request.commune.name)}_mapa_{timezone.localdate():%Y-%m-%d}_4326.html"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(document, encoding="utf-8")
        record_export(
            commune=request.commune, user=request.user, role=request.role, layer="mapa", file_format="html", srid=4326,
            rows=shapes, path=path, parameters={"layers": list(view.layers)}, reason=reason,
        )  # fmt: skip
    response = HttpResponse(document, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox allow-scripts"
    return response
