"""One command for a small office: the web server and the worker of long jobs, watched and stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

GRACE_S = 40.0
QUIET_S = 0.2
LONGEST_PAUSE_S = 30.0
PR_SET_PDEATHSIG = 1
Child = subprocess.Popen[bytes]


def web_command(*, host: str, port: int, threads: int) -> list[str]:
    """Command line of the web server."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    options += ["--blocking-threads", str(threads), "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, "config.wsgi:application"]


def worker_command() -> list[str]:
    """Command line of the worker."""
    return [sys.executable, "manage.py", "work"]


def _end_with_parent() -> None:
    """Ask the kernel to end this child when its parent dies, even by SIGKILL (Linux)."""
    prctl: Callable[..., int] | None = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Watch:
    """The children of one `serve` and whether it was told to stop."""

    web: list[str]
    worker: list[str] | None
    children: dict[str, Child] = field(default_factory=dict)
    told_to_stop: bool = False
    pause_s: float = 1.0
    next_worker_at: float = 0.0

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Signal handler: end the children, then the loop."""
        self.told_to_stop = True

    def run(self) -> int:
        """Start the children and watch them. Gives the exit status: 0 when told to stop, else the web server's."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.children["web"] = _start(self.web)
        try:
            while not self.told_to_stop and self.children["web"].poll() is None:
                self._keep_worker()
                time.sleep(QUIET_S)
            return 0 if self.told_to_stop else self.children["web"].returncode or 1
        finally:
            self._end_children()

    def _keep_worker(self) -> None:
        """Start the worker, again when it died, ever more slowly while it keeps dying."""
        worker = self.children.get("worker")
        if self.worker is None or (worker and worker.poll() is None) or time.monotonic() < self.next_worker_at:
            return
        self.children["worker"] = _start(self.worker)
        self.next_worker_at = time.monotonic() + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)

    def _end_children(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_S
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # what a killed web server left of its own workers


def _start(command: list[str]) -> Child:
    # a session of its own: Ctrl-C reaches the watcher alone, which then ends the children in order
    options = {"cwd": settings.BASE_DIR, "env": _environment(), "start_new_session": True}
    return subprocess.Popen(command, preexec_fn=_end_with_parent, **options)  # noqa: PLW1509 - this process has no threads


def _environment() -> dict[str, str]:
    """The children get this process's key, so that a session survives a restart of either."""
    return dict(os.environ) | {"SECRET_KEY": settings.SECRET_KEY, "ATALAYA_STATIC_FINDERS": _flag()}


def _flag() -> str:
    return "1" if settings.WHITENOISE_USE_FINDERS else "0"


def serve(*, host: str, port: int, threads: int = 4, with_worker: bool = True) -> int:
    """Serve the site until told to stop (SIGTERM or Ctrl-C)."""
    return Watch(web_command(host=host, port=port, threads=threads), worker_command() if with_worker else None).run()
