"""The end of the demo's loop: focal territories with board and manager, the plan, its readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from access.roles import Role
from community.services.appointments import appoint_manager
from community.services.boards import open_board
from community.services.gaps import gaps
from config import loop
from config.demo.setting import Setting
from plan.models import CommunalPlan, Formula, PlanState, SectorStrategy, StrategyStatus
from plan.services.indicators import Goal, change_indicator, create_indicator, read_indicator
from plan.services.objectives import set_objective
from plan.services.plans import create_plan, move_plan
from plan.services.strategies import set_strategy
from plan.services.strategy_types import load_strategy_types
from sectors.models import FocalTerritory, RiskSector, SectorStatus
from sectors.services.catalogue import change_sector, today
from sectors.services.focalising import create_focal_territory

FOCAL_BECAUSE = "Concentra delitos, percepción de inseguridad y factores físicos: cumple los tres criterios."
DIAGNOSIS_BECAUSE = "Se inicia el diagnóstico participativo."
PLAN_NAME = "Plan Comunal de Seguridad Pública (simulado)"
ACT = "Decreto simulado N.º"
MOST_FOCAL = 3
PERIOD = timedelta(days=365)
HALF_YEAR = timedelta(weeks=26)

OBJECTIVES = (
    "Reducir los delitos de mayor connotación social en los sectores priorizados.",
    "Mejorar las condiciones físicas y la percepción de seguridad de los barrios priorizados.",
)


@dataclass(frozen=True)
class Wanted:
    """A strategy the demo's planner sets, and the indicators she follows it by."""

    kind: str
    objective: int
    causes: str
    responsible: str
    budget_clp: int
    source: str
    formulas: tuple[tuple[str, str, float], ...]  # formula, name, goal as a share of the baseline


STRATEGIES = (
    Wanted(
        "PAT", 1, "Robos e intimidaciones en las horas en que el foco se concentra.",
        "Dirección de Seguridad Pública", 18_500_000, "Presupuesto municipal",
        ((Formula.INCIDENTS, "Incidentes reportados en el sector (26 semanas)", 0.8),),
    ),
    Wanted(
        "IL", 2, "Luminarias apagadas y tramos oscuros entre paraderos y viviendas.",
        "Secretaría Comunal de Planificación", 64_000_000, "Fondo Nacional de Seguridad Pública",
        (
            (Formula.OPEN_FACTORS, "Factores de riesgo sin resolver", 0.5),
            (Formula.PERCEPTION, "Percepción de inseguridad", 0.9),
        ),
    ),
    Wanted(
        "AC", 2, "Viviendas que quedan solas en horario laboral.",
        "Dirección de Seguridad Pública", 12_300_000, "Presupuesto municipal",
        ((Formula.HARM, "Daño en el sector (26 semanas)", 0.85),),
    ),
)  # fmt: skip


def focalise(setting: Setting) -> dict[str, Any]:
    """The director focalises on the first sectors; all but the last get a board, so that one gap is on her page."""
    day = today(setting.commune)
    territories = [
        _focal_territory(sector, number, day, setting) for number, sector in enumerate(_sectors(setting), start=1)
    ]
    for territory in territories:
        appoint_manager(focal_territory=territory, user=setting.manager, valid_from=day, appointed_by=setting.director)
    for territory in territories[:-1]:
        open_board(
            focal_territory=territory,
            name=f"Mesa barrial del {territory.name.lower()}",
            opened_on=day,
            opened_by=setting.director,
        )
    return {"territories": len(territories), "gaps": len(gaps(commune=setting.commune))}


def _sectors(setting: Setting) -> list[RiskSector]:
    return list(RiskSector.objects.for_commune(setting.commune).order_by("pk")[:MOST_FOCAL])


def _focal_territory(sector: RiskSector, number: int, day: date, setting: Setting) -> FocalTerritory:
    change_sector(
        sector=sector,
        changes={"status": SectorStatus.IN_DIAGNOSIS, "responsible": setting.manager},
        expected_version=sector.version,
        reason=DIAGNOSIS_BECAUSE,
        edited_by=setting.analyst,
    )
    return create_focal_territory(
        sectors=[sector],
        name=f"Territorio focalizado {number}",
        act=f"{ACT} {100 + number}",
        period_from=day,
        period_until=day + PERIOD,
        reason=FOCAL_BECAUSE,
        valid_until=day + PERIOD,
        approved_by=setting.director,
    )


def write_plan(setting: Setting) -> dict[str, Any]:
    """The planner writes the plan: objectives, a strategy for each focal sector, indicators and their readings."""
    load_strategy_types()
    plan = _plan_in_force(setting)
    strategies, indicators, readings = 0, 0, 0
    for number, sector in enumerate(_sectors(setting)):
        for wanted in dict.fromkeys([STRATEGIES[0], STRATEGIES[number % len(STRATEGIES)]]):
            strategy = _strategy(plan, sector, wanted, setting)
            strategies += 1
            for formula, name, share in wanted.formulas:
                readings += _indicator(strategy, formula, name, share, setting)
                indicators += 1
    return {"plan": plan.pk, "strategies": strategies, "indicators": indicators, "readings": readings}


def _plan_in_force(setting: Setting) -> CommunalPlan:
    first = setting.files.last_day.replace(month=1, day=1)
    plan = create_plan(
        commune=setting.commune,
        name=PLAN_NAME,
        period_from=first,
        period_until=first.replace(year=first.year + 4) - timedelta(days=1),
        created_by=setting.planner,
    )
    for text in OBJECTIVES:
        set_objective(plan=plan, text=text, edited_by=setting.planner)
    for state in (PlanState.PROPOSED, PlanState.APPROVED, PlanState.IN_FORCE):
        approval: dict[str, Any] = (
            {"act": f"{ACT} 1", "approved_on": setting.files.last_day} if state == PlanState.APPROVED else {}
        )
        plan = move_plan(plan=plan, state=state, expected_revision=plan.revision, moved_by=setting.planner, **approval)
    return plan


def _strategy(plan: CommunalPlan, sector: RiskSector, wanted: Wanted, setting: Setting) -> SectorStrategy:
    day = setting.files.last_day
    return set_strategy(
        plan=plan,
        sector=sector,
        content={
            "type": wanted.kind,
            "objective": wanted.objective,
            "causes": wanted.causes,
            "responsible": wanted.responsible,
            "starts_on": day,
            "ends_on": day + PERIOD,
            "budget_clp": wanted.budget_clp,
            "funding_source": wanted.source,
            "status": StrategyStatus.RUNNING,
        },
        set_by=setting.planner,
    )


def _indicator(strategy: SectorStrategy, formula: str, name: str, share: float, setting: Setting) -> int:
    """An indicator with its baseline half a year ago, a goal set from that baseline, and two readings since."""
    day = setting.files.last_day
    indicator = create_indicator(
        strategy=strategy,
        name=name,
        formula=formula,
        parameters={"weeks": 26} if formula in (Formula.INCIDENTS, Formula.HARM) else {},
        baseline_on=day - HALF_YEAR,
        goal=Goal(0, day + PERIOD),
        created_by=setting.planner,
        role=Role.PLANNER,
    )
    change_indicator(
        indicator=indicator,
        changes={"goal": round(share * indicator.baseline_value, 1)},
        expected_version=indicator.version,
        changed_by=setting.planner,
    )
    for on in (day - HALF_YEAR / 2, day):
        read_indicator(indicator=indicator, on=on, taken_by=setting.planner)
    return 2


def export(setting: Setting) -> dict[str, Any]:
    """The planner exports the sectors with scores and strategies."""
    files = loop.export_both(commune=setting.commune, exported_by=setting.planner, role=Role.PLANNER)
    return {"files": [loop.told(file) for file in files]}
