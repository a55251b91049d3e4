"""The commune: the municipality every domain row belongs to."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from geo.querysets import CommuneQuerySet


def metric_srid_of(longitude: float) -> int:
    """EPSG code of the UTM south zone (WGS 84) that holds a longitude in degrees."""
    zone = int((longitude + 180) // 6) + 1
    return 32700 + zone


class Commune(models.Model):
    """A municipality (or a test territory), its boundary and the metric system it computes in."""

    cut_code = models.CharField(_("CUT code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326)
    metric_srid = models.PositiveIntegerField(_("metric reference system (EPSG)"))
    timezone = models.CharField(_("time zone"), max_length=60, default="America/Santiago")
    simulated = models.BooleanField(_("simulated data"), default=False)
    source = models.CharField(_("source of the boundary"), max_length=200, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        constraints = [
            models.CheckConstraint(
                name="commune_metric_srid_is_utm_or_sirgas",
                condition=models.Q(metric_srid__gte=1024) & models.Q(metric_srid__lte=32767),
            ),
            models.CheckConstraint(name="commune_cut_code_not_empty", condition=~models.Q(cut_code="")),
            sound_geometry("boundary", name="commune_boundary_sound"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Fill the metric system from the boundary's longitude where nobody has set one."""
        if not self.metric_srid:
            self.metric_srid = metric_srid_of(self.boundary.centroid.x)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
