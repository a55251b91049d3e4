"""What the database itself says about boards and managers."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from tests.factories.community import NeighbourhoodBoardFactory, TerritorialManagerFactory
from tests.factories.sectors import FocalTerritoryFactory

pytestmark = pytest.mark.django_db


def test_territory_has_one_board() -> None:
    board = NeighbourhoodBoardFactory()
    with pytest.raises(IntegrityError):
        NeighbourhoodBoardFactory(focal_territory=board.focal_territory)


def test_territory_never_has_two_managers_on_a_day() -> None:
    territory = FocalTerritoryFactory()
    TerritorialManagerFactory(focal_territory=territory, valid_until=date(2026, 5, 1))
    with pytest.raises(IntegrityError):
        TerritorialManagerFactory(focal_territory=territory, valid_from=date(2026, 4, 30))


def test_next_manager_may_begin_on_the_day_the_last_one_ends() -> None:
    territory = FocalTerritoryFactory()
    TerritorialManagerFactory(focal_territory=territory, valid_until=date(2026, 5, 1))
    TerritorialManagerFactory(focal_territory=territory, valid_from=date(2026, 5, 1))


def test_period_of_a_manager_cannot_end_before_it_begins() -> None:
    with pytest.raises(IntegrityError):
        TerritorialManagerFactory(valid_from=date(2026, 5, 1), valid_until=date(2026, 5, 1))
