"""The located share: read from rows and from the counts of a run, with its warning."""

from __future__ import annotations

import pytest

from incidents.models import Incident
from incidents.services.located import LocatedShare, located_of_run, located_share
from tests.factories.geo import CommuneFactory
from tests.factories.incidents import IncidentFactory


@pytest.mark.django_db
def test_rows_with_and_without_place_are_counted() -> None:
    commune = CommuneFactory()
    IncidentFactory(commune=commune)
    IncidentFactory(commune=commune, point=None)
    assert located_share(Incident.objects.for_commune(commune)) == LocatedShare(2, 1)


def test_a_run_tells_it_by_its_counts() -> None:
    counts = {"used": 80, "dropped": {"outside_grid": 3, "outside_mask": 2, "unplaced": 15, "origin": 40}}
    told = located_of_run(counts)
    assert (told.total, told.placed, told.low) == (100, 85, False)


def test_the_warning_begins_under_85_percent() -> None:
    assert LocatedShare(1000, 849).low
    assert not LocatedShare(1000, 850).low
    assert not LocatedShare(0, 0).low
    assert "84,9" in LocatedShare(1000, 849).sentence
