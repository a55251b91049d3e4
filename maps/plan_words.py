"""Which plan is shown, and what may become of it."""

from __future__ import annotations

from typing import Any

from maps.forms.plan import MoveForm
from maps.numbers import whole_number
from plan.models import CommunalPlan, PlanState
from plan.services.plans import MOVES

NEED_ACT = {PlanState.APPROVED}


def shown_plan(plans: Any, asked: str | None) -> CommunalPlan | None:
    """The plan asked for by its id, else the one in force, else the newest."""
    chosen: CommunalPlan | None = plans.filter(pk=whole_number(asked)).first()
    return chosen or plans.in_force().first() or plans.first()


def next_states(plan: CommunalPlan) -> list[dict[str, Any]]:
    """The states a plan may move to, each with the form that does it."""
    return [
        {
            "title": PlanState(state).label,
            "needs_act": state in NEED_ACT,
            "form": MoveForm(initial={"state": str(state), "revision": plan.revision}, auto_id=f"{state}_%s"),
        }
        for state in PlanState
        if state in MOVES.get(PlanState(plan.state), set())
    ]
