"""Incident rows are written once; corrections, geocoding and undo write rows."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction

from geo.errors import ConflictError, RefusedError
from geo.models import Commune
from incidents.models import Incident, Ledger, MaskedIncident
from incidents.services.corrections import Placement, correct_incident, place_incidents
from incidents.services.ledger import latest_sequence
from incidents.services.undoing import take_back
from tests.factories.geo import point
from tests.factories.incidents import ClusterFactory, IncidentFactory, MassEventFactory, cead
from tests.incidents.files import bring_in, content, current, profile_for, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def refuses(statement: str, *parameters: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_the_database_refuses_to_change_an_incident() -> None:
    one = IncidentFactory()
    refuses("UPDATE incidents_incident SET source_label = 'otro' WHERE id = %s", one.pk)
    refuses("UPDATE incidents_incident SET point = NULL, place_class = 'none', withdrawn_in = 2 WHERE id = %s", one.pk)


def test_the_database_refuses_to_delete_an_incident() -> None:
    refuses("DELETE FROM incidents_incident WHERE id = %s", IncidentFactory().pk)


def test_an_incident_is_withdrawn_once() -> None:
    one = IncidentFactory()
    Incident.objects.filter(pk=one.pk).update(withdrawn_in=2)
    refuses("UPDATE incidents_incident SET withdrawn_in = 3 WHERE id = %s", one.pk)
    refuses("UPDATE incidents_incident SET withdrawn_in = NULL WHERE id = %s", one.pk)


def test_the_ledger_is_written_once() -> None:
    IncidentFactory()
    refuses("UPDATE incidents_ledger SET number = 9")
    refuses("DELETE FROM incidents_ledger")


def test_a_hotspot_run_and_its_clusters_are_written_once() -> None:
    cluster = ClusterFactory()
    refuses("UPDATE incidents_hotspotrun SET result = '[]' WHERE id = %s", cluster.run_id)
    refuses("UPDATE incidents_cluster SET n = 1 WHERE id = %s", cluster.pk)
    refuses("DELETE FROM incidents_cluster WHERE id = %s", cluster.pk)


def test_a_correction_is_a_new_row_and_moves_the_mask() -> None:
    old = IncidentFactory()
    new = correct_incident(incident=old, point=point(1_500, 0), reason="calle equivocada", corrected_by=None)
    old.refresh_from_db()
    assert (old.withdrawn_in, new.recorded_in, new.supersedes_id, new.act) == (2, 2, old.pk, "correction")
    assert new.content_hash == old.content_hash
    masked = MaskedIncident.objects.current().get()
    assert (masked.incident_id, masked.point.equals(MaskedIncident.objects.get(incident=old).point)) == (new.pk, False)


def test_a_correction_needs_a_reason_and_a_change() -> None:
    one = IncidentFactory()
    with pytest.raises(RefusedError):
        correct_incident(incident=one, point=point(10, 0), reason=" ", corrected_by=None)
    with pytest.raises(RefusedError):
        correct_incident(incident=one, offence_type=one.offence_type, reason="igual", corrected_by=None)
    assert Ledger.objects.count() == 1


def test_correcting_an_old_version_is_a_conflict() -> None:
    old = IncidentFactory()
    correct_incident(incident=old, point=point(100, 0), reason="a", corrected_by=None)
    with pytest.raises(ConflictError):
        correct_incident(incident=old, point=point(200, 0), reason="b", corrected_by=None)


def test_a_reimport_never_overwrites_a_correction(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    bring_in(tmp_path, profile, [row(1)])
    moved, violent = point(900, 0), cead("20101")
    correct_incident(incident=current(commune)[0], point=moved, offence_type=violent, reason="x", corrected_by=None)
    assert bring_in(tmp_path, profile, [row(1), row(2)], name="b.csv").repeated == 1
    changed = bring_in(tmp_path, profile, [row(1, hora="20:00:00", lng=-73.21)], name="c.csv")
    now = Incident.objects.current().get(record_key="1")
    assert changed.accepted == 1
    assert (now.local_text, now.point.coords, now.offence_type) == ("2025-06-02 20:00:00", moved.coords, violent)
    assert now.corrected == ["offence_type", "point"]


def test_geocoding_places_only_what_has_no_point() -> None:
    placed = IncidentFactory()
    unplaced = IncidentFactory(commune=placed.commune, point=None)
    written = place_incidents(
        commune=placed.commune,
        placements=[Placement(one, point(50, 50), "block") for one in (placed, unplaced)],
        placed_by=None,
    )
    assert [(one.record_key, one.place_class, one.act) for one in written] == [
        (unplaced.record_key, "block", "geocoding")
    ]


def test_a_geocoded_point_lasts_until_the_source_knows_the_place(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    bring_in(tmp_path, profile, [row(1, lng="", lat="")])
    place_incidents(commune=commune, placements=[Placement(current(commune)[0], point(50, 0), "block")], placed_by=None)
    bring_in(tmp_path, profile, [row(1, lng="", lat="", hora="09:00:00")], name="b.csv")
    assert current(commune)[0].place_class == "block"
    bring_in(tmp_path, profile, [row(1)], name="c.csv")
    assert current(commune)[0].place_class == "exact"


def test_undo_withdraws_what_the_batch_brought_with_its_corrections(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1), row(2)])
    correct_incident(incident=current(commune)[0], point=point(9, 0), reason="x", corrected_by=None)
    before = latest_sequence(commune)
    take_back(batch=batch, undone_by=None)
    assert current(commune) == []
    assert not MaskedIncident.objects.current().exists()
    assert Incident.objects.as_of(before).count() == 2


def test_undo_brings_back_what_an_earlier_import_had_left(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    bring_in(tmp_path, profile, [row(1), row(2)])
    before = content(commune)
    batch = bring_in(tmp_path, profile, [row(1, tipo="Robo"), row(3)], name="b.csv")
    take_back(batch=batch, undone_by=None)
    assert content(commune) == before
    assert MaskedIncident.objects.current().count() == 2


def test_an_undone_file_can_be_imported_again(commune: Commune, tmp_path: Path) -> None:
    profile = profile_for(commune)
    take_back(batch=bring_in(tmp_path, profile, [row(1)]), undone_by=None)
    assert bring_in(tmp_path, profile, [row(1)]).accepted == 1


def test_an_import_is_undone_once(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(tmp_path, profile_for(commune), [row(1)])
    take_back(batch=batch, undone_by=None)
    with pytest.raises(ConflictError):
        take_back(batch=batch, undone_by=None)


@pytest.mark.parametrize(("lng", "lat"), [(math.nan, -39.8), (-73.2, math.inf), (650_139.0, 5_591_393.0)])
def test_the_database_refuses_a_point_that_would_break_a_map(lng: float, lat: float) -> None:
    for make in (
        lambda: IncidentFactory(point=Point(lng, lat, srid=4326)),
        lambda: MassEventFactory(venue=Point(lng, lat, srid=4326), footprint=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_the_database_refuses_an_empty_point() -> None:
    with pytest.raises(IntegrityError):
        IncidentFactory(point=Point(srid=4326))
