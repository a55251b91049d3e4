"""What is over its time is erased for good, counts stay, and nothing else may delete an incident."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from access.models import AuditEvent
from geo.models import Commune
from incidents.models import ErasedCount, Incident, Ledger, MaskedIncident, RecordAddress
from incidents.services.profiles import save_profile
from incidents.services.registry import processing_record, record_as_csv
from incidents.services.retention import erase_over
from tests.factories.incidents import SETTINGS
from tests.incidents.files import bring_in, current, profile_for, row

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def kept_a_year(commune: Commune, tmp_path: Path) -> Commune:
    """Two old incidents (one in two versions), one that the year still covers, and a source without retention."""
    profile = save_profile(commune=commune, name="registro", settings=SETTINGS, retention_months=12, legal_basis="Ley")
    bring_in(tmp_path, profile, [row(1, fecha="2025-06-02"), row(2, fecha="2025-06-03")])
    bring_in(tmp_path, profile, [row(1, fecha="2025-06-02", tipo="Robo"), row(3, fecha="2025-11-01")])
    bring_in(tmp_path, profile_for(commune, source="otra"), [row(9, fecha="2020-01-01")])
    return commune


def test_what_is_over_its_time_goes_and_its_counts_stay(kept_a_year: Commune) -> None:
    assert erase_over(commune=kept_a_year, today=TODAY) == {"registro": 2}
    assert sorted(one.record_id for one in current(kept_a_year)) == ["3", "9"]
    assert Incident.objects.for_commune(kept_a_year).count() == 2
    assert MaskedIncident.objects.for_commune(kept_a_year).count() == 2
    told = ErasedCount.objects.for_commune(kept_a_year).of_source("registro")
    assert [(one.month, one.offence_type.code, one.incidents) for one in told.order_by("offence_type__code")] == [
        (dt.date(2025, 6, 1), "20101", 1), (dt.date(2025, 6, 1), "60401", 1),
    ]  # fmt: skip
    [act] = AuditEvent.objects.filter(verb="incidents.erase")
    assert (act.target, act.details["incidents"], act.details["versions"]) == ("registro", 2, 3)
    assert Ledger.objects.for_commune(kept_a_year).filter(act="erasure").count() == 1
    assert erase_over(commune=kept_a_year, today=TODAY) == {}


def test_a_dry_run_counts_and_erases_nothing(kept_a_year: Commune) -> None:
    sink = StringIO()
    call_command("erase_over_retention", commune=kept_a_year.cut_code, dry_run=True, json=True, stdout=sink)
    assert json.loads(sink.getvalue())["erased"]["registro"] >= 2
    assert Incident.objects.for_commune(kept_a_year).count() == 5
    assert not AuditEvent.objects.filter(verb="incidents.erase").exists()


def test_addresses_of_what_is_erased_go_with_it(commune: Commune, tmp_path: Path) -> None:
    columns = {"record_id": "folio", "date": "fecha", "label": "tipo", "address": "procedencia"}
    profile = save_profile(commune=commune, name="r", settings={**SETTINGS, "columns": columns}, retention_months=12)
    bring_in(
        tmp_path, profile, [row(1, procedencia="Picarte 10"), row(2, procedencia="Picarte 20", fecha="2026-06-01")]
    )
    erase_over(commune=commune, today=TODAY)
    assert list(RecordAddress.objects.for_commune(commune).values_list("record_key", flat=True)) == ["2"]


def test_nothing_else_may_delete_an_incident(kept_a_year: Commune) -> None:
    erase_over(commune=kept_a_year, today=TODAY)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM incidents_incident")


def test_the_record_names_columns_basis_retention_and_what_was_erased(kept_a_year: Commune) -> None:
    erase_over(commune=kept_a_year, today=TODAY)
    told = {one.profile.source: one for one in processing_record(commune=kept_a_year)}
    entry = told["registro"]
    assert (entry.standing, entry.erased, entry.is_complete, len(entry.imports)) == (1, 2, True, 2)
    assert "fecha" in entry.columns
    assert "nombre" not in entry.columns
    assert not told["otra"].is_complete
    text = record_as_csv(list(told.values())).decode("utf-8-sig")
    assert "Ley" in text
