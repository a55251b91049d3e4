"""`manage.py work`: the worker of long jobs."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.db_cleanup import DjangoApp

from access.services import progress
from access.services.jobs import JOBS, UPKEEP
from analysis.compiled import warm

ALIVE_EVERY_S = 10.0
GRACE_S = 30.0  # what a job may take to hear that the worker stops; after that its lease runs out


class Command(BaseCommand):
    help = "Run the long jobs that people asked for, until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1, help="jobs at the same time (default 1)")
        parser.add_argument("--once", action="store_true", help="run what waits, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("access").setLevel(logging.INFO)
        try:
            asyncio.run(work(concurrency=options["concurrency"], wait=not options["once"]))
        except TimeoutError:
            os._exit(1)  # a job deep in a computation cannot be interrupted; its lease runs out and another resumes


def worker_app() -> DjangoApp:
    """The queue on a connection of the worker's own.

    Jobs that ask for further jobs keep using Django's connection, so that row and queue stay one transaction.
    """
    app = DjangoApp(connector=queue.connector.get_worker_connector())
    app.tasks = queue.tasks
    app.periodic_registry = queue.periodic_registry
    return app


async def work(*, concurrency: int, wait: bool) -> None:
    """Two workers in one process: jobs, and the upkeep that must go on while a job is long."""
    progress.stopping.clear()
    if wait:
        threading.Thread(target=warm, name="warm kernels", daemon=True).start()
    async with worker_app().open_async() as app:
        common = {"wait": wait, "install_signal_handlers": False, "delete_jobs": "successful"}
        workers = [
            asyncio.create_task(app.run_worker_async(queues=[JOBS], name=JOBS, concurrency=concurrency, **common)),
            asyncio.create_task(app.run_worker_async(queues=[UPKEEP], name=UPKEEP, **common)),
        ]
        _stop_on_signals(workers)
        telling = asyncio.create_task(_tell_that_it_lives())
        finished, _others = await asyncio.wait(workers, return_when=_first_or_all(wait))
        telling.cancel()
        await _stop(workers)
        for worker in finished:
            if not worker.cancelled() and worker.exception() is not None:
                # a task that is done and was not cancelled has an exception or none, which the line above has asked
                raise worker.exception()  # type: ignore[misc]


async def _tell_that_it_lives() -> None:
    """Touch a file that the health check of the container looks at (config.probe)."""
    settings.WORKER_ALIVE_FILE.parent.mkdir(parents=True, exist_ok=True)
    while True:
        settings.WORKER_ALIVE_FILE.touch()
        await asyncio.sleep(ALIVE_EVERY_S)


def _first_or_all(wait: bool) -> str:
    return asyncio.FIRST_COMPLETED if wait else asyncio.ALL_COMPLETED


def _stop_on_signals(workers: list[asyncio.Task[None]]) -> None:
    def stop() -> None:
        progress.stopping.set()
        for worker in workers:
            worker.cancel()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop)


async def _stop(workers: list[asyncio.Task[None]]) -> None:
    for worker in workers:
        worker.cancel()
    await asyncio.wait_for(asyncio.gather(*workers, return_exceptions=True), GRACE_S)
