"""Real workers, really killed and paused: a job is never half done and never done twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from procrastinate.contrib.django import app

import tests.access.job_kinds  # noqa: F401 - registers the kinds
from access.models import AuditEvent, JobRun
from access.services.jobs import cancel_job, request_job, retry_stalled_jobs
from geo.models import Commune

pytestmark = pytest.mark.django_db(transaction=True)
LEASE_S = 2
PATIENCE_S = 30.0
Worker = subprocess.Popen[bytes]


@pytest.fixture
def start_worker(process_environment: dict[str, str]) -> Iterator[Callable[..., Worker]]:
    """Start the worker command as a process of its own; what is left of it is ended after the test."""
    started: list[Worker] = []

    def start(*options: str) -> Worker:
        environment = process_environment | {"JOB_LEASE_SECONDS": str(LEASE_S)}
        command = [sys.executable, "-m", "tests.access.run_worker", *options]
        started.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment))
        return started[-1]

    yield start
    for worker in started:
        if worker.poll() is None:
            worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait()


def asked(commune: Commune, **parameters: Any) -> JobRun:
    return request_job(commune=commune, kind="tests.count", parameters=parameters, requested_by=None)


def wait_until(job: JobRun, condition: Callable[[JobRun], bool], *, meanwhile: Callable[[], Any] = int) -> JobRun:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if condition(job):
            return job
        meanwhile()
        time.sleep(0.05)
    raise AssertionError(f"job is {job.state}, {job.done} of {job.total}, fence {job.fence}")


def steps(job: JobRun) -> list[int]:
    return [act.details["step"] for act in AuditEvent.objects.filter(verb="tests.step", target=str(job.pk))]


def finished(job: JobRun) -> bool:
    return job.state == "done"


def test_the_worker_runs_what_waits_and_ends_when_told_once(
    commune: Commune, start_worker: Callable[..., Worker]
) -> None:
    job = asked(commune, steps=2)
    assert start_worker("--once").wait(PATIENCE_S) == 0
    job.refresh_from_db()
    assert (job.state, steps(job)) == ("done", [0, 1])


def test_a_job_of_a_killed_worker_leaves_nothing_and_is_resumed_by_another(
    commune: Commune, start_worker: Callable[..., Worker]
) -> None:
    job = asked(commune, steps=20, pause_s=0.1)
    worker = start_worker()
    wait_until(job, lambda job: job.done >= 3)
    worker.kill()
    worker.wait()
    assert steps(job) == []
    start_worker()
    wait_until(job, finished, meanwhile=retry_stalled_jobs)
    assert (steps(job), job.result["fence"]) == (list(range(20)), 2)


def test_a_worker_paused_past_its_lease_writes_nothing_when_it_wakes(
    commune: Commune, start_worker: Callable[..., Worker]
) -> None:
    job = asked(commune, steps=20, pause_s=0.1)
    paused = start_worker()
    wait_until(job, lambda job: job.done >= 3)
    paused.send_signal(signal.SIGSTOP)
    second = start_worker()
    wait_until(job, finished, meanwhile=retry_stalled_jobs)
    second.terminate()
    second.wait(PATIENCE_S)
    paused.send_signal(signal.SIGCONT)
    paused.terminate()
    paused.wait(PATIENCE_S)
    job.refresh_from_db()
    assert (steps(job), job.result["fence"], job.state) == (list(range(20)), 2, "done")


def test_a_running_job_is_cancelled_from_another_process(commune: Commune, start_worker: Callable[..., Worker]) -> None:
    job = asked(commune, steps=1000, pause_s=0.02)
    start_worker()
    wait_until(job, lambda job: job.done >= 3)
    cancel_job(job=job, cancelled_by=None)
    wait_until(job, lambda job: job.state == "cancelled")
    assert steps(job) == []


def test_a_worker_told_to_stop_gives_its_job_back_at_once(
    commune: Commune, start_worker: Callable[..., Worker]
) -> None:
    job = asked(commune, steps=1000, pause_s=0.02)
    worker = start_worker()
    wait_until(job, lambda job: job.done >= 3)
    worker.terminate()
    assert worker.wait(PATIENCE_S) == 0
    job.refresh_from_db()
    assert (job.state, steps(job)) == ("queued", [])


def test_work_that_asks_for_further_work_and_is_refused_leaves_no_further_work(
    commune: Commune, start_worker: Callable[..., Worker]
) -> None:
    job = request_job(commune=commune, kind="tests.ask", parameters={}, requested_by=None)
    start_worker("--once").wait(PATIENCE_S)
    job.refresh_from_db()
    assert (job.state, JobRun.objects.count()) == ("failed", 1)


@pytest.mark.soak
@pytest.mark.parametrize("cycle", range(50))
def test_fifty_kills_at_random_moments_change_no_result(
    commune: Commune, start_worker: Callable[..., Worker], cycle: int
) -> None:
    job = asked(commune, steps=10, pause_s=0.02)
    worker = start_worker()
    time.sleep(0.8 + (cycle * 37 % 50) / 50 * 1.2)
    worker.kill()
    worker.wait()
    start_worker()
    wait_until(job, finished, meanwhile=retry_stalled_jobs)
    assert steps(job) == list(range(10))


def test_the_worker_looks_after_the_jobs_by_itself() -> None:
    watched = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert watched["access.retry_stalled_jobs"] == "* * * * *"
    assert {"access.requeue_waiting_jobs", "access.prune_jobs", "access.prune_queue"} <= set(watched)
