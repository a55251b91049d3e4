"""Focal territories: by act, for a time, gone by date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from access.models import User
from geo.errors import RefusedError
from geo.models import Commune
from sectors.errors import WrongStateError
from sectors.models import FocalTerritory
from sectors.services.catalogue import close_sector, today
from sectors.services.focalising import create_focal_territory, renew_focal_territory
from tests.factories.geo import CommuneFactory
from tests.factories.sectors import FocalTerritoryFactory, RiskSectorFactory

pytestmark = pytest.mark.django_db


def approve(director: User, commune: Commune, **changes: Any) -> FocalTerritory:
    start = today(commune)
    return create_focal_territory(
        **{
            "sectors": [RiskSectorFactory(commune=commune)],
            "name": "Barrio piloto",
            "act": "Decreto 12",
            "period_from": start,
            "period_until": start + timedelta(days=365),
            "reason": "concentra robos",
            "valid_until": start + timedelta(days=180),
            "approved_by": director,
        }
        | changes
    )


def test_territory_is_in_force_until_its_last_day(commune: Commune, director: User) -> None:
    territory = approve(director, commune)
    on = [territory.valid_until, territory.valid_until + timedelta(days=1)]
    assert [FocalTerritory.objects.for_commune(commune).in_force(day).count() for day in on] == [1, 0]


def test_territory_without_last_day_is_refused(commune: Commune, director: User) -> None:
    with pytest.raises(RefusedError):
        approve(director, commune, valid_until=None)


def test_territory_without_act_is_refused(commune: Commune, director: User) -> None:
    with pytest.raises(RefusedError):
        approve(director, commune, act=" ")


def test_sectors_of_two_communes_are_refused(commune: Commune, director: User) -> None:
    sectors = [RiskSectorFactory(commune=commune), RiskSectorFactory(commune=CommuneFactory())]
    with pytest.raises(RefusedError):
        approve(director, commune, sectors=sectors)


def test_sector_belongs_to_one_focal_territory_at_a_time(commune: Commune, director: User) -> None:
    sector = RiskSectorFactory(commune=commune)
    approve(director, commune, sectors=[sector])
    with pytest.raises(WrongStateError):
        approve(director, commune, sectors=[sector], name="Otro")


def test_closed_sector_cannot_be_focalised(commune: Commune, director: User) -> None:
    sector = RiskSectorFactory(commune=commune)
    close_sector(sector=sector, closed_on=None, expected_version=1, reason="cumplido", closed_by=director)
    with pytest.raises(WrongStateError):
        approve(director, commune, sectors=[sector])


def test_renewal_keeps_the_last_day_before(commune: Commune, director: User) -> None:
    territory = approve(director, commune)
    renewed = renew_focal_territory(
        focal_territory=territory,
        valid_until=territory.valid_until + timedelta(days=90),
        reason="sigue",
        approved_by=director,
    )
    assert renewed.renewals.get().previous_until == territory.valid_until


def test_territory_that_has_left_cannot_be_renewed(commune: Commune, director: User) -> None:
    past = FocalTerritoryFactory(
        commune=commune, period_from=date(2020, 1, 1), period_until=date(2020, 6, 1), valid_until=date(2020, 6, 1)
    )
    with pytest.raises(WrongStateError):
        renew_focal_territory(focal_territory=past, valid_until=date(2030, 1, 1), reason="sigue", approved_by=director)


def test_renewal_takes_no_sector_from_a_territory_that_follows(commune: Commune, director: User) -> None:
    sector = RiskSectorFactory(commune=commune)
    first = approve(director, commune, sectors=[sector])
    next_day = first.valid_until + timedelta(days=1)
    last_day = next_day + timedelta(days=90)
    days = {"period_from": next_day, "period_until": last_day, "valid_until": last_day}
    approve(director, commune, sectors=[sector], name="El que sigue", **days)
    with pytest.raises(WrongStateError):
        renew_focal_territory(
            focal_territory=first, valid_until=next_day + timedelta(days=30), reason="sigue", approved_by=director
        )
