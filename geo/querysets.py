"""Questions asked of the ground floor."""

from __future__ import annotations

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
