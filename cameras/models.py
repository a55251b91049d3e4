"""The camera register and what each camera sees."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.querysets import CameraQuerySet, ViewshedQuerySet
from geo.constraints import sound_geometry

HIGHEST_MOUNT_M = 150.0
LONGEST_RANGE_M = 1000.0


class Owner(models.TextChoices):
    """Whose camera it is; the values are the office's words."""

    MUNICIPAL = "municipal", _("Municipal camera")
    COMMUNITY = "comunitaria", _("Community camera")
    PRIVATE = "privada", _("Private camera")


class CameraKind(models.TextChoices):
    """What kind of camera it is. A dome turns: what it sees is what it could see."""

    DOME = "domo_ptz", _("PTZ dome")
    FIXED = "fija", _("Fixed camera")
    PLATE_READER = "lpr", _("Licence-plate reader")


class CameraStatus(models.TextChoices):
    """Whether the camera works."""

    OPERATIVE = "operativa", _("Operative")
    OUT_OF_SERVICE = "fuera_de_servicio", _("Out of service")
    RETIRED = "retirada", _("Retired")


class Camera(models.Model):
    """One camera of the register. `assumed` names the fields that nobody told and that took a documented default.

    `version` rises by one with each save. A change of anything that decides what the camera sees outdates its
    viewshed; a trigger (migration 0002) does the same when buildings or public space near it change.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200, blank=True)
    owner = models.CharField(_("owner"), max_length=12, choices=Owner.choices)
    monitored_live = models.BooleanField(_("monitored live"))
    kind = models.CharField(_("kind"), max_length=10, choices=CameraKind.choices)
    point = models.PointField(_("point"), srid=4326)
    height_m = models.FloatField(_("mount height (m)"))
    azimuth_deg = models.FloatField(_("azimuth (degrees clockwise from north)"), null=True, blank=True)
    field_of_view_deg = models.FloatField(_("horizontal field of view (degrees)"), null=True, blank=True)
    range_m = models.FloatField(_("range (m)"))
    status = models.CharField(_("status"), max_length=20, choices=CameraStatus.choices, default=CameraStatus.OPERATIVE)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    assumed = ArrayField(models.CharField(max_length=20), verbose_name=_("assumed fields"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    content_hash = models.CharField(_("digest of the imported row"), max_length=64, blank=True)
    source_content = models.JSONField(_("what the source said last"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        constraints = [
            models.UniqueConstraint(fields=["commune", "code"], name="camera_code_once"),
            models.CheckConstraint(name="camera_code_not_empty", condition=~Q(code="")),
            models.CheckConstraint(name="camera_owner_known", condition=Q(owner__in=Owner.values)),
            models.CheckConstraint(name="camera_kind_known", condition=Q(kind__in=CameraKind.values)),
            models.CheckConstraint(name="camera_status_known", condition=Q(status__in=CameraStatus.values)),
            models.CheckConstraint(
                name="camera_height_in_range", condition=Q(height_m__gt=0, height_m__lte=HIGHEST_MOUNT_M)
            ),
            models.CheckConstraint(
                name="camera_azimuth_in_circle",
                condition=Q(azimuth_deg=None) | Q(azimuth_deg__gte=0, azimuth_deg__lt=360),
            ),
            models.CheckConstraint(
                name="camera_field_of_view_in_circle",
                condition=Q(field_of_view_deg=None) | Q(field_of_view_deg__gt=0, field_of_view_deg__lte=360),
            ),
            models.CheckConstraint(
                name="camera_range_in_range", condition=Q(range_m__gt=0, range_m__lte=LONGEST_RANGE_M)
            ),
            models.CheckConstraint(name="camera_version_positive", condition=Q(version__gte=1)),
            sound_geometry("point", name="camera_point_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


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
