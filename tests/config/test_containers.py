"""docker-compose.yml and the Dockerfile, as far as they can be proved without an engine.

The file is read as compose reads it; its commands run as real processes with its environment on the private cluster;
its health checks are the ones that judge them.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.config.test_serving import free_port

COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (settings.BASE_DIR / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
ONE_SHOT = {"migrate"}
PATIENCE_S = 40.0


def instructions(word: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")]


def test_the_four_services_are_there() -> None:
    assert {"db", "web", "worker", "proxy"} <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_an_ordinary_user_on_a_read_only_root_without_capabilities(name: str) -> None:
    service = SERVICES[name]
    assert not service["user"].startswith(("0", "root"))
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add"} & set(service)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_a_service_that_stays_has_a_health_check_and_limits(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert {"mem_limit", "pids_limit"} <= set(SERVICES[name])


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files_that_are_declared(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    files = {key: value for key, value in environment.items() if key.endswith("_FILE") and "/run/secrets/" in value}
    assert {Path(value).name for value in files.values()} <= set(SERVICES[name].get("secrets", []))
    assert {Path(value).name for value in files.values()} <= set(COMPOSE["secrets"])
    assert not [key for key in environment if re.search(r"(PASSWORD|SECRET_KEY|TOKEN)$", key)]
    assert "@" not in environment.get("DATABASE_URL", "@").split("://")[-1].split("@")[0]


def test_the_secrets_folder_is_no_part_of_the_repository() -> None:
    assert "/secrets/" in (settings.BASE_DIR / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert all(SERVICES[name]["networks"] == ["inside"] for name in ("db", "worker", "migrate"))


def test_what_is_mounted_from_the_repository_exists() -> None:
    mounts = [one for service in SERVICES.values() for one in service.get("volumes", []) if one.startswith("./")]
    assert mounts
    assert [one for one in mounts if not (settings.BASE_DIR / one.split(":")[0]).exists()] == []


def copied_from_the_repository() -> list[str]:
    return [path for words in instructions("COPY") if not words[0].startswith("--from") for path in words[:-1]]


def test_every_copied_path_exists() -> None:
    assert copied_from_the_repository()
    assert [one for one in copied_from_the_repository() if not (settings.BASE_DIR / one).exists()] == []


def test_every_copied_path_is_let_into_the_build() -> None:
    ignored = (settings.BASE_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    assert [
        one for one in copied_from_the_repository() if not f"{one}/".startswith(tuple(f"{path}/" for path in let_in))
    ] == []


def test_every_stage_that_is_copied_from_exists() -> None:
    stages = {words[-1] for words in instructions("FROM") if "AS" in words}
    wanted = {words[0].removeprefix("--from=") for words in instructions("COPY") if words[0].startswith("--from=")}
    assert wanted <= stages


def test_the_image_runs_as_an_ordinary_user_with_locked_packages() -> None:
    assert instructions("USER")[-1] == ["10001"]
    assert "--require-hashes -r requirements/base.txt" in DOCKERFILE


def environment_of(name: str, secrets: Path, state: Path) -> dict[str, str]:
    """A service's environment as its container would see it, with the container's folders moved to ours."""
    filled = {}
    for key, value in SERVICES[name]["environment"].items():
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        text = text.replace("/run/secrets", str(secrets)).replace("/var/lib/atalaya", str(state))
        filled[key] = text.replace("/tmp/worker-alive", str(state / "worker-alive"))
    return filled


def command_of(words: list[str]) -> list[str]:
    """A command line of the container with this installation's programs."""
    programs = Path(sys.executable).parent
    return [str(programs / words[0]) if (programs / words[0]).exists() else words[0], *words[1:]]


Start = Callable[[str], tuple[subprocess.Popen[bytes], dict[str, str]]]


@pytest.fixture
def start(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """`start(service)`: its command as a process, with its environment, on the test's database."""
    started = []
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "secret_key").write_text("a key of the test, long enough to sign with\n")
    (secrets / "database_password").write_text("not asked for on a socket\n")
    (tmp_path / "static").mkdir()

    def run(name: str) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
        environment = environment_of(name, secrets, tmp_path)
        environment |= {"DATABASE_URL": process_environment["DATABASE_URL"], "GRANIAN_PORT": str(free_port())}
        environment |= {
            "PATH": os.environ["PATH"],
            "STATIC_ROOT": str(tmp_path / "static"),
            "GRANIAN_HOST": "127.0.0.1",
        }
        process = subprocess.Popen(command_of(SERVICES[name]["command"]), cwd=settings.BASE_DIR, env=environment)
        started.append(process)
        return process, environment

    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE_S)


def healthy(name: str, environment: dict[str, Any]) -> bool:
    check = command_of(SERVICES[name]["healthcheck"]["test"][1:])
    return subprocess.run(check, cwd=settings.BASE_DIR, env=environment, check=False).returncode == 0


def becomes_healthy(name: str, environment: dict[str, Any]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if healthy(name, environment):
            return True
        time.sleep(0.5)
    return False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_command_starts_and_its_own_health_check_says_so(start: Start, name: str) -> None:
    process, environment = start(name)
    assert not healthy(name, environment)
    assert becomes_healthy(name, environment)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0


@pytest.mark.django_db(transaction=True)
def test_the_migration_command_finds_nothing_left_to_do(start: Start) -> None:
    process, _environment = start("migrate")
    assert process.wait(PATIENCE_S) == 0


def test_a_worker_that_fell_silent_is_not_healthy(tmp_path: Path) -> None:
    alive = tmp_path / "worker-alive"
    alive.touch()
    os.utime(alive, (0, time.time() - 120))
    assert not healthy("worker", dict(os.environ) | {"WORKER_ALIVE_FILE": str(alive)})
