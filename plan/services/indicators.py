"""Indicators: made with a baseline that the database computes and freezes, read again whenever somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

import analysis
from access.permissions import allows
from analysis.progress import Report, silent
from geo.errors import MissingVersionError, RefusedError
from incidents.services.ledger import latest_sequence
from plan.models import CommunalPlan, Direction, Formula, Indicator, IndicatorReading, SectorStrategy
from plan.querysets import COVERAGE_FORMULAS
from plan.services.formulas import FormulaParameters, Measured, current_harm_table, is_fine, measure, read_parameters
from plan.services.plans import require_open
from sectors.errors import StaleVersionError
from sectors.services.catalogue import today
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User

CHANGEABLE = ("name", "goal", "goal_on")
USES_HARM = frozenset({Formula.HARM, Formula.UNCOVERED_HARM})


@dataclass(frozen=True)
class Goal:
    """Where the value should be, by when, and which way is better."""

    value: float
    on: date
    direction: str = Direction.DOWN


@transaction.atomic
def create_indicator(
    *,
    strategy: SectorStrategy,
    name: str,
    formula: str,
    parameters: dict[str, Any],
    baseline_on: date,
    goal: Goal,
    created_by: User,
    role: str,
) -> Indicator:
    """Make an indicator; its baseline is computed now, on the sector version of the strategy, and frozen.

    Raises PermissionDenied for a formula that tells camera coverage to a role that may not know it, and RefusedError
    for types finer than the role may know, where there is nothing to compute the baseline from or where the goal does
    not lie in its direction.
    """
    require_open(strategy.plan)
    if formula not in Formula.values:
        raise RefusedError(_("The formula is not in the list."))
    require_visible(formula, role)
    if baseline_on > today(strategy.commune):
        raise RefusedError(_("The baseline cannot lie in the future."))
    asked = _askable(read_parameters(parameters), role=role)
    if formula in USES_HARM and asked.harm_table is None:
        asked = asked.model_copy(update={"harm_table": current_harm_table(strategy.commune)})
    sequence = latest_sequence(strategy.commune)
    baseline = measure(
        formula=formula, parameters=asked, version=strategy.sector_version, on=baseline_on, sequence=sequence
    )
    value = _told_baseline(baseline)
    _check_goal(goal, baseline=value, baseline_on=baseline_on, name=name)
    indicator: Indicator = Indicator.objects.create(
        strategy=strategy,
        sector_version=strategy.sector_version,
        name=name.strip(),
        formula=formula,
        parameters=asked.model_dump(mode="json"),
        baseline_value=value,
        baseline_on=baseline_on,
        baseline_n=baseline.n or 0,
        baseline_query=baseline.query,
        baseline_sequence=sequence,
        goal=goal.value,
        goal_on=goal.on,
        direction=goal.direction,
        created_by=created_by,
    )
    record("indicator.created", commune=strategy.commune, user=created_by, target=f"{strategy}: {indicator.name}"[:200])
    return indicator


@transaction.atomic
def change_indicator(
    *, indicator: Indicator, changes: dict[str, Any], expected_version: int | None, changed_by: User
) -> Indicator:
    """Change name, goal or day of the goal. Formula, place and baseline are frozen.

    Raises MissingVersionError, StaleVersionError with both sides, RefusedError.
    """
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the indicator it was made from."))
    require_open(indicator.strategy.plan)
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    goal = Goal(changes.get("goal", indicator.goal), changes.get("goal_on", indicator.goal_on), indicator.direction)
    _check_goal(
        goal,
        baseline=indicator.baseline_value,
        baseline_on=indicator.baseline_on,
        name=changes.get("name", indicator.name),
    )
    saved = Indicator.objects.filter(pk=indicator.pk, version=expected_version).update(
        version=F("version") + 1, **changes
    )
    fresh: Indicator = Indicator.objects.select_related("strategy__commune", "strategy__plan").get(pk=indicator.pk)
    if saved != 1:
        current = {"name": fresh.name, "goal": fresh.goal, "goal_on": fresh.goal_on.isoformat()}
        raise StaleVersionError(
            _("The indicator was changed by somebody else meanwhile."),
            current=current | {"version": fresh.version},
            yours=current | {key: str(value) for key, value in changes.items()} | {"version": expected_version},
        )
    record("indicator.changed", commune=fresh.strategy.commune, user=changed_by, target=fresh.name)
    return fresh


@transaction.atomic
def read_indicator(
    *, indicator: Indicator, on: date, taken_by: User | None = None, sequence: int | None = None
) -> IndicatorReading:
    """Compute an indicator as of a day (never in the future) and keep the reading.

    Asked again with nothing changed in between, the reading that stands is returned. `sequence` repeats an old one.
    """
    commune = indicator.strategy.commune
    if on > today(commune):
        raise RefusedError(_("An indicator cannot be read in the future."))
    at = latest_sequence(commune) if sequence is None else sequence
    told = measure(
        formula=indicator.formula,
        parameters=read_parameters(indicator.parameters),
        version=indicator.sector_version,
        on=on,
        sequence=at,
    )
    standing: IndicatorReading | None = indicator.readings.filter(on=on).newest_first().first()
    if standing is not None and (standing.query, standing.value, standing.n) == (told.query, told.value, told.n):
        return standing
    reading: IndicatorReading = IndicatorReading.objects.create(
        indicator=indicator,
        on=on,
        value=told.value,
        withheld=told.withheld,
        n=told.n,
        query=told.query,
        sequence=at,
        code_version=analysis.__version__,
        taken_by=taken_by,
    )
    return reading


def read_plan(*, plan: CommunalPlan, on: date, taken_by: User | None = None, report: Report = silent) -> int:
    """Read every indicator of a plan as of a day. Returns how many were read."""
    indicators = list(
        Indicator.objects.of_plan(plan).select_related("strategy__commune", "sector_version__sector__commune")
    )
    for done, indicator in enumerate(indicators):
        report(_("reading indicators"), done, len(indicators))
        read_indicator(indicator=indicator, on=on, taken_by=taken_by)
    report(_("reading indicators"), len(indicators), len(indicators))
    return len(indicators)


def attainment(indicator: Indicator, value: float | None) -> float | None:
    """Share (0 to 1, more when surpassed, negative when it went the wrong way) of the road from baseline to goal.

    None without a value; where goal and baseline are the same, 1 as long as the value has not gone the wrong way.
    """
    if value is None:
        return None
    road = indicator.goal - indicator.baseline_value
    walked = value - indicator.baseline_value
    if road == 0:
        good = walked <= 0 if indicator.direction == Direction.DOWN else walked >= 0
        return 1.0 if good else 0.0
    return walked / road


def require_visible(formula: str, role: str) -> None:
    """Refuse a formula from which camera coverage can be read to whoever may not know it."""
    if formula in COVERAGE_FORMULAS and not allows(role, "cameras.view_coverage"):
        raise PermissionDenied


def _askable(asked: FormulaParameters, *, role: str) -> FormulaParameters:
    """The parameters, marked as fine or not. Raises RefusedError where they are finer than the role may know."""
    fine = is_fine(asked)
    if fine and not allows(role, "incidents.view_types"):
        raise RefusedError(
            _("Your role asks for families and groups of offences, and for reserved ones only over a calendar year.")
        )
    return asked.model_copy(update={"fine": fine})


def _told_baseline(baseline: Measured) -> float:
    if baseline.withheld:
        raise RefusedError(_("The baseline is withheld: fewer than five incidents of a reserved type."))
    if baseline.value is None:
        raise RefusedError(_("There is nothing to compute the baseline from on that day. Choose another day."))
    return baseline.value


def _check_goal(goal: Goal, *, baseline: float, baseline_on: date, name: str) -> None:
    if not name.strip() or len(name.strip()) > 200:
        raise RefusedError(_("An indicator needs a name of at most 200 characters."))
    if goal.direction not in Direction.values:
        raise RefusedError(_("Say whether the value should go down or up."))
    if isinstance(goal.value, bool) or not isinstance(goal.value, int | float) or not 0 <= goal.value < 1e15:
        raise RefusedError(_("The goal must be a number, zero or more."))
    if goal.on <= baseline_on:
        raise RefusedError(_("The day of the goal must come after that of the baseline."))
    right_way = goal.value <= baseline if goal.direction == Direction.DOWN else goal.value >= baseline
    if not right_way:
        raise RefusedError(
            _("The goal (%(goal)s) lies on the wrong side of the baseline (%(baseline)s).")
            % {"goal": f"{goal.value:g}", "baseline": f"{baseline:g}"}
        )
