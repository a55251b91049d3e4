"""How a strategy is judged: a formula of a closed list, a baseline that is frozen, a goal, readings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plan.querysets import IndicatorQuerySet, IndicatorReadingQuerySet

from .strategies import SectorStrategy


class Formula(models.TextChoices):
    """What can be measured. The list is closed: each has one computation, in `plan.services.formulas`."""

    INCIDENTS = "incidentes", _("Incidents in the sector")
    HARM = "dano", _("Harm in the sector (days of penalty)")
    RATE = "tasa_1000", _("Incidents per 1,000 residents")
    OPEN_FACTORS = "factores_abiertos", _("Risk factors not solved")
    UNCOVERED_HARM = "dano_sin_cobertura", _("Share of harm that no live-monitored camera sees")
    PERCEPTION = "percepcion", _("Perceived insecurity (0 to 100)")


class Direction(models.TextChoices):
    """Which way is better."""

    DOWN = "bajar", _("Down")
    UP = "subir", _("Up")


class Indicator(models.Model):
    """One measure of one strategy. Formula, place and baseline never change (a trigger refuses it); the goal may.

    `sector_version` is the ground that the baseline was measured on; readings are taken on the same ground.
    """

    strategy = models.ForeignKey(
        SectorStrategy, models.PROTECT, related_name="indicators", verbose_name=_("sector strategy")
    )
    sector_version = models.ForeignKey(
        "sectors.RiskSectorVersion", models.PROTECT, related_name="+", verbose_name=_("sector version")
    )
    name = models.CharField(_("name"), max_length=200)
    formula = models.CharField(_("formula"), max_length=24, choices=Formula.choices)
    parameters = models.JSONField(_("parameters"), default=dict)
    baseline_value = models.FloatField(_("baseline"))
    baseline_on = models.DateField(_("baseline date"))
    baseline_n = models.PositiveIntegerField(_("baseline n"))
    baseline_query = models.TextField(_("baseline query"))
    baseline_sequence = models.PositiveBigIntegerField(_("baseline sequence"))
    goal = models.FloatField(_("goal"))
    goal_on = models.DateField(_("goal date"))
    direction = models.CharField(_("direction"), max_length=6, choices=Direction.choices)
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", verbose_name=_("continues")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            models.CheckConstraint(name="indicator_name_not_empty", condition=~Q(name="")),
            models.CheckConstraint(name="indicator_formula_known", condition=Q(formula__in=Formula.values)),
            models.CheckConstraint(name="indicator_direction_known", condition=Q(direction__in=Direction.values)),
            models.CheckConstraint(name="indicator_query_not_empty", condition=~Q(baseline_query="")),
            models.CheckConstraint(
                name="indicator_values_finite",
                condition=Q(baseline_value__gte=0, baseline_value__lt=1e15, goal__gte=0, goal__lt=1e15),
            ),
            models.CheckConstraint(name="indicator_goal_after_baseline", condition=Q(goal_on__gt=F("baseline_on"))),
            models.CheckConstraint(
                name="indicator_goal_lies_in_its_direction",
                condition=Q(direction=Direction.DOWN, goal__lte=F("baseline_value"))
                | Q(direction=Direction.UP, goal__gte=F("baseline_value")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorReading(models.Model):
    """One value computed from the database, with everything that repeats it. Insert only.

    `value` is null where there is nothing to compute it from, or where a small count may not be told (`withheld`).
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings", verbose_name=_("indicator"))
    on = models.DateField(_("on"))
    value = models.FloatField(_("value"), null=True)
    withheld = models.BooleanField(_("withheld (fewer than 5)"), default=False)
    n = models.PositiveIntegerField(_("n"), null=True)
    query = models.TextField(_("query"))
    sequence = models.PositiveBigIntegerField(_("sequence"))
    code_version = models.CharField(_("version of the code"), max_length=40)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"), auto_now_add=True)

    objects = IndicatorReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator reading")
        verbose_name_plural = _("indicator readings")
        indexes = [models.Index(fields=["indicator", "-on", "-taken_at"], name="reading_by_indicator")]
        constraints = [
            models.CheckConstraint(
                name="reading_value_finite", condition=Q(value=None) | Q(value__gte=0, value__lt=1e15)
            ),
            models.CheckConstraint(name="reading_withheld_has_no_value", condition=Q(withheld=False) | Q(value=None)),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.on}"
