"""Work for the job tests: it leaves acts in the trail, so that what was written, and by which start, can be counted."""

from __future__ import annotations

import time
from typing import Any

from access.jobs import job_kind
from access.models import JobRun
from access.services.audit import record_act
from analysis.errors import EmptyInputError
from analysis.progress import Report
from geo.errors import RefusedError


def _leave_trace(job: JobRun, step: int) -> None:
    record_act(commune=job.commune, user=None, role="", verb="tests.step", target=str(job.pk), details={"step": step})


@job_kind("tests.count", title="Contar", permission="jobs.view")
def count(job: JobRun, report: Report) -> dict[str, Any]:
    """Write `steps` acts, `pause_s` apart, and tell after each."""
    steps, pause_s = job.parameters.get("steps", 3), job.parameters.get("pause_s", 0.0)
    for step in range(steps):
        _leave_trace(job, step)
        report("contando", step + 1, steps)
        time.sleep(pause_s)
    return {"steps": steps, "fence": job.fence}


@job_kind("tests.think", title="Pensar", permission="jobs.view")
def think(job: JobRun, report: Report) -> dict[str, Any]:
    """Compute for `seconds` without telling anybody."""
    _leave_trace(job, 0)
    time.sleep(job.parameters["seconds"])
    return {"fence": job.fence}


@job_kind("tests.refuse", title="Rechazar", permission="jobs.view")
def refuse(job: JobRun, report: Report) -> dict[str, Any]:
    """Write an act, then refuse with a sentence."""
    _leave_trace(job, 0)
    raise RefusedError("Fila 3, columna «fecha»: no es una fecha.")


@job_kind("tests.compute", title="Calcular", permission="jobs.view")
def compute(job: JobRun, report: Report) -> dict[str, Any]:
    """Ask an analysis for what it cannot give."""
    raise EmptyInputError("None of the {count} incidents lies in the study area.", count=7)


@job_kind("tests.break", title="Fallar", permission="jobs.view")
def fail(job: JobRun, report: Report) -> dict[str, Any]:
    """Write an act, then meet an error that nobody expected."""
    _leave_trace(job, 0)
    raise KeyError("Los Robles 123, -39.8142")


@job_kind("tests.ask", title="Pedir otro", permission="jobs.view")
def ask(job: JobRun, report: Report) -> dict[str, Any]:
    """Ask for another job, then refuse: the other must not be left in the queue."""
    from access.services.jobs import request_job

    request_job(commune=job.commune, kind="tests.count", parameters={}, requested_by=None)
    raise RefusedError("No.")
