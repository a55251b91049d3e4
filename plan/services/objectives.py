"""Objectives of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from geo.errors import MissingVersionError, RefusedError
from plan.models import CommunalPlan, Objective
from plan.services.plans import require_open
from sectors.errors import StaleVersionError
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User


@transaction.atomic
def set_objective(
    *,
    plan: CommunalPlan,
    text: str,
    edited_by: User,
    objective: Objective | None = None,
    expected_version: int | None = None,
) -> Objective:
    """Add an objective under the next number, or change the text of one (with the version it was made from)."""
    locked: CommunalPlan = CommunalPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    require_open(locked)
    told = text.strip()
    if not told or len(told) > 2000:
        raise RefusedError(_("An objective needs a text of at most 2,000 characters."))
    if objective is None:
        highest = locked.objectives.aggregate(highest=Max("number"))["highest"] or 0
        added: Objective = Objective.objects.create(plan=locked, number=highest + 1, text=told)
        record("objective.added", commune=locked.commune, user=edited_by, target=f"{locked}: {added.number}")
        return added
    return _change(objective, told, expected_version, edited_by=edited_by)


@transaction.atomic
def remove_objective(*, objective: Objective, removed_by: User) -> None:
    """Remove an objective that no strategy serves."""
    require_open(objective.plan)
    if objective.strategies.exists():
        raise RefusedError(_("There are strategies for this objective: move them to another one first."))
    record(
        "objective.removed",
        commune=objective.plan.commune,
        user=removed_by,
        target=f"{objective.plan}: {objective.number}",
    )
    Objective.objects.filter(pk=objective.pk).delete()


def told_of(objective: Objective) -> dict[str, Any]:
    """An objective as plain values."""
    return {"id": objective.pk, "number": objective.number, "text": objective.text, "version": objective.version}


def _change(objective: Objective, text: str, expected_version: int | None, *, edited_by: User) -> Objective:
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the objective it was made from."))
    saved = Objective.objects.filter(pk=objective.pk, version=expected_version).update(
        version=F("version") + 1, text=text
    )
    fresh: Objective = Objective.objects.select_related("plan__commune").get(pk=objective.pk)
    if saved != 1:
        raise StaleVersionError(
            _("The objective was changed by somebody else meanwhile."),
            current=told_of(fresh),
            yours=told_of(fresh) | {"text": text, "version": expected_version},
        )
    record("objective.changed", commune=fresh.plan.commune, user=edited_by, target=f"{fresh.plan}: {fresh.number}")
    return fresh
