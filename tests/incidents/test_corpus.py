"""The corpus of bad inputs, its rows of incidents: whole imports, each file counted the way it must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geo.errors import RefusedFileError
from geo.models import Commune
from incidents.models import ImportBatch, Incident
from incidents.services.events import import_mass_events
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from tests.corpus import Case, cases_of, written
from tests.incidents.files import current, profile_for
from tests.incidents.test_events import SETTINGS as EVENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def reasons(batch: ImportBatch) -> dict[str, int]:
    return batch.counts.get("refused", {}) | batch.counts.get("unplaced", {})


@pytest.mark.parametrize("one", cases_of("incidents"), ids=lambda one: one.id)
def test_an_import_gives_the_right_answer(one: Case, commune: Commune, tmp_path: Path) -> None:
    path = written(one, tmp_path)
    profile = profile_for(commune)
    options: dict[str, Any] = {"commune": commune, "path": path, "file_name": path.name, "profile": profile}
    if one.answer.codes:
        with pytest.raises(RefusedFileError, match=one.answer.message):
            import_incidents(**options, imported_by=None)
        assert not Incident.objects.exists()
        return
    batch = import_incidents(**options, imported_by=None)
    assert batch.read == batch.accepted + batch.repeated + batch.refused
    assert (batch.accepted, reasons(batch)) == (one.answer.kept, one.answer.counts)


@pytest.mark.parametrize("one", cases_of("incidents-twice"), ids=lambda one: one.id)
def test_the_same_file_twice_changes_nothing(one: Case, commune: Commune, tmp_path: Path) -> None:
    path = written(one, tmp_path)
    profile = profile_for(commune)
    for accepted in (2, 0):
        batch = import_incidents(commune=commune, path=path, file_name=path.name, profile=profile, imported_by=None)
        assert batch.accepted == accepted
    assert len(current(commune)) == 2


@pytest.mark.parametrize("one", cases_of("events"), ids=lambda one: one.id)
def test_an_import_of_events_gives_the_right_answer(one: Case, commune: Commune, tmp_path: Path) -> None:
    path = written(one, tmp_path)
    profile = save_profile(commune=commune, name="eventos", kind="mass_events", settings=EVENTS)
    batch = import_mass_events(path=path, file_name=path.name, profile=profile, imported_by=None)
    assert (batch.accepted, reasons(batch)) == (one.answer.kept, one.answer.counts)
