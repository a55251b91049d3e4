"""Source profiles: made from the file at hand, changed by a new version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.decorators import requires
from analysis.sniffing.tables import shown_rows
from geo.errors import RefusedError
from incidents.models import SourceProfile
from incidents.services.profiles import save_profile
from incidents.services.sniffing import understood
from maps.forms.imports import ProfileForm
from maps.import_rights import kinds_of, require_kind
from maps.numbers import whole_number
from maps.profile_editing import Start, description_of, first_types, first_values, found_labels, start_of, type_hints
from maps.profile_fields import FIELDS
from maps.sniff_words import doubts, told_reasons, told_roles
from maps.type_mapping import type_choices
from maps.uploads import find_upload


@requires("data.bring")
def profiles(request: HttpRequest) -> HttpResponse:
    """The profiles of the commune that the role may use, the newest version of each."""
    rows = SourceProfile.objects.for_commune(request.commune).latest().of_kinds(kinds_of(request.role))
    rows = rows.order_by("kind", "name")
    return render(request, "maps/profiles.html", {"profiles": rows, "tab": "perfiles"})


@requires("data.bring")
def profile(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Say how the file at hand is written and what its columns and words mean."""
    require_kind(kind, request.role)
    upload = find_upload(token, commune=request.commune)
    described = description_of(upload, sheet=request.GET.get("hoja", ""))
    if kind not in FIELDS:
        raise Http404
    profiles = SourceProfile.objects.for_commune(request.commune).of_kind(kind)
    base = profiles.filter(pk=whole_number(request.GET.get("desde"))).first()
    told = understood(described, kind=kind, commune=request.commune)
    start = start_of(kind, described, told, base)
    form = _form(request, kind, upload, described, start)
    if request.method == "POST" and "releer" not in request.POST and form.is_valid():
        saved = _save(request, form, kind, start)
        if saved is not None:
            return redirect(f"{reverse('maps:table', args=[kind, token])}?perfil={saved.pk}")
    form.explain(told_reasons(told, described) | type_hints(form.open_labels()))
    context = {
        "form": form, "kind": kind, "upload": upload, "described": described, "types": type_choices(),
        "roles": told_roles(told, kind), "doubts": doubts(told, described), "ready": start.ready,
        "shown": shown_rows(described.header, described.first_rows),
        "tab": "archivos",
    }  # fmt: skip
    return render(request, "maps/profile.html", context)


def _form(request: HttpRequest, kind: str, upload: Any, described: Any, start: Start) -> ProfileForm:
    """The form with the labels of the chosen type column; `releer` asks for them again without checking the rest."""
    first = first_values(described, start)
    column = request.POST.get("column_label", first.get("column_label", ""))
    constant = request.POST.get("constant_label", first.get("constant_label") or "")
    labels = found_labels(upload, described, column, constant) if kind == "incidents" else []
    first = first | (first_types(labels, start.settings.get("type_mapping", {})) if labels else {})
    if request.method == "POST" and "releer" in request.POST:
        first |= {name: value for name, value in request.POST.items() if not name.startswith("type_")}
    bound = request.POST if request.method == "POST" and "releer" not in request.POST else None
    return ProfileForm(bound, initial=first, kind=kind, described=described, labels=labels)


def _save(request: HttpRequest, form: ProfileForm, kind: str, start: Start) -> SourceProfile | None:
    """The saved profile; a refusal becomes the form's error."""
    given = form.cleaned_data
    try:
        saved = save_profile(
            commune=request.commune, name=given["name"], settings=form.settings(base=start.settings),
            source=start.source if start.name == given["name"] else "", kind=kind,
            retention_months=given["retention_months"], legal_basis=given["legal_basis"], saved_by=request.user,
        )  # fmt: skip
    except RefusedError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("The profile was saved (version %(version)s).") % {"version": saved.version})
    return saved
