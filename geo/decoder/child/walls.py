"""The child tries its own walls, so that the operator is told what really holds on this machine."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any, BinaryIO


def prepare() -> None:
    """Nothing to load."""


def walls(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """What can still be done from inside: true stands for a wall that holds."""
    return {
        "network": _is_refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()),
        "programs": _is_refused(_start_program),
        "files": _is_refused(lambda: Path(instruction["canary"]).read_bytes()),
        "writing": _is_refused(lambda: Path(instruction["path"]).with_name("x").write_bytes(b"x")),
    }


def _start_program() -> None:
    if os.fork() == 0:
        os._exit(0)


def _is_refused(attempt: Any) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False
