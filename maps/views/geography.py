"""Geography: units, streets, blocks, buildings… from map files of any format."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.services.jobs import request_job
from geo.decoder import decode_layer
from geo.services.targets import TARGETS, suggest_mapping
from maps.forms.ground import LayerForm, LayerUploadForm, SurfaceForm
from maps.ground_words import ground_counts, preparation
from maps.uploads import LAYERS, SURFACES, find_upload, keep_upload


@requires("geography.import")
def geography(request: HttpRequest) -> HttpResponse:
    """What the ground floor holds; bring a layer."""
    form = LayerUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = keep_upload(form.cleaned_data["file"], commune=request.commune, suffixes=LAYERS)
        return redirect("maps:layer", target=form.cleaned_data["target"], token=upload.token)
    return _page(request, form=form, surface_form=SurfaceForm())


@require_POST
@requires("geography.import")
def surface(request: HttpRequest) -> HttpResponse:
    """Queue a GeoTIFF of terrain: it says by itself what a layer must be asked."""
    form = SurfaceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=LayerUploadForm(), surface_form=form, status=422)
    upload = keep_upload(form.cleaned_data["surface"], commune=request.commune, suffixes=SURFACES)
    asked = form.job_parameters() | {"path": str(upload.path), "file_name": upload.file_name}
    job = request_job(commune=request.commune, kind="geo.add_surface", parameters=asked, requested_by=request.user)
    return redirect("maps:job", pk=job.pk)


@require_POST
@requires("geography.import")
def prepare(request: HttpRequest) -> HttpResponse:
    """Queue what follows from the layers: public space, snap points, masks."""
    asked = {"reason": request.POST.get("reason", "").strip()[:500]}
    job = request_job(
        commune=request.commune, kind="incidents.prepare_ground", parameters=asked, requested_by=request.user
    )
    return redirect("maps:job", pk=job.pk)


@requires("geography.import")
def layer(request: HttpRequest, target: str, token: str) -> HttpResponse:
    """Which column is which, and off to the queue."""
    upload = find_upload(token, commune=request.commune)
    if target not in TARGETS:
        raise Http404
    chosen = request.POST.get("layer") or request.GET.get("capa") or None
    decoded = decode_layer(upload.path, file_name=upload.file_name, layer=chosen, may_take_first=True)
    form = LayerForm(request.POST or None, target=target, decoded=decoded, initial=_first(target, decoded))
    if request.method == "POST" and form.is_valid():
        asked = form.job_parameters() | {"target": target, "path": str(upload.path), "file_name": upload.file_name}
        job = request_job(commune=request.commune, kind="geo.import_layer", parameters=asked, requested_by=request.user)
        return redirect("maps:job", pk=job.pk)
    context = {"form": form, "upload": upload, "decoded": decoded, "target": TARGETS[target], "tab": "geografia"}
    return render(request, "maps/layer.html", context)


def _page(request: HttpRequest, *, form: Any, surface_form: Any, status: int = 200) -> HttpResponse:
    told = {"counts": ground_counts(request.commune), "preparation": preparation(request.commune), "tab": "geografia"}
    forms = {"form": form, "surface_form": surface_form}
    return render(request, "maps/geography.html", told | forms, status=status)


def _first(target: str, decoded: Any) -> dict[str, Any]:
    """Columns found by their usual names."""
    mapping = suggest_mapping(TARGETS[target], decoded.fields)
    return {"layer": decoded.layer, **{f"column_{name}": column for name, column in mapping.items()}}
