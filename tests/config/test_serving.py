"""`manage.py serve`: web and worker started, watched and stopped together, as real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 40.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(port: int, path: str) -> int:
    """Status of a request; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def children_of(pid: int) -> dict[str, int]:
    """Direct children of a process: `web` and `worker`."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rsplit(")", 1)[1].split()[1])
            command = (entry.parent / "cmdline").read_bytes().decode()
        except OSError:
            continue
        if parent == pid:
            found["worker" if "\0work\0" in f"{command}\0" else "web"] = int(entry.parent.name)
    return found


def gone(pid: int) -> bool:
    """True when a process has ended (a zombie waits only to be collected)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def served(process_environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The command, once it answers and both children run."""
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=process_environment)
    try:
        wait_for(lambda: answer(port, "/salud/lista/") == 200 and "worker" in children_of(server.pid))
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait(PATIENCE_S)


def test_the_site_answers_and_says_that_its_database_does_too(served: subprocess.Popen[bytes], port: int) -> None:
    assert (answer(port, "/salud/viva/"), answer(port, "/salud/lista/")) == (200, 200)


def test_a_worker_that_dies_is_started_again(served: subprocess.Popen[bytes]) -> None:
    first = children_of(served.pid)["worker"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: children_of(served.pid).get("worker", first) != first)


def test_it_stops_cleanly_when_told_to_and_leaves_no_process(served: subprocess.Popen[bytes]) -> None:
    children = children_of(served.pid)
    served.terminate()
    assert served.wait(PATIENCE_S) == 0
    assert all(gone(pid) for pid in children.values())


def test_its_children_end_when_it_is_killed(served: subprocess.Popen[bytes]) -> None:
    children = children_of(served.pid)
    served.kill()
    served.wait()
    wait_for(lambda: all(gone(pid) for pid in children.values()))


def test_it_ends_when_the_web_server_cannot_go_on(served: subprocess.Popen[bytes]) -> None:
    os.kill(children_of(served.pid)["web"], signal.SIGKILL)
    assert served.wait(PATIENCE_S) != 0
