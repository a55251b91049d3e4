"""Sectors with their scores and strategies as files for other people; what has left the house so far."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.decorators import requires
from geo.crs import CHILEAN_SRIDS
from maps.forms.styling import StyledForm
from plan.models import CommunalPlan, ExportFile
from plan.services.exporting import export_sectors

FORMATS = [("shp", gettext_lazy("Shapefile (zip)")), ("gpkg", gettext_lazy("GeoPackage, with its QGIS style"))]


class ExportForm(StyledForm):
    """Format, reference system, plan and what the file is for."""

    file_format = forms.ChoiceField(label=gettext_lazy("Format"), choices=FORMATS)
    srid = forms.TypedChoiceField(
        label=gettext_lazy("Reference system"), coerce=int,
        choices=[(srid, f"EPSG:{srid} · {title}") for srid, title in CHILEAN_SRIDS.items()],
    )  # fmt: skip
    plan = forms.ModelChoiceField(
        label=gettext_lazy("Strategies of the plan"), queryset=CommunalPlan.objects.none(), required=False,
        empty_label=gettext_lazy("the one in force"),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("What it is for"), max_length=500)

    def __init__(self, *args: Any, commune: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans: Any = self.fields["plan"]
        plans.queryset = CommunalPlan.objects.for_commune(commune).newest_first()


@requires("export.sectors")
def exports(request: HttpRequest) -> HttpResponse:
    """Make a file; the files made before."""
    form = ExportForm(request.POST or None, commune=request.commune, initial={"srid": request.commune.metric_srid})
    if request.method == "POST" and form.is_valid():
        made = export_sectors(commune=request.commune, exported_by=request.user, role=request.role, **form.cleaned_data)
        messages.success(request, _("“%(file)s” is ready.") % {"file": made.file_name})
        return redirect("maps:exports")
    files = ExportFile.objects.for_commune(request.commune).newest_first()
    page = Paginator(files, 20).get_page(request.GET.get("pagina"))
    return render(request, "maps/exports.html", {"form": form, "page": page})
