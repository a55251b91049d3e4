"""Long work of the data page: which job reads which kind of table, and the one that reads cameras."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from access.jobs import job_kind
from access.models import JobRun
from access.services.uploads import delete_upload, uploaded
from analysis.progress import Report
from cameras.services.register import import_cameras
from incidents.models import SourceProfile

Result = dict[str, Any]
COUNTS = ("read", "accepted", "repeated", "refused")
TABLE_JOBS = {
    "incidents": "incidents.import",
    "mass_events": "incidents.import",
    "cameras": "cameras.import",
    "risk_factors": "sectors.import",
    "perception": "sectors.import",
}


@job_kind("cameras.import", title=gettext_lazy("Import of cameras"), permission="cameras.edit")
def read_cameras(job: JobRun, report: Report) -> Result:
    """Import a register of cameras, or try it. Parameters: path, file_name, profile, dry_run."""
    path, dry_run = uploaded(job.parameters), bool(job.parameters.get("dry_run"))
    batch = import_cameras(
        path=path,
        file_name=str(job.parameters["file_name"]),
        profile=SourceProfile.objects.for_commune(job.commune).get(pk=job.parameters["profile"]),
        imported_by=job.requested_by,
        dry_run=dry_run,
        report=report,
    )
    if not dry_run:
        delete_upload(path)
    return {"batch": batch.pk, **{name: getattr(batch, name) for name in COUNTS}}
