"""Benches of incidents: from a file to the commit, in seconds and memory."""

from __future__ import annotations

import csv
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import Measure, bench

MILLION = 1_000_000
KIB_PER_MB = 1_000_000 / 1024


def _buenos_aires(workspace: Path) -> tuple[Any, float]:
    from django.conf import settings

    from incidents.services.importing import import_incidents
    from incidents.services.profiles import save_profile
    from tests.incidents import buenos_aires

    settings.MEDIA_ROOT = workspace
    commune = buenos_aires.commune()
    profile = save_profile(commune=commune, **buenos_aires.PROFILE)
    started = time.perf_counter()
    batch = import_incidents(
        commune=commune,
        path=buenos_aires.FILE,
        file_name=buenos_aires.FILE.name,
        profile=profile,
        imported_by=None,
    )
    seconds = time.perf_counter() - started
    assert (batch.accepted, batch.unplaced, batch.refused) == (buenos_aires.ROWS, buenos_aires.UNPLACED, 0)
    return batch, seconds


@bench("import-buenos-aires", what="Buenos Aires 2016-2017, 238,188 rows, file to commit", unit="s", limit=30.0)
def import_buenos_aires(workspace: Path) -> Measure:
    return Measure(_buenos_aires(workspace)[1])


@bench("import-buenos-aires-memory", what="memory of that import, the decoder's child included", unit="MB", limit=1000)
def import_buenos_aires_memory(workspace: Path) -> Measure:
    _buenos_aires(workspace)
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Measure(sum(used) / (KIB_PER_MB if sys.platform == "linux" else 1_000_000))


@bench("import-buenos-aires-again", what="the same file a second time: every row known", unit="s", limit=30.0)
def import_buenos_aires_again(workspace: Path) -> Measure:
    first, _seconds = _buenos_aires(workspace)
    from incidents.services.importing import import_incidents
    from tests.incidents import buenos_aires

    started = time.perf_counter()
    again = import_incidents(
        commune=first.commune,
        path=buenos_aires.FILE,
        file_name=buenos_aires.FILE.name,
        profile=first.profile,
        imported_by=None,
    )
    seconds = time.perf_counter() - started
    assert again.repeated == buenos_aires.ROWS
    return Measure(seconds)


@bench("import-million", what="1,000,000 incidents of a CSV, file to commit", unit="s", limit=120.0)
def import_million(workspace: Path) -> Measure:
    from django.conf import settings

    from incidents.services.importing import import_incidents
    from tests.factories.geo import CommuneFactory
    from tests.incidents.files import HEADER, profile_for

    settings.MEDIA_ROOT = workspace
    profile = profile_for(CommuneFactory())
    path = workspace / "millon.csv"
    _write_million(path, HEADER)
    started = time.perf_counter()
    batch = import_incidents(commune=profile.commune, path=path, file_name=path.name, profile=profile, imported_by=None)
    seconds = time.perf_counter() - started
    assert (batch.read, batch.accepted + batch.refused, batch.refused) == (MILLION, MILLION, MILLION // 500)
    return Measure(seconds)


def _write_million(path: Path, header: list[str]) -> None:
    """Ten years of incidents around Valdivia; every 500th row has a date that does not exist."""
    generator = np.random.default_rng(20_602)
    day = np.datetime64("2015-01-01") + generator.integers(0, 3_650, MILLION)
    minute = generator.integers(1, 1_440, MILLION)
    lng, lat = generator.normal(-73.24, 0.02, MILLION).round(5), generator.normal(-39.82, 0.015, MILLION).round(5)
    label = np.array(["Hurto", "Robo", "VIF", "Ruidos"])[generator.integers(0, 4, MILLION)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        for number in range(MILLION):
            date = "2025-02-30" if number % 500 == 0 else str(day[number])
            hour = f"{minute[number] // 60:02d}:{minute[number] % 60:02d}"
            writer.writerow([number, date, hour, label[number], "denuncia", lng[number], lat[number], "no se importa"])
