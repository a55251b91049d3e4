"""What is observed on the ground and what people say: risk factors and perception readings."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from sectors.querysets import FactorTypeQuerySet, PerceptionReadingQuerySet, RiskFactorQuerySet


class FactorType(models.Model):
    """A kind of risk factor and how much one of it weighs beside the others (1 to 3). Seeded, the same everywhere."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    severity = models.FloatField(_("severity"), default=1.0)

    objects = FactorTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of risk factor")
        verbose_name_plural = _("kinds of risk factor")
        constraints = [
            models.CheckConstraint(
                name="factor_type_severity_in_range", condition=models.Q(severity__gt=0) & models.Q(severity__lte=3)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FactorState(models.TextChoices):
    """What has been done about a risk factor; the values are the office's words."""

    OPEN = "abierto", _("Open")
    IN_HAND = "en_gestion", _("In hand")
    SOLVED = "resuelto", _("Solved")


class RiskFactor(models.Model):
    """One thing in public space that makes a place less safe. It weighs in the score until it is solved."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    kind = models.ForeignKey(FactorType, models.PROTECT, related_name="factors", verbose_name=_("kind"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    point = models.PointField(_("point"), srid=4326)
    state = models.CharField(_("state"), max_length=20, choices=FactorState.choices, default=FactorState.OPEN)
    observed_on = models.DateField(_("observed on"))
    solved_on = models.DateField(_("solved on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=120)
    record_id = models.CharField(_("identifier in the source"), max_length=120, blank=True)
    content_hash = models.CharField(_("digest of the imported row"), max_length=64, blank=True)
    source_content = models.JSONField(_("what the source said last"), default=dict, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = RiskFactorQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk factor")
        verbose_name_plural = _("risk factors")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "source", "record_id"],
                condition=~models.Q(record_id=""),
                name="factor_record_once",
            ),
            models.CheckConstraint(name="factor_state_known", condition=models.Q(state__in=FactorState.values)),
            models.CheckConstraint(
                name="factor_solved_has_a_day",
                condition=models.Q(state="resuelto", solved_on__isnull=False)
                | (~models.Q(state="resuelto") & models.Q(solved_on=None)),
            ),
            models.CheckConstraint(
                name="factor_days_in_order",
                condition=models.Q(solved_on=None) | models.Q(solved_on__gte=models.F("observed_on")),
            ),
            sound_geometry("point", name="factor_point_sound"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind}"

    def unsolved_on(self, day: date) -> bool:
        """True where it had been seen by a day and was not solved by it."""
        return self.observed_on <= day and (self.solved_on is None or self.solved_on > day)


class PerceptionReading(models.Model):
    """Perceived insecurity of one unit or sector on one day: 0 nobody feels unsafe, 100 everybody does."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    unit = models.ForeignKey(
        "geo.TerritorialUnit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    sector = models.ForeignKey(
        "sectors.RiskSector",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="perception_readings",
        verbose_name=_("risk sector"),
    )
    value = models.FloatField(_("perceived insecurity (0 to 100)"))
    measured_on = models.DateField(_("measured on"))
    n = models.PositiveIntegerField(_("people who answered"))
    instrument = models.CharField(_("instrument"), max_length=120)
    source = models.CharField(_("source"), max_length=120)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = PerceptionReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("perception reading")
        verbose_name_plural = _("perception readings")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "unit", "sector", "measured_on", "instrument", "source"],
                nulls_distinct=False,
                name="perception_reading_once",
            ),
            models.CheckConstraint(
                name="perception_of_one_place",
                condition=models.Q(unit=None, sector__isnull=False) | models.Q(unit__isnull=False, sector=None),
            ),
            models.CheckConstraint(
                name="perception_value_in_range", condition=models.Q(value__gte=0) & models.Q(value__lte=100)
            ),
            models.CheckConstraint(name="perception_of_somebody", condition=models.Q(n__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.sector or self.unit} {self.measured_on}: {self.value:g}"
