"""Questions asked of the camera register and of what cameras see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.contrib.gis.db import models

from geo.querysets import OfCommuneQuerySet


class CameraQuerySet(OfCommuneQuerySet):
    """Questions about cameras."""

    def with_code(self, code: str) -> Self:
        """The camera that carries a code."""
        return self.filter(code=code)

    def operative(self) -> Self:
        """Cameras that work today."""
        return self.filter(status="operativa")

    def counting_as_coverage(self) -> Self:
        """Cameras that somebody watches live and that work: the only ones that count as coverage."""
        return self.operative().filter(monitored_live=True)

    def not_retired(self) -> Self:
        """Cameras that hang on their pole: neither taken down nor only planned."""
        return self.exclude(status__in=["retirada", "planificada"])

    def without_viewshed(self) -> Self:
        """Cameras whose view has not been computed since they or the ground last changed."""
        current = self.model._meta.get_field("viewsheds").related_model.objects.filter(
            camera=models.OuterRef("pk"), current=True, layer="vista"
        )
        return self.filter(~models.Exists(current))

    def within(self, area: Any) -> Self:
        """Cameras inside an area."""
        return self.filter(point__within=area)


class ViewshedQuerySet(OfCommuneQuerySet):
    """Questions about viewsheds."""

    def views(self) -> Self:
        """What cameras can see."""
        return self.filter(layer="vista")

    def tours(self) -> Self:
        """What the tours of domes catch."""
        return self.filter(layer="ronda")

    def current(self) -> Self:
        """Viewsheds that neither their camera nor the ground has outlived."""
        return self.filter(current=True)

    def on(self, moment: datetime) -> Self:
        """Viewsheds of a moment, of cameras that hung there and had no outage, in the order of computation.

        A camera whose view was first computed later is taken as it was first computed.
        """
        day = moment.date()
        stood = self.exclude(camera__status="planificada").filter(
            models.Q(camera__installed_on=None) | models.Q(camera__installed_on__lte=day),
            models.Q(camera__retired_on=None) | models.Q(camera__retired_on__gt=day),
        )
        outages = self.model._meta.get_field("camera").related_model.outages.rel.related_model.objects.at(moment)
        working = stood.filter(~models.Exists(outages.filter(camera=models.OuterRef("camera"))))
        held = working.filter(models.Q(superseded_at=None) | models.Q(superseded_at__gt=moment))
        return held.order_by("camera", "layer", "computed_at", "pk").distinct("camera", "layer")

    def counting_as_coverage(self) -> Self:
        """Viewsheds of live-monitored cameras that work."""
        return self.filter(camera__status="operativa", camera__monitored_live=True)

    def seeing(self) -> Self:
        """Viewsheds that hold any ground at all."""
        return self.filter(area__isnull=False)


class OutageQuerySet(OfCommuneQuerySet):
    """Questions about outages."""

    def at(self, moment: datetime) -> Self:
        """Outages that a moment falls in."""
        return self.filter(starts_at__lte=moment).filter(models.Q(ends_at=None) | models.Q(ends_at__gt=moment))

    def touching(self, since: datetime, until: datetime) -> Self:
        """Outages that share time with [since, until)."""
        return self.filter(starts_at__lt=until).filter(models.Q(ends_at=None) | models.Q(ends_at__gt=since))

    def open(self) -> Self:
        """Outages that nobody has ended."""
        return self.filter(ends_at=None)


class FindingQuerySet(OfCommuneQuerySet):
    """Questions about findings."""

    def between(self, since: datetime, until: datetime) -> Self:
        """Findings of [since, until)."""
        return self.filter(seen_at__gte=since, seen_at__lt=until)


class SitingChoiceQuerySet(OfCommuneQuerySet):
    """Questions about proposed cameras."""

    def undecided(self) -> Self:
        """Those nobody has decided about."""
        return self.filter(state="propuesta")
