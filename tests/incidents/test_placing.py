"""Placing of records without point: by the search and by people, always as new rows, and what people teach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point

from access.services.jobs import request_job, run_job
from geo.errors import ConflictError, RefusedError
from geo.models import AddressPoint
from incidents.models import Incident, Ledger, MaskedIncident, PlaceAlias, RecordAddress
from incidents.services.ledger import latest_sequence
from incidents.services.placing import place_unplaced
from incidents.services.placing_queue import (
    accept_candidate,
    forget_alias,
    give_up,
    place_on_map,
    queue_of,
    take_back_decision,
)
from incidents.services.placing_words import explanation
from incidents.services.undoing import take_back
from tests.factories.access import UserFactory
from tests.factories.geo import CommuneFactory
from tests.incidents.test_addresses import bring, row

pytestmark = pytest.mark.django_db

LNG, LAT = -73.246, -39.814
STEP = 0.0001  # about 8.5 m to the east


@pytest.fixture
def town() -> Any:
    """A commune with Picarte, whose even numbers run east, and two passages of one name far apart."""
    commune = CommuneFactory()
    told = [("Av. Ramón Picarte", 100 + 10 * n, LNG + n * STEP, LAT) for n in range(20)]
    told += [("Pasaje Dos", 10 + 2 * n, LNG + n * STEP, LAT - 0.01) for n in range(6)]
    told += [("Pasaje Dos", 10 + 2 * n, LNG + n * STEP, LAT - 0.03) for n in range(6)]
    AddressPoint.objects.bulk_create(
        AddressPoint(commune=commune, street=street, number=str(number), point=Point(lng, lat, srid=4326))
        for street, number, lng, lat in told
    )
    return commune


def the(commune: Any, key: str) -> RecordAddress:
    return RecordAddress.objects.get(commune=commune, record_key=key)


def now(commune: Any, key: str) -> Incident:
    return Incident.objects.for_commune(commune).current().get(record_key=key)


def test_sure_places_are_written_as_new_rows_under_one_act(tmp_path: Path, town: Any) -> None:
    rows = [
        row("1", "Picarte 150"),
        row("2", "Ramon picrate 155 depto 3"),
        row("3", "Los Lagos 12"),
        row("4", "Pje. 2 14"),
    ]
    bring(tmp_path, town, rows)
    before = latest_sequence(town)
    found = place_unplaced(commune=town, placed_by=None)
    assert (found.searched, found.placed, found.ambiguous, found.unknown) == (4, 2, 1, 1)
    assert [one.act for one in Ledger.objects.for_commune(town).filter(number__gt=before)] == ["geocoding"]
    placed = now(town, "1")
    assert (placed.place_class, placed.act, placed.corrected) == ("exact", "geocoding", ["geocoding"])
    assert placed.point is not None
    assert placed.point.distance(Point(LNG + 5 * STEP, LAT, srid=4326)) < 1e-6
    assert MaskedIncident.objects.get(incident=placed).point is not None
    assert Incident.objects.for_commune(town).as_of(before).unplaced().count() == 4
    assert (the(town, "2").method, the(town, "2").place_class) == ("between_sides", "interpolated")


def test_a_second_search_changes_nothing(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "Picarte 150"), row("2", "Los Lagos 12")])
    place_unplaced(commune=town, placed_by=None)
    sequence = latest_sequence(town)
    assert place_unplaced(commune=town, placed_by=None).placed == 0
    assert latest_sequence(town) == sequence


def test_a_candidate_is_accepted_and_every_one_says_why(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "Pje. 2 Nº 14")])
    place_unplaced(commune=town, placed_by=None)
    address = the(town, "1")
    assert len(address.details["candidates"]) == 2
    assert all("Pasaje Dos" in explanation(one) for one in address.details["candidates"])
    written = accept_candidate(address=address, choice=1, decided_by=UserFactory())
    assert (written.act, written.place_class, written.corrected) == ("correction", "exact", ["point"])
    assert not queue_of(town).exists()
    with pytest.raises(ConflictError):
        accept_candidate(address=address, choice=0, decided_by=UserFactory())


def test_a_corrected_street_is_known_the_next_time(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "Ramon Picarte Sur 150")])
    place_unplaced(commune=town, placed_by=None)
    address = the(town, "1")
    [number] = [n for n, one in enumerate(address.details["candidates"]) if one["method"] == "door"]
    accept_candidate(address=address, choice=number, decided_by=UserFactory())
    [alias] = PlaceAlias.objects.for_commune(town)
    assert (alias.kind, alias.written, alias.street) == ("street", "RAMON PICARTE SUR", "Av. Ramón Picarte")
    bring(tmp_path, town, [row("2", "ramon picarte sur 170")])
    assert place_unplaced(commune=town, placed_by=None).placed == 1
    forget_alias(alias=alias, deleted_by=UserFactory())
    bring(tmp_path, town, [row("3", "ramon picarte sur 180")])
    assert place_unplaced(commune=town, placed_by=None).placed == 0


def test_a_place_pointed_at_is_known_the_next_time(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "Cancha El Laurel 5")])
    place_unplaced(commune=town, placed_by=None)
    place_on_map(address=the(town, "1"), lng=LNG, lat=LAT, decided_by=UserFactory())
    bring(tmp_path, town, [row("2", "CANCHA EL LAUREL Nº 5")])
    assert place_unplaced(commune=town, placed_by=None).placed == 1
    assert now(town, "2").point.coords == (LNG, LAT)
    assert PlaceAlias.objects.get().uses == 1


def test_a_decision_is_taken_back_with_what_it_taught(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "Cancha El Laurel 5")])
    place_unplaced(commune=town, placed_by=None)
    place_on_map(address=the(town, "1"), lng=LNG, lat=LAT, decided_by=UserFactory())
    take_back_decision(address=the(town, "1"), decided_by=UserFactory())
    assert (now(town, "1").point, now(town, "1").corrected) == (None, [])
    assert not PlaceAlias.objects.exists()
    assert [one.record_key for one in queue_of(town)] == ["1"]
    with pytest.raises(ConflictError):
        take_back_decision(address=the(town, "1"), decided_by=UserFactory())


def test_giving_up_needs_a_reason_and_can_be_taken_back(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "en la playa")])
    with pytest.raises(RefusedError):
        give_up(address=the(town, "1"), reason=" ", decided_by=UserFactory())
    give_up(address=the(town, "1"), reason="sin calle", decided_by=UserFactory())
    assert not queue_of(town).exists()
    assert place_unplaced(commune=town, placed_by=None).searched == 0
    take_back_decision(address=the(town, "1"), decided_by=UserFactory())
    assert queue_of(town).count() == 1


def test_a_point_far_away_is_refused(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "en la playa")])
    with pytest.raises(RefusedError):
        place_on_map(address=the(town, "1"), lng=-70.0, lat=-33.0, decided_by=UserFactory())


def test_the_address_of_a_reserved_offence_goes_once_it_is_placed(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [["1", "2025-06-02", "VIF", "", "", "Picarte 150"]])
    place_unplaced(commune=town, placed_by=None)
    assert now(town, "1").point is not None
    assert (the(town, "1").address, the(town, "1").details) == ("", {})
    bring(tmp_path, town, [["2", "2025-06-02", "VIF", "", "", "Mi casa 5"]])
    place_unplaced(commune=town, placed_by=None)
    place_on_map(address=the(town, "2"), lng=LNG, lat=LAT, decided_by=UserFactory())
    assert the(town, "2").address == ""
    assert not PlaceAlias.objects.exists()


def test_an_undone_import_leaves_no_address(tmp_path: Path, town: Any) -> None:
    batch = bring(tmp_path, town, [row("1", "Picarte 150"), row("2", "en la playa")])
    place_unplaced(commune=town, placed_by=None)
    take_back(batch=batch, undone_by=None)
    assert not RecordAddress.objects.exists()
    assert not Incident.objects.for_commune(town).current().exists()


def test_nothing_to_search_in_is_refused(tmp_path: Path) -> None:
    commune = CommuneFactory()
    bring(tmp_path, commune, [row("1", "Picarte 150")])
    with pytest.raises(RefusedError):
        place_unplaced(commune=commune, placed_by=None)


@pytest.mark.django_db(transaction=True)
def test_the_job_places_the_rows_of_one_batch(tmp_path: Path, town: Any) -> None:
    bring(tmp_path, town, [row("1", "Picarte 150")])
    batch = bring(tmp_path, town, [row("2", "Picarte 160")])
    job = run_job(job_id=request_job(
        commune=town, kind="incidents.place", parameters={"batch": batch.pk}, requested_by=None
    ).pk)  # fmt: skip
    assert (job.state, job.result["placed"]) == ("done", 1)
    assert now(town, "1").point is None
