"""Example arguments of the plan's addresses, for the matrix test."""

from __future__ import annotations

from typing import Any

from tests.architecture.address_examples import SECRET, Example
from tests.factories.plan import CommunalPlanFactory, SectorStrategyFactory
from tests.plan.files import an_export


def a_plan(commune: Any) -> dict[str, Any]:
    plan = CommunalPlanFactory(commune=commune, name=SECRET)
    SectorStrategyFactory(plan=plan, causes=SECRET)
    return {"plan_id": plan.pk}


def plans(commune: Any) -> dict[str, Any]:
    a_plan(commune)
    return {}


def a_strategy(commune: Any) -> dict[str, Any]:
    plan = CommunalPlanFactory(commune=commune)
    return {"strategy_id": SectorStrategyFactory(plan=plan, causes=SECRET).pk}


def a_file(commune: Any) -> dict[str, Any]:
    return {"file": an_export(commune).pk}


def files(commune: Any) -> dict[str, Any]:
    an_export(commune)
    return {}


EXAMPLES = {
    "plan:export_file": [Example(a_file)],
    "GET /api/plans": [Example(plans)],
    "GET /api/plans/{plan_id}": [Example(a_plan)],
    "PATCH /api/strategies/{strategy_id}": [Example(a_strategy, body={"version": 1, "causes": "Otra"})],
    "GET /api/exports": [Example(files)],
    "POST /api/exports": [Example(body={"file_format": "gpkg", "srid": 32718})],
}
