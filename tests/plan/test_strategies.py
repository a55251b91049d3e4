"""Strategies are set for sectors, by saves that check their version."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from access.models import AuditEvent, User
from geo.errors import MissingVersionError, RefusedError
from geo.models import Commune
from plan.models import CommunalPlan, StrategyType
from plan.services.strategies import change_status, set_strategy
from plan.services.strategy_types import save_strategy_type
from sectors.errors import StaleVersionError, WrongStateError
from sectors.services.catalogue import change_sector
from tests.factories.plan import CommunalPlanFactory, ObjectiveFactory, SectorStrategyFactory
from tests.factories.sectors import RiskSectorFactory

pytestmark = pytest.mark.django_db
CONTENT: dict[str, Any] = {
    "type": "IL",
    "causes": "Luminarias apagadas",
    "responsible": "Dirección de Obras",
    "starts_on": date(2026, 3, 1),
    "ends_on": date(2026, 12, 1),
    "budget_clp": 45_000_000,
    "funding_source": "FNDR",
}


@pytest.fixture
def plan(commune: Commune) -> CommunalPlan:
    return CommunalPlanFactory(commune=commune)


def test_strategy_points_to_the_sectors_newest_version(plan: CommunalPlan, author: User) -> None:
    sector = RiskSectorFactory(commune=plan.commune)
    changed = change_sector(
        sector=sector, changes={"name": "Otro"}, expected_version=1, reason="nombre", edited_by=author
    )
    strategy = set_strategy(plan=plan, sector=changed, content=CONTENT, set_by=author)
    assert strategy.sector_version.version == 2
    assert AuditEvent.objects.filter(commune=plan.commune, verb="strategy.set").count() == 1


def test_changed_strategy_comes_to_the_newest_sector_version(plan: CommunalPlan, author: User) -> None:
    sector = RiskSectorFactory(commune=plan.commune)
    strategy = set_strategy(plan=plan, sector=sector, content=CONTENT, set_by=author)
    change_sector(sector=sector, changes={"name": "Otro"}, expected_version=1, reason="nombre", edited_by=author)
    assert plan.strategies.on_older_sector_version().get() == strategy
    changed = set_strategy(
        plan=plan, sector=sector, content={"budget_clp": 1}, set_by=author, strategy=strategy, expected_version=1
    )
    assert (changed.sector_version.version, changed.budget_clp, changed.version) == (2, 1, 2)


def test_stale_strategy_is_refused_with_both_sides(plan: CommunalPlan, author: User) -> None:
    sector = RiskSectorFactory(commune=plan.commune)
    strategy = set_strategy(plan=plan, sector=sector, content=CONTENT, set_by=author)
    change_status(strategy=strategy, status="en_ejecucion", expected_version=1, changed_by=author)
    with pytest.raises(StaleVersionError) as refused:
        set_strategy(
            plan=plan, sector=sector, content={"causes": "x"}, set_by=author, strategy=strategy, expected_version=1
        )
    extra = refused.value.extra
    assert (extra["current"]["status"], extra["yours"]["causes"]) == ("en_ejecucion", "x")


def test_change_without_version_is_refused(plan: CommunalPlan, author: User) -> None:
    strategy = SectorStrategyFactory(plan=plan)
    with pytest.raises(MissingVersionError):
        change_status(strategy=strategy, status="en_ejecucion", expected_version=None, changed_by=author)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "NADA"},
        {"causes": " "},
        {"responsible": ""},
        {"ends_on": date(2026, 2, 1)},
        {"ends_on": None},
        {"budget_clp": -1},
        {"budget_clp": 1.5},
        {"funding_source": ""},
        {"status": "casi"},
        {"objective": 9},
        {"plan": 3},
        {"causes": "x" * 2001},
    ],
)
def test_strategy_refuses_what_cannot_be(plan: CommunalPlan, author: User, wrong: dict[str, Any]) -> None:
    sector = RiskSectorFactory(commune=plan.commune)
    with pytest.raises(RefusedError):
        set_strategy(plan=plan, sector=sector, content=CONTENT | wrong, set_by=author)


def test_objective_of_another_plan_is_refused(plan: CommunalPlan, author: User) -> None:
    other = ObjectiveFactory()
    with pytest.raises(RefusedError):
        set_strategy(
            plan=plan,
            sector=RiskSectorFactory(commune=plan.commune),
            content=CONTENT | {"objective": other},
            set_by=author,
        )


def test_sector_of_another_commune_is_refused(plan: CommunalPlan, author: User) -> None:
    with pytest.raises(RefusedError):
        set_strategy(plan=plan, sector=RiskSectorFactory(), content=CONTENT, set_by=author)


def test_closed_plan_takes_no_strategy(commune: Commune, author: User) -> None:
    closed = CommunalPlanFactory(commune=commune, state="cerrado")
    with pytest.raises(WrongStateError):
        set_strategy(plan=closed, sector=RiskSectorFactory(commune=commune), content=CONTENT, set_by=author)


def test_unverified_kind_is_changed_for_the_commune_alone(commune: Commune, author: User) -> None:
    own = save_strategy_type(commune=commune, code="PODA", content={"name": "Poda municipal"}, saved_by=author)
    assert (own.commune, own.kind, own.verified) == (commune, "situacional", False)
    assert StrategyType.objects.get(commune=None, code="PODA").name == "Poda y despeje visual"


def test_official_typology_is_not_changed(commune: Commune, author: User) -> None:
    with pytest.raises(RefusedError):
        save_strategy_type(commune=commune, code="IL", content={"name": "Luces"}, saved_by=author)


def test_stale_change_of_an_own_kind_is_refused(commune: Commune, author: User) -> None:
    save_strategy_type(commune=commune, code="NUEVA", content={"name": "Nueva", "kind": "social"}, saved_by=author)
    save_strategy_type(commune=commune, code="NUEVA", content={"offered": False}, saved_by=author, expected_version=1)
    assert not StrategyType.objects.offered_to(commune).filter(code="NUEVA").exists()
    with pytest.raises(StaleVersionError):
        save_strategy_type(commune=commune, code="NUEVA", content={"name": "Otra"}, saved_by=author, expected_version=1)
