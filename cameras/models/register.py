"""The camera register."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.querysets import CameraQuerySet
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
    """Whether the camera hangs there and works."""

    PLANNED = "planificada", _("Planned")
    OPERATIVE = "operativa", _("Operative")
    OUT_OF_SERVICE = "fuera_de_servicio", _("Out of service")
    RETIRED = "retirada", _("Retired")


class Night(models.TextChoices):
    """What the camera is good for in the dark; the values are the office's words."""

    NONE = "ninguna", _("Sees nothing at night")
    LOW_LIGHT = "baja_luz", _("Sees with street light")
    INFRARED = "infrarroja", _("Has its own infrared light")


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
    elevation_m = models.FloatField(_("absolute elevation of the lens (m)"), null=True, blank=True)
    host_building = models.ForeignKey(
        "geo.Building", models.SET_NULL, related_name="+", verbose_name=_("building it hangs on"), null=True, blank=True
    )
    azimuth_deg = models.FloatField(_("azimuth (degrees clockwise from north)"), null=True, blank=True)
    field_of_view_deg = models.FloatField(_("horizontal field of view (degrees)"), null=True, blank=True)
    focal_length_mm = models.FloatField(_("focal length (mm)"), null=True, blank=True)
    sensor_width_mm = models.FloatField(_("width of the sensor (mm)"), null=True, blank=True)
    tilt_deg = models.FloatField(_("tilt (degrees below the horizon)"), null=True, blank=True)
    tele_field_of_view_deg = models.FloatField(_("narrowest field of view (degrees)"), null=True, blank=True)
    pixels_wide = models.PositiveIntegerField(_("pixels across"), null=True, blank=True)
    pixels_high = models.PositiveIntegerField(_("pixels down"), null=True, blank=True)
    night = models.CharField(_("at night"), max_length=12, choices=Night.choices, blank=True)
    range_m = models.FloatField(_("range (m)"))
    status = models.CharField(_("status"), max_length=20, choices=CameraStatus.choices, default=CameraStatus.OPERATIVE)
    brand = models.CharField(_("brand and model"), max_length=120, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    assumed = ArrayField(models.CharField(max_length=40), verbose_name=_("assumed fields"), default=list, blank=True)
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
            models.CheckConstraint(
                name="camera_elevation_in_range", condition=Q(elevation_m=None) | Q(elevation_m__range=(-100, 7000))
            ),
            models.CheckConstraint(
                name="camera_lens_positive",
                condition=(Q(focal_length_mm=None) | Q(focal_length_mm__gt=0, focal_length_mm__lte=2000))
                & (Q(sensor_width_mm=None) | Q(sensor_width_mm__gt=0, sensor_width_mm__lte=100)),
            ),
            models.CheckConstraint(
                name="camera_tilt_in_range", condition=Q(tilt_deg=None) | Q(tilt_deg__gte=-30, tilt_deg__lte=90)
            ),
            models.CheckConstraint(
                name="camera_tele_in_range",
                condition=Q(tele_field_of_view_deg=None)
                | Q(tele_field_of_view_deg__gt=0, tele_field_of_view_deg__lte=360),
            ),
            models.CheckConstraint(
                name="camera_pixels_in_range",
                condition=(Q(pixels_wide=None) | Q(pixels_wide__range=(160, 20000)))
                & (Q(pixels_high=None) | Q(pixels_high__range=(120, 20000))),
            ),
            models.CheckConstraint(name="camera_night_known", condition=Q(night="") | Q(night__in=Night.values)),
            models.CheckConstraint(
                name="camera_retired_after_installed",
                condition=Q(retired_on=None) | Q(installed_on=None) | Q(retired_on__gte=F("installed_on")),
            ),
            models.CheckConstraint(name="camera_version_positive", condition=Q(version__gte=1)),
            sound_geometry("point", name="camera_point_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    @property
    def counts_as_coverage(self) -> bool:
        """True where somebody watches it live and it works."""
        return self.status == CameraStatus.OPERATIVE and self.monitored_live
