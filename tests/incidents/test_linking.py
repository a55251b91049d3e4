"""The same event from two sources: proposed, decided by a person, counted once, told apart again; nothing deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from geo.errors import ConflictError
from incidents.models import EventLink, Incident, MaskedIncident, SameEventMember
from incidents.services.corrections import correct_incident
from incidents.services.ledger import latest_sequence
from incidents.services.linking import confirm_link, refuse_link, search_links
from incidents.services.masking import remask
from incidents.services.undoing import take_back
from tests.factories.access import UserFactory
from tests.factories.geo import CommuneFactory, point
from tests.factories.incidents import ImportBatchFactory, IncidentFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2025, 6, 2, 16, 0, tzinfo=dt.UTC)
DAYS = {"first_day": dt.date(2025, 6, 1), "last_day": dt.date(2025, 6, 3)}


def told(commune: Any, source: str, *, minutes: int = 0, east: float = 0.0, **more: Any) -> Incident:
    batch = ImportBatchFactory(commune=commune, profile__source=source)
    moment = NOON + dt.timedelta(minutes=minutes)
    made: Incident = IncidentFactory(
        commune=commune, batch=batch, occurred_from=moment, point=point(east, 0), record_id=f"{source}-1", **more
    )
    return made


def pair(commune: Any, one: Incident, other: Incident) -> EventLink:
    left, right = sorted([one, other], key=lambda incident: incident.source)
    made: EventLink = EventLink.objects.create(
        commune=commune, left_source=left.source, left_key=left.record_key, right_source=right.source,
        right_key=right.record_key, score=0.9,
    )  # fmt: skip
    return made


def counted(commune: Any, sequence: int | None = None) -> set[str]:
    rows = Incident.objects.for_commune(commune)
    rows = rows.current() if sequence is None else rows.as_of(sequence)
    return set(rows.counted_once(sequence).values_list("source", flat=True))


def masked(commune: Any) -> int:
    return int(MaskedIncident.objects.for_commune(commune).current().counted_once().count())


@pytest.fixture
def commune() -> Any:
    return CommuneFactory()


def test_a_pair_near_in_place_and_time_is_proposed_once(commune: Any) -> None:
    told(commune, "llamadas")
    told(commune, "denuncias", minutes=3, east=20)
    told(commune, "app", minutes=3, east=5_000)
    first = search_links(commune=commune, **DAYS)
    assert (first.compared, first.proposed) == (3, 1)
    assert search_links(commune=commune, **DAYS).proposed == 0
    [link] = EventLink.objects.for_commune(commune)
    assert link.evidence == {"distance_m": pytest.approx(20, abs=0.2), "gap_minutes": 3.0, "type_level": "same"}
    assert counted(commune) == {"llamadas", "denuncias", "app"}


def test_a_confirmed_pair_counts_once_and_what_was_counted_before_stays_known(commune: Any) -> None:
    call, camera = told(commune, "llamadas"), told(commune, "camaras", origin="sensor")
    before = latest_sequence(commune)
    confirm_link(link=pair(commune, call, camera), decided_by=UserFactory())
    assert counted(commune) == {"llamadas"}
    assert masked(commune) == 1
    assert counted(commune, before) == {"llamadas", "camaras"}
    assert counted(commune, latest_sequence(commune)) == {"llamadas"}
    assert Incident.objects.for_commune(commune).current().count() == 2


def test_three_records_of_one_event_count_once(commune: Any) -> None:
    one, two, three = told(commune, "a"), told(commune, "b", minutes=-5), told(commune, "c", origin="discovered")
    confirm_link(link=pair(commune, one, three), decided_by=UserFactory())
    second = pair(commune, two, three)
    confirm_link(link=second, decided_by=UserFactory())
    assert counted(commune) == {"b"}
    refuse_link(link=second, decided_by=UserFactory())
    assert counted(commune) == {"a", "b"}


def test_told_apart_again_both_count_and_the_time_between_stays_known(commune: Any) -> None:
    link = pair(commune, told(commune, "a"), told(commune, "b"))
    confirm_link(link=link, decided_by=UserFactory())
    linked = latest_sequence(commune)
    refuse_link(link=link, decided_by=UserFactory())
    assert counted(commune) == {"a", "b"}
    assert masked(commune) == 2
    assert len(counted(commune, linked)) == 1
    assert SameEventMember.objects.for_commune(commune).count() == 2


def test_when_the_first_record_goes_the_other_counts(commune: Any) -> None:
    call, complaint = told(commune, "a"), told(commune, "b", minutes=5)
    confirm_link(link=pair(commune, call, complaint), decided_by=UserFactory())
    linked = latest_sequence(commune)
    take_back(batch=call.batch, undone_by=None)
    assert counted(commune) == {"b"}
    assert masked(commune) == 1
    assert counted(commune, linked) == {"a"}


def test_a_new_version_of_a_record_goes_on_telling_the_event(commune: Any) -> None:
    call, complaint = told(commune, "a"), told(commune, "b", minutes=5)
    confirm_link(link=pair(commune, call, complaint), decided_by=UserFactory())
    correct_incident(incident=complaint, point=point(10, 10), reason="esquina", corrected_by=UserFactory())
    assert counted(commune) == {"a"}
    assert masked(commune) == 1
    remask(commune=commune, reason="prueba", remasked_by=None)
    assert masked(commune) == 1


def test_a_decided_pair_is_not_proposed_again(commune: Any) -> None:
    told(commune, "a")
    told(commune, "b", minutes=2)
    search_links(commune=commune, **DAYS)
    refuse_link(link=EventLink.objects.get(), decided_by=UserFactory())
    assert search_links(commune=commune, **DAYS).proposed == 0
    assert EventLink.objects.get().state == "refused"


def test_a_pair_whose_record_is_gone_or_that_is_one_already_is_refused(commune: Any) -> None:
    call, complaint = told(commune, "a"), told(commune, "b")
    link = pair(commune, call, complaint)
    confirm_link(link=link, decided_by=UserFactory())
    with pytest.raises(ConflictError):
        confirm_link(link=link, decided_by=UserFactory())
    refuse_link(link=link, decided_by=UserFactory())
    take_back(batch=call.batch, undone_by=None)
    with pytest.raises(ConflictError):
        confirm_link(link=link, decided_by=UserFactory())


def test_members_are_append_only(commune: Any) -> None:
    confirm_link(link=pair(commune, told(commune, "a"), told(commune, "b")), decided_by=UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        SameEventMember.objects.update(rank=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        SameEventMember.objects.all().delete()


def test_records_without_place_or_hour_are_left_out(commune: Any) -> None:
    told(commune, "a", time_precision="day")
    told(commune, "b")
    found = search_links(commune=commune, **DAYS)
    assert (found.compared, found.left_out, found.proposed) == (1, 1, 0)
