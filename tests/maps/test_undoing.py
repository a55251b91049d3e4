"""Before an import is undone, its page says which later files lose rows with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditEvent
from geo.models import Commune
from incidents.models import Incident
from incidents.services.undoing import take_back
from sectors.models import RiskFactor
from tests.factories.incidents import ImportBatchFactory, SourceProfileFactory
from tests.incidents.files import bring_in, profile_for, row
from tests.sectors.test_observations import FACTORS, factors_from

pytestmark = pytest.mark.django_db
WARNING = "deshacerla también las retira"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def page_of(client: Client, batch: Any) -> str:
    return client.get(reverse("maps:batch", args=[batch.pk])).content.decode()


def test_a_later_file_with_the_same_rows_is_named(analyst: Client, commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    first = bring_in(tmp_path, profile, [row(1), row(2)], name="enero.csv")
    later = bring_in(tmp_path, profile, [row(2), row(3)], name="febrero.csv")
    shown = page_of(analyst, first)
    assert WARNING in shown
    assert "febrero.csv" in shown
    assert "1 fila repetida" in shown
    assert WARNING not in page_of(analyst, later)
    take_back(batch=first, undone_by=None)
    assert Incident.objects.for_commune(commune).current().count() == 1


def test_an_import_of_its_own_rows_is_undone_without_a_warning(
    analyst: Client, commune: Commune, tmp_path: Path
) -> None:
    profile = profile_for(commune)
    first = bring_in(tmp_path, profile, [row(1)], name="enero.csv")
    bring_in(tmp_path, profile, [row(2)], name="febrero.csv")
    shown = page_of(analyst, first)
    assert WARNING not in shown
    assert reverse("maps:undo", args=[first.pk]) in shown


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("risk_factors", 302, "undone"),
        ("perception", 302, "undone"),
        ("cameras", 403, "committed"),
        ("incidents", 403, "committed"),
    ],
)
def test_the_manager_undoes_imports_of_the_tables_that_it_may_bring_and_no_other(
    manager: Client, commune: Commune, kind: str, status: int, state: str
) -> None:
    batch = ImportBatchFactory(commune=commune, profile=SourceProfileFactory(commune=commune, kind=kind))
    assert manager.post(reverse("maps:undo", args=[batch.pk])).status_code == status
    batch.refresh_from_db()
    assert batch.state == state
    events = AuditEvent.objects.filter(verb=f"{kind}.undo").values_list("role", flat=True)
    assert list(events) == (["gestora"] if state == "undone" else [])


def test_the_manager_takes_its_own_factors_back(manager: Client, commune: Commune, tmp_path: Path) -> None:
    user = manager.membership.user  # type: ignore[attr-defined]
    batch = factors_from(FACTORS, commune=commune, analyst=user, tmp_path=tmp_path)
    assert manager.get(reverse("maps:batch", args=[batch.pk])).status_code == 200
    manager.post(reverse("maps:undo", args=[batch.pk]))
    assert not RiskFactor.objects.for_commune(commune).exists()
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == ("undone", user)
    assert reverse("maps:undo", args=[batch.pk]) not in page_of(manager, batch)
