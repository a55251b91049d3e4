"""The Plan Comunal: made, moved through its states, updated each year by a new version."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from geo.errors import MissingVersionError, RefusedError
from geo.models import Commune
from plan.models import CommunalPlan, PlanState
from plan.services.copying import copy_content
from sectors.errors import StaleVersionError, WrongStateError
from sectors.services.catalogue import checked_reason
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User

CHANGEABLE = ("name", "period_from", "period_until")
MOVES = {
    PlanState.DRAFT: {PlanState.PROPOSED},
    PlanState.PROPOSED: {PlanState.DRAFT, PlanState.APPROVED},
    PlanState.APPROVED: {PlanState.IN_FORCE},
    PlanState.IN_FORCE: {PlanState.CLOSED},
}


@transaction.atomic
def create_plan(
    *, commune: Commune, name: str, period_from: date, period_until: date, created_by: User
) -> CommunalPlan:
    """Begin the plan of a period as a draft, version 1. Raises RefusedError where that period already has a plan."""
    content = _checked({"name": name, "period_from": period_from, "period_until": period_until})
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)  # versions are given one at a time
    if CommunalPlan.objects.for_commune(commune).filter(period_from=period_from).exists():
        raise RefusedError(_("There is already a plan that begins on that day: make a new version of it."))
    plan: CommunalPlan = CommunalPlan.objects.create(commune=commune, created_by=created_by, **content)
    record("plan.created", commune=commune, user=created_by, target=str(plan))
    return plan


@transaction.atomic
def change_plan(
    *, plan: CommunalPlan, changes: dict[str, Any], expected_revision: int | None, changed_by: User
) -> CommunalPlan:
    """Change name or period of a draft. Raises MissingVersionError, StaleVersionError, WrongStateError."""
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    current = {name: getattr(plan, name) for name in CHANGEABLE}
    content = _checked(current | changes)
    fresh = _save(plan, content, expected_revision, states={PlanState.DRAFT, PlanState.PROPOSED})
    record("plan.changed", commune=fresh.commune, user=changed_by, target=str(fresh), details={"fields": [*changes]})
    return fresh


@transaction.atomic
def move_plan(
    *,
    plan: CommunalPlan,
    state: str,
    expected_revision: int | None,
    moved_by: User,
    act: str = "",
    approved_on: date | None = None,
) -> CommunalPlan:
    """Move a plan to its next state. Approval names the act and its day.

    A plan that comes into force takes the place of the one in force: the version before is marked as updated, the plan
    of another period as closed. Raises WrongStateError for a move that is not in the plan's life.
    """
    if state not in MOVES.get(PlanState(plan.state), set()):
        raise WrongStateError(
            _("A plan cannot go from “%(state)s” to “%(wanted)s”.")
            % {"state": plan.get_state_display(), "wanted": _title(state)}
        )
    content: dict[str, Any] = {"state": state}
    if state == PlanState.APPROVED:
        if not act.strip() or len(act.strip()) > 200 or approved_on is None:
            raise RefusedError(_("Name the act that approves the plan (at most 200 characters) and its day."))
        content |= {"act": act.strip(), "approved_on": approved_on}
    if state == PlanState.IN_FORCE:
        _leave_the_place(plan)
    fresh = _save(plan, content, expected_revision, states={PlanState(plan.state)})
    record(
        "plan.moved",
        commune=fresh.commune,
        user=moved_by,
        target=str(fresh),
        reason=act.strip(),
        details={"from": plan.state, "to": state},
    )
    return fresh


@transaction.atomic
def renew_plan(*, plan: CommunalPlan, renewed_by: User, reason: str) -> CommunalPlan:
    """The yearly update: a new version as a draft, with the objectives, the strategies that go on and their indicators.

    Baselines are copied as they are. The version before stays in force until the new one comes into force.
    """
    told = checked_reason(reason)
    locked: CommunalPlan = CommunalPlan.objects.select_for_update().get(pk=plan.pk)
    if locked.state not in {PlanState.APPROVED, PlanState.IN_FORCE}:
        raise WrongStateError(_("Only a plan that is approved or in force gets a new version."))
    if CommunalPlan.objects.filter(replaces=locked).exists():
        raise WrongStateError(_("This plan already has a newer version: work on that one."))
    renewed: CommunalPlan = CommunalPlan.objects.create(
        commune=locked.commune,
        name=locked.name,
        period_from=locked.period_from,
        period_until=locked.period_until,
        version=locked.version + 1,
        replaces=locked,
        created_by=renewed_by,
    )
    counts = copy_content(source=locked, target=renewed, copied_by=renewed_by)
    record("plan.renewed", commune=renewed.commune, user=renewed_by, target=str(renewed), reason=told, details=counts)
    return renewed


def require_open(plan: CommunalPlan) -> None:
    """Refuse to change what belongs to a plan that was replaced or closed."""
    if not CommunalPlan.objects.open().filter(pk=plan.pk).exists():
        raise WrongStateError(_("“%(plan)s” is closed or has been replaced: it no longer changes.") % {"plan": plan})


def told_of(plan: CommunalPlan) -> dict[str, Any]:
    """A plan as plain values, with the revision that a save must name."""
    return {
        "id": plan.pk,
        "name": plan.name,
        "period_from": plan.period_from.isoformat(),
        "period_until": plan.period_until.isoformat(),
        "version": plan.version,
        "act": plan.act,
        "approved_on": plan.approved_on.isoformat() if plan.approved_on else None,
        "state": plan.state,
        "revision": plan.revision,
    }


def _save(
    plan: CommunalPlan, content: dict[str, Any], expected_revision: int | None, *, states: set[PlanState]
) -> CommunalPlan:
    if expected_revision is None:
        raise MissingVersionError(_("The change does not say which revision of the plan it was made from."))
    saved = CommunalPlan.objects.filter(pk=plan.pk, revision=expected_revision, state__in=states).update(
        revision=F("revision") + 1, **content
    )
    fresh: CommunalPlan = CommunalPlan.objects.select_related("commune").get(pk=plan.pk)
    if saved == 1:
        return fresh
    if fresh.revision == expected_revision:
        raise WrongStateError(
            _("The plan is “%(state)s”: this cannot be done now.") % {"state": fresh.get_state_display()}
        )
    yours = {name: value.isoformat() if isinstance(value, date) else value for name, value in content.items()}
    raise StaleVersionError(
        _("The plan was changed by somebody else meanwhile."),
        current=told_of(fresh),
        yours=told_of(fresh) | yours | {"revision": expected_revision},
    )


def _leave_the_place(plan: CommunalPlan) -> None:
    holding = CommunalPlan.objects.for_commune(plan.commune).in_force().select_for_update().exclude(pk=plan.pk)
    for one in holding:
        state = PlanState.UPDATED if one.period_from == plan.period_from else PlanState.CLOSED
        CommunalPlan.objects.filter(pk=one.pk).update(state=state, revision=F("revision") + 1)


def _checked(content: dict[str, Any]) -> dict[str, Any]:
    name = str(content["name"]).strip()
    if not name or len(name) > 200:
        raise RefusedError(_("A plan needs a name of at most 200 characters."))
    if content["period_until"] <= content["period_from"]:
        raise RefusedError(_("The period must end after it begins."))
    return content | {"name": name}


def _title(state: str) -> str:
    return str(PlanState(state).label) if state in PlanState.values else state[:40]
