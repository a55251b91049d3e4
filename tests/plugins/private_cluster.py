"""Holds the private test cluster while the tests run; starts it before pytest-django reads the settings."""

from __future__ import annotations

import contextlib
import os
from typing import Any

held = contextlib.ExitStack()

if not os.environ.get("DATABASE_URL"):
    os.environ.setdefault("ATALAYA_CLUSTER", "test")
    from config import cluster

    held.enter_context(cluster.held(cluster.configured()))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # sync playwright runs an event loop beside the ORM
os.environ.setdefault("ATALAYA_TESTING", "1")


def pytest_unconfigure(config: Any) -> None:
    """Let the cluster go."""
    held.close()
