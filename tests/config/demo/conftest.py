"""The files of one simulated commune, written once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.demo.files import DemoFiles, write_demo

LAST_DAY = date(2025, 12, 31)


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    folder: Path = tmp_path_factory.mktemp("demo")
    return write_demo(folder, seed=1, last_day=LAST_DAY)
