"""Long work of this app, as kinds of jobs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.jobs import job_kind
from access.models import JobRun
from analysis.progress import Report
from geo.errors import RefusedFileError
from incidents.models import ImportBatch, ProfileKind, SourceProfile
from incidents.services.events import import_mass_events
from incidents.services.hotspots import HotspotParameters, run_hotspots
from incidents.services.importing import import_incidents
from incidents.services.profile_settings import RefusedProfileError

COUNTS = ("read", "accepted", "repeated", "refused", "unplaced")


@job_kind("incidents.import", title=gettext_lazy("Import of incidents or mass events"), permission="incidents.import")
def run_import(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: path, file_name, profile (id), dry_run. The uploaded file is deleted once its rows are in."""
    told = job.parameters
    profile: SourceProfile = SourceProfile.objects.for_commune(job.commune).get(pk=told["profile"])
    path, dry_run = Path(told["path"]), bool(told.get("dry_run"))
    if not path.is_file():
        raise RefusedFileError(_("The uploaded file is no longer here: upload it again."))
    batch = _import(job, profile, path, dry_run, report)
    uploads = Path(settings.MEDIA_ROOT) / "uploads"
    if not dry_run and path.is_relative_to(uploads):
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return {"batch": batch.pk, "state": batch.state, **{name: getattr(batch, name) for name in COUNTS}}


@job_kind("incidents.hotspots", title=gettext_lazy("Search for hot spots"), permission="incidents.run_hotspots")
def run_hotspot_search(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: window_from, window_until (ISO days), parameters (fields of `HotspotParameters`)."""
    told = job.parameters
    run = run_hotspots(
        commune=job.commune,
        window_from=dt.date.fromisoformat(told["window_from"]),
        window_until=dt.date.fromisoformat(told["window_until"]),
        parameters=HotspotParameters.read(told.get("parameters", {})),
        requested_by=job.requested_by,
        report=report,
    )
    return {"run": run.pk, "clusters": run.clusters.count(), "counts": run.counts}


def _import(job: JobRun, profile: SourceProfile, path: Path, dry_run: bool, report: Report) -> ImportBatch:
    file_name = str(job.parameters["file_name"])
    if profile.kind == ProfileKind.INCIDENTS:
        return import_incidents(
            commune=job.commune, path=path, file_name=file_name, profile=profile, imported_by=job.requested_by,
            dry_run=dry_run, report=report,
        )  # fmt: skip
    if profile.kind == ProfileKind.MASS_EVENTS:
        return import_mass_events(
            path=path, file_name=file_name, profile=profile, imported_by=job.requested_by, dry_run=dry_run,
            report=report,
        )  # fmt: skip
    raise RefusedProfileError(_("The profile “%(name)s” reads tables of another part.") % {"name": profile.name})
