"""Sectors with their scores and strategies as files for other people; what has left the house so far."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from access.decorators import requires
from access.services.jobs import request_job
from geo.crs import CHILEAN_SRIDS
from maps.forms.styling import StyledForm
from plan.models import CommunalPlan, ExportFile

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

    def job_parameters(self) -> dict[str, Any]:
        """Parameters of the job `plan.export`."""
        plan = self.cleaned_data["plan"]
        told = {name: self.cleaned_data[name] for name in ("file_format", "srid", "reason")}
        return told | ({"plan": plan.pk} if plan else {})


@requires("export.sectors")
def exports(request: HttpRequest) -> HttpResponse:
    """Queue a file; the files made before."""
    form = ExportForm(request.POST or None, commune=request.commune, initial={"srid": request.commune.metric_srid})
    if request.method == "POST" and form.is_valid():
        job = request_job(
            commune=request.commune, kind="plan.export", parameters=form.job_parameters(), requested_by=request.user
        )
        return redirect("maps:job", pk=job.pk)
    files = ExportFile.objects.for_commune(request.commune).newest_first()
    page = Paginator(files, 20).get_page(request.GET.get("pagina"))
    return render(request, "maps/exports.html", {"form": form, "page": page})
