"""Boards are opened, managers appointed, gaps listed."""

from __future__ import annotations

from datetime import date

import pytest

from access.models import AuditEvent, User
from access.roles import Role
from community.models import TerritorialManager
from community.services.appointments import appoint_manager, end_management
from community.services.boards import change_board, open_board
from community.services.gaps import gaps, territories
from geo.errors import MissingVersionError, RefusedError
from geo.models import Commune
from sectors.errors import StaleVersionError
from sectors.models import FocalTerritory
from tests.factories.access import MembershipFactory
from tests.factories.community import NeighbourhoodBoardFactory, TerritorialManagerFactory
from tests.factories.sectors import FocalTerritoryFactory

pytestmark = pytest.mark.django_db
FEBRUARY, MAY, JUNE = date(2026, 2, 1), date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def director(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.DIRECTOR).user


@pytest.fixture
def manager(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.MANAGER).user


@pytest.fixture
def territory(commune: Commune) -> FocalTerritory:
    return FocalTerritoryFactory(commune=commune, name="Centro")


def test_opened_board_belongs_to_the_territorys_commune_and_leaves_a_trace(
    territory: FocalTerritory, director: User
) -> None:
    board = open_board(focal_territory=territory, name=" Mesa Centro ", opened_on=FEBRUARY, opened_by=director)
    assert (board.commune, board.name) == (territory.commune, "Mesa Centro")
    assert AuditEvent.objects.get(verb="board.opened").target == "Centro"


def test_second_board_is_refused(territory: FocalTerritory, director: User) -> None:
    NeighbourhoodBoardFactory(focal_territory=territory)
    with pytest.raises(RefusedError):
        open_board(focal_territory=territory, name="Otra", opened_on=FEBRUARY, opened_by=director)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2999, 1, 1)])
def test_board_opens_inside_the_period_and_not_in_the_future(
    territory: FocalTerritory, director: User, day: date
) -> None:
    with pytest.raises(RefusedError):
        open_board(focal_territory=territory, name="Mesa", opened_on=day, opened_by=director)


def test_stale_change_of_a_board_is_refused_with_both_sides(territory: FocalTerritory, director: User) -> None:
    board = NeighbourhoodBoardFactory(focal_territory=territory)
    change_board(board=board, changes={"name": "Dos"}, expected_version=1, changed_by=director)
    with pytest.raises(StaleVersionError) as refused:
        change_board(board=board, changes={"name": "Tres"}, expected_version=1, changed_by=director)
    assert (refused.value.extra["current"]["name"], refused.value.extra["yours"]["name"]) == ("Dos", "Tres")


def test_change_of_a_board_names_its_version(territory: FocalTerritory, director: User) -> None:
    with pytest.raises(MissingVersionError):
        change_board(
            board=NeighbourhoodBoardFactory(focal_territory=territory),
            changes={"name": "x"},
            expected_version=None,
            changed_by=director,
        )


def test_only_a_manager_of_the_commune_is_appointed(territory: FocalTerritory, director: User) -> None:
    stranger = MembershipFactory(role=Role.MANAGER).user
    for person in (director, stranger):
        with pytest.raises(RefusedError):
            appoint_manager(focal_territory=territory, user=person, valid_from=FEBRUARY, appointed_by=director)


def test_second_manager_is_refused(territory: FocalTerritory, director: User, manager: User) -> None:
    TerritorialManagerFactory(focal_territory=territory)
    with pytest.raises(RefusedError):
        appoint_manager(focal_territory=territory, user=manager, valid_from=MAY, appointed_by=director)


def test_replacing_ends_the_period_before(territory: FocalTerritory, director: User, manager: User) -> None:
    before = TerritorialManagerFactory(focal_territory=territory)
    appoint_manager(focal_territory=territory, user=manager, valid_from=MAY, appointed_by=director, replacing=True)
    before.refresh_from_db()
    assert (before.valid_until, before.version) == (MAY, 2)
    assert TerritorialManager.objects.of_territory(territory).in_office(MAY).get().user == manager


def test_ended_period_is_not_lengthened(territory: FocalTerritory, director: User) -> None:
    row = TerritorialManagerFactory(focal_territory=territory)
    ended = end_management(manager=row, valid_until=MAY, expected_version=1, ended_by=director)
    with pytest.raises(RefusedError):
        end_management(manager=ended, valid_until=JUNE, expected_version=2, ended_by=director)


def test_stale_end_is_refused(territory: FocalTerritory, director: User) -> None:
    row = TerritorialManagerFactory(focal_territory=territory)
    end_management(manager=row, valid_until=JUNE, expected_version=1, ended_by=director)
    with pytest.raises(StaleVersionError):
        end_management(manager=row, valid_until=MAY, expected_version=1, ended_by=director)


def test_gaps_are_territories_without_board_or_manager(commune: Commune) -> None:
    complete = FocalTerritoryFactory(commune=commune, name="completo")
    NeighbourhoodBoardFactory(focal_territory=complete)
    TerritorialManagerFactory(focal_territory=complete)
    boardless = TerritorialManagerFactory(focal_territory=FocalTerritoryFactory(commune=commune)).focal_territory
    unmanaged = NeighbourhoodBoardFactory(focal_territory=FocalTerritoryFactory(commune=commune)).focal_territory
    FocalTerritoryFactory()
    assert set(gaps(commune=commune, on=JUNE)) == {boardless, unmanaged}
    assert list(territories(commune=commune, on=JUNE))[-1] == complete


def test_gaps_are_closed_by_rows_of_the_same_commune_alone(commune: Commune, other_commune: Commune) -> None:
    territory = FocalTerritoryFactory(commune=commune)
    NeighbourhoodBoardFactory(focal_territory=territory, commune=other_commune)
    TerritorialManagerFactory(focal_territory=territory, commune=other_commune)
    [found] = gaps(commune=commune, on=JUNE)
    assert (found.has_board, found.has_manager) == (False, False)


def test_manager_who_has_left_leaves_a_gap(commune: Commune) -> None:
    territory = FocalTerritoryFactory(commune=commune)
    NeighbourhoodBoardFactory(focal_territory=territory)
    TerritorialManagerFactory(focal_territory=territory, valid_until=MAY)
    assert [one.has_manager for one in gaps(commune=commune, on=MAY)] == [False]


def test_territory_that_has_left_is_no_gap(commune: Commune) -> None:
    FocalTerritoryFactory(commune=commune)
    assert not gaps(commune=commune, on=date(2027, 1, 1)).exists()


def test_gaps_take_one_query(commune: Commune, django_assert_num_queries: object) -> None:
    for _number in range(3):
        FocalTerritoryFactory(commune=commune)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(gaps(commune=commune, on=JUNE)) == 3
