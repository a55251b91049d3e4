"""The same file sent twice at the same moment: one takes its rows, the other finds them all there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from incidents.models import ImportBatch, Incident, Ledger, MaskedIncident, MassEvent
from incidents.services.events import import_mass_events
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from tests.factories.geo import CommuneFactory
from tests.incidents import test_events as events
from tests.incidents.files import profile_for, row, write_rows

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 400
Counts = tuple[int, int, int, int]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def twice_at_once(bring: Callable[[], ImportBatch]) -> list[Counts]:
    """Call it in two threads that start together; what each read, accepted, found there and refused."""
    start = Barrier(2)

    def one(_number: int) -> Counts:
        try:
            start.wait()
            batch = bring()
            return batch.read, batch.accepted, batch.repeated, batch.refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


def test_two_uploads_of_one_file_of_incidents_double_nothing(tmp_path: Path) -> None:
    profile = profile_for(CommuneFactory())
    path = write_rows(tmp_path / "incidentes.csv", [row(number, hora="09:10:00") for number in range(ROWS)])
    told = twice_at_once(
        lambda: import_incidents(
            commune=profile.commune, path=path, file_name=path.name, profile=profile, imported_by=None
        )
    )
    assert told == [(ROWS, 0, ROWS, 0), (ROWS, ROWS, 0, 0)]
    rows = [table.objects.count() for table in (Incident, MaskedIncident, ImportBatch, Ledger)]
    assert rows == [ROWS, ROWS, 1, 1]


def test_two_uploads_of_one_table_double_nothing(tmp_path: Path) -> None:
    commune = CommuneFactory()
    profile = save_profile(commune=commune, name="eventos", kind="mass_events", settings=events.SETTINGS)
    rows = [[f"E{number}", *events.GOOD[1:]] for number in range(40)]
    path = write_rows(tmp_path / "eventos.csv", rows, header=events.HEADER)
    told = twice_at_once(lambda: import_mass_events(path=path, file_name=path.name, profile=profile, imported_by=None))
    assert told == [(40, 0, 40, 0), (40, 40, 0, 0)]
    assert MassEvent.objects.filter(version=1).count() == 40
