"""The private cluster: made, started, stopped and deleted by one command each; alone on its socket; hard to kill."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.cluster import ABSENT, RUNNING, STOPPED

AS_ROOT = os.geteuid() == 0
LISTENING = "0A"  # state of a TCP socket in /proc/net/tcp


class Checkout:
    """A checkout that holds only the cluster's module, as far as the cluster can see."""

    def __init__(self, folder: Path, user: str = "") -> None:
        self.folder = folder
        self.prefix = ["runuser", "-u", user, "--"] if user else []
        (folder / "config").mkdir(parents=True)
        for name in ("__init__.py", "cluster.py"):
            shutil.copy(settings.BASE_DIR / "config" / name, folder / "config" / name)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self.prefix, _interpreter(), "-m", "config.cluster", *arguments]
        environment = {"PATH": os.environ["PATH"]}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    def python(self, code: str) -> subprocess.Popen[str]:
        """A program of this checkout, with its input and output open."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        environment = {"PATH": os.environ["PATH"]}
        return subprocess.Popen([_interpreter(), "-c", code], cwd=self.folder, env=environment, text=True, **pipes)

    def connect(self) -> psycopg.Connection:
        address = self.run("url").stdout.strip()
        folder = address.split("host=")[1]
        return psycopg.connect(host=folder, user="atalaya", dbname="atalaya", autocommit=True)

    def server_processes(self) -> list[int]:
        """The postmaster and its children."""
        with self.connect() as connection:
            data = Path(connection.execute("SHOW data_directory").fetchone()[0])
            postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])
        children = [
            int(entry.parent.name)
            for entry in Path("/proc").glob("[0-9]*/stat")
            if _parent(entry) == postmaster
        ]  # fmt: skip
        return [postmaster, *children]


def _interpreter() -> str:
    """A Python that any user may run (the virtual environment may lie where only its owner can walk)."""
    return shutil.which("python3", path="/usr/local/bin:/usr/bin") or sys.executable


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose cluster runs."""
    made = Checkout(tmp_path_factory.mktemp("one") / "atalaya")
    started = made.run("start")
    assert started.returncode == 0, started.stderr
    yield made
    made.run("reset")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout that has no cluster yet."""
    made = Checkout(tmp_path / "atalaya")
    yield made
    made.run("reset")


def setting(checkout: Checkout, name: str) -> str:
    with checkout.connect() as connection:
        return connection.execute(f"SHOW {name}").fetchone()[0]


def test_one_command_each_makes_stops_and_deletes_it(fresh: Checkout) -> None:
    assert fresh.run("status").returncode == ABSENT
    states = []
    for verb in ("start", "stop", "reset"):
        fresh.run(verb)
        states.append(fresh.run("status").returncode)
    assert states == [RUNNING, STOPPED, ABSENT]


def test_starting_twice_is_no_error(checkout: Checkout) -> None:
    assert checkout.run("start").returncode == 0


def test_it_is_born_with_postgis_and_spanish_order(checkout: Checkout) -> None:
    with checkout.connect() as connection:
        version = connection.execute("SELECT postgis_lib_version()").fetchone()[0]
        words = "VALUES ('Osorno'), ('Ñuñoa'), ('nido'), ('Nueva'), ('Ángel'), ('Arica')"
        ordered = [row[0] for row in connection.execute(f"SELECT * FROM ({words}) AS w(name) ORDER BY name")]
    assert version
    assert ordered == ["Ángel", "Arica", "nido", "Nueva", "Ñuñoa", "Osorno"]


def test_its_pages_carry_checksums(checkout: Checkout) -> None:
    assert setting(checkout, "data_checksums") == "on"


def test_an_acknowledged_commit_is_on_disk(checkout: Checkout) -> None:
    assert [setting(checkout, name) for name in ("synchronous_commit", "fsync", "full_page_writes")] == ["on"] * 3


def test_it_listens_on_no_tcp_port(checkout: Checkout) -> None:
    inodes = set()
    for process in checkout.server_processes():
        for link in Path(f"/proc/{process}/fd").glob("*"):
            target = os.readlink(link) if link.is_symlink() else ""
            if target.startswith("socket:"):
                inodes.add(target[8:-1])
    listening = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
        listening |= {row[9] for row in rows if row[3] == LISTENING}
    assert setting(checkout, "listen_addresses") == ""
    assert not inodes & listening


def test_two_checkouts_do_not_meet(checkout: Checkout, fresh: Checkout) -> None:
    fresh.run("start")
    with checkout.connect() as ours, fresh.connect() as theirs:
        ours.execute("CREATE TABLE only_ours ()")
        seen = theirs.execute("SELECT to_regclass('only_ours')").fetchone()[0]
        ours.execute("DROP TABLE only_ours")
    assert seen is None
    assert checkout.run("url").stdout != fresh.run("url").stdout


def test_rows_it_acknowledged_survive_the_death_of_all_its_processes(fresh: Checkout) -> None:
    fresh.run("start")
    acknowledged = []
    connection = fresh.connect()
    connection.execute("CREATE TABLE ledger (number int)")
    for number in range(200):
        connection.execute("INSERT INTO ledger VALUES (%s)", [number])
        acknowledged.append(number)
    for process in fresh.server_processes():
        with contextlib.suppress(ProcessLookupError):  # a child has ended with the one before it
            os.kill(process, signal.SIGKILL)
    started = fresh.run("start")
    assert started.returncode == 0, started.stderr
    with fresh.connect() as after:
        assert [row[0] for row in after.execute("SELECT number FROM ledger ORDER BY number")] == acknowledged


def test_a_start_that_was_interrupted_half_way_is_begun_again(fresh: Checkout) -> None:
    fresh.run("start")
    with fresh.connect() as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
    fresh.run("stop")
    (data / "PG_VERSION").unlink()  # what an interrupted initdb leaves: a folder without its last file
    assert fresh.run("start").returncode == 0


def test_a_program_that_holds_it_stops_it_when_the_last_one_ends(fresh: Checkout) -> None:
    hold = "from config import cluster as c\nwith c.held(c.configured()):\n    print('held', flush=True)\n    input()\n"
    first, second = fresh.python(hold), fresh.python(hold)
    for program in (first, second):
        assert program.stdout.readline().strip() == "held"
    first.communicate("\n")
    assert fresh.run("status").returncode == RUNNING
    second.communicate("\n")
    assert fresh.run("status").returncode == STOPPED


def test_one_that_was_started_by_hand_runs_on_after_the_programs(checkout: Checkout) -> None:
    code = "from config import cluster as c\nwith c.held(c.configured()):\n    pass\n"
    assert checkout.python(code).wait(60) == 0
    assert checkout.run("status").returncode == RUNNING


def test_a_folder_of_somebody_else_is_refused_with_a_sentence(fresh: Checkout) -> None:
    folder = Path(fresh.run("url").stdout.strip().split("host=")[1])
    folder.symlink_to("/tmp")
    try:
        refused = fresh.run("start")
    finally:
        folder.unlink()
    assert refused.returncode == 1
    assert "pertenece a otro usuario" in refused.stderr


def test_without_a_server_installed_one_line_says_what_to_do(fresh: Checkout) -> None:
    source = fresh.folder / "config" / "cluster.py"
    source.write_text(source.read_text().replace("/usr/lib/postgresql", "/nowhere/postgresql"))
    refused = fresh.run("start")
    source.write_text(source.read_text().replace("/nowhere/postgresql", "/usr/lib/postgresql"))
    assert refused.returncode == 1
    assert all(word in refused.stderr for word in ("postgresql-15-postgis-3", "DATABASE_URL", "docker compose up"))


@pytest.mark.skipif(not AS_ROOT, reason="the step down from root happens only under root")
def test_under_root_the_server_runs_as_another_user_who_owns_its_private_folder(checkout: Checkout) -> None:
    with checkout.connect() as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
    owners = {Path(f"/proc/{process}").stat().st_uid for process in checkout.server_processes()}
    assert owners == {data.stat().st_uid}
    assert 0 not in owners
    assert data.stat().st_mode & 0o077 == 0


@pytest.fixture
def of_nobody(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout that belongs to an ordinary user."""
    folder = Path("/var/tmp") / f"atalaya-{os.getpid()}-{time.monotonic_ns()}"
    made = Checkout(folder, user="nobody")
    nobody = pwd.getpwnam("nobody")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    yield made
    made.run("reset")
    shutil.rmtree(folder)


@pytest.mark.skipif(not AS_ROOT, reason="only root can become another user")
def test_an_ordinary_user_runs_it_inside_the_checkout(of_nobody: Checkout) -> None:
    started = of_nobody.run("start")
    assert started.returncode == 0, started.stderr
    assert of_nobody.run("status").returncode == RUNNING
    data = of_nobody.folder / ".cluster" / "main" / "data"
    assert pwd.getpwuid(data.stat().st_uid).pw_name == "nobody"
