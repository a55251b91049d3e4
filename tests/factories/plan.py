"""Plans, strategies and indicators, ready-made."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from plan import models
from tests.factories.access import UserFactory
from tests.factories.geo import CommuneFactory
from tests.factories.sectors import RiskSectorFactory


class CommunalPlanFactory(DjangoModelFactory[models.CommunalPlan]):
    """A plan of four years that holds."""

    class Meta:
        model = models.CommunalPlan

    commune = factory.SubFactory(CommuneFactory)
    name = "Plan Comunal de Seguridad Pública"
    period_from = date(2024, 1, 1)
    period_until = date(2027, 12, 31)
    act = "Acuerdo 12"
    approved_on = date(2023, 12, 18)
    state = models.PlanState.IN_FORCE
    created_by = factory.SubFactory(UserFactory)


class ObjectiveFactory(DjangoModelFactory[models.Objective]):
    class Meta:
        model = models.Objective

    plan = factory.SubFactory(CommunalPlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    text = "Reducir los robos con violencia en los sectores focalizados"


class StrategyTypeFactory(DjangoModelFactory[models.StrategyType]):
    """The shipped kind IL (lighting), unless told otherwise."""

    class Meta:
        model = models.StrategyType
        django_get_or_create = ("commune", "code")

    commune = None
    code = "IL"
    name = "Iluminación"
    kind = models.StrategyKind.SITUATIONAL
    verified = True


class SectorStrategyFactory(DjangoModelFactory[models.SectorStrategy]):
    """Lighting for a new sector of the plan's commune."""

    class Meta:
        model = models.SectorStrategy

    plan = factory.SubFactory(CommunalPlanFactory)
    commune = factory.SelfAttribute("plan.commune")
    sector_version = factory.LazyAttribute(
        lambda strategy: RiskSectorFactory(commune=strategy.commune).versions.get(version=1)
    )
    type = factory.SubFactory(StrategyTypeFactory)
    causes = "Luminarias apagadas en el trayecto al paradero"
    responsible = "Dirección de Obras"
    starts_on = date(2026, 3, 1)
    ends_on = date(2026, 11, 30)
    budget_clp = 45_000_000
    funding_source = "FNDR"
    changed_by = factory.SubFactory(UserFactory)


class IndicatorFactory(DjangoModelFactory[models.Indicator]):
    """Incidents of the last 52 weeks, to fall from 40 to 30."""

    class Meta:
        model = models.Indicator

    strategy = factory.SubFactory(SectorStrategyFactory)
    sector_version = factory.SelfAttribute("strategy.sector_version")
    name = "Incidentes en doce meses"
    formula = models.Formula.INCIDENTS
    parameters = factory.LazyFunction(lambda: {"weeks": 52, "types": [], "origins": ["reported"], "kinds": []})
    baseline_value = 40.0
    baseline_on = date(2025, 12, 31)
    baseline_n = 40
    baseline_query = "{}"
    baseline_sequence = 1
    goal = 30.0
    goal_on = date(2026, 12, 31)
    direction = models.Direction.DOWN
    created_by = factory.SubFactory(UserFactory)
