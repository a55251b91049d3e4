"""Territorial managers: one person at a time is in charge of each focal territory."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from access.models import Membership
from access.roles import Role
from community.models import TerritorialManager
from geo.errors import MissingVersionError, RefusedError
from sectors.errors import StaleVersionError
from sectors.models import FocalTerritory
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User


@transaction.atomic
def appoint_manager(
    *,
    focal_territory: FocalTerritory,
    user: User,
    valid_from: date,
    appointed_by: User,
    valid_until: date | None = None,
    replacing: bool = False,
    reason: str = "",
) -> TerritorialManager:
    """Put a person in charge from a day. With `replacing`, whoever is in charge on that day leaves on it.

    Raises RefusedError where the person is not a territorial manager of the commune, where somebody else is in charge,
    or where the days do not fit.
    """
    territory: FocalTerritory = FocalTerritory.objects.select_for_update(no_key=True).get(pk=focal_territory.pk)
    _check_days(territory, valid_from, valid_until)
    if not Membership.objects.filter(commune=territory.commune, user=user, role=Role.MANAGER).exists():
        raise RefusedError(
            _("%(person)s is not a territorial manager of %(commune)s.")
            % {"person": user.get_full_name() or user.get_username(), "commune": territory.commune.name}
        )
    if replacing:
        in_charge = TerritorialManager.objects.of_territory(territory).in_office(valid_from)
        in_charge.filter(valid_from__lt=valid_from).update(valid_until=valid_from, version=F("version") + 1)
    if _taken(territory, valid_from, valid_until):
        raise RefusedError(
            _("“%(territory)s” already has a manager in those days. End that period or replace the person.")
            % {"territory": territory.name}
        )
    manager: TerritorialManager = TerritorialManager.objects.create(
        commune=territory.commune,
        user=user,
        focal_territory=territory,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    record(
        "manager.appointed",
        commune=manager.commune,
        user=appointed_by,
        target=territory.name,
        reason=reason,
        details={"person": user.pk, "replacing": replacing},
    )
    return manager


@transaction.atomic
def end_management(
    *,
    manager: TerritorialManager,
    valid_until: date,
    expected_version: int | None,
    ended_by: User,
    reason: str = "",
) -> TerritorialManager:
    """Let a person leave a territory on a day. Raises MissingVersionError, StaleVersionError, RefusedError."""
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the appointment it was made from."))
    _check_days(manager.focal_territory, manager.valid_from, valid_until)
    if manager.valid_until is not None and valid_until > manager.valid_until:
        raise RefusedError(_("A period is not lengthened: appoint the person again."))
    saved = TerritorialManager.objects.filter(pk=manager.pk, version=expected_version).update(
        version=F("version") + 1, valid_until=valid_until
    )
    fresh: TerritorialManager = TerritorialManager.objects.select_related("commune", "focal_territory", "user").get(
        pk=manager.pk
    )
    if saved != 1:
        raise StaleVersionError(
            _("The appointment was changed by somebody else meanwhile."),
            current=told_of(fresh),
            yours=told_of(fresh) | {"valid_until": valid_until.isoformat(), "version": expected_version},
        )
    record("manager.ended", commune=fresh.commune, user=ended_by, target=fresh.focal_territory.name, reason=reason)
    return fresh


def told_of(manager: TerritorialManager) -> dict[str, Any]:
    """An appointment as plain values."""
    return {
        "id": manager.pk,
        "focal_territory": manager.focal_territory_id,
        "territory_name": manager.focal_territory.name,
        "person": manager.user.get_full_name() or manager.user.get_username(),
        "valid_from": manager.valid_from.isoformat(),
        "valid_until": manager.valid_until.isoformat() if manager.valid_until else None,
        "version": manager.version,
    }


def _check_days(territory: FocalTerritory, valid_from: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until <= valid_from:
        raise RefusedError(_("The last day must come after the first."))
    if valid_from < territory.period_from or valid_from > territory.valid_until:
        raise RefusedError(_("The first day lies outside the period of the territory."))


def _taken(territory: FocalTerritory, valid_from: date, valid_until: date | None) -> bool:
    others = TerritorialManager.objects.of_territory(territory).not_ended_by(valid_from)
    if valid_until is not None:
        others = others.filter(valid_from__lt=valid_until)
    return bool(others.exists())
