"""Questions asked of sectors, proposals, observations and scores."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.contrib.gis.db import models
from django.db.models import Case, F, FloatField, IntegerField, OuterRef, Q, Subquery, When

from access.roles import Role
from geo.querysets import OfCommuneQuerySet


class RiskSectorQuerySet(OfCommuneQuerySet):
    """Questions about the catalogue as it stands now."""

    def in_force(self, on: date) -> Self:
        """Sectors that have begun and not ended on a day (drafts among them)."""
        return self.filter(valid_from__lte=on).filter(Q(valid_until=None) | Q(valid_until__gt=on))

    def with_status(self, *statuses: str) -> Self:
        """Sectors in one of the given states."""
        return self.filter(status__in=statuses)

    def open(self) -> Self:
        """Sectors that nobody has closed."""
        return self.exclude(status="cerrado")

    def touching(self, area: Any) -> Self:
        """Sectors that share ground or border with an area."""
        return self.filter(boundary__intersects=area)

    def with_code(self, code: str) -> Self:
        """The sector that carries a code."""
        return self.filter(code=code)


class RiskSectorVersionQuerySet(models.QuerySet[Any]):
    """Questions about the history: what held when (valid time), and what was known when (recorded time)."""

    def for_commune(self, commune: Any) -> Self:
        """Versions of the sectors of one commune."""
        return self.filter(sector__commune=commune)

    def recorded_by_then(self, at: datetime) -> Self:
        """Versions that had been written at a moment."""
        return self.filter(recorded_at__lte=at)

    def as_of(self, on: date, *, known_at: datetime | None = None) -> Self:
        """For each sector, the content that held on a day, as known at a moment (now, when none is given).

        A later version holds from its own first day onwards, so the newest version that had begun decides; sectors
        whose deciding version had ended by that day are left out.
        """
        begun = self.model.objects.filter(sector=OuterRef("sector"), valid_from__lte=on)
        if known_at is not None:
            begun = begun.recorded_by_then(known_at)
        deciding = begun.order_by("-version").values("pk")[:1]
        return self.filter(pk=Subquery(deciding)).filter(Q(valid_until=None) | Q(valid_until__gt=on))

    def current(self) -> Self:
        """The newest version of each sector."""
        newest = self.model.objects.filter(sector=OuterRef("sector")).order_by("-version").values("pk")[:1]
        return self.filter(pk=Subquery(newest))

    def newest_first(self) -> Self:
        """Versions, newest first."""
        return self.order_by("sector_id", "-version")


class TerritoryProposalQuerySet(OfCommuneQuerySet):
    """Questions about proposals."""

    def in_state(self, *states: str) -> Self:
        """Proposals in one of the given states."""
        return self.filter(state__in=states)

    def waiting(self) -> Self:
        """Proposals that the director has to decide."""
        return self.in_state("enviada")

    def visible_to(self, role: str) -> Self:
        """Drafts are the analyst's own; the director sees what was sent to her and what was decided."""
        return self if role == Role.ANALYST else self.exclude(state="borrador")

    def of_run(self, run: Any) -> Self:
        """Proposals that came out of one hot-spot run."""
        return self.filter(run=run)

    def with_figures(self, *, of_reserved: bool) -> Self:
        """`told_n` and `told_per_km2`: None for a run that counted reserved types, unless these may be told."""
        if of_reserved:
            return self.annotate(told_n=F("n"), told_per_km2=F("per_km2"))
        counted = When(run__parameters__with_reserved=True, then=None)
        return self.annotate(
            told_n=Case(counted, default=F("n"), output_field=IntegerField()),
            told_per_km2=Case(counted, default=F("per_km2"), output_field=FloatField()),
        )

    def strongest_first(self) -> Self:
        """Newest run first and, inside it, in the order of the run."""
        return self.select_related("cluster", "run", "sector").order_by("-run_id", "cluster__rank")


class FocalTerritoryQuerySet(OfCommuneQuerySet):
    """Questions about focal territories."""

    def in_force(self, on: date) -> Self:
        """Territories whose period has begun and whose last day has not passed."""
        return self.filter(period_from__lte=on, valid_until__gte=on)

    def leaving_before(self, day: date) -> Self:
        """Territories that end before a day unless they are renewed."""
        return self.filter(valid_until__lt=day)


class FactorTypeQuerySet(models.QuerySet[Any]):
    """Questions about kinds of risk factor."""

    def by_code(self) -> dict[str, Any]:
        """Every kind under its code."""
        return {kind.code: kind for kind in self}


class RiskFactorQuerySet(OfCommuneQuerySet):
    """Questions about risk factors."""

    def unsolved(self, on: date) -> Self:
        """Factors seen by a day and not solved by it."""
        return self.filter(observed_on__lte=on).filter(Q(solved_on=None) | Q(solved_on__gt=on))

    def within(self, area: Any) -> Self:
        """Factors inside an area."""
        return self.filter(point__within=area)


class PerceptionReadingQuerySet(OfCommuneQuerySet):
    """Questions about perception readings."""

    def measured_by(self, day: date) -> Self:
        """Readings taken up to a day."""
        return self.filter(measured_on__lte=day)


class ScoringSchemeQuerySet(OfCommuneQuerySet):
    """Questions about scoring schemes."""

    def current(self) -> Self:
        """The scheme in use."""
        return self.filter(current=True)


class ScoringRunQuerySet(OfCommuneQuerySet):
    """Questions about scoring runs."""

    def latest_first(self) -> Self:
        """Runs, newest first."""
        return self.order_by("-created_at", "-pk")

    def shown(self) -> Self:
        """Runs of every open sector that repeat no other: what map, ranking and export may show."""
        return self.filter(whole=True, repeats=None)


class RiskScoreQuerySet(models.QuerySet[Any]):
    """Questions about scores."""

    def for_commune(self, commune: Any) -> Self:
        """Scores of the runs of one commune."""
        return self.filter(run__commune=commune)

    def of_latest_run(self) -> Self:
        """Scores of each commune's newest run among those that are shown."""
        runs = self.model._meta.get_field("run").remote_field.model.objects
        newest = runs.shown().latest_first().filter(commune=OuterRef("run__commune"))
        return self.filter(run_id=Subquery(newest.values("pk")[:1]))

    def highest_first(self) -> Self:
        """Scores by rank."""
        return self.select_related("sector_version__sector").order_by("rank", "sector_version__sector__code")
