"""Snap points: the only places of an incident that roles below the analyst may see."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from geo.querysets import SnapPointQuerySet, SnapReleaseQuerySet


class SnapRelease(models.Model):
    """One fixed set of snap points. Changing the set is a new release with a reason, never an edit."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SnapReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release of snap points")
        verbose_name_plural = _("releases of snap points")
        constraints = [
            models.UniqueConstraint(fields=["commune", "number"], name="snap_release_number_once"),
            models.CheckConstraint(name="snap_release_has_reason", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class SnapPoint(models.Model):
    """A street point that stands for every dwelling nearer to it than to another, or the centre of a hexagon."""

    class Origin(models.TextChoices):
        STREET = "street", _("Street")
        HEXAGON = "hexagon", _("Hexagon")

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    release = models.ForeignKey(SnapRelease, models.PROTECT, related_name="points", verbose_name=_("release"))
    point = models.PointField(_("point"), srid=4326)
    dwellings = models.PositiveIntegerField(_("dwellings it stands for"), default=0)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)

    objects = SnapPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("snap point")
        verbose_name_plural = _("snap points")
        indexes = [
            # nearest neighbour on the globe: degrees of longitude are shorter than degrees of latitude
            GistIndex(
                models.Func("point", function="geography", output_field=models.PointField(geography=True)),
                name="snap_point_on_globe",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="snap_point_origin_known", condition=models.Q(origin__in=["street", "hexagon"])
            ),
            models.CheckConstraint(
                name="snap_point_street_has_catchment",
                condition=models.Q(origin="hexagon") | models.Q(dwellings=0) | models.Q(dwellings__gte=8),
            ),
            sound_geometry("point", name="snap_point_point_sound"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
