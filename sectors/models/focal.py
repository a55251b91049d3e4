"""Focal territories: sectors that the director decided to work in for a time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sectors.querysets import FocalTerritoryQuerySet


class FocalTerritory(models.Model):
    """One or more sectors under focalisation. It leaves by itself on `valid_until` unless the director renews it."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    name = models.CharField(_("name"), max_length=200)
    sectors = models.ManyToManyField("sectors.RiskSector", related_name="focal_territories", verbose_name=_("sectors"))
    act = models.CharField(_("act"), max_length=200)
    period_from = models.DateField(_("period from"))
    period_until = models.DateField(_("period until"))
    reason = models.CharField(_("reason"), max_length=500)
    valid_until = models.DateField(_("valid until"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), auto_now_add=True)

    objects = FocalTerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("focal territory")
        verbose_name_plural = _("focal territories")
        constraints = [
            models.UniqueConstraint(fields=["commune", "name", "period_from"], name="focal_name_once_per_period"),
            models.CheckConstraint(name="focal_name_not_empty", condition=~models.Q(name="")),
            models.CheckConstraint(name="focal_act_not_empty", condition=~models.Q(act="")),
            models.CheckConstraint(name="focal_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="focal_period_in_order", condition=models.Q(period_until__gt=models.F("period_from"))
            ),
            models.CheckConstraint(
                name="focal_leaves_after_it_starts", condition=models.Q(valid_until__gt=models.F("period_from"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FocalTerritoryRenewal(models.Model):
    """One renewal by the director: the old and the new last day, and why. Insert only."""

    focal_territory = models.ForeignKey(
        FocalTerritory, models.PROTECT, related_name="renewals", verbose_name=_("focal territory")
    )
    previous_until = models.DateField(_("valid until before"))
    valid_until = models.DateField(_("valid until"))
    reason = models.CharField(_("reason"), max_length=500)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), auto_now_add=True)

    class Meta:
        verbose_name = _("renewal of a focal territory")
        verbose_name_plural = _("renewals of focal territories")
        constraints = [
            models.CheckConstraint(name="renewal_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="renewal_lengthens", condition=models.Q(valid_until__gt=models.F("previous_until"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.focal_territory} → {self.valid_until}"
