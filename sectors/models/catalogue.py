"""The risk-sector catalogue and its append-only history."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from sectors.querysets import RiskSectorQuerySet, RiskSectorVersionQuerySet


class SectorStatus(models.TextChoices):
    """Where a sector stands between the first outline and its closing; the values are the office's words."""

    DRAFT = "borrador", _("Draft")
    IN_DIAGNOSIS = "en_diagnostico", _("In diagnosis")
    ACTIVE = "activo", _("Active")
    CLOSED = "cerrado", _("Closed")


class Typology(models.TextChoices):
    """What kind of place a sector is."""

    NEIGHBOURHOOD = "barrio", _("Residential neighbourhood")
    COMMERCIAL = "barrio_comercial", _("Commercial district")
    NIGHTLIFE = "vida_nocturna", _("Nightlife")
    TRANSPORT = "transporte", _("Transport node")
    PARK = "parque", _("Park or shore")
    SCHOOLS = "establecimientos", _("Schools and services")
    MIXED = "mixto", _("Mixed use")


class SectorContent(models.Model):
    """What people may change of a sector; the history repeats it field by field."""

    name = models.CharField(_("name"), max_length=200)
    typology = models.CharField(_("typology"), max_length=20, choices=Typology.choices, default=Typology.MIXED)
    status = models.CharField(_("status"), max_length=20, choices=SectorStatus.choices, default=SectorStatus.DRAFT)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    act = models.CharField(_("act that creates or changes it"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        abstract = True


def content_rules(prefix: str) -> list[models.BaseConstraint]:
    """Database rules that the catalogue and its history share."""
    return [
        models.CheckConstraint(name=f"{prefix}_name_not_empty", condition=~models.Q(name="")),
        models.CheckConstraint(name=f"{prefix}_status_known", condition=models.Q(status__in=SectorStatus.values)),
        models.CheckConstraint(name=f"{prefix}_typology_known", condition=models.Q(typology__in=Typology.values)),
        models.CheckConstraint(
            name=f"{prefix}_validity_in_order",
            condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
        ),
        models.CheckConstraint(
            name=f"{prefix}_closed_has_an_end",
            condition=~models.Q(status=SectorStatus.CLOSED) | models.Q(valid_until__isnull=False),
        ),
        models.CheckConstraint(name=f"{prefix}_version_positive", condition=models.Q(version__gte=1)),
        sound_geometry("boundary", name=f"{prefix}_boundary_sound"),
    ]


class RiskSector(SectorContent):
    """A sector prioritised for support, as it stands now. A trigger lets its version only rise by one; none is deleted.

    `valid_from` is the first day of the sector; each version says from which day its own content holds.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = RiskSectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk sector")
        verbose_name_plural = _("risk sectors")
        constraints = [
            models.UniqueConstraint(fields=["commune", "code"], name="sector_code_once"),
            models.CheckConstraint(name="sector_code_not_empty", condition=~models.Q(code="")),
            *content_rules("sector"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RiskSectorVersion(SectorContent):
    """One recorded state of a sector; a trigger refuses to change or delete it. Scores and strategies point here.

    `valid_from` is the day from which this content holds (valid time), `recorded_at` when it was written (recorded
    time). A later version holds from its own first day onwards, whatever older versions say about those days.
    """

    sector = models.ForeignKey(RiskSector, models.PROTECT, related_name="versions", verbose_name=_("risk sector"))
    version = models.PositiveIntegerField(_("version"))
    recorded_at = models.DateTimeField(_("recorded"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    reason = models.CharField(_("reason"), max_length=500)
    restores = models.PositiveIntegerField(_("restores version"), null=True, blank=True)

    objects = RiskSectorVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a risk sector")
        verbose_name_plural = _("versions of risk sectors")
        constraints = [
            models.UniqueConstraint(fields=["sector", "version"], name="sector_version_once"),
            models.CheckConstraint(name="sector_version_has_reason", condition=~models.Q(reason="")),
            *content_rules("sector_version"),
        ]

    def __str__(self) -> str:
        return f"{self.sector.code} v{self.version}"
