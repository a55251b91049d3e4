"""Neighbourhood boards: one is opened in each focal territory."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from community.models import NeighbourhoodBoard
from geo.errors import MissingVersionError, RefusedError
from sectors.errors import StaleVersionError
from sectors.models import FocalTerritory
from sectors.services.catalogue import today
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User

CHANGEABLE = ("name", "opened_on")


@transaction.atomic
def open_board(
    *, focal_territory: FocalTerritory, name: str, opened_on: date, opened_by: User, reason: str = ""
) -> NeighbourhoodBoard:
    """Open the board of a territory. Raises RefusedError where it has one, or where the day does not fit."""
    territory: FocalTerritory = FocalTerritory.objects.select_for_update(no_key=True).get(pk=focal_territory.pk)
    content = _checked({"name": name, "opened_on": opened_on}, territory=territory)
    if NeighbourhoodBoard.objects.of_territory(territory).exists():
        raise RefusedError(_("“%(territory)s” already has its board.") % {"territory": territory.name})
    board: NeighbourhoodBoard = NeighbourhoodBoard.objects.create(
        commune=territory.commune, focal_territory=territory, **content
    )
    record("board.opened", commune=board.commune, user=opened_by, target=territory.name, reason=reason)
    return board


@transaction.atomic
def change_board(
    *, board: NeighbourhoodBoard, changes: dict[str, Any], expected_version: int | None, changed_by: User
) -> NeighbourhoodBoard:
    """Change name or day of opening. Raises MissingVersionError, StaleVersionError with both sides, RefusedError."""
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the board it was made from."))
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    content = _checked(dict(changes), territory=board.focal_territory)
    saved = NeighbourhoodBoard.objects.filter(pk=board.pk, version=expected_version).update(
        version=F("version") + 1, **content
    )
    fresh: NeighbourhoodBoard = NeighbourhoodBoard.objects.select_related("commune", "focal_territory").get(pk=board.pk)
    if saved != 1:
        raise StaleVersionError(
            _("The board was changed by somebody else meanwhile."),
            current=told_of(fresh),
            yours=told_of(fresh) | {name: str(value) for name, value in content.items()},
        )
    record("board.changed", commune=fresh.commune, user=changed_by, target=fresh.focal_territory.name)
    return fresh


def told_of(board: NeighbourhoodBoard) -> dict[str, Any]:
    """A board as plain values."""
    return {
        "id": board.pk,
        "focal_territory": board.focal_territory_id,
        "territory_name": board.focal_territory.name,
        "name": board.name,
        "opened_on": board.opened_on.isoformat(),
        "version": board.version,
    }


def _checked(content: dict[str, Any], *, territory: FocalTerritory) -> dict[str, Any]:
    if "name" in content:
        content["name"] = content["name"].strip()
        if not content["name"] or len(content["name"]) > 200:
            raise RefusedError(_("A board needs a name of at most 200 characters."))
    opened_on = content.get("opened_on")
    if opened_on is not None and opened_on < territory.period_from:
        raise RefusedError(_("The board cannot open before the period of its territory begins."))
    if opened_on is not None and opened_on > today(territory.commune):
        raise RefusedError(_("The day of opening lies in the future."))
    return content
