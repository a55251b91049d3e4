"""What the database itself says about plans, strategies and indicators."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, InternalError

from plan.models import Indicator, IndicatorReading, StrategyType
from tests.factories.geo import CommuneFactory
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, SectorStrategyFactory, StrategyTypeFactory

pytestmark = pytest.mark.django_db


def test_commune_has_one_plan_in_force() -> None:
    plan = CommunalPlanFactory()
    with pytest.raises(IntegrityError):
        CommunalPlanFactory(commune=plan.commune, version=2)


def test_plan_in_force_names_the_act_that_approved_it() -> None:
    with pytest.raises(IntegrityError):
        CommunalPlanFactory(act="")


@pytest.mark.parametrize(
    "wrong",
    [
        {"causes": ""},
        {"responsible": ""},
        {"ends_on": date(2026, 2, 28)},
        {"status": "casi"},
        {"budget_clp": 10, "funding_source": ""},
    ],
)
def test_database_refuses_a_strategy_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        SectorStrategyFactory(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"goal": 50.0}, {"goal": float("nan")}, {"goal_on": date(2025, 12, 31)}, {"formula": "otra"}],
)
def test_database_refuses_an_indicator_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        IndicatorFactory(**wrong)


@pytest.mark.parametrize(
    "field",
    ["baseline_value", "baseline_on", "baseline_query", "baseline_n", "formula", "parameters", "sector_version_id"],
)
def test_baseline_is_frozen(field: str) -> None:
    indicator = IndicatorFactory()
    other = SectorStrategyFactory(plan=indicator.strategy.plan).sector_version_id
    values = {"baseline_on": date(2025, 1, 1), "formula": "dano", "parameters": {}, "sector_version_id": other}
    with pytest.raises((IntegrityError, InternalError)):
        Indicator.objects.filter(pk=indicator.pk).update(**{field: values.get(field, 35)})


def test_goal_may_be_changed() -> None:
    indicator = IndicatorFactory()
    assert Indicator.objects.filter(pk=indicator.pk).update(goal=20.0) == 1


def test_readings_are_only_ever_added() -> None:
    reading = IndicatorReading.objects.create(
        indicator=IndicatorFactory(), on=date(2026, 6, 1), value=33, n=33, query="{}", sequence=2, code_version="0"
    )
    with pytest.raises((IntegrityError, InternalError)):
        IndicatorReading.objects.filter(pk=reading.pk).update(value=1)


def test_six_official_typologies_are_shipped_as_verified() -> None:
    verified = StrategyType.objects.filter(commune=None, verified=True)
    assert set(verified.values_list("code", flat=True)) == {"REP", "IL", "EQUIP", "AC", "CTV", "PAT"}


def test_own_kind_stands_in_for_the_shipped_one() -> None:
    commune = CommuneFactory()
    own = StrategyTypeFactory(commune=commune, code="PODA", name="Poda municipal", verified=False)
    known = StrategyType.objects.known_to(commune).filter(code="PODA")
    assert list(known) == [own]
    assert StrategyType.objects.known_to(CommuneFactory()).get(code="PODA").commune is None
