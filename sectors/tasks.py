"""Long work of this app, as kinds of jobs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from access.jobs import job_kind
from access.models import JobRun
from access.services.uploads import delete_upload, uploaded
from analysis.progress import Report
from incidents.models import HotspotRun, ImportBatch, ProfileKind, SourceProfile
from incidents.services.hotspots import HotspotParameters, run_hotspots
from incidents.services.methods import Window, run_method
from incidents.services.profile_settings import RefusedProfileError
from sectors.models import RiskSector, ScoringScheme
from sectors.services.computations import COMPUTATIONS
from sectors.services.factors import import_factors
from sectors.services.perception import import_readings
from sectors.services.proposals import propose_territories
from sectors.services.scoring import DEFAULT_SEED, score_sectors

COUNTS = ("read", "accepted", "repeated", "refused")
IMPORTS = {ProfileKind.RISK_FACTORS: import_factors, ProfileKind.PERCEPTION: import_readings}


@job_kind("sectors.score", title=gettext_lazy("Score of the sectors"), permission="sectors.score")
def run_scoring(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: window_from, window_until (ISO days, both included); scheme (version), sectors (codes), seed."""
    told = job.parameters
    sectors = RiskSector.objects.for_commune(job.commune)
    run = score_sectors(
        commune=job.commune,
        window_from=date.fromisoformat(told["window_from"]),
        window_until=date.fromisoformat(told["window_until"]),
        scheme=ScoringScheme.objects.for_commune(job.commune).get(version=told["scheme"])
        if told.get("scheme")
        else None,
        requested_by=job.requested_by,
        sectors=list(sectors.filter(code__in=told["sectors"])) if told.get("sectors") else None,
        seed=int(told.get("seed", DEFAULT_SEED)),
        report=report,
    )
    return {"run": run.pk, "sectors": run.scores.count()}


@job_kind("sectors.propose", title=gettext_lazy("Proposals of territories"), permission="proposals.send")
def run_proposing(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: hotspot_run (id), or window_from and window_until (ISO days) to search for hot spots first."""
    told = job.parameters
    run = _hotspots(job, report)
    proposals = propose_territories(hotspot_run=run, proposed_by=job.requested_by, report=report)
    return {"hotspot_run": run.pk, "proposals": len(proposals), "searched": "hotspot_run" not in told}


@job_kind(
    "sectors.import", title=gettext_lazy("Import of risk factors or perception readings"), permission="factors.edit"
)
def run_import(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: path, file_name, profile (id), dry_run. The uploaded file is deleted once its rows are in."""
    told = job.parameters
    profile: SourceProfile = SourceProfile.objects.for_commune(job.commune).get(pk=told["profile"])
    path, dry_run = uploaded(told), bool(told.get("dry_run"))
    import_table = IMPORTS.get(ProfileKind(profile.kind))
    if import_table is None:
        raise RefusedProfileError(
            gettext("The profile “%(name)s” reads tables of another part.") % {"name": profile.name}
        )
    batch: ImportBatch = import_table(
        path=path,
        file_name=str(told["file_name"]),
        profile=profile,
        imported_by=job.requested_by,
        dry_run=dry_run,
        report=report,
    )
    if not dry_run:
        delete_upload(path)
    return {"batch": batch.pk, "state": batch.state, **{name: getattr(batch, name) for name in COUNTS}}


@job_kind("sectors.method", title=gettext_lazy("Analysis"), permission="incidents.run_hotspots")
def run_analysis(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: method, window_from, window_until (ISO days), parameters of the method."""
    told = job.parameters
    run = run_method(
        method=told["method"],
        compute=COMPUTATIONS[told["method"]],
        commune=job.commune,
        window=Window(date.fromisoformat(told["window_from"]), date.fromisoformat(told["window_until"])),
        parameters=told.get("parameters", {}),
        requested_by=job.requested_by,
        report=report,
    )
    return {"method_run": run.pk, "shapes": run.shapes.count()}


def _hotspots(job: JobRun, report: Report) -> HotspotRun:
    told = job.parameters
    if told.get("hotspot_run"):
        known: HotspotRun = HotspotRun.objects.for_commune(job.commune).get(pk=told["hotspot_run"])
        return known
    return run_hotspots(
        commune=job.commune,
        window_from=date.fromisoformat(told["window_from"]),
        window_until=date.fromisoformat(told["window_until"]),
        parameters=HotspotParameters.read(told.get("parameters", {})),
        requested_by=job.requested_by,
        report=report,
    )
