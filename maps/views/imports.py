"""The data page: bring a file, try it, import it; batches and their undo."""

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
from analysis.sniffing.tables import shown_rows
from incidents.models import ImportBatch, SourceProfile
from incidents.services.undoing import take_back
from maps.batch_words import batch_facts
from maps.forms.imports import UploadForm
from maps.import_rights import kinds_of, require_kind
from maps.numbers import whole_number
from maps.profile_editing import description_of, fitting_profile, profile_roles
from maps.profile_fields import told_columns
from maps.tasks import TABLE_JOBS
from maps.uploads import TABLES, Upload, find_upload, keep_upload


@requires("data.bring")
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a file; the batches so far."""
    form = UploadForm(request.POST or None, request.FILES or None, kinds=kinds_of(request.role))
    if request.method == "POST" and form.is_valid():
        upload = keep_upload(form.cleaned_data["file"], commune=request.commune, suffixes=TABLES)
        return redirect("maps:table", kind=form.cleaned_data["kind"], token=upload.token)
    batches = ImportBatch.objects.for_commune(request.commune).of_kinds(kinds_of(request.role)).newest_first()
    page = Paginator(batches, 20).get_page(request.GET.get("pagina"))
    return render(request, "maps/imports.html", {"form": form, "page": page, "tab": "archivos"})


@requires("data.bring")
def table(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """The file that was brought: its first rows, the profile to read it with, try or import."""
    upload = _find_upload(request, kind, token)
    profiles = SourceProfile.objects.for_commune(request.commune).of_kind(kind).latest().order_by("name")
    described = description_of(upload)
    asked = profiles.filter(pk=whole_number(request.GET.get("perfil"))).first()
    chosen = asked or fitting_profile(described, profiles)
    context = {
        "upload": upload, "kind": kind, "profiles": profiles, "profile": chosen, "described": described,
        "shown": shown_rows(described.header, described.first_rows),
        "roles": profile_roles(kind, described, chosen), "tab": "archivos",
        "columns": told_columns(kind, chosen.settings["columns"]) if chosen else [],
    }  # fmt: skip
    return render(request, "maps/table.html", context)


@require_POST
@requires("data.bring")
def start_import(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Put the import, or its trial, into the queue of jobs."""
    upload = _find_upload(request, kind, token)
    profiles = SourceProfile.objects.for_commune(request.commune).of_kind(kind)
    profile = get_object_or_404(profiles, pk=whole_number(request.POST.get("perfil")))
    job = request_job(
        commune=request.commune,
        kind=TABLE_JOBS[kind],
        parameters=_parameters(upload, profile, dry_run=request.POST.get("acto") == "probar", role=request.role),
        requested_by=request.user,
    )
    return redirect("maps:job", pk=job.pk)


def _find_upload(request: HttpRequest, kind: str, token: str) -> Upload:
    """The file that waits, as a table of a kind that the role may bring."""
    require_kind(kind, request.role)
    return find_upload(token, commune=request.commune)


def _parameters(upload: Any, profile: SourceProfile, *, dry_run: bool, role: str) -> dict[str, Any]:
    return {
        "token": upload.token, "path": str(upload.path), "file_name": upload.file_name,
        "profile": profile.pk, "dry_run": dry_run, "role": role,
    }  # fmt: skip


@requires("data.bring")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: what was read, what was refused and why, undo."""
    found = get_object_or_404(ImportBatch.objects.for_commune(request.commune).newest_first(), pk=pk)
    require_kind(found.profile.kind, request.role)
    context = {"batch": found, "facts": batch_facts(found), "tab": "archivos"}
    return render(request, "maps/batch.html", context)


@require_POST
@requires("data.bring")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back; nothing is lost, its rows stop counting."""
    found = get_object_or_404(ImportBatch.objects.for_commune(request.commune).select_related("profile"), pk=pk)
    require_kind(found.profile.kind, request.role)
    take_back(batch=found, undone_by=request.user, role=request.role)
    messages.success(request, _("The import was undone: its rows no longer count."))
    return redirect("maps:batch", pk=pk)
