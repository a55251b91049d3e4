"""Questions asked of plans, strategies, indicators and exported files."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from access.permissions import allows
from geo.querysets import OfCommuneQuerySet

COVERAGE_FORMULAS = frozenset({"dano_sin_cobertura"})  # what camera coverage can be read from


class CommunalPlanQuerySet(OfCommuneQuerySet):
    """Questions about plans."""

    def in_force(self) -> Self:
        """The version of the plan that holds."""
        return self.filter(state="vigente")

    def open(self) -> Self:
        """Versions that may still change."""
        return self.exclude(state__in=["actualizado", "cerrado"])

    def newest_first(self) -> Self:
        """Plans, the latest period and version on top."""
        return self.order_by("-period_from", "-version")


class ObjectiveQuerySet(models.QuerySet[Any]):
    """Questions about objectives."""

    def for_commune(self, commune: Any) -> Self:
        """Objectives of the plans of one commune."""
        return self.filter(plan__commune=commune)


class StrategyTypeQuerySet(models.QuerySet[Any]):
    """Questions about kinds of strategy."""

    def known_to(self, commune: Any) -> Self:
        """A commune's own kinds and the shipped ones for which it has none of its own."""
        own = self.model.objects.filter(commune=commune, code=OuterRef("code"))
        return self.filter(Q(commune=commune) | (Q(commune=None) & ~Exists(own))).order_by("-verified", "kind", "code")

    def offered_to(self, commune: Any) -> Self:
        """Kinds that the forms of a commune offer."""
        return self.known_to(commune).filter(offered=True)


class SectorStrategyQuerySet(OfCommuneQuerySet):
    """Questions about strategies."""

    def of_plan(self, plan: Any) -> Self:
        """Strategies of one version of a plan."""
        return self.filter(plan=plan)

    def of_sector(self, sector: Any) -> Self:
        """Strategies for any version of a sector."""
        return self.filter(sector_version__sector=sector)

    def under_way(self, on: date) -> Self:
        """Strategies that run on a day and were neither suspended nor dropped."""
        return self.filter(starts_on__lte=on, ends_on__gte=on).exclude(status__in=["suspendida", "descartada"])

    def standing(self) -> Self:
        """Strategies that nobody has dropped."""
        return self.exclude(status="descartada")

    def on_older_sector_version(self) -> Self:
        """Strategies whose sector has been changed since."""
        return self.filter(sector_version__sector__version__gt=models.F("sector_version__version"))

    def with_names(self) -> Self:
        """Strategies with what a list shows, by sector."""
        return self.select_related("type", "objective", "plan", "sector_version__sector").order_by(
            "sector_version__sector__code", "starts_on", "pk"
        )


class IndicatorQuerySet(models.QuerySet[Any]):
    """Questions about indicators."""

    def for_commune(self, commune: Any) -> Self:
        """Indicators of the strategies of one commune."""
        return self.filter(strategy__commune=commune)

    def visible_to(self, role: str | None) -> Self:
        """Those that a role may see: neither what camera coverage can be read from nor types finer than its own."""
        rows = self if allows(role, "cameras.view_coverage") else self.exclude(formula__in=COVERAGE_FORMULAS)
        if allows(role, "incidents.view_types"):
            return rows
        no_types = Q(parameters__types=[]) | ~Q(parameters__has_key="types")
        return rows.filter(no_types | Q(parameters__fine=False))

    def of_plan(self, plan: Any) -> Self:
        """Indicators of one version of a plan."""
        return self.filter(strategy__plan=plan)

    def with_latest_reading(self) -> Self:
        """Indicators with `latest_value` and `latest_on` of the newest reading."""
        readings = self.model._meta.get_field("readings").related_model.objects.filter(indicator=OuterRef("pk"))
        newest = readings.newest_first()
        return self.annotate(
            latest_value=Subquery(newest.values("value")[:1]), latest_on=Subquery(newest.values("on")[:1])
        )


class IndicatorReadingQuerySet(models.QuerySet[Any]):
    """Questions about readings."""

    def for_commune(self, commune: Any) -> Self:
        """Readings of the indicators of one commune."""
        return self.filter(indicator__strategy__commune=commune)

    def newest_first(self) -> Self:
        """Readings, the latest day on top; of one day the last taken."""
        return self.order_by("-on", "-taken_at", "-pk")


class ExportFileQuerySet(OfCommuneQuerySet):
    """Questions about exported files."""

    def newest_first(self) -> Self:
        """Files, the last one on top."""
        return self.select_related("created_by", "plan").order_by("-created_at", "-pk")
