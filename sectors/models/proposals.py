"""Territories that a hot-spot run proposes, and what people decided about them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from sectors.querysets import TerritoryProposalQuerySet


class ProposalState(models.TextChoices):
    """States of a proposal; a trigger lets it move only draft → sent → accepted or refused."""

    DRAFT = "borrador", _("Draft")
    SENT = "enviada", _("Sent")
    ACCEPTED = "aceptada", _("Accepted")
    REFUSED = "rechazada", _("Refused")


DECIDED = (ProposalState.ACCEPTED, ProposalState.REFUSED)


class TerritoryProposal(models.Model):
    """One cluster put before the director. Its evidence never changes; who sent and decided it, and why, is kept."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    run = models.ForeignKey(
        "incidents.HotspotRun", models.PROTECT, related_name="proposals", verbose_name=_("hot-spot run")
    )
    cluster = models.OneToOneField(
        "incidents.Cluster", models.PROTECT, related_name="proposal", verbose_name=_("cluster")
    )
    state = models.CharField(_("state"), max_length=20, choices=ProposalState.choices, default=ProposalState.DRAFT)
    boundary = models.MultiPolygonField(_("boundary"), srid=4326)
    n = models.PositiveIntegerField(_("incidents"))
    period_from = models.DateField(_("period from"))
    period_until = models.DateField(_("period until"))
    per_km2 = models.FloatField(_("incidents per km²"))
    area_m2 = models.FloatField(_("area (m²)"))
    time_window = models.JSONField(_("days and hours when it concentrates"), default=dict)
    overlaps = models.JSONField(_("overlap with sectors"), default=list)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"), null=True)
    sent_reason = models.CharField(_("reason to send it"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_reason = models.CharField(_("reason of the decision"), max_length=500, blank=True)
    sector = models.OneToOneField(
        "sectors.RiskSector", models.PROTECT, null=True, related_name="proposal", verbose_name=_("risk sector")
    )

    objects = TerritoryProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("territory proposal")
        verbose_name_plural = _("territory proposals")
        indexes = [models.Index(fields=["commune", "state"], name="proposal_by_state")]
        constraints = [
            models.CheckConstraint(name="proposal_state_known", condition=models.Q(state__in=ProposalState.values)),
            models.CheckConstraint(
                name="proposal_sent_by_somebody_with_a_reason",
                condition=models.Q(state="borrador", sent_by=None, sent_at=None, sent_reason="")
                | (
                    ~models.Q(state="borrador")
                    & models.Q(sent_by__isnull=False, sent_at__isnull=False)
                    & ~models.Q(sent_reason="")
                ),
            ),
            models.CheckConstraint(
                name="proposal_decided_by_somebody_with_a_reason",
                condition=models.Q(
                    state__in=["borrador", "enviada"], decided_by=None, decided_at=None, decided_reason=""
                )
                | (
                    models.Q(state__in=["aceptada", "rechazada"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(decided_reason="")
                ),
            ),
            models.CheckConstraint(
                name="proposal_accepted_has_its_sector",
                condition=models.Q(state="aceptada", sector__isnull=False)
                | (~models.Q(state="aceptada") & models.Q(sector=None)),
            ),
            sound_geometry("boundary", name="proposal_boundary_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.cluster_id} {self.get_state_display()}"
