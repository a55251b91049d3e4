"""What each camera sees, computed once and kept with everything needed to repeat it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models.register import Camera
from cameras.querysets import ViewshedQuerySet
from geo.constraints import sound_geometry


class Viewshed(models.Model):
    """The public ground one camera sees, computed once and kept with everything needed to repeat it.

    `area` is null where the camera sees no public ground. At most one per camera is `current`.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="viewsheds", verbose_name=_("camera"))
    camera_version = models.PositiveIntegerField(_("version of the camera"))
    area = models.MultiPolygonField(_("area"), srid=4326, null=True)
    area_m2 = models.FloatField(_("area (m²)"))
    model = models.CharField(_("model"), max_length=40)
    parameters = models.JSONField(_("parameters"))
    code_version = models.CharField(_("version of the code"), max_length=40)
    computed_at = models.DateTimeField(_("computed"), auto_now_add=True)
    current = models.BooleanField(_("current"), default=True)

    objects = ViewshedQuerySet.as_manager()

    class Meta:
        verbose_name = _("viewshed")
        verbose_name_plural = _("viewsheds")
        constraints = [
            models.UniqueConstraint(fields=["camera"], condition=Q(current=True), name="viewshed_current_once"),
            models.CheckConstraint(
                name="viewshed_area_measured",
                condition=Q(area=None, area_m2=0) | Q(area__isnull=False, area_m2__gt=0),
            ),
            sound_geometry("area", name="viewshed_area_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.computed_at:%Y-%m-%d}"
