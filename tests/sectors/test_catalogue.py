"""The catalogue: who saves last is told, nothing is lost, any past day can be asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from access.models import AuditEvent, User
from geo.errors import MissingVersionError, RefusedError, RefusedGeometryError
from geo.models import Commune
from sectors.errors import RefusedBoundaryError, StaleVersionError, WrongStateError
from sectors.models import RiskSector, RiskSectorVersion, SectorStatus
from sectors.services.catalogue import (
    Border,
    SectorDetails,
    catalogue_as_of,
    change_sector,
    close_sector,
    create_sector,
    redraw_sector,
    redraw_together,
    restore_version,
    today,
)
from tests.factories.geo import CommuneFactory
from tests.factories.sectors import RiskSectorFactory
from tests.sectors.conftest import drawing

pytestmark = pytest.mark.django_db


@pytest.fixture
def sector(commune: Commune, analyst: User) -> RiskSector:
    return create_sector(
        commune=commune,
        name="Costanera",
        boundary=drawing(),
        reason="diagnóstico",
        created_by=analyst,
        details=SectorDetails(valid_from=date(2025, 1, 1)),
    )


def test_new_sector_has_its_first_version(sector: RiskSector) -> None:
    assert sector.versions.get().version == 1


def test_new_sectors_get_the_next_code(sector: RiskSector, commune: Commune, analyst: User) -> None:
    second = create_sector(
        commune=commune, name="Otro", boundary=drawing(500), reason="diagnóstico", created_by=analyst
    )
    assert (sector.code, second.code) == ("S-001", "S-002")


def test_code_is_given_once_in_a_commune(sector: RiskSector, commune: Commune, analyst: User) -> None:
    with pytest.raises(RefusedError):
        create_sector(
            commune=commune,
            name="Otro",
            boundary=drawing(500),
            reason="diagnóstico",
            created_by=analyst,
            details=SectorDetails(code="S-001"),
        )


def test_redraw_raises_version(sector: RiskSector, analyst: User) -> None:
    drawn = redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="ajuste", edited_by=analyst)
    assert drawn.version == 2


def test_redraw_keeps_the_boundary_before(sector: RiskSector, analyst: User) -> None:
    redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="ajuste", edited_by=analyst)
    assert sector.versions.get(version=1).boundary == sector.boundary


def test_redraw_leaves_an_audit_event_with_its_reason(sector: RiskSector, analyst: User) -> None:
    redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="ajuste", edited_by=analyst)
    event = AuditEvent.objects.get(verb="sector.changed")
    assert (event.user, event.role, event.reason) == (analyst, "analista", "ajuste")


def test_stale_redraw_is_refused_with_both_versions(sector: RiskSector, analyst: User) -> None:
    redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="ajuste", edited_by=analyst)
    with pytest.raises(StaleVersionError) as refusal:
        redraw_sector(sector=sector, boundary=drawing(90), expected_version=1, reason="ajuste", edited_by=analyst)
    current, yours = refusal.value.extra["current"], refusal.value.extra["yours"]
    assert (current["properties"]["version"], yours["properties"]["version"]) == (2, 1)
    assert current["geometry"] != yours["geometry"]


def test_stale_redraw_leaves_nothing_behind(sector: RiskSector, analyst: User) -> None:
    redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="ajuste", edited_by=analyst)
    with pytest.raises(StaleVersionError):
        redraw_sector(sector=sector, boundary=drawing(90), expected_version=1, reason="ajuste", edited_by=analyst)
    assert sector.versions.count() == 2


@pytest.fixture
def neighbour(sector: RiskSector, analyst: User) -> RiskSector:
    return create_sector(
        commune=sector.commune, name="Vecino", boundary=drawing(400), reason="diagnóstico", created_by=analyst
    )


def test_neighbours_are_redrawn_together(sector: RiskSector, neighbour: RiskSector, analyst: User) -> None:
    borders = [Border(neighbour, drawing(450), 1), Border(sector, drawing(50), 1)]
    saved = redraw_together(borders=borders, reason="ajuste", edited_by=analyst)
    assert [(one.code, one.version) for one in saved] == [(neighbour.code, 2), (sector.code, 2)]


def test_one_stale_neighbour_stops_the_whole_save(sector: RiskSector, neighbour: RiskSector, analyst: User) -> None:
    redraw_sector(sector=neighbour, boundary=drawing(420), expected_version=1, reason="otro", edited_by=analyst)
    borders = [Border(sector, drawing(50), 1), Border(neighbour, drawing(450), 1)]
    with pytest.raises(StaleVersionError) as refusal:
        redraw_together(borders=borders, reason="ajuste", edited_by=analyst)
    assert refusal.value.extra["current"]["id"] == neighbour.code
    assert sector.versions.count() == 1


def test_refused_border_names_its_sector_and_nothing_is_saved(
    sector: RiskSector, neighbour: RiskSector, analyst: User
) -> None:
    borders = [Border(sector, drawing(50), 1), Border(neighbour, drawing(side_m=10), 1)]
    with pytest.raises(RefusedBoundaryError, match=neighbour.code):
        redraw_together(borders=borders, reason="ajuste", edited_by=analyst)
    assert sector.versions.count() == 1


def test_a_sector_sent_twice_is_refused(sector: RiskSector, analyst: User) -> None:
    with pytest.raises(RefusedError, match="dos veces"):
        redraw_together(
            borders=[Border(sector, drawing(50), 1), Border(sector, drawing(60), 2)], reason="x", edited_by=analyst
        )


def test_redraw_without_version_is_refused(sector: RiskSector, analyst: User) -> None:
    with pytest.raises(MissingVersionError):
        redraw_sector(sector=sector, boundary=drawing(50), expected_version=None, reason="ajuste", edited_by=analyst)


def test_change_without_reason_is_refused(sector: RiskSector, analyst: User) -> None:
    with pytest.raises(RefusedError):
        redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="  ", edited_by=analyst)


def test_tiny_sector_is_refused(commune: Commune, analyst: User) -> None:
    with pytest.raises(RefusedBoundaryError):
        create_sector(commune=commune, name="Punto", boundary=drawing(side_m=20), reason="prueba", created_by=analyst)


def test_sector_outside_the_commune_is_refused(commune: Commune, analyst: User) -> None:
    with pytest.raises(RefusedGeometryError):
        create_sector(commune=commune, name="Lejos", boundary=drawing(9_000), reason="prueba", created_by=analyst)


def test_bow_tie_is_refused(commune: Commune, analyst: User) -> None:
    bow_tie = drawing()
    ring = bow_tie["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    with pytest.raises(RefusedGeometryError):
        create_sector(commune=commune, name="Cruce", boundary=bow_tie, reason="prueba", created_by=analyst)


def test_closed_sector_is_kept(sector: RiskSector, analyst: User) -> None:
    close_sector(sector=sector, closed_on=date(2025, 6, 1), expected_version=1, reason="cumplido", closed_by=analyst)
    assert RiskSector.objects.get(pk=sector.pk).status == SectorStatus.CLOSED


def test_closed_sector_cannot_be_changed(sector: RiskSector, analyst: User) -> None:
    closed = close_sector(sector=sector, closed_on=None, expected_version=1, reason="cumplido", closed_by=analyst)
    with pytest.raises(WrongStateError):
        redraw_sector(sector=closed, boundary=drawing(50), expected_version=2, reason="ajuste", edited_by=analyst)


def test_undo_writes_the_old_content_as_a_new_version(sector: RiskSector, analyst: User) -> None:
    drawn = redraw_sector(sector=sector, boundary=drawing(50), expected_version=1, reason="ajuste", edited_by=analyst)
    restored = restore_version(sector=drawn, version=1, expected_version=2, reason="error", restored_by=analyst)
    assert (restored.version, restored.boundary) == (3, sector.boundary)


def test_restoring_an_open_version_reopens_a_closed_sector(sector: RiskSector, analyst: User) -> None:
    closed = close_sector(sector=sector, closed_on=None, expected_version=1, reason="cumplido", closed_by=analyst)
    restored = restore_version(sector=closed, version=1, expected_version=2, reason="error", restored_by=analyst)
    assert (restored.status, restored.valid_until) == (SectorStatus.DRAFT, None)


def test_catalogue_as_of_a_day_shows_what_held_then(sector: RiskSector, commune: Commune, analyst: User) -> None:
    change_sector(
        sector=sector,
        changes={"name": "Costanera norte"},
        expected_version=1,
        reason="nombre",
        edited_by=analyst,
        holds_from=date(2025, 7, 1),
    )
    names = [
        [version.name for version in catalogue_as_of(commune=commune, on=on)]
        for on in (date(2024, 12, 31), date(2025, 6, 30), date(2025, 7, 1))
    ]
    assert names == [[], ["Costanera"], ["Costanera norte"]]


def test_a_change_does_not_hold_from_a_day_to_come(sector: RiskSector, commune: Commune, analyst: User) -> None:
    tomorrow = today(commune) + timedelta(days=1)
    with pytest.raises(RefusedError):
        change_sector(
            sector=sector, changes={"name": "Otra"}, expected_version=1, reason="nombre", edited_by=analyst,
            holds_from=tomorrow,
        )  # fmt: skip
    assert [one.name for one in catalogue_as_of(commune=commune, on=today(commune))] == ["Costanera"]


def test_catalogue_as_recorded_then_knows_nothing_of_later_corrections(
    sector: RiskSector, commune: Commune, analyst: User
) -> None:
    before = timezone.now()
    change_sector(
        sector=sector,
        changes={"name": "Costanera norte"},
        expected_version=1,
        reason="nombre",
        edited_by=analyst,
        holds_from=date(2025, 2, 1),
    )
    known_then = catalogue_as_of(commune=commune, on=date(2025, 3, 1), known_at=before)
    known_now = catalogue_as_of(commune=commune, on=date(2025, 3, 1))
    assert (known_then[0].name, known_now[0].name) == ("Costanera", "Costanera norte")


def test_closed_sector_leaves_the_catalogue_on_its_day(sector: RiskSector, commune: Commune, analyst: User) -> None:
    end = date(2025, 6, 1)
    close_sector(sector=sector, closed_on=end, expected_version=1, reason="cumplido", closed_by=analyst)
    shown = [len(catalogue_as_of(commune=commune, on=day)) for day in (end - timedelta(days=1), end)]
    assert shown == [1, 0]


def test_in_force_and_catalogue_as_of_today_agree(commune: Commune) -> None:
    RiskSectorFactory.create_batch(3, commune=commune)
    RiskSectorFactory(commune=CommuneFactory())
    day = date(2025, 1, 1)
    assert set(RiskSector.objects.for_commune(commune).in_force(day).values_list("code", flat=True)) == {
        version.sector.code for version in RiskSectorVersion.objects.for_commune(commune).as_of(day)
    }
