"""Addresses of rows without a point: kept without personal data, searched again when they change, erased in time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from incidents.models import Incident, RecordAddress
from incidents.services.addresses import PLACED_DAYS, erase_addresses
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from tests.factories.geo import CommuneFactory
from tests.factories.incidents import SETTINGS
from tests.incidents.files import write_rows

pytestmark = pytest.mark.django_db

HEADER = ["folio", "fecha", "tipo", "lng", "lat", "direccion"]


def bring(tmp_path: Path, commune: Any, rows: list[list[str]], *, ids: bool = True) -> Any:
    columns = {"date": "fecha", "label": "tipo", "x": "lng", "y": "lat", "address": "direccion"}
    if ids:
        columns["record_id"] = "folio"
    profile = save_profile(commune=commune, name="bitácora", settings={**SETTINGS, "columns": columns})
    path = write_rows(tmp_path / "bitacora.csv", rows, header=HEADER)
    return import_incidents(commune=commune, path=path, file_name=path.name, profile=profile, imported_by=None)


def row(folio: str, address: str, *, lng: str = "", lat: str = "") -> list[str]:
    return [folio, "2025-06-02", "Ruidos", lng, lat, address]


def texts(commune: Any) -> list[str]:
    return list(RecordAddress.objects.for_commune(commune).order_by("pk").values_list("address", flat=True))


def test_only_rows_without_point_keep_their_address(tmp_path: Path) -> None:
    commune = CommuneFactory()
    bring(tmp_path, commune, [row("1", "Picarte 100"), row("2", "Picarte 200", lng="-73.246", lat="-39.814")])
    assert texts(commune) == ["Picarte 100"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Picarte 1460, RUT 12.345.678-5", "Picarte 1460, RUT …"),
        ("Arauco 12 llamar al +56 9 8765 4321", "Arauco 12 llamar al …"),
        ("Arauco 12 llamar al 987654321", "Arauco 12 llamar al …"),
        ("Picarte 300, casa de Juan Pérez Soto, esquina Arauco", "Picarte 300, …, esquina Arauco"),
        ("Av Francia 22 patente BBCC-12", "Av Francia 22 …"),
        ("Yungay 9 ana@correo.cl", "Yungay 9 …"),
        ("Av. Ramón Picarte 2755 Depto 81", "Av. Ramón Picarte 2755 Depto 81"),
        ("Francisco de Aguirre de 2755", "Francisco de Aguirre de 2755"),
        ("AV1460", "AV1460"),
    ],
)
def test_personal_data_never_stay(tmp_path: Path, written: str, kept: str) -> None:
    commune = CommuneFactory()
    bring(tmp_path, commune, [row("1", written)])
    [stored] = RecordAddress.objects.for_commune(commune)
    assert (stored.address, stored.redacted) == (kept, written != kept)


def test_two_rows_that_differ_by_address_alone_are_two_incidents(tmp_path: Path) -> None:
    commune = CommuneFactory()
    rows = [row("", "Picarte 100"), row("", "Picarte 200")]
    bring(tmp_path, commune, rows, ids=False)
    again = bring(tmp_path, commune, rows[1:], ids=False)
    assert Incident.objects.for_commune(commune).current().count() == 2
    assert again.repeated == 1
    assert texts(commune) == ["Picarte 100", "Picarte 200"]


def test_a_changed_address_is_searched_again(tmp_path: Path) -> None:
    commune = CommuneFactory()
    bring(tmp_path, commune, [row("1", "Picarte 100")])
    RecordAddress.objects.update(state="unplaceable")
    bring(tmp_path, commune, [row("1", "Picarte 120")])
    [stored] = RecordAddress.objects.for_commune(commune)
    assert (stored.address, stored.state) == ("Picarte 120", "waiting")


def test_an_address_goes_when_the_source_tells_the_point(tmp_path: Path) -> None:
    commune = CommuneFactory()
    bring(tmp_path, commune, [row("1", "Picarte 100")])
    bring(tmp_path, commune, [row("1", "Picarte 100", lng="-73.246", lat="-39.814")])
    assert texts(commune) == []


def test_texts_are_erased_when_their_time_is_over(tmp_path: Path) -> None:
    commune = CommuneFactory()
    bring(tmp_path, commune, [row("1", "Picarte 100"), row("2", "Picarte 200")])
    RecordAddress.objects.filter(address="Picarte 100").update(state="placed", method="exact", score=1.0)
    later = timezone.now() + dt.timedelta(days=PLACED_DAYS + 1)
    assert erase_addresses(commune=commune, now=later) == 1
    assert texts(commune) == ["", "Picarte 200"]
    assert RecordAddress.objects.get(state="placed").method == "exact"
    assert erase_addresses(commune=commune, now=later + dt.timedelta(days=800)) == 1
    assert texts(commune) == ["", ""]
