"""Long work of this app."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.jobs import job_kind
from access.models import JobRun
from analysis.progress import Report
from cameras.services.coverage import compute_coverage
from cameras.services.exporting import export_coverage
from cameras.services.siting import SitingQuestion, search_sites


@job_kind("cameras.coverage", title=_("Compute camera coverage"), permission="cameras.edit")
def run_coverage(job: JobRun, report: Report) -> dict[str, Any]:
    """Compute the views that are missing (`again`: all of them)."""
    result = compute_coverage(
        commune=job.commune,
        report=report,
        requested_by=job.requested_by,
        again=bool(job.parameters.get("again", False)),
    )
    return result.as_dict()


@job_kind("cameras.siting", title=_("Search for places of the next cameras"), permission="cameras.site")
def run_siting(job: JobRun, report: Report) -> dict[str, Any]:
    """Search places. Parameters: those of `SitingQuestion`, and last_day of the incidents that count."""
    asked = dict(job.parameters)
    last_day = date.fromisoformat(asked.pop("last_day"))
    asked["candidates"] = tuple(asked["candidates"])
    run = search_sites(
        commune=job.commune,
        question=SitingQuestion(**asked),
        last_day=last_day,
        requested_by=job.requested_by,
        report=report,
    )
    return {"siting_run": run.pk, "cameras": run.choices.count(), "gap_ratio": run.gap_ratio}


@job_kind("cameras.export", title=_("Export of coverage and gaps"), permission="cameras.view_coverage")
def run_export(job: JobRun, report: Report) -> dict[str, Any]:
    """Write a file of coverage and gaps. Parameters: file_format, srid, reason, role."""
    exported = export_coverage(
        commune=job.commune,
        file_format=job.parameters["file_format"],
        srid=int(job.parameters["srid"]),
        exported_by=job.requested_by,
        reason=job.parameters["reason"],
        report=report,
    )
    return {"coverage_file": exported.pk, "file_name": exported.file_name, "rows": exported.rows}
