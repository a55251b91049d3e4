"""Long work of pages that no app below may own: geography stands under the jobs, cameras beside the imports."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.jobs import job_kind
from access.models import JobRun
from analysis.progress import Report
from cameras.services.register import import_cameras
from geo.errors import RefusedFileError
from geo.services.layers import import_layer
from incidents.models import SourceProfile
from maps.uploads import Upload, find_upload

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
    """Import a register of cameras, or try it. Parameters: token, profile, dry_run."""
    upload, dry_run = _waiting_file(job), bool(job.parameters.get("dry_run"))
    batch = import_cameras(
        path=upload.path,
        file_name=upload.file_name,
        profile=SourceProfile.objects.for_commune(job.commune).get(pk=job.parameters["profile"]),
        imported_by=job.requested_by,
        dry_run=dry_run,
        report=report,
    )
    if not dry_run:
        transaction.on_commit(lambda: upload.path.unlink(missing_ok=True))
    return {"batch": batch.pk, **{name: getattr(batch, name) for name in COUNTS}}


@job_kind("geography.import", title=gettext_lazy("Import of geography"), permission="geography.import")
def read_layer(job: JobRun, report: Report) -> Result:
    """Import a layer of the ground floor. Parameters: token, target, mapping, srid, layer, source, replace, repair."""
    upload, asked = _waiting_file(job), job.parameters
    options = {name: asked.get(name) for name in ("mapping", "srid", "layer")}
    imported = import_layer(
        commune=job.commune,
        path=upload.path,
        file_name=upload.file_name,
        target=asked["target"],
        source=asked["source"],
        imported_by=job.requested_by,
        replace=bool(asked.get("replace")),
        repair=bool(asked.get("repair")),
        report=report,
        **options,
    )
    refusals = [{"row": one.row, "reason": str(one.reason)} for one in imported.refusals[:50]]
    told = {name: getattr(imported, name) for name in COUNTS}
    return told | {"refusals": refusals, "notes": [str(note) for note in imported.notes]}


def _waiting_file(job: JobRun) -> Upload:
    try:
        return find_upload(job.parameters["token"], commune=job.commune)
    except Http404 as error:
        raise RefusedFileError(_("The file is not here any more: bring it again.")) from error
