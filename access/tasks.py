"""What the queue calls: one task for every long work, and the upkeep of the jobs' table."""

from __future__ import annotations

from procrastinate import builtin_tasks
from procrastinate.contrib.django import app

from access import geography  # noqa: F401 - registers the jobs of the ground floor
from access.services import jobs

QUEUE_ROWS_KEPT_HOURS = 72


@app.task(name=jobs.TASK, queue=jobs.JOBS)
def run_job(*, job_id: int) -> None:
    """Run one job."""
    jobs.run_job(job_id=job_id)


@app.periodic(cron="* * * * *")
@app.task(name="access.retry_stalled_jobs", queue=jobs.UPKEEP, queueing_lock="retry_stalled_jobs")
def retry_stalled_jobs(timestamp: int) -> None:
    """Each minute: jobs whose worker died."""
    jobs.retry_stalled_jobs()


@app.periodic(cron="*/5 * * * *")
@app.task(name="access.requeue_waiting_jobs", queue=jobs.UPKEEP, queueing_lock="requeue_waiting_jobs")
def requeue_waiting_jobs(timestamp: int) -> None:
    """Every five minutes: jobs that wait without a place in the queue."""
    jobs.requeue_waiting_jobs()


@app.periodic(cron="17 4 * * *")
@app.task(name="access.prune_jobs", queue=jobs.UPKEEP, queueing_lock="prune_jobs")
def prune_jobs(timestamp: int) -> None:
    """Each night: what nobody needs any more."""
    jobs.prune_jobs()


@app.periodic(cron="37 4 * * *")
@app.task(name="access.prune_queue", queue=jobs.UPKEEP, queueing_lock="prune_queue", pass_context=True)
async def prune_queue(context: object, timestamp: int) -> None:
    """Each night: old rows of the queue itself."""
    await builtin_tasks.remove_old_jobs(
        context, max_hours=QUEUE_ROWS_KEPT_HOURS, remove_failed=True, remove_cancelled=True, remove_aborted=True
    )
