"""An import killed at any moment leaves nothing half done."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from access.models import AuditEvent
from geo.models import Commune
from incidents.models import ImportBatch, Incident, Ledger, MaskedIncident
from incidents.services.importing import sweep_remains
from incidents.services.staging import rows as fetch
from tests.factories.geo import CommuneFactory
from tests.incidents.files import bring_in, content, profile_for, row, write_rows

ROWS = 3_000
STAGES = {"reading": 1, "checking": 2, "before the transaction": 3, "inside the transaction": 4}


def staging_schemas() -> int:
    return int(fetch("SELECT COUNT(*) FROM pg_namespace WHERE starts_with(nspname, 'staging_import_')")[0][0])


def wait_until_alone() -> None:
    """The server notices a dead client when it next speaks to it; locks last until then."""
    for _attempt in range(100):
        others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        if fetch(others) == [(0,)]:
            return
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_import_leaves_nothing_and_the_next_one_takes_all(
    stage: str, process_environment: dict[str, str], tmp_path: Path, settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    commune: Commune = CommuneFactory()
    profile = profile_for(commune)
    rows = [row(number, hora=f"{number % 24:02d}:15:00") for number in range(ROWS)] + [row("mala", fecha="x")]
    path = write_rows(tmp_path / "incidentes.csv", rows)
    arguments = [str(path), str(commune.pk), str(profile.pk), str(STAGES[stage]), str(settings.MEDIA_ROOT)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.incidents.killed_import", *arguments],
        cwd=settings.BASE_DIR,
        env=process_environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.wait()
    wait_until_alone()
    for table in (Incident, MaskedIncident, ImportBatch, Ledger, AuditEvent):
        assert not table.objects.exists()
    sweep_remains()
    assert staging_schemas() == 0
    batch = bring_in(tmp_path, profile, rows)
    assert (batch.accepted, batch.refused, MaskedIncident.objects.count()) == (ROWS, 1, ROWS)


@pytest.mark.django_db(transaction=True)
def test_sweeping_leaves_the_staging_of_a_living_import_alone(tmp_path: Path) -> None:
    import psycopg
    from django.db import connection

    from incidents.services.staging import PREFIX, run, sweep_staging

    name = f"{PREFIX}{'a' * 32}"
    database = connection.settings_dict
    other = psycopg.connect(
        dbname=database["NAME"], user=database["USER"], host=database["HOST"], autocommit=True
    )  # fmt: skip
    other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    run(f"CREATE SCHEMA {name}")
    try:
        assert sweep_staging() == 0
    finally:
        other.close()
    wait_until_alone()
    assert sweep_staging() == 1


KILLS = int(os.environ.get("ATALAYA_KILLS", "50"))


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_an_import_killed_at_random_points_ends_in_the_same_rows(
    process_environment: dict[str, str], tmp_path: Path, settings
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    rows = [row(number, hora=f"{number % 24:02d}:15:00") for number in range(ROWS)]
    whole, killed = CommuneFactory(), CommuneFactory()
    bring_in(tmp_path, profile_for(whole), rows)
    profile = profile_for(killed)
    path = write_rows(tmp_path / "incidentes.csv", rows)
    arguments = [str(path), str(killed.pk), str(profile.pk), "0", str(settings.MEDIA_ROOT)]
    chance = random.Random(11)
    for _number in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.incidents.killed_import", *arguments],
            cwd=settings.BASE_DIR,
            env=process_environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        )
        time.sleep(chance.uniform(1.0, 6.0))
        process.kill()
        process.wait()
        wait_until_alone()
        assert Incident.objects.for_commune(killed).count() in {0, ROWS}
    bring_in(tmp_path, profile, rows)
    sweep_remains()
    assert staging_schemas() == 0
    assert content(killed) == content(whole)
