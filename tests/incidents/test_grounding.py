"""What follows from loaded layers: public space, snap points and masks, together."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from access.models import AuditEvent
from geo.models import Commune, PublicSpace, SnapRelease
from incidents.models import MaskedIncident
from incidents.services import grounding
from incidents.services.grounding import prepare_ground
from tests.factories.geo import AddressPointFactory, StreetSegmentFactory, TerritorialUnitFactory, line, point, square
from tests.factories.incidents import IncidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(commune: Commune) -> Commune:
    """A commune with a block, its doors, a street and one incident that is still masked to a hexagon."""
    TerritorialUnitFactory(commune=commune, kind="manzana", code="M-1", boundary=square(0, 0, 100))
    StreetSegmentFactory(commune=commune, line=line((-20, -10), (120, -10)))
    for number in range(20):
        AddressPointFactory(commune=commune, number=str(number), point=point(5 * number, 2))
    IncidentFactory(commune=commune, point=point(50, 3))
    return commune


def test_masks_leave_the_hexagon(loaded: Commune) -> None:
    assert MaskedIncident.objects.get().release == 0
    done = prepare_ground(commune=loaded, reason="primera carga", prepared_by=None)
    masked = MaskedIncident.objects.get()
    release = SnapRelease.objects.for_commune(loaded).get()
    behind = {snap.point.coords: snap.dwellings for snap in release.points.all()}
    assert (masked.release, done["masked"]) == (release.number, 1)
    assert behind[masked.point.coords] >= 8
    assert PublicSpace.objects.for_commune(loaded).count() == done["public_space_pieces"] > 0


def test_no_release_stays_without_its_masks(loaded: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_told: Any) -> int:
        raise OSError

    monkeypatch.setattr(grounding, "remask", fail)
    with pytest.raises(OSError):  # noqa: PT011 - ours
        prepare_ground(commune=loaded, reason="primera carga", prepared_by=None)
    assert not SnapRelease.objects.exists()
    assert not PublicSpace.objects.exists()


def test_without_any_layer_the_hexagons_are_released(commune: Commune) -> None:
    done = prepare_ground(commune=commune, reason="sin capas", prepared_by=None)
    release = SnapRelease.objects.for_commune(commune).get()
    assert done["public_space_pieces"] is None
    assert set(release.points.values_list("origin", flat=True)) == {"hexagon"}


def test_the_command_prepares_and_is_on_record(loaded: Commune) -> None:
    said = StringIO()
    call_command("prepare_ground", commune=loaded.cut_code, json=True, stdout=said)
    assert json.loads(said.getvalue())["masked"] == 1
    assert AuditEvent.objects.for_commune(loaded).get(verb="incidents.remask").reason == "Nuevas capas del territorio"
