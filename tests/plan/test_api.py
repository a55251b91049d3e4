"""What machines get and send about the plan: shape, versions, what each role may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access.models import JobRun
from geo.models import Commune
from plan.models import CommunalPlan
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, ObjectiveFactory, SectorStrategyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(commune: Commune) -> CommunalPlan:
    """A plan with one strategy and two indicators, one of which tells coverage."""
    plan = CommunalPlanFactory(commune=commune)
    ObjectiveFactory(plan=plan, number=1)
    strategy = SectorStrategyFactory(plan=plan)
    IndicatorFactory(strategy=strategy)
    IndicatorFactory(strategy=strategy, formula="dano_sin_cobertura", baseline_value=0.9, goal=0.5)
    return plan


def patch(client: Client, strategy: int, body: dict[str, Any]) -> Any:
    return client.patch(f"/api/strategies/{strategy}", body, content_type="application/json")


def test_plan_comes_with_objectives_strategies_and_indicators(director: Client, plan: CommunalPlan) -> None:
    told = director.get(f"/api/plans/{plan.pk}").json()
    (strategy,) = told["strategies"]
    assert (told["plan"]["version"], len(told["objectives"]), strategy["type"]) == (1, 1, "IL")
    assert {one["formula"] for one in strategy["indicators"]} == {"incidentes", "dano_sin_cobertura"}


def test_planner_gets_no_indicator_of_coverage(planner: Client, plan: CommunalPlan) -> None:
    answer = planner.get(f"/api/plans/{plan.pk}")
    assert {one["formula"] for one in answer.json()["strategies"][0]["indicators"]} == {"incidentes"}
    assert b"cobertura" not in answer.content


def test_plan_of_another_commune_is_not_found(planner: Client) -> None:
    assert planner.get(f"/api/plans/{CommunalPlanFactory().pk}").status_code == 404


def test_patch_changes_a_field_and_raises_the_version(planner: Client, plan: CommunalPlan) -> None:
    answer = patch(planner, plan.strategies.get().pk, {"version": 1, "status": "en_ejecucion"})
    assert (answer.status_code, answer.json()["status"], answer.json()["version"]) == (200, "en_ejecucion", 2)


def test_patch_without_version_gives_428(planner: Client, plan: CommunalPlan) -> None:
    assert patch(planner, plan.strategies.get().pk, {"status": "en_ejecucion"}).status_code == 428


def test_stale_patch_gives_409_with_both_sides(planner: Client, plan: CommunalPlan) -> None:
    strategy = plan.strategies.get().pk
    patch(planner, strategy, {"version": 1, "status": "en_ejecucion"})
    answer = patch(planner, strategy, {"version": 1, "causes": "Otra"})
    assert answer.status_code == 409
    assert {"current", "yours"} <= set(answer.json())


def test_patch_that_breaks_a_rule_gives_422(planner: Client, plan: CommunalPlan) -> None:
    assert patch(planner, plan.strategies.get().pk, {"version": 1, "causes": ""}).status_code == 422


def test_asked_export_waits_as_a_job(planner: Client, commune: Commune) -> None:
    body = {"file_format": "shp", "srid": 32718}
    answer = planner.post("/api/exports", body, content_type="application/json")
    job = JobRun.objects.get(pk=answer.json()["job"])
    assert (answer.status_code, job.kind, job.commune, job.parameters) == (202, "plan.export", commune, body)


def test_plan_takes_few_queries(planner: Client, plan: CommunalPlan, django_assert_max_num_queries: Any) -> None:
    for _number in range(5):
        IndicatorFactory(strategy=SectorStrategyFactory(plan=plan))
    with django_assert_max_num_queries(12):
        planner.get(f"/api/plans/{plan.pk}")
