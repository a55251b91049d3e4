"""The line a running job keeps to the outside: progress, lease and cancel, on a connection of its own.

The job's work lies in one long transaction, so what it writes is not seen before the end. This connection commits
each statement by itself: progress is visible at once, and each renewal tells whether the job still holds its fence.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Self

import psycopg
from django.conf import settings
from django.db import connection

from analysis.errors import CancelledError

MINIMUM_INTERVAL_S = 0.25
RENEW = """
    UPDATE access_jobrun SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    WHERE id = %(job)s AND fence = %(fence)s AND state = 'running'
    RETURNING cancel_requested
"""
TELL = """
    UPDATE access_jobrun SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
        stage = %(stage)s, done = %(done)s, total = %(total)s
    WHERE id = %(job)s AND fence = %(fence)s AND state = 'running'
    RETURNING cancel_requested
"""

stopping = threading.Event()  # set when this worker is asked to stop: running work goes back to the queue


class StaleJobError(Exception):
    """Another worker has taken the job over, or its row is gone: nothing may be written any more."""


class WorkerStoppingError(Exception):
    """This worker was asked to stop; the work goes back to the queue."""


def own_connection() -> psycopg.Connection[Any]:
    """A connection to Django's database, apart from Django's own, that commits each statement."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=True, application_name="atalaya-progress")


class ProgressLine:
    """`report` of one run of one job. A thread renews the lease while the work is deep in a computation."""

    def __init__(self, *, job_id: int, fence: int) -> None:
        self._who = {"job": job_id, "fence": fence, "lease": settings.JOB_LEASE_SECONDS}
        self._connection = own_connection()
        self._connection.execute("SET lock_timeout = '2s'")
        self._closed = threading.Event()
        self._lost = False
        self._cancelled = False
        self._last = ("", 0.0)
        self._thread = threading.Thread(target=self._keep_alive, name="job-lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._closed.set()
        self._thread.join()
        self._connection.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Write how far the work is. Raises when it was cancelled, taken over or when the worker stops."""
        last_stage, last_time = self._last
        now = time.monotonic()
        if stage != last_stage or done >= total or now - last_time >= MINIMUM_INTERVAL_S:
            self._last = (stage, now)
            self._write(TELL, {"stage": stage[:120], "done": max(0, done), "total": max(0, total)})
        self.check()

    def check(self) -> None:
        """Raise when the work must not go on."""
        if self._lost:
            raise StaleJobError
        if self._cancelled:
            raise CancelledError
        if stopping.is_set():
            raise WorkerStoppingError

    def _write(self, statement: str, values: dict[str, Any]) -> None:
        try:
            row = self._connection.execute(statement, self._who | values).fetchone()
        except psycopg.errors.LockNotAvailable:
            return  # somebody is deciding about the row at this moment; the next call tells
        self._lost = row is None
        self._cancelled = bool(row and row[0])

    def _keep_alive(self) -> None:
        while not self._closed.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                self._write(RENEW, {})
            except psycopg.Error:
                return  # without the line the lease runs out; the next report says so to the work
