"""The private PostGIS cluster: a PostgreSQL server of this checkout's own, on a Unix socket, without a TCP port.

It is used when `DATABASE_URL` is not set, and starts before Django's settings are read, so it imports only the
standard library. Each checkout has its own clusters (`main` for people, `test` and `bench` for programs), named by
the checkout's path. PostgreSQL refuses to run as root; under root everything here steps down to another user.

    python -m config.cluster start | stop | status | reset | url      [--name main]
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CHECKOUT = Path(__file__).resolve().parent.parent
OWNER = "atalaya"
MISSING_SERVER = (
    "Falta PostgreSQL con PostGIS: instale el paquete postgresql-15-postgis-3, "
    "o indique otra base con DATABASE_URL, o use «docker compose up»."
)
RUNNING, STOPPED, ABSENT = 0, 3, 4  # exit codes of pg_ctl status
PATIENCE_S = 60
START_ATTEMPTS = 5  # children of a killed server hold its memory until they notice


class ClusterError(RuntimeError):
    """The private cluster cannot do what was asked; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """One private cluster: where it keeps its data and its socket, and who runs it."""

    name: str

    @property
    def key(self) -> str:
        """Short name that no other checkout or cluster shares."""
        return hashlib.sha256(f"{CHECKOUT}:{self.name}".encode()).hexdigest()[:10]

    @property
    def base(self) -> Path:
        """Folder of this cluster; under root it lies where the stepped-down user can walk."""
        return Path(f"/var/lib/atalaya/{self.key}") if os.geteuid() == 0 else CHECKOUT / ".cluster" / self.name

    @property
    def pgdata(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    @property
    def on_demand(self) -> Path:
        """Mark of a server that a program started for itself, and that the last program stops."""
        return self.base / "on-demand"

    @property
    def socket(self) -> Path:
        """Socket folder, kept short: PostgreSQL dies on paths over 93 bytes."""
        return Path(f"/tmp/atalaya-{os.geteuid()}-{self.key}")  # noqa: S108 - owner and mode are checked before use

    @property
    def url(self) -> str:
        return f"postgis://{OWNER}@/{OWNER}?host={self.socket}"

    @property
    def durable(self) -> bool:
        """Only the cluster of the tests trades durability for speed: figures are measured with it on."""
        return self.name != "test"


def binaries() -> Path:
    """Folder of the newest PostgreSQL server installed. Raises ClusterError where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise ClusterError(MISSING_SERVER)
    return found[-1].parent


def _runner() -> dict[str, Any]:
    """Extra arguments of subprocess.run: the user to step down to when we are root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam(next(name for name in ("postgres", "nobody") if name in names))
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(cluster: Cluster, *command: str, check: bool = True, **extra: Any) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{binaries()}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(cluster.base)}
    finished = subprocess.run(
        [str(binaries() / command[0]), *command[1:]],
        cwd=cluster.base,
        env=environment,
        text=True,
        check=False,
        **_runner(),
        **({"capture_output": True} | extra),
    )
    if check and finished.returncode != 0:
        raise ClusterError(
            f"{command[0]}: {(finished.stderr or finished.stdout or '').strip()[-2000:]} ({cluster.log})"
        )
    return finished


def _own(path: Path) -> None:
    """Make a private folder and give it to the user who runs the server; refuse one that somebody else owns."""
    path.mkdir(parents=True, exist_ok=True, mode=0o755)
    uid = _runner().get("user", os.geteuid())
    if path.is_symlink() or path.stat().st_uid not in {uid, os.geteuid()}:
        raise ClusterError(f"La carpeta {path} pertenece a otro usuario: bórrela o cambie su dueño.")
    os.chown(path, uid, _runner().get("group", os.getegid()))
    path.chmod(0o700)


@contextmanager
def _locked(cluster: Cluster) -> Iterator[None]:
    """One process at a time makes, starts or stops a cluster."""
    cluster.base.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        cluster.base.parent.chmod(0o755)  # whatever root's umask: the stepped-down user walks through it
    with (cluster.base.parent / f"{cluster.base.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _create(cluster: Cluster) -> None:
    _own(cluster.base)
    speed = [] if cluster.durable else ["--no-sync"]
    _run(
        cluster, "initdb", "-D", str(cluster.pgdata), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--data-checksums",
        "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=es-CL", *speed,
    )  # fmt: skip


def _server_settings(cluster: Cluster) -> dict[str, str]:
    """What the server is started with. Logs carry no parameters: they would hold places and victims' words."""
    wanted = {
        "listen_addresses": "''",
        "synchronous_commit": "on",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "jit": "off",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
    }
    return wanted if cluster.durable else wanted | {"fsync": "off", "full_page_writes": "off"}


def _start_server(cluster: Cluster) -> None:
    _own(cluster.socket)
    options = [f"-k {cluster.socket}", *(f"-c {name}={value}" for name, value in _server_settings(cluster).items())]
    command = ["pg_ctl", "start", "-w", "-t", "120", "-D", str(cluster.pgdata), "-l", str(cluster.log)]
    # no pipe: the server would keep it open and the call would never return
    nowhere = {"capture_output": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for attempt in range(1, START_ATTEMPTS + 1):
        finished = _run(cluster, *command, "-o", " ".join(options), check=attempt == START_ATTEMPTS, **nowhere)
        if finished.returncode == 0:
            return
        time.sleep(1)


def _sql(cluster: Cluster, database: str, statement: str) -> str:
    where = ["-h", str(cluster.socket), "-U", OWNER, "-d", database]
    return _run(cluster, "psql", *where, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement).stdout.strip()


def _prepare_database(cluster: Cluster) -> None:
    if not _sql(cluster, "postgres", f"SELECT 1 FROM pg_database WHERE datname = '{OWNER}'"):  # noqa: S608 - a constant
        _sql(cluster, "postgres", f"CREATE DATABASE {OWNER}")
    quietly = "SET client_min_messages = warning;"
    for database in (OWNER, "template1"):  # template1: test databases are born with the extensions
        for extension in ("postgis", "pg_trgm", "unaccent", "btree_gist"):
            _sql(cluster, database, f"{quietly} CREATE EXTENSION IF NOT EXISTS {extension}")


def status(cluster: Cluster) -> int:
    """RUNNING, STOPPED or ABSENT."""
    if not (cluster.pgdata / "PG_VERSION").exists():
        return ABSENT
    return _run(cluster, "pg_ctl", "status", "-D", str(cluster.pgdata), check=False).returncode


def start(cluster: Cluster) -> None:
    """Make the cluster if it is absent, start it if it is stopped (a killed one recovers), prepare its database."""
    binaries()
    with _locked(cluster):
        state = _settled_status(cluster)
        if state == ABSENT:
            shutil.rmtree(cluster.pgdata, ignore_errors=True)  # a half-made folder of an interrupted start
            _create(cluster)
        if state != RUNNING:
            _start_server(cluster)
        ready = cluster.base / "ready"
        if state == ABSENT or not ready.exists():
            _prepare_database(cluster)
            ready.touch()


def _settled_status(cluster: Cluster) -> int:
    """`status`, once it is sure: a server that was just killed still counts as running for a moment.

    Where nothing collects dead processes (a container without init) it would count so for ever.
    """
    for _attempt in range(PATIENCE_S * 5):
        state = status(cluster)
        if state != RUNNING or _answers(cluster):
            return state
        if _is_dead(cluster):
            (cluster.pgdata / "postmaster.pid").unlink(missing_ok=True)
        time.sleep(0.2)
    raise ClusterError(f"La base de datos privada no responde: revise {cluster.log}.")


def _answers(cluster: Cluster) -> bool:
    return _run(cluster, "pg_isready", "-h", str(cluster.socket), "-t", "5", check=False).returncode == 0


def _is_dead(cluster: Cluster) -> bool:
    """True where the server's process has ended and only waits to be collected."""
    try:
        process = (cluster.pgdata / "postmaster.pid").read_text(encoding="ascii").split()[0]
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except (OSError, IndexError):
        return False


@contextmanager
def held(cluster: Cluster) -> Iterator[None]:
    """Keep the cluster running while a program needs it.

    The last program that holds it stops it again, unless somebody started it by hand (`start`).
    """
    cluster.base.parent.mkdir(parents=True, exist_ok=True)
    with (cluster.base.parent / f"{cluster.base.name}.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        if status(cluster) != RUNNING:
            start(cluster)
            cluster.on_demand.touch()
        try:
            yield
        finally:
            _release(cluster, users)


def _release(cluster: Cluster, users: IO[str]) -> None:
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another program still needs it
    if cluster.on_demand.exists():
        stop(cluster)


def stop(cluster: Cluster) -> None:
    """Stop the server if it runs; open transactions are rolled back."""
    with _locked(cluster):
        cluster.on_demand.unlink(missing_ok=True)
        if status(cluster) == RUNNING:
            _run(cluster, "pg_ctl", "stop", "-m", "fast", "-w", "-D", str(cluster.pgdata))


def reset(cluster: Cluster) -> None:
    """Stop the server and delete the cluster with all it holds."""
    stop(cluster)
    with _locked(cluster):
        shutil.rmtree(cluster.base, ignore_errors=True)
        shutil.rmtree(cluster.socket, ignore_errors=True)


def execute(cluster: Cluster, statement: str) -> str:
    """Run one statement as the cluster's owner, outside any database of ours (to make and drop databases)."""
    return _sql(cluster, "postgres", statement)


def configured() -> Cluster:
    """The cluster that this process is to use (`ATALAYA_CLUSTER`, default `main`)."""
    return Cluster(os.environ.get("ATALAYA_CLUSTER", "main"))


def _tell(cluster: Cluster) -> int:
    state = status(cluster)
    words = {RUNNING: "en marcha", STOPPED: "detenida", ABSENT: "sin crear"}
    sys.stdout.write(
        f"Base de datos privada «{cluster.name}»: {words.get(state, 'estado desconocido')} ({cluster.base})\n"
    )
    return 0 if state == RUNNING else state


def main() -> int:
    """Command line of the module."""
    parser = argparse.ArgumentParser(
        prog="python -m config.cluster", description="Private PostGIS cluster of this checkout"
    )
    parser.add_argument("verb", choices=["start", "stop", "status", "reset", "url"])
    parser.add_argument("--name", default=configured().name)
    asked = parser.parse_args()
    cluster = Cluster(asked.name)
    if os.environ.get("DATABASE_URL") and asked.verb != "url":
        sys.stdout.write("DATABASE_URL está definida: la base de datos privada no se usa.\n")
        return 0
    try:
        if asked.verb == "status":
            return _tell(cluster)
        if asked.verb == "url":
            sys.stdout.write(f"{os.environ.get('DATABASE_URL') or cluster.url}\n")
            return 0
        {"start": start, "stop": stop, "reset": reset}[asked.verb](cluster)
        cluster.on_demand.unlink(missing_ok=True)  # started by hand: it runs until it is stopped by hand
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
