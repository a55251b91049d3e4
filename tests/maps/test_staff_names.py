"""Names of staff and their reasons stay in the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.roles import Role
from geo.models import Commune
from sectors.models import RiskSector
from tests.factories.sectors import RiskSectorFactory

Text = Callable[[Any], str]
STAFF = ("Ocampo", "motivo interno")


@pytest.fixture
def changed(commune: Commune, analyst: Client) -> RiskSector:
    """A sector with a responsible person, changed by one, for a reason."""
    person = analyst.membership.user  # type: ignore[attr-defined]
    person.last_name, person.username = "Ocampo", "ocampo"
    person.save()
    sector = RiskSectorFactory(commune=commune, code="S-009", name="Costanera")
    sent = {"properties": {"version": 1, "reason": "motivo interno", "responsible": "ocampo"}}
    analyst.patch("/api/sectors/S-009", sent, content_type="application/json")
    return sector


ADDRESSES = [
    "/api/sectors/", "/api/sectors/S-009", "/api/sectors/S-009/versions", "/api/sectors/as-of/2999-01-01",
    "/sectores/", "/sectores/S-009/", "/sectores/S-009/hoja/",
]  # fmt: skip


@pytest.mark.parametrize("role", [Role.READER, Role.CAMERA_OPERATOR])
@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_not_of_the_office_reads_no_names_of_staff_and_no_reasons(
    role: Role, address: str, client_as: Callable[..., Client], changed: RiskSector, text: Text
) -> None:
    shown = text(client_as(role).get(address)).lower()
    assert "costanera" in shown
    assert not [word for word in STAFF if word.lower() in shown]


def test_the_office_reads_who_changed_a_sector_and_why(planner: Client, changed: RiskSector, text: Text) -> None:
    for address in (ADDRESSES[2], ADDRESSES[5]):
        shown = text(planner.get(address))
        assert [word for word in STAFF if word in shown] == list(STAFF)
