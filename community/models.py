"""Boards and managers: each focal territory has one of each."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from community.querysets import NeighbourhoodBoardQuerySet, TerritorialManagerQuerySet


class NeighbourhoodBoard(models.Model):
    """The mesa barrial of one focal territory."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    focal_territory = models.OneToOneField(
        "sectors.FocalTerritory", models.PROTECT, related_name="board", verbose_name=_("focal territory")
    )
    name = models.CharField(_("name"), max_length=200)
    opened_on = models.DateField(_("opened on"))
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = NeighbourhoodBoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("neighbourhood board")
        verbose_name_plural = _("neighbourhood boards")
        constraints = [
            models.CheckConstraint(name="board_name_not_empty", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class TerritorialManager(models.Model):
    """A person in charge of one focal territory from a day until another (that day not included)."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="territories_managed", verbose_name=_("person")
    )
    focal_territory = models.ForeignKey(
        "sectors.FocalTerritory", models.PROTECT, related_name="managers", verbose_name=_("focal territory")
    )
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = TerritorialManagerQuerySet.as_manager()

    class Meta:
        verbose_name = _("territorial manager")
        verbose_name_plural = _("territorial managers")
        constraints = [
            models.CheckConstraint(
                name="manager_period_in_order", condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))
            ),
            ExclusionConstraint(
                name="manager_one_per_territory",
                expressions=[
                    ("focal_territory", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_until", function="DATERANGE", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.focal_territory}"
