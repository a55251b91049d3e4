"""Focal territories that lack their board or their manager: what the director's page lists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from community.models import NeighbourhoodBoard, TerritorialManager
from community.querysets import lacking, with_board_and_manager
from sectors.models import FocalTerritory
from sectors.services.catalogue import today

if TYPE_CHECKING:
    from geo.models import Commune


def territories(*, commune: Commune, on: date | None = None) -> Any:
    """Focal territories in force on a day (today), each with `has_board` and `has_manager`; gaps come first."""
    day = on or today(commune)
    return with_board_and_manager(
        FocalTerritory.objects.for_commune(commune).in_force(day),
        boards=NeighbourhoodBoard.objects.for_commune(commune),
        managers=TerritorialManager.objects.for_commune(commune),
        on=day,
    )


def gaps(*, commune: Commune, on: date | None = None) -> Any:
    """Focal territories in force on a day (today) that lack a board or a manager."""
    return lacking(territories(commune=commune, on=on))
