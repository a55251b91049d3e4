"""Long work: asked for, run once to effect, cancelled, taken over when its worker dies.

A queue delivers at least once. What makes it once to effect is the job's row: each start raises `fence` under the
row's lock, and the work's result and the state `done` are one transaction that holds only while the fence is unchanged.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from access.jobs import KINDS, kinds_for
from access.models import JobRun, Membership
from access.services.analysis_words import analysis_sentence
from access.services.audit import record_act
from access.services.progress import ProgressLine, StaleJobError, WorkerStoppingError
from access.services.support import cause_of
from analysis.errors import AnalysisError, CancelledError
from geo.errors import AtalayaError, ConflictError, RefusedError

logger = logging.getLogger(__name__)
State = JobRun.State

TASK = "access.run_job"
JOBS, UPKEEP = "jobs", "upkeep"  # queues: upkeep goes on while a job is long
MAXIMUM_STARTS = 5  # work that kills its worker each time must not do so for ever
WAITING_LIMIT = timedelta(minutes=5)
KEPT_FOR = timedelta(days=180)


def request_job(*, commune: Any, kind: str, parameters: dict[str, Any], requested_by: Any) -> JobRun:
    """Write the job and put it in the queue, in one transaction. Raises PermissionDenied without the right of its kind.

    A page may offer several kinds under one right of its own, so the right of the kind is asked here, for all of them.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    if requested_by is not None and kind not in kinds_for(_role_in(commune, requested_by)):
        raise PermissionDenied
    with transaction.atomic():
        job = JobRun.objects.create(commune=commune, kind=kind, parameters=parameters, requested_by=requested_by)
        _enqueue(job.pk)
    return job


def run_job(*, job_id: int) -> JobRun:
    """Run a job to its end. Delivered twice, it runs once: the second finds nothing to do.

    Raises OperationalError when the database went away: the lease then runs out and another start resumes.
    """
    job = _claim(job_id)
    if job is None:
        return _job(job_id)
    try:
        _run_to_done(job)
    except StaleJobError:
        logger.warning("job %s: taken over by another worker, this one wrote nothing", job_id)
    except CancelledError:
        _leave(job, state=State.CANCELLED, finished_at=Now())
    except WorkerStoppingError:
        _leave(job, state=State.QUEUED, lease_until=None)
    except AtalayaError as error:
        _leave(job, state=State.FAILED, error=str(error), finished_at=Now())
    except AnalysisError as error:
        _leave(job, state=State.FAILED, error=analysis_sentence(error), finished_at=Now())
    except (OperationalError, InterfaceError):
        connection.close()
        raise
    except Exception as error:
        _leave(job, state=State.FAILED, error=_unexpected(job, error), finished_at=Now())
    return _job(job_id)


def cancel_job(*, job: JobRun, cancelled_by: Any, role: str = "") -> JobRun:
    """Cancel a job that waits at once, one that runs at its next report. Raises ConflictError for a finished one."""
    with transaction.atomic():
        locked: JobRun = JobRun.objects.select_for_update().get(pk=job.pk)
        if locked.state not in {State.QUEUED, State.RUNNING}:
            raise ConflictError(_("The job has already finished: there is nothing to cancel."))
        locked.cancel_requested = True
        if locked.state == State.QUEUED:
            locked.state = State.CANCELLED
            locked.finished_at = timezone.now()
        locked.save(update_fields=["cancel_requested", "state", "finished_at"])
        record_act(commune=locked.commune, user=cancelled_by, role=role, verb="job.cancel", target=str(locked))
    return locked


def retry_stalled_jobs() -> int:
    """Put jobs whose lease ran out back in the queue; close those that were cancelled or died too often."""
    with transaction.atomic():
        stalled = list(JobRun.objects.stalled().select_for_update(skip_locked=True))
        for job in stalled:
            _give_back(job)
    return len(stalled)


def requeue_waiting_jobs() -> int:
    """Queue again the jobs that have waited for long without a place in the queue."""
    with transaction.atomic():
        forgotten = list(JobRun.objects.waiting_since(timezone.now() - WAITING_LIMIT).without_queue_entry(TASK))
        for job in forgotten:
            _enqueue(job.pk)
    return len(forgotten)


def prune_jobs() -> int:
    """Delete finished jobs that are older than the office keeps them; what they made stays."""
    deleted, _by_model = JobRun.objects.finished_before(timezone.now() - KEPT_FOR).delete()
    return deleted


def _role_in(commune: Any, user: Any) -> str | None:
    roles = Membership.objects.for_commune(commune).of_user(user).values_list("role", flat=True)
    role: str | None = roles.first()
    return role


def _job(job_id: int) -> JobRun:
    job: JobRun = JobRun.objects.get(pk=job_id)
    return job


def _enqueue(job_id: int) -> None:
    queue.configure_task(TASK, queue=JOBS).defer(job_id=job_id)


def _claim(job_id: int) -> JobRun | None:
    """Take the job: raise its fence under the row's lock and end the predecessor's session. None: nothing to do."""
    with transaction.atomic():
        job: JobRun | None = JobRun.objects.select_for_update().claimable().filter(pk=job_id).first()
        if job is None:
            return None
        _end_session_of(job)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
            job.backend_pid, job.backend_start = cursor.fetchone()
        job.fence += 1
        job.state = State.RUNNING
        job.stage, job.done, job.total, job.error = "", 0, 0, ""
        job.started_at = timezone.now()
        job.lease_until = Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
        job.save()
    job.refresh_from_db()
    return job


def _run_to_done(job: JobRun) -> None:
    """The work, its result and the state `done`: all of it or nothing."""
    kind = KINDS.get(job.kind)
    if kind is None:
        raise AtalayaError(_("This kind of job is not known to the worker: start the worker of this version."))
    _require_right_still_held(job)
    with ProgressLine(job_id=job.pk, fence=job.fence) as report, transaction.atomic():
        result = kind.run(job, report)
        finished = JobRun.objects.held_by(job).filter(cancel_requested=False)
        if not finished.update(state=State.DONE, result=result, finished_at=Now(), lease_until=None):
            _raise_reason(job)


def _require_right_still_held(job: JobRun) -> None:
    """Rights are asked again when the work starts: days may lie between asking and starting. Raises RefusedError."""
    person = job.requested_by
    if person is not None and job.kind not in kinds_for(_role_in(job.commune, person)):
        raise RefusedError(
            _("%(person)s, who asked for this work, no longer has the right to it: somebody who has it may ask again.")
            % {"person": person}
        )


def _raise_reason(job: JobRun) -> None:
    """Say why the last write of a job did not hold: cancelled, or taken over."""
    if JobRun.objects.held_by(job).exists():
        raise CancelledError
    raise StaleJobError


def _leave(job: JobRun, **values: Any) -> None:
    """Write how a run ended, unless another worker holds the job."""
    with transaction.atomic():
        held = JobRun.objects.held_by(job).update(**values)
        if held and values["state"] == State.QUEUED:
            _enqueue(job.pk)


def _unexpected(job: JobRun, error: Exception) -> str:
    """Log the cause under a support code; the sentence for people carries the code alone."""
    code = secrets.token_hex(4).upper()
    logger.error("job %s (%s) failed [%s]: %s", job.pk, job.kind, code, cause_of(error))
    return _("The work stopped because of an unexpected error. Tell support this code: %(code)s.") % {"code": code}


def _give_back(job: JobRun) -> None:
    _end_session_of(job)
    if job.cancel_requested:
        job.state, job.finished_at = State.CANCELLED, timezone.now()
    elif job.fence >= MAXIMUM_STARTS:
        job.state, job.finished_at = State.FAILED, timezone.now()
        job.error = _("The worker died %(times)s times during this work: it is not tried again.") % {"times": job.fence}
    else:
        job.state = State.QUEUED
        _enqueue(job.pk)
    job.lease_until = None
    job.save(update_fields=["state", "finished_at", "error", "lease_until"])


def _end_session_of(job: JobRun) -> None:
    """End the database session of a worker that lost its lease: a paused one would keep its locks for ever."""
    if job.backend_pid is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid = %s AND backend_start = %s AND pid <> pg_backend_pid()",
            [job.backend_pid, job.backend_start],
        )
    job.backend_pid = job.backend_start = None
