"""Questions asked of the ground floor."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.gis.db import models


class CommuneQuerySet(models.QuerySet[Any]):
    """Questions about communes."""

    def with_code(self, cut_code: str) -> Self:
        """Communes that carry a CUT (or test) code."""
        return self.filter(cut_code=cut_code)


class OfCommuneQuerySet(models.QuerySet[Any]):
    """Base of every domain queryset: each question starts with the commune it is asked for."""

    def for_commune(self, commune: Any) -> Self:
        """Rows that belong to one commune."""
        return self.filter(commune=commune)


class GroundQuerySet(OfCommuneQuerySet):
    """Questions about things on the ground."""


class OfKindQuerySet(OfCommuneQuerySet):
    """Questions about things that come in kinds."""

    def of_kind(self, kind: str) -> Self:
        """Rows of one kind."""
        return self.filter(kind=kind)


class TerritorialUnitQuerySet(OfKindQuerySet):
    """Questions about territorial units."""

    def in_force(self, on: date | None = None) -> Self:
        """Units in force on a day; without a day, those that nothing has replaced."""
        if on is None:
            return self.filter(valid_until=None)
        return self.filter(valid_from__lte=on).exclude(valid_until__lte=on)

    def touching(self, area: Any) -> Self:
        """Units that share ground or border with an area."""
        return self.filter(boundary__intersects=area)


class SnapReleaseQuerySet(OfCommuneQuerySet):
    """Questions about releases of snap points."""

    def latest_first(self) -> Self:
        """Releases, newest first."""
        return self.order_by("-number")


class SnapPointQuerySet(OfCommuneQuerySet):
    """Questions about snap points."""

    def of_release(self, release: Any) -> Self:
        """Points of one release."""
        return self.filter(release=release)
