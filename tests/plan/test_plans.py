"""Plans move through their life, are renewed each year, and never change once replaced."""

from __future__ import annotations

from datetime import date

import pytest

from access.models import AuditEvent, User
from geo.errors import MissingVersionError, RefusedError
from geo.models import Commune
from plan.models import CommunalPlan, PlanState
from plan.services.objectives import remove_objective, set_objective
from plan.services.plans import change_plan, create_plan, move_plan, renew_plan
from sectors.errors import StaleVersionError, WrongStateError
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, ObjectiveFactory, SectorStrategyFactory

pytestmark = pytest.mark.django_db


def make(commune: Commune, author: User, year: int = 2024) -> CommunalPlan:
    return create_plan(
        commune=commune,
        name="Plan Comunal",
        period_from=date(year, 1, 1),
        period_until=date(year + 3, 12, 31),
        created_by=author,
    )


def in_force(plan: CommunalPlan, author: User) -> CommunalPlan:
    for state in ("propuesto", "aprobado", "vigente"):
        plan = move_plan(
            plan=plan,
            state=state,
            expected_revision=plan.revision,
            moved_by=author,
            act="Acuerdo 7",
            approved_on=date(2023, 12, 1),
        )
    return plan


def test_plan_goes_through_its_life_and_each_move_leaves_a_trace(commune: Commune, author: User) -> None:
    plan = in_force(make(commune, author), author)
    assert (plan.state, plan.act, plan.revision) == (PlanState.IN_FORCE, "Acuerdo 7", 4)
    assert AuditEvent.objects.filter(commune=commune, verb="plan.moved").count() == 3


def test_plan_does_not_skip_a_state(commune: Commune, author: User) -> None:
    with pytest.raises(WrongStateError):
        move_plan(plan=make(commune, author), state="vigente", expected_revision=1, moved_by=author)


def test_approval_names_its_act_and_day(commune: Commune, author: User) -> None:
    proposed = move_plan(plan=make(commune, author), state="propuesto", expected_revision=1, moved_by=author)
    with pytest.raises(RefusedError):
        move_plan(plan=proposed, state="aprobado", expected_revision=2, moved_by=author)


def test_second_plan_of_a_period_is_refused(commune: Commune, author: User) -> None:
    make(commune, author)
    with pytest.raises(RefusedError):
        make(commune, author)


def test_stale_change_is_refused_with_both_sides(commune: Commune, author: User) -> None:
    plan = make(commune, author)
    change_plan(plan=plan, changes={"name": "Uno"}, expected_revision=1, changed_by=author)
    with pytest.raises(StaleVersionError) as refused:
        change_plan(plan=plan, changes={"name": "Dos"}, expected_revision=1, changed_by=author)
    assert (refused.value.extra["current"]["name"], refused.value.extra["yours"]["name"]) == ("Uno", "Dos")


def test_change_without_revision_is_refused(commune: Commune, author: User) -> None:
    with pytest.raises(MissingVersionError):
        change_plan(plan=make(commune, author), changes={"name": "x"}, expected_revision=None, changed_by=author)


def test_renewed_plan_takes_over_what_goes_on_with_frozen_baselines(commune: Commune, author: User) -> None:
    plan = CommunalPlanFactory(commune=commune)
    objective = ObjectiveFactory(plan=plan, number=1)
    indicator = IndicatorFactory(strategy=SectorStrategyFactory(plan=plan, objective=objective))
    SectorStrategyFactory(plan=plan, status="terminada")
    renewed = renew_plan(plan=plan, renewed_by=author, reason="actualización anual")
    copied = renewed.strategies.get()
    assert (renewed.version, renewed.state, renewed.replaces) == (2, PlanState.DRAFT, plan)
    assert (copied.continues, copied.objective.number) == (indicator.strategy, 1)
    assert copied.indicators.get().baseline_value == indicator.baseline_value


def test_new_version_in_force_replaces_the_one_before(commune: Commune, author: User) -> None:
    plan = in_force(make(commune, author), author)
    renewed = in_force(renew_plan(plan=plan, renewed_by=author, reason="actualización anual"), author)
    plan.refresh_from_db()
    assert (plan.state, renewed.state) == (PlanState.UPDATED, PlanState.IN_FORCE)


def test_plan_of_a_new_period_closes_the_one_before(commune: Commune, author: User) -> None:
    plan = in_force(make(commune, author), author)
    in_force(make(commune, author, 2028), author)
    plan.refresh_from_db()
    assert plan.state == PlanState.CLOSED


def test_plan_has_one_newer_version(commune: Commune, author: User) -> None:
    plan = CommunalPlanFactory(commune=commune)
    renew_plan(plan=plan, renewed_by=author, reason="actualización anual")
    with pytest.raises(WrongStateError):
        renew_plan(plan=plan, renewed_by=author, reason="otra vez")


def test_objectives_are_numbered_and_stale_changes_refused(commune: Commune, author: User) -> None:
    plan = CommunalPlanFactory(commune=commune)
    first = set_objective(plan=plan, text="Uno", edited_by=author)
    second = set_objective(plan=plan, text="Dos", edited_by=author)
    assert (first.number, second.number) == (1, 2)
    set_objective(plan=plan, objective=first, text="Uno bis", expected_version=1, edited_by=author)
    with pytest.raises(StaleVersionError):
        set_objective(plan=plan, objective=first, text="Uno ter", expected_version=1, edited_by=author)


def test_objective_with_strategies_stays(commune: Commune, author: User) -> None:
    plan = CommunalPlanFactory(commune=commune)
    objective = ObjectiveFactory(plan=plan)
    SectorStrategyFactory(plan=plan, objective=objective)
    with pytest.raises(RefusedError):
        remove_objective(objective=objective, removed_by=author)


def test_replaced_plan_no_longer_changes(commune: Commune, author: User) -> None:
    plan = CommunalPlanFactory(commune=commune, state="actualizado")
    with pytest.raises(WrongStateError):
        set_objective(plan=plan, text="Tarde", edited_by=author)
