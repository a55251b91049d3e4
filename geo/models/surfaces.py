"""Surfaces: terrain, and terrain with what stands on it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from geo.querysets import OfKindQuerySet


class TerrainSurface(models.Model):
    """A raster of heights in metres, kept as a cloud-optimised GeoTIFF in the commune's metric system."""

    class Kind(models.TextChoices):
        TERRAIN = "dtm", _("Bare terrain")
        SURFACE = "dsm", _("Terrain with buildings")

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=3, choices=Kind.choices)
    path = models.CharField(_("file"), max_length=300)
    srid = models.PositiveIntegerField(_("reference system (EPSG)"))
    cell_m = models.FloatField(_("cell size (m)"))
    bounds = models.PolygonField(_("extent"), srid=4326)
    covered_ratio = models.FloatField(_("share of the commune covered"))
    lowest_m = models.FloatField(_("lowest height (m)"))
    highest_m = models.FloatField(_("highest height (m)"))
    sha256 = models.CharField(_("SHA-256 of the given file"), max_length=64)
    source = models.CharField(_("source"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("terrain surface")
        verbose_name_plural = _("terrain surfaces")
        constraints = [
            models.UniqueConstraint(fields=["commune", "name"], name="terrain_surface_name_once"),
            models.CheckConstraint(name="terrain_surface_kind_known", condition=models.Q(kind__in=["dtm", "dsm"])),
            models.CheckConstraint(
                name="terrain_surface_cell_positive", condition=models.Q(cell_m__gt=0, cell_m__lte=1000)
            ),
            models.CheckConstraint(
                name="terrain_surface_heights_plausible",
                condition=models.Q(lowest_m__gte=-500, highest_m__lte=7000)
                & models.Q(highest_m__gte=models.F("lowest_m")),
            ),
            models.CheckConstraint(
                name="terrain_surface_covered_is_ratio", condition=models.Q(covered_ratio__gte=0, covered_ratio__lte=1)
            ),
            sound_geometry("bounds", name="terrain_surface_bounds_sound"),
        ]

    def __str__(self) -> str:
        return self.name
