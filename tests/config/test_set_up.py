"""`scripts/set_up.sh` on a machine that lacks something."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = ["bash", "cat", "cut", "dirname", "env", "find", "id", "ls", "mkdir", "msgfmt", "node", "npm", "python3", "rm"]
TOOLS += ["sed", "sha256sum", "sort", "sudo", "touch", "tr", "xargs"]


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """The script and the lists it reads, and a folder of programs without apt-get and chromium."""
    for folder in ("scripts", "requirements"):
        shutil.copytree(settings.BASE_DIR / folder, tmp_path / "atalaya" / folder)
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        if found:
            (programs / tool).symlink_to(found)
    return tmp_path


def set_up(bare_checkout: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(bare_checkout / "bin"), "HOME": str(bare_checkout)} | more
    script = bare_checkout / "atalaya" / "scripts" / "set_up.sh"
    return subprocess.run([str(script)], env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_without_apt_one_line_names_what_is_missing_and_the_ways_around(bare_checkout: Path) -> None:
    refused = set_up(bare_checkout)
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert all(word in line for word in ("chromium", "DATABASE_URL", "docker compose up"))


def test_with_apt_the_missing_packages_are_asked_for(bare_checkout: Path) -> None:
    apt = bare_checkout / "bin" / "apt-get"
    apt.write_text(f'#!/bin/bash\necho "$@" >> {bare_checkout}/asked\n[ "$1" = update ]\n')
    apt.chmod(0o755)
    if (bare_checkout / "bin" / "sudo").exists():
        (bare_checkout / "bin" / "sudo").unlink()
        (bare_checkout / "bin" / "sudo").symlink_to(shutil.which("env"))
    finished = set_up(bare_checkout)
    assert finished.returncode != 0  # the stand-in for apt-get installs nothing
    assert "chromium" in (bare_checkout / "asked").read_text().splitlines()[-1]
