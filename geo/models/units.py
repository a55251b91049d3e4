"""Territorial units: the ways a commune is divided, each with its source and validity."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from geo.querysets import TerritorialUnitQuerySet


class UnitKind(models.TextChoices):
    """Kinds of territorial unit; the values are the Chilean names."""

    UNIDAD_VECINAL = "unidad_vecinal", _("Neighbourhood unit")
    CUADRANTE = "cuadrante", _("Police beat")
    MANZANA = "manzana", _("Census block")
    ZONA_CENSAL = "zona_censal", _("Census zone")
    BARRIO = "barrio", _("Neighbourhood")
    MACROSECTOR = "macrosector", _("Macro-sector")


class TerritorialUnit(models.Model):
    """One unit of one kind. Valid in [valid_from, valid_until); one of each code is in force at a time."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind.choices)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200, blank=True)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326)
    residents = models.PositiveIntegerField(_("residents"), null=True, blank=True)
    dwellings = models.PositiveIntegerField(_("dwellings"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = TerritorialUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("territorial unit")
        verbose_name_plural = _("territorial units")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "kind", "code"], condition=models.Q(valid_until=None), name="unit_code_in_force_once"
            ),
            models.CheckConstraint(name="unit_kind_known", condition=models.Q(kind__in=UnitKind.values)),
            models.CheckConstraint(name="unit_code_not_empty", condition=~models.Q(code="")),
            models.CheckConstraint(
                name="unit_validity_in_order",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
            ),
            sound_geometry("boundary", name="unit_boundary_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name or self.code}"
