"""Words of a source without a type, and the types they are given; the processing record."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext

from access.decorators import requires
from incidents.models import Crosswalk, GroupingMember, SourceProfile
from incidents.services.labels import map_labels, open_labels
from incidents.services.registry import PURPOSE, processing_record, record_as_csv
from maps.forms.words import WordsForm
from maps.type_mapping import type_choices


@requires("incidents.import")
def words(request: HttpRequest, source: str) -> HttpResponse:
    """Give the words of a source their types."""
    profiles = SourceProfile.objects.for_commune(request.commune).latest().of_kind("incidents")
    profile = get_object_or_404(profiles, source=source)
    form = WordsForm(request.POST or None, labels=open_labels(commune=request.commune, source=source))
    if request.method == "POST" and form.is_valid():
        _saved, rows = map_labels(
            commune=request.commune, source=source, mapping=form.mapping(), mapped_by=request.user, role=request.role
        )
        told = ngettext("%(n)s record got its type.", "%(n)s records got their type.", rows) % {"n": rows}
        messages.success(request, told)
        return redirect("maps:words", source=source)
    context = {"form": form, "profile": profile, "types": type_choices(), "tab": "perfiles"}
    return render(request, "maps/words.html", context)


@requires("data.bring")
def types(request: HttpRequest) -> HttpResponse:
    """The lists of types: how the earlier one continues in the one in use, and the groupings others publish by."""
    links = Crosswalk.objects.between("cead-2024-a", "cead-2024-b")
    members = GroupingMember.objects.select_related("grouping", "offence_type__taxonomy")
    context = {"links": links, "members": members.order_by("grouping__code", "place"), "tab": "tipos"}
    return render(request, "maps/types.html", context)


@requires("registry.view")
def registry(request: HttpRequest) -> HttpResponse:
    """The processing record of the commune's sources; `formato=csv` gives it as a table."""
    entries = processing_record(commune=request.commune)
    if request.GET.get("formato") == "csv":
        name = {"Content-Disposition": 'attachment; filename="registro-de-tratamiento.csv"'}
        return HttpResponse(record_as_csv(entries), content_type="text/csv; charset=utf-8", headers=name)
    return render(request, "maps/registry.html", {"entries": entries, "purpose": PURPOSE, "tab": "registro"})
