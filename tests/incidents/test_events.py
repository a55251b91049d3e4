"""Mass events: imported, written, changed, counted as exposure, drawn."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from access.roles import Role
from geo.errors import ConflictError, MissingVersionError, RefusedError
from geo.models import Commune
from incidents.frames import events_frame
from incidents.models import MassEvent
from incidents.services.cells import CellError, area
from incidents.services.events import StaleEventError, change_event, create_event, import_mass_events
from incidents.services.profiles import save_profile, settings_of
from incidents.services.reading import RawRow
from incidents.services.undoing import take_back
from incidents.tiles import TileAddress, event_tile
from tests.factories.geo import point, square
from tests.factories.incidents import MassEventFactory
from tests.geo.grid import tile_of
from tests.incidents.files import write_rows

pytestmark = pytest.mark.django_db
HEADER = ["codigo", "nombre", "inicio", "termino", "lng", "lat", "recinto", "asistencia", "estado"]
GOOD = ["E1", "Feria", "07-06-2025 20:00", "07-06-2025 23:00", "-73.246", "-39.814", "", "4000", "autorizado"]
SETTINGS = {
    "columns": {
        "code": "codigo", "name": "nombre", "starts_at": "inicio", "ends_at": "termino", "x": "lng", "y": "lat",
        "footprint": "recinto", "expected_attendance": "asistencia", "state": "estado",
    },
    "date_format": ["%d-%m-%Y %H:%M"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def bring_in(commune: Commune, folder: Path, *rows: list[str], **options: object):
    profile = save_profile(commune=commune, name="eventos", kind="mass_events", settings=SETTINGS)
    path = write_rows(folder / "eventos.csv", rows, header=HEADER)
    return import_mass_events(path=path, file_name="eventos.csv", profile=profile, imported_by=None, **options)


def test_a_table_of_events_is_imported_once(commune: Commune, tmp_path: Path) -> None:
    outline = "POLYGON((-73.247 -39.815,-73.245 -39.815,-73.245 -39.813,-73.247 -39.813,-73.247 -39.815))"
    rows = [GOOD, ["E2", *GOOD[1:6], outline, *GOOD[7:]]]
    first = bring_in(commune, tmp_path, *rows)
    second = bring_in(commune, tmp_path, *rows)
    assert [(one.accepted, one.repeated, one.refused) for one in (first, second)] == [(2, 0, 0), (0, 2, 0)]
    assert MassEvent.objects.get(code="E1").starts_at == dt.datetime(2025, 6, 8, 0, 0, tzinfo=dt.UTC)
    assert MassEvent.objects.get(code="E2").footprint.geom_type == "MultiPolygon"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (1, "", "missing"),
        (2, "31-02-2025 10:00", "bad_date"),
        (3, "07-06-2025 19:00", "ends_before_start"),
        (4, "-70.6", "far_outside"),
        (6, "POLYGON((", "not_a_geometry"),
        (7, "muchos", "not_a_number"),
        (8, "quizás", "unknown_value"),
    ],
)
def test_a_bad_event_is_refused_with_its_reason(
    commune: Commune, tmp_path: Path, column: int, value: str, reason: str
) -> None:
    batch = bring_in(commune, tmp_path, [value if number == column else cell for number, cell in enumerate(GOOD)])
    assert (batch.accepted, batch.counts["refused"]) == (0, {reason: 1})


def test_a_footprint_that_would_kill_the_reader_of_shapes_is_refused(commune: Commune) -> None:
    profile = save_profile(commune=commune, name="eventos", kind="mass_events", settings=SETTINGS)
    nested = RawRow(2, {"footprint": "GEOMETRYCOLLECTION(" * 52_000}, frozenset())  # a GeoPackage may hold such a text
    with pytest.raises(CellError, match="not_a_geometry"):
        area(nested, "footprint", commune=commune, settings=settings_of(profile))


def test_a_dry_run_keeps_no_event(commune: Commune, tmp_path: Path) -> None:
    assert bring_in(commune, tmp_path, GOOD, dry_run=True).accepted == 1
    assert not MassEvent.objects.exists()


def test_the_same_file_again_keeps_what_people_changed_meanwhile(commune: Commune, tmp_path: Path) -> None:
    bring_in(commune, tmp_path, GOOD)
    held = {"state": "realizado", "actual_attendance": 3_500, "expected_attendance": 5_000}
    change_event(event=MassEvent.objects.get(), values=held, expected_version=1, changed_by=None)
    again = bring_in(commune, tmp_path, GOOD)
    event = MassEvent.objects.get()
    assert (again.accepted, again.repeated, event.version) == (0, 1, 2)
    assert {name: getattr(event, name) for name in held} == held


def test_a_file_that_tells_no_state_leaves_the_authorisation(commune: Commune, tmp_path: Path) -> None:
    bring_in(commune, tmp_path, [*GOOD[:8], ""])
    change_event(event=MassEvent.objects.get(), values={"state": "autorizado"}, expected_version=1, changed_by=None)
    bring_in(commune, tmp_path, [*GOOD[:7], "9000", ""])
    event = MassEvent.objects.get()
    assert (event.state, event.expected_attendance) == ("autorizado", 9_000)


def test_a_source_that_changes_one_field_leaves_what_people_corrected_in_others(
    commune: Commune, tmp_path: Path
) -> None:
    bring_in(commune, tmp_path, GOOD)
    by_hand = {"name": "Feria costumbrista", "state": "realizado"}
    change_event(event=MassEvent.objects.get(), values=by_hand, expected_version=1, changed_by=None)
    bring_in(commune, tmp_path, [*GOOD[:7], "9000", *GOOD[8:]])
    event = MassEvent.objects.get()
    assert (event.name, event.state, event.expected_attendance) == ("Feria costumbrista", "realizado", 9_000)


def test_an_undone_import_takes_its_events_away_and_may_come_again(commune: Commune, tmp_path: Path) -> None:
    batch = bring_in(commune, tmp_path, GOOD)
    assert take_back(batch=batch, undone_by=None).state == "undone"
    assert not MassEvent.objects.exists()
    assert bring_in(commune, tmp_path, GOOD).accepted == 1


def test_undo_brings_back_what_the_import_changed_and_keeps_what_people_changed_since(
    commune: Commune, tmp_path: Path
) -> None:
    bring_in(commune, tmp_path, GOOD)
    later = bring_in(commune, tmp_path, ["E1", "Fonda", *GOOD[2:4], "-73.240", *GOOD[5:7], "9000", "realizado"])
    change_event(event=MassEvent.objects.get(), values={"name": "Ramada"}, expected_version=2, changed_by=None)
    take_back(batch=later, undone_by=None)
    event = MassEvent.objects.get()
    assert (event.name, event.expected_attendance, event.state, event.version) == ("Ramada", 4_000, "autorizado", 4)
    assert event.venue.coords == (-73.246, -39.814)
    with pytest.raises(ConflictError):
        take_back(batch=later, undone_by=None)


def test_undo_leaves_an_event_that_a_later_import_holds(commune: Commune, tmp_path: Path) -> None:
    first = bring_in(commune, tmp_path, GOOD)
    bring_in(commune, tmp_path, [*GOOD[:7], "9000", *GOOD[8:]])
    take_back(batch=first, undone_by=None)
    assert MassEvent.objects.get().expected_attendance == 9_000


def test_a_changed_row_raises_the_version(commune: Commune, tmp_path: Path) -> None:
    bring_in(commune, tmp_path, GOOD)
    bring_in(commune, tmp_path, [*GOOD[:7], "9000", "realizado"])
    event = MassEvent.objects.get()
    assert (event.version, event.expected_attendance, event.state) == (2, 9000, "realizado")


def test_a_stale_change_is_refused_with_both_versions() -> None:
    event = MassEventFactory()
    change_event(event=event, values={"guards": 5}, expected_version=1, changed_by=None)
    with pytest.raises(StaleEventError) as caught:
        change_event(event=event, values={"guards": 9}, expected_version=1, changed_by=None)
    assert caught.value.extra == {"current": 2, "yours": 1}
    with pytest.raises(MissingVersionError):
        change_event(event=event, values={"guards": 9}, expected_version=None, changed_by=None)


def test_an_event_without_place_or_order_is_refused(commune: Commune) -> None:
    times = {"starts_at": dt.datetime(2025, 6, 7, tzinfo=dt.UTC), "ends_at": dt.datetime(2025, 6, 8, tzinfo=dt.UTC)}
    with pytest.raises(RefusedError):
        create_event(commune=commune, values={"code": "X", "name": "X", **times}, created_by=None)
    swapped = {"starts_at": times["ends_at"], "ends_at": times["starts_at"]}
    with pytest.raises(RefusedError):
        create_event(commune=commune, values={"code": "X", "name": "X", "venue": point(), **swapped}, created_by=None)


def test_exposure_counts_the_hours_inside_the_window(commune: Commune) -> None:
    night = dt.datetime(2025, 6, 8, 2, 0, tzinfo=dt.UTC)  # 22:00 of the 7th in Chile
    MassEventFactory(commune=commune, starts_at=night, expected_attendance=1_000)
    MassEventFactory(commune=commune, starts_at=night, state="suspendido")
    frame = events_frame(commune=commune, first_day=dt.date(2025, 6, 7), last_day=dt.date(2025, 6, 7))
    assert frame["person_hours"].tolist() == [2_000.0]
    assert frame.geometry.iloc[0].area == pytest.approx(40_000, rel=0.02)


def test_events_are_drawn_by_footprint_or_venue(commune: Commune) -> None:
    MassEventFactory(commune=commune, name="Con recinto", footprint=square(0, 0, 100))
    MassEventFactory(commune=commune, name="Con punto", footprint=None, venue=point())
    tile = event_tile(commune=commune, address=TileAddress(**tile_of(point(), zoom=14)), period=None)
    assert b"Con recinto" in tile
    assert b"Con punto" in tile


def test_a_patch_without_version_is_428_and_a_stale_one_409(client_as, commune: Commune) -> None:
    event = MassEventFactory(commune=commune)
    client = client_as(Role.ANALYST)
    address = f"/api/incidents/events/{event.code}"
    answers = [client.patch(address, body, content_type="application/json").status_code
               for body in ({"guards": 1}, {"guards": 1, "version": 1}, {"guards": 2, "version": 1})]  # fmt: skip
    assert answers == [428, 200, 409]
