"""What is done in a sector, by whom, until when and with what money."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plan.querysets import SectorStrategyQuerySet, StrategyTypeQuerySet

from .plans import CommunalPlan, Objective


class StrategyKind(models.TextChoices):
    """Families of prevention."""

    SOCIAL = "social", _("Social prevention")
    COMMUNITY = "comunitaria", _("Community prevention")
    SITUATIONAL = "situacional", _("Situational prevention")
    CONTROL = "control", _("Control and inspection")
    VICTIMS = "victimas", _("Support to victims")
    COORDINATION = "coordinacion", _("Coordination")


class StrategyType(models.Model):
    """A kind of strategy. Shipped ones have no commune; a commune's own row with the same code stands in for one.

    `verified` marks the typologies of the State's own forms: these cannot be changed.
    """

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune")
    )
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=StrategyKind.choices)
    verified = models.BooleanField(_("verified in an official source"), default=False)
    offered = models.BooleanField(_("offered in forms"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = StrategyTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of strategy")
        verbose_name_plural = _("kinds of strategy")
        constraints = [
            models.UniqueConstraint(fields=["commune", "code"], nulls_distinct=False, name="strategy_type_code_once"),
            models.CheckConstraint(name="strategy_type_named", condition=~Q(code="") & ~Q(name="")),
            models.CheckConstraint(name="strategy_type_kind_known", condition=Q(kind__in=StrategyKind.values)),
            models.CheckConstraint(
                name="strategy_type_verified_is_shipped", condition=Q(verified=False) | Q(commune=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class StrategyStatus(models.TextChoices):
    """How far a strategy is."""

    PLANNED = "planificada", _("Planned")
    RUNNING = "en_ejecucion", _("Running")
    SUSPENDED = "suspendida", _("Suspended")
    FINISHED = "terminada", _("Finished")
    DROPPED = "descartada", _("Dropped")


class SectorStrategy(models.Model):
    """One strategy for one version of a risk sector, inside one version of the plan."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    plan = models.ForeignKey(CommunalPlan, models.PROTECT, related_name="strategies", verbose_name=_("communal plan"))
    objective = models.ForeignKey(
        Objective, models.PROTECT, null=True, blank=True, related_name="strategies", verbose_name=_("objective")
    )
    sector_version = models.ForeignKey(
        "sectors.RiskSectorVersion", models.PROTECT, related_name="strategies", verbose_name=_("sector version")
    )
    type = models.ForeignKey(
        StrategyType, models.PROTECT, related_name="strategies", verbose_name=_("kind of strategy")
    )
    causes = models.TextField(_("causes it addresses"), max_length=2000)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    responsible = models.CharField(_("responsible unit or institution"), max_length=200)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    budget_clp = models.PositiveBigIntegerField(_("budget (CLP)"), null=True, blank=True)
    funding_source = models.CharField(_("funding source"), max_length=200, blank=True)
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    status = models.CharField(
        _("status"), max_length=14, choices=StrategyStatus.choices, default=StrategyStatus.PLANNED
    )
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", verbose_name=_("continues")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = SectorStrategyQuerySet.as_manager()

    class Meta:
        verbose_name = _("sector strategy")
        verbose_name_plural = _("sector strategies")
        indexes = [models.Index(fields=["commune", "plan"], name="strategy_by_plan")]
        constraints = [
            models.CheckConstraint(name="strategy_causes_not_empty", condition=~Q(causes="")),
            models.CheckConstraint(name="strategy_responsible_not_empty", condition=~Q(responsible="")),
            models.CheckConstraint(name="strategy_days_in_order", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="strategy_status_known", condition=Q(status__in=StrategyStatus.values)),
            models.CheckConstraint(name="strategy_version_positive", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="strategy_money_has_a_source",
                condition=Q(budget_clp=None) | Q(budget_clp=0) | ~Q(funding_source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type.code} · {self.sector_version.sector.code}"
