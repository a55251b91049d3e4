"""Walls of the kernel around the child: they hold, and where the kernel has none nothing is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from geo.decoder.inspection import inspect_walls

# starts the decoder on a kernel that answers as one without the wall would: the calls that raise it do not exist
ON_A_POORER_KERNEL = """
import errno, os, sys
import django, pyseccomp
django.setup()
calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv[1].split(","):
    calls.add_rule(pyseccomp.ERRNO(errno.ENOSYS), name)
if "seccomp" in sys.argv[1]:
    calls.add_rule(pyseccomp.ERRNO(errno.EINVAL), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, 22))
calls.load()
from geo.decoder import describe_table
from geo.errors import RefusedFileError
try:
    print("header", describe_table(sys.argv[2]).header)
except RefusedFileError as error:
    print("refused", error.extra["code"], error)
"""
LANDLOCK_CALLS = "landlock_create_ruleset,landlock_add_rule,landlock_restrict_self"


def on_a_kernel_without(calls: str, path: Path, *, waived: str) -> str:
    environment = dict(os.environ) | {"DECODER_MAY_LACK_WALLS": waived, "DJANGO_SETTINGS_MODULE": "config.settings"}
    finished = subprocess.run(
        [sys.executable, "-c", ON_A_POORER_KERNEL, calls, str(path)],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return finished.stdout


def test_every_wall_holds_on_this_machine() -> None:
    assert inspect_walls().fallen == []


@pytest.mark.parametrize(("calls", "wall"), [(LANDLOCK_CALLS, "Landlock"), ("seccomp", "seccomp")])
def test_without_a_wall_nothing_is_opened_unless_the_operator_waives_it(tmp_path: Path, calls: str, wall: str) -> None:
    path = tmp_path / "datos.csv"
    path.write_text("a,b\n1,2\n")
    told = on_a_kernel_without(calls, path, waived="0")
    assert told.startswith("refused walls")
    assert wall in told
    assert on_a_kernel_without(calls, path, waived="1") == "header ['a', 'b']\n"
