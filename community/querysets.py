"""Questions asked of boards and managers."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from geo.querysets import OfCommuneQuerySet


class NeighbourhoodBoardQuerySet(OfCommuneQuerySet):
    """Questions about neighbourhood boards."""

    def of_territory(self, focal_territory: Any) -> Self:
        """The board of one focal territory."""
        return self.filter(focal_territory=focal_territory)


class TerritorialManagerQuerySet(OfCommuneQuerySet):
    """Questions about territorial managers."""

    def in_office(self, on: date) -> Self:
        """Managers in charge of their territory on a day."""
        return self.filter(valid_from__lte=on).filter(Q(valid_until=None) | Q(valid_until__gt=on))

    def not_ended_by(self, day: date) -> Self:
        """Managers whose period reaches past a day."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day))

    def of_territory(self, focal_territory: Any) -> Self:
        """Managers that one focal territory has had."""
        return self.filter(focal_territory=focal_territory)


def with_board_and_manager(
    territories: models.QuerySet[Any], *, boards: Any, managers: Any, on: date
) -> models.QuerySet[Any]:
    """Focal territories with `has_board` and `has_manager` on a day, those that lack either first."""
    opened = boards.filter(focal_territory=OuterRef("pk"), opened_on__lte=on)
    in_office = managers.in_office(on).filter(focal_territory=OuterRef("pk"))
    annotated = territories.annotate(has_board=Exists(opened), has_manager=Exists(in_office))
    return annotated.order_by("has_board", "has_manager", "name", "pk")


def lacking(territories: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Those of `with_board_and_manager` that lack one of both."""
    return territories.filter(Q(has_board=False) | Q(has_manager=False))
