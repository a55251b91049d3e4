"""`.ci/run` passes when the checks and all tests pass, and not when a test on real data was left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

SUMMARY = "==== 3 passed in 0.1s ===="
LEFT_OUT = "SKIPPED [1] tests/conftest.py:30: needs the real data of the folder ATALAYA_DATA (../shared/data)"
OTHER = "SKIPPED [1] tests/config/test_cluster.py:218: the step down from root happens only under root"


def ci(tmp_path: Path, *, check: int = 0, test: int = 0, said: str = SUMMARY) -> int:
    """Exit status of .ci/run where `make` answers as told."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(settings.BASE_DIR / ".ci" / "run", tmp_path / ".ci" / "run")
    make = tmp_path / "make"
    make.write_text(f'#!/bin/bash\n[ "$1" = check ] && exit {check}\ncat <<END\n{said}\nEND\nexit {test}\n')
    make.chmod(0o755)
    environment = dict(os.environ) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    return subprocess.run([tmp_path / ".ci" / "run"], env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("answers", "passes"),
    [
        ({}, True),
        ({"check": 1}, False),
        ({"test": 1}, False),
        ({"said": f"{LEFT_OUT}\n{SUMMARY}"}, False),
        ({"said": f"{OTHER}\n{SUMMARY}"}, True),
    ],
)
def test_it_passes_only_when_everything_was_run_and_passed(tmp_path: Path, answers: dict, passes: bool) -> None:
    assert (ci(tmp_path, **answers) == 0) is passes
