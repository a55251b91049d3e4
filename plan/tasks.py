"""Long work of this app, and its upkeep."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from access.jobs import job_kind
from access.models import JobRun, Membership
from access.services import jobs
from analysis.progress import Report
from plan.models import CommunalPlan, Indicator
from plan.services.exporting import export_sectors, sweep_export_files
from plan.services.indicators import read_indicator, read_plan
from sectors.services.catalogue import today


@job_kind("plan.export", title=_("Export sectors"), permission="export.sectors")
def run_export(job: JobRun, report: Report) -> dict[str, Any]:
    """Export in the role that the person has now: a right that was taken away meanwhile is gone."""
    membership = Membership.objects.filter(commune=job.commune, user=job.requested_by).first()
    exported = export_sectors(
        commune=job.commune,
        file_format=str(job.parameters.get("file_format", "gpkg")),
        srid=int(job.parameters.get("srid", job.commune.metric_srid)),
        exported_by=job.requested_by,
        role=membership.role if membership else "",
        plan=_plan(job),
        reason=str(job.parameters.get("reason", "")),
        report=report,
    )
    return {
        "file": exported.pk,
        "file_name": exported.file_name,
        "rows": exported.rows,
        "sha256": exported.sha256,
        "losses": exported.losses,
    }


@job_kind("plan.read_indicators", title=_("Read the indicators of a plan"), permission="plan.measure")
def run_readings(job: JobRun, report: Report) -> dict[str, Any]:
    """Read every indicator of a plan, or the one named by `indicator`, as of a day (today)."""
    on = date.fromisoformat(job.parameters["on"]) if "on" in job.parameters else today(job.commune)
    if "indicator" in job.parameters:
        one = Indicator.objects.for_commune(job.commune).select_related("strategy__commune", "sector_version__sector")
        reading = read_indicator(indicator=one.get(pk=job.parameters["indicator"]), on=on, taken_by=job.requested_by)
        return {"read": 1, "strategy": reading.indicator.strategy_id}
    plan = _plan(job) or CommunalPlan.objects.for_commune(job.commune).in_force().get()
    return {"read": read_plan(plan=plan, on=on, taken_by=job.requested_by, report=report), "plan": plan.pk}


@app.periodic(cron="47 4 * * *")
@app.task(name="plan.sweep_export_files", queue=jobs.UPKEEP, queueing_lock="sweep_export_files")
def sweep(timestamp: int) -> None:
    """Each night: files that a crash left without their row."""
    sweep_export_files(now_s=float(timestamp))


def _plan(job: JobRun) -> CommunalPlan | None:
    wanted = job.parameters.get("plan")
    if wanted is None:
        return None
    plan: CommunalPlan = CommunalPlan.objects.for_commune(job.commune).get(pk=wanted)
    return plan
