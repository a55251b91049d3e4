"""What each camera sees, computed once and kept with everything needed to repeat it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models.register import HIGHEST_MOUNT_M, Camera
from cameras.querysets import ViewshedQuerySet
from geo.constraints import sound_geometry
from geo.querysets import OfCommuneQuerySet


class Edition(models.TextChoices):
    """Which table of quality classes counts."""

    OLD = "2014", _("IEC/EN 62676-4:2014")
    NEW = "2025", _("IEC 62676-4:2025")


class CoverageRules(models.Model):
    """How a commune judges what its cameras see. A change outdates every view."""

    commune = models.OneToOneField("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    edition = models.CharField(_("table of classes"), max_length=4, choices=Edition.choices, default=Edition.OLD)
    weakest = models.CharField(_("weakest class that counts"), max_length=16, default="detect")
    target_height_m = models.FloatField(_("height of what is looked at (m)"), default=0.0)
    building_height_m = models.FloatField(_("height of buildings of which none is known (m)"), default=6.0)
    curvature = models.BooleanField(_("curve of the Earth"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = OfCommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of coverage")
        verbose_name_plural = _("rules of coverage")
        constraints = [
            models.CheckConstraint(name="coverage_rules_edition_known", condition=Q(edition__in=Edition.values)),
            models.CheckConstraint(
                name="coverage_rules_heights_in_range",
                condition=Q(target_height_m__range=(0, 3), building_height_m__gt=0)
                & Q(building_height_m__lte=HIGHEST_MOUNT_M),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune} v{self.version}"


class ViewLayer(models.TextChoices):
    """Two questions that are never mixed: could an operator look there, and how likely is the camera to be looking."""

    VIEW = "vista", _("What it can see")
    TOUR = "ronda", _("What its tour catches")


class Viewshed(models.Model):
    """The public ground one camera sees, cell by cell, under the rules of its day.

    `classes` holds one byte a cell, zlib: for a view 0 unseen, then ascending quality classes of `edition`; for a tour
    the chance (255 is certain) that an event of `parameters["event_s"]` seconds is caught. Cells are numbered from
    floor(y / cell_m), floor(x / cell_m) of the commune's metres, row 0 the south. `unknown` (bits, zlib) marks cells
    that missing ground leaves unjudged. `area` is those cells as a polygon. At most one of each layer is `current` for
    a camera; a trigger writes `superseded_at` when it is outlived.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="viewsheds", verbose_name=_("camera"))
    camera_version = models.PositiveIntegerField(_("version of the camera"))
    layer = models.CharField(_("layer"), max_length=5, choices=ViewLayer.choices, default=ViewLayer.VIEW)
    area = models.MultiPolygonField(_("area"), srid=4326, null=True)
    area_m2 = models.FloatField(_("area (m²)"))
    cell_m = models.FloatField(_("cell (m)"), default=1.0)
    first_row = models.IntegerField(_("first row"), default=0)
    first_column = models.IntegerField(_("first column"), default=0)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    columns = models.PositiveIntegerField(_("columns"), default=0)
    classes = models.BinaryField(_("class of each cell"), default=bytes)
    unknown = models.BinaryField(_("cells that could not be judged"), null=True)
    edition = models.CharField(_("table of classes"), max_length=4, choices=Edition.choices, default=Edition.OLD)
    incomplete = models.BooleanField(_("ground is missing"), default=False)
    model = models.CharField(_("model"), max_length=40)
    parameters = models.JSONField(_("parameters"))
    code_version = models.CharField(_("version of the code"), max_length=40)
    computed_at = models.DateTimeField(_("computed"), auto_now_add=True)
    superseded_at = models.DateTimeField(_("outlived"), null=True, editable=False)
    current = models.BooleanField(_("current"), default=True)

    objects = ViewshedQuerySet.as_manager()

    class Meta:
        verbose_name = _("viewshed")
        verbose_name_plural = _("viewsheds")
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "layer"], condition=Q(current=True), name="viewshed_current_once"
            ),
            models.CheckConstraint(name="viewshed_layer_known", condition=Q(layer__in=ViewLayer.values)),
            models.CheckConstraint(
                name="viewshed_area_measured",
                condition=Q(area=None, area_m2=0) | Q(area__isnull=False, area_m2__gt=0),
            ),
            sound_geometry("area", name="viewshed_area_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.computed_at:%Y-%m-%d}"


class ViewshedClass(models.Model):
    """The picture of one quality class or a better one of a view, and its ground in square metres from the cells."""

    viewshed = models.ForeignKey(Viewshed, models.CASCADE, related_name="pictures", verbose_name=_("viewshed"))
    step = models.PositiveSmallIntegerField(_("place among the classes"))
    code = models.CharField(_("class"), max_length=16)
    area = models.MultiPolygonField(_("area"), srid=4326)
    area_m2 = models.FloatField(_("area (m²)"))

    class Meta:
        verbose_name = _("class of a viewshed")
        verbose_name_plural = _("classes of viewsheds")
        ordering = ["step"]
        constraints = [
            models.UniqueConstraint(fields=["viewshed", "step"], name="viewshed_class_once"),
            sound_geometry("area", name="viewshed_class_area_sound"),
        ]

    def __str__(self) -> str:
        return self.code
