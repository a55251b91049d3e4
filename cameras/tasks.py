"""Long work of this app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from access.jobs import job_kind
from access.models import JobRun
from analysis.progress import Report
from cameras.services.coverage import compute_coverage


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
