"""A job is run once to effect, tells how far it is, and can be cancelled."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

import tests.access.job_kinds
from access import tasks
from access.jobs import KINDS, job_kind, kinds_for
from access.models import AuditEvent, JobRun, Membership, User
from access.roles import Role
from access.services import jobs, progress
from access.services.jobs import cancel_job, request_job, requeue_waiting_jobs, retry_stalled_jobs, run_job
from geo.errors import ConflictError
from geo.models import Commune
from tests.factories.access import JobRunFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


def asked(commune: Commune, kind: str = "tests.count", **parameters: Any) -> JobRun:
    return request_job(commune=commune, kind=kind, parameters=parameters, requested_by=None)


def queued(job: JobRun) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'job_id' = %s", [str(job.pk)])
        return cursor.fetchone()[0]


def steps(job: JobRun) -> list[int]:
    return [act.details["step"] for act in AuditEvent.objects.filter(verb="tests.step", target=str(job.pk))]


def let_lease_run_out(job: JobRun) -> None:
    JobRun.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_and_its_place_in_the_queue_are_written_together(commune: Commune) -> None:
    assert queued(asked(commune)) == 1


def test_a_rolled_back_request_leaves_neither_job_nor_queue_row(commune: Commune) -> None:
    with transaction.atomic():
        job = asked(commune)
        transaction.set_rollback(True)
    assert (JobRun.objects.count(), queued(job)) == (0, 0)


@pytest.mark.parametrize(("role", "may"), [(Role.ANALYST, True), (Role.MANAGER, False)])
def test_a_kind_is_asked_for_by_roles_that_have_its_right_alone(commune: Commune, role: Role, may: bool) -> None:
    person = MembershipFactory(commune=commune, role=role).user
    asking = {"commune": commune, "kind": "incidents.import", "parameters": {}, "requested_by": person}
    if may:
        assert request_job(**asking).requested_by == person
    else:
        with pytest.raises(PermissionDenied):
            request_job(**asking)


def test_a_right_in_one_commune_asks_for_no_job_in_another(commune: Commune, other_commune: Commune) -> None:
    person = MembershipFactory(commune=other_commune, role=Role.ANALYST).user
    with pytest.raises(PermissionDenied):
        request_job(commune=commune, kind="incidents.import", parameters={}, requested_by=person)


@pytest.mark.parametrize("lost", ["role", "membership", "account"])
def test_a_job_whose_requester_lost_the_right_meanwhile_fails_with_a_sentence(commune: Commune, lost: str) -> None:
    membership = MembershipFactory(commune=commune, role=Role.ANALYST)
    job_kind("tests.export", title="Exportar", permission="incidents.import")(tests.access.job_kinds.count)
    asking = {"commune": commune, "kind": "tests.export", "parameters": {}, "requested_by": membership.user}
    job = request_job(**asking)
    if lost == "role":
        Membership.objects.filter(pk=membership.pk).update(role=Role.READER)
    elif lost == "membership":
        membership.delete()
    else:
        User.objects.filter(pk=membership.user.pk).update(is_active=False)
    try:
        done = run_job(job_id=job.pk)
    finally:
        del KINDS["tests.export"]
    assert (done.state, steps(done)) == ("failed", [])
    assert str(membership.user) in done.error
    assert "ya no tiene el derecho" in done.error


def test_an_unknown_kind_cannot_be_asked_for(commune: Commune) -> None:
    with pytest.raises(KeyError):
        asked(commune, "tests.unknown")


def test_a_finished_job_keeps_its_result(commune: Commune) -> None:
    job = run_job(job_id=asked(commune, steps=3).pk)
    assert (job.state, job.result, steps(job)) == ("done", {"steps": 3, "fence": 1}, [0, 1, 2])


def test_a_job_delivered_twice_runs_once(commune: Commune) -> None:
    job = asked(commune, steps=2)
    run_job(job_id=job.pk)
    run_job(job_id=job.pk)
    assert steps(job) == [0, 1]


def test_progress_is_seen_from_outside_before_the_work_commits(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked(commune, steps=2)
    seen = []

    def look(_seconds: float) -> None:
        with psycopg.connect(**connection.get_connection_params()) as outside:
            done = outside.execute("SELECT stage, done, total FROM access_jobrun WHERE id = %s", [job.pk]).fetchone()
            acts = outside.execute("SELECT count(*) FROM access_auditevent").fetchone()
        seen.append((done, acts))

    monkeypatch.setattr("time.sleep", look)
    run_job(job_id=job.pk)
    assert seen == [((*("contando", 1, 2),), (0,)), ((*("contando", 2, 2),), (0,))] or seen[-1][0][1] == 2


def test_a_refusal_stores_its_sentence_and_rolls_the_work_back(commune: Commune) -> None:
    job = run_job(job_id=asked(commune, "tests.refuse").pk)
    assert (job.state, job.error, steps(job)) == ("failed", "Fila 3, columna «fecha»: no es una fecha.", [])


def test_an_unexpected_error_stores_only_a_support_code(commune: Commune, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    job = run_job(job_id=asked(commune, "tests.break").pk)
    code = caplog.records[-1].getMessage().split("[")[1].split("]")[0]
    assert job.state == "failed"
    assert code in job.error


def test_the_log_of_an_unexpected_error_names_the_place_in_the_code_and_no_value(
    commune: Commune, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    run_job(job_id=asked(commune, "tests.break").pk)
    assert "KeyError at fail:" in caplog.text
    assert "Los Robles" not in caplog.text


def test_a_job_cancelled_while_it_waits_never_runs(commune: Commune) -> None:
    job = asked(commune)
    cancel_job(job=job, cancelled_by=None)
    assert (run_job(job_id=job.pk).state, steps(job)) == ("cancelled", [])


def test_a_job_cancelled_while_it_runs_stops_and_rolls_back(commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(commune, steps=50)

    def cancel_from_outside(_seconds: float) -> None:
        with psycopg.connect(**connection.get_connection_params()) as outside:
            outside.execute("UPDATE access_jobrun SET cancel_requested = true WHERE id = %s", [job.pk])

    monkeypatch.setattr("time.sleep", cancel_from_outside)
    monkeypatch.setattr(progress, "MINIMUM_INTERVAL_S", 0)
    job = run_job(job_id=job.pk)
    assert (job.state, job.done < 50, steps(job)) == ("cancelled", True, [])


def test_a_cancel_that_the_work_never_heard_still_holds_at_its_end(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked(commune, "tests.think", seconds=0)

    def cancel_from_outside(_seconds: float) -> None:
        with psycopg.connect(**connection.get_connection_params()) as outside:
            outside.execute("UPDATE access_jobrun SET cancel_requested = true WHERE id = %s", [job.pk])

    monkeypatch.setattr("time.sleep", cancel_from_outside)
    assert (run_job(job_id=job.pk).state, steps(job)) == ("cancelled", [])


def test_a_finished_job_cannot_be_cancelled(commune: Commune) -> None:
    job = run_job(job_id=asked(commune).pk)
    with pytest.raises(ConflictError):
        cancel_job(job=job, cancelled_by=None)


def test_a_cancel_is_kept_in_the_trail(commune: Commune) -> None:
    job = asked(commune)
    cancel_job(job=job, cancelled_by=None)
    assert AuditEvent.objects.get(verb="job.cancel").target == str(job)


def test_a_running_job_with_a_live_lease_is_not_started_again(commune: Commune) -> None:
    job = JobRunFactory(commune=commune, state="running", fence=1, lease_until=timezone.now() + timedelta(minutes=1))
    assert (run_job(job_id=job.pk).fence, steps(job)) == (1, [])


def test_a_running_job_whose_lease_ran_out_is_started_again(commune: Commune) -> None:
    job = JobRunFactory(commune=commune, state="running", fence=1)
    let_lease_run_out(job)
    job = run_job(job_id=job.pk)
    assert (job.state, job.fence, len(steps(job))) == ("done", 2, 3)


def test_a_writer_whose_fence_was_passed_is_refused(commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(commune, "tests.think", seconds=0)

    def taken_over(_seconds: float) -> None:
        with psycopg.connect(**connection.get_connection_params()) as outside:
            outside.execute("UPDATE access_jobrun SET fence = fence + 1 WHERE id = %s", [job.pk])

    monkeypatch.setattr("time.sleep", taken_over)
    job = run_job(job_id=job.pk)
    assert (job.state, job.result, steps(job)) == ("running", {}, [])


def test_the_lease_is_renewed_while_the_work_is_silent(commune: Commune, settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 1
    job = asked(commune, "tests.think", seconds=2.5)
    stolen = []

    def steal() -> None:
        stolen.append(JobRun.objects.stalled().count())
        connection.close()

    import threading

    timers = [threading.Timer(seconds, steal) for seconds in (1.4, 2.1)]
    for timer in timers:
        timer.start()
    job = run_job(job_id=job.pk)
    for timer in timers:
        timer.join()
    assert (job.state, stolen) == ("done", [0, 0])


def test_a_stalled_job_goes_back_to_the_queue(commune: Commune) -> None:
    job = JobRunFactory(commune=commune, state="running", fence=1)
    let_lease_run_out(job)
    assert (retry_stalled_jobs(), queued(job)) == (1, 1)
    job.refresh_from_db()
    assert job.state == "queued"


def test_a_job_that_kills_its_worker_each_time_is_given_up(commune: Commune) -> None:
    job = JobRunFactory(commune=commune, state="running", fence=jobs.MAXIMUM_STARTS)
    let_lease_run_out(job)
    retry_stalled_jobs()
    job.refresh_from_db()
    assert (job.state, queued(job)) == ("failed", 0)
    assert job.error


def test_a_stalled_job_that_was_cancelled_is_closed(commune: Commune) -> None:
    job = JobRunFactory(commune=commune, state="running", fence=1, cancel_requested=True)
    let_lease_run_out(job)
    retry_stalled_jobs()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_job_that_waits_without_a_place_in_the_queue_gets_one(commune: Commune) -> None:
    job = JobRunFactory(commune=commune)
    JobRun.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=6))
    assert (requeue_waiting_jobs(), queued(job)) == (1, 1)
    assert requeue_waiting_jobs() == 0


def test_a_job_that_waits_for_a_moment_only_is_left_alone(commune: Commune) -> None:
    JobRunFactory(commune=commune)
    assert requeue_waiting_jobs() == 0


def test_finished_jobs_are_pruned_when_nobody_needs_them(commune: Commune) -> None:
    JobRunFactory(commune=commune, state="done", finished_at=timezone.now() - jobs.KEPT_FOR - timedelta(days=1))
    kept = JobRunFactory(commune=commune, state="done", finished_at=timezone.now())
    jobs.prune_jobs()
    assert list(JobRun.objects.all()) == [kept]


def test_a_worker_that_stops_gives_its_work_back(commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(commune)
    monkeypatch.setattr(progress.stopping, "is_set", lambda: True)
    job = run_job(job_id=job.pk)
    assert (job.state, steps(job), queued(job)) == ("queued", [], 2)


def test_a_role_sees_only_the_kinds_it_has_the_right_to() -> None:
    job_kind("tests.people", title="Personas", permission="people.manage")(tests.access.job_kinds.count)
    assert "tests.people" in kinds_for("administradora")
    assert "tests.people" not in kinds_for("analista")
    del KINDS["tests.people"]


def test_old_rows_of_the_queue_are_pruned(commune: Commune) -> None:
    job = asked(commune)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '4 days'")
    context = type("context", (), {"app": app})
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        asyncio.run(_prune(worker, context))
    assert queued(job) == 0


async def _prune(worker: Any, context: Any) -> None:
    async with worker.open_async():
        await tasks.prune_queue(context, timestamp=0)
