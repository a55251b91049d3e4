"""What the pages read of exact rows for roles that may not see them one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import Role
from geo.models import Commune
from incidents.models import OffenceType
from maps.changes import sector_changes
from maps.periods import reference_day
from sectors.models import RiskSector
from tests.factories.geo import point, square
from tests.factories.incidents import IncidentFactory, cead
from tests.factories.sectors import RiskSectorFactory

Text = Callable[[Any], str]
TUESDAY, SUNDAY = date(2025, 6, 3), date(2025, 6, 8)


@pytest.fixture
def sector(commune: Commune) -> RiskSector:
    return RiskSectorFactory(commune=commune, boundary=square(0, 0, 300))


def incidents(commune: Commune, count: int, day: date, **options: Any) -> None:
    for _number in range(count):
        moment = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
        IncidentFactory(commune=commune, occurred_from=moment, point=point(100, 100), **options)


@pytest.mark.parametrize(
    ("role", "last"),
    [(Role.ANALYST, TUESDAY), (Role.DIRECTOR, SUNDAY), (Role.PLANNER, SUNDAY), (Role.READER, SUNDAY)],
)
def test_the_last_day_is_that_of_the_newest_week_for_who_sees_no_exact_incidents(
    commune: Commune, role: Role, last: date
) -> None:
    incidents(commune, 1, TUESDAY)
    assert reference_day(commune, role=role) == last


def test_a_reserved_incident_does_not_move_the_last_week(commune: Commune) -> None:
    incidents(commune, 1, TUESDAY)
    incidents(commune, 1, date(2025, 7, 1), offence_type=cead("30101"))
    assert reference_day(commune, role=Role.PLANNER) == SUNDAY


@pytest.mark.parametrize(
    ("now", "before", "few"),
    [
        (4, 9, {"now": True, "before": False}),
        (9, 4, {"now": False, "before": True}),
        (5, 5, {"now": False, "before": False}),
    ],
)
def test_each_count_under_five_is_kept_back_by_itself(
    commune: Commune, sector: RiskSector, now: int, before: int, few: dict[str, bool]
) -> None:
    incidents(commune, now, date(2025, 6, 3))
    incidents(commune, before, date(2025, 5, 1))
    [row] = sector_changes(commune, SUNDAY)
    assert row["few"] == few


def test_the_board_writes_no_count_under_five(
    director: Client, commune: Commune, sector: RiskSector, text: Text
) -> None:
    incidents(commune, 4, date(2025, 6, 3))
    incidents(commune, 9, date(2025, 5, 1))
    shown = text(director.get(reverse("maps:board")))
    assert '<td class="number">&lt;5</td><td class="number">9</td><td class="number">–</td>' in shown


def test_changes_of_a_sector_count_no_reserved_types(commune: Commune, sector: RiskSector) -> None:
    incidents(commune, 6, date(2025, 6, 3))
    OffenceType.objects.filter(pk=cead("30101").pk).update(enforcement_driven=False)
    incidents(commune, 3, date(2025, 6, 3), offence_type=cead("30101"))
    [row] = sector_changes(commune, SUNDAY)
    assert row["change"].now == 6
