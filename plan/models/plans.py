"""The Plan Comunal in its numbered versions, and its objectives."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plan.querysets import CommunalPlanQuerySet, ObjectiveQuerySet


class PlanState(models.TextChoices):
    """The life of one version of a plan; the values are the office's words."""

    DRAFT = "borrador", _("Draft")
    PROPOSED = "propuesto", _("Proposed by the council")
    APPROVED = "aprobado", _("Approved by the municipal council")
    IN_FORCE = "vigente", _("In force")
    UPDATED = "actualizado", _("Replaced by a newer version")
    CLOSED = "cerrado", _("Closed")


class CommunalPlan(models.Model):
    """One numbered version of the communal plan of a period. Each year's update is a new version (`replaces`).

    `version` is the number people cite; `revision` counts the saves of this row and is what a change must name.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    name = models.CharField(_("name"), max_length=200)
    period_from = models.DateField(_("period from"))
    period_until = models.DateField(_("period until"))
    version = models.PositiveIntegerField(_("version"), default=1)
    act = models.CharField(_("act of approval"), max_length=200, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("version before")
    )
    revision = models.PositiveIntegerField(_("revision"), default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CommunalPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("communal plan")
        verbose_name_plural = _("communal plans")
        constraints = [
            models.UniqueConstraint(fields=["commune", "period_from", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["commune"], condition=Q(state=PlanState.IN_FORCE), name="plan_in_force_once"
            ),
            models.CheckConstraint(name="plan_name_not_empty", condition=~Q(name="")),
            models.CheckConstraint(name="plan_state_known", condition=Q(state__in=PlanState.values)),
            models.CheckConstraint(name="plan_period_in_order", condition=Q(period_until__gt=F("period_from"))),
            models.CheckConstraint(name="plan_version_positive", condition=Q(version__gte=1, revision__gte=1)),
            models.CheckConstraint(
                name="plan_approved_by_an_act",
                condition=Q(state__in=[PlanState.DRAFT, PlanState.PROPOSED])
                | (Q(approved_on__isnull=False) & ~Q(act="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_open(self) -> bool:
        """True while objectives, strategies and indicators may still change."""
        return self.state not in {PlanState.UPDATED, PlanState.CLOSED}


class Objective(models.Model):
    """One numbered objective of a plan."""

    plan = models.ForeignKey(CommunalPlan, models.PROTECT, related_name="objectives", verbose_name=_("communal plan"))
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"), max_length=2000)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["plan_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="objective_number_once"),
            models.CheckConstraint(name="objective_number_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(name="objective_text_not_empty", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:80]}"
