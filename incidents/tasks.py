"""Long work of this app, as kinds of jobs."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from access.jobs import job_kind
from access.models import JobRun
from access.services.jobs import UPKEEP
from access.services.uploads import delete_upload, uploaded
from analysis.progress import Report
from geo.models import Commune
from incidents.models import ImportBatch, ProfileKind, SourceProfile
from incidents.services.addresses import erase_addresses
from incidents.services.events import import_mass_events
from incidents.services.grounding import prepare_ground
from incidents.services.hotspots import HotspotParameters, run_hotspots
from incidents.services.importing import import_incidents
from incidents.services.linking import search_links
from incidents.services.placing import place_unplaced
from incidents.services.profile_settings import RefusedProfileError
from incidents.services.retention import erase_over


@app.periodic(cron="47 3 * * *")
@app.task(name="incidents.erase_over_retention", queue=UPKEEP, queueing_lock="erase_over_retention")
def erase_over_retention(timestamp: int) -> None:
    """Each night: what is over the retention of its source."""
    for commune in Commune.objects.all():
        erase_over(commune=commune)


COUNTS = ("read", "accepted", "repeated", "refused", "unplaced")


@job_kind("incidents.import", title=gettext_lazy("Import of incidents or mass events"), permission="incidents.import")
def run_import(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: path, file_name, profile (id), dry_run. The uploaded file is deleted once its rows are in."""
    told = job.parameters
    profile: SourceProfile = SourceProfile.objects.for_commune(job.commune).get(pk=told["profile"])
    path, dry_run = uploaded(told), bool(told.get("dry_run"))
    batch = _import(job, profile, path, dry_run, report)
    if not dry_run:
        delete_upload(path)
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


@job_kind("incidents.prepare_ground", title=gettext_lazy("Preparation of the ground"), permission="geography.import")
def run_ground_preparation(job: JobRun, report: Report) -> dict[str, Any]:
    """Public space, snap points and masks after layers came in. Parameters: reason."""
    reason = str(job.parameters.get("reason") or _("New layers of the ground"))
    return prepare_ground(commune=job.commune, reason=reason, prepared_by=job.requested_by, report=report)


@job_kind("incidents.place", title=gettext_lazy("Search of places for addresses"), permission="incidents.place")
def run_placing(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: batch (id; all addresses of the commune where absent)."""
    asked = job.parameters.get("batch")
    batch = ImportBatch.objects.for_commune(job.commune).get(pk=asked) if asked else None
    found = place_unplaced(commune=job.commune, batch=batch, placed_by=job.requested_by, report=report)
    return asdict(found)


@job_kind("incidents.link", title=gettext_lazy("Search of events told twice"), permission="incidents.link")
def run_link_search(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: first_day, last_day (ISO days)."""
    first, last = (dt.date.fromisoformat(job.parameters[name]) for name in ("first_day", "last_day"))
    return asdict(search_links(commune=job.commune, first_day=first, last_day=last, report=report))


@app.periodic(cron="27 4 * * *")
@app.task(name="incidents.erase_addresses", queue=UPKEEP, queueing_lock="erase_addresses")
def erase_old_addresses(timestamp: int) -> None:
    """Each night: addresses whose time is over."""
    for commune in Commune.objects.all():
        erase_addresses(commune=commune)


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
