"""What a new version of a plan takes over from the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan.models import CommunalPlan, Indicator, Objective, SectorStrategy, StrategyStatus

if TYPE_CHECKING:
    from access.models import User

GOES_ON = (StrategyStatus.PLANNED, StrategyStatus.RUNNING, StrategyStatus.SUSPENDED)
STRATEGY = (
    "commune_id", "sector_version_id", "type_id", "causes", "description", "responsible", "starts_on", "ends_on",
    "budget_clp", "funding_source", "evidence", "status",
)  # fmt: skip
INDICATOR = (
    "sector_version_id", "name", "formula", "parameters", "baseline_value", "baseline_on", "baseline_n",
    "baseline_query", "baseline_sequence", "goal", "goal_on", "direction",
)  # fmt: skip


def copy_content(*, source: CommunalPlan, target: CommunalPlan, copied_by: User) -> dict[str, int]:
    """Copy objectives, the strategies that go on, and their indicators with their frozen baselines."""
    objectives = {
        one.pk: Objective.objects.create(plan=target, number=one.number, text=one.text)
        for one in source.objectives.order_by("number")
    }
    strategies = indicators = 0
    for one in source.strategies.filter(status__in=GOES_ON).order_by("pk"):
        copied = SectorStrategy.objects.create(
            plan=target,
            objective=objectives[one.objective_id] if one.objective_id else None,
            continues=one,
            changed_by=copied_by,
            **{name: getattr(one, name) for name in STRATEGY},
        )
        strategies += 1
        for measure in one.indicators.order_by("pk"):
            Indicator.objects.create(
                strategy=copied,
                continues=measure,
                created_by=copied_by,
                **{name: getattr(measure, name) for name in INDICATOR},
            )
            indicators += 1
    return {"objectives": len(objectives), "strategies": strategies, "indicators": indicators}
