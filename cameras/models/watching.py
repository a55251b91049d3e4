"""What happens to a camera and around it: presets of its tour, outages, findings, requests for evidence.

No footage and no person is stored: a finding is what was seen, when and what was done; a request for evidence is which
institution asked for which interval, on what basis, and the digest of what was handed over.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from cameras.querysets import FindingQuerySet, OutageQuerySet
from geo.querysets import OfCommuneQuerySet

LONGEST_DWELL_S = 3600.0


class Preset(models.Model):
    """One position of a dome's tour: where it looks, how wide, how long it stays and how long the move there takes."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    camera = models.ForeignKey("cameras.Camera", models.CASCADE, related_name="presets", verbose_name=_("camera"))
    position = models.PositiveSmallIntegerField(_("position in the tour"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    azimuth_deg = models.FloatField(_("azimuth (degrees clockwise from north)"))
    field_of_view_deg = models.FloatField(_("horizontal field of view (degrees)"))
    tilt_deg = models.FloatField(_("tilt (degrees below the horizon)"), null=True, blank=True)
    dwell_s = models.FloatField(_("stay (s)"), validators=[MinValueValidator(1)])
    move_s = models.FloatField(_("move before it (s)"), default=2.0)

    class Meta:
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["camera", "position"], name="preset_position_once"),
            models.CheckConstraint(
                name="preset_azimuth_in_circle", condition=Q(azimuth_deg__gte=0, azimuth_deg__lt=360)
            ),
            models.CheckConstraint(
                name="preset_field_of_view_in_range", condition=Q(field_of_view_deg__gt=0, field_of_view_deg__lte=180)
            ),
            models.CheckConstraint(
                name="preset_tilt_in_range", condition=Q(tilt_deg=None) | Q(tilt_deg__gte=-30, tilt_deg__lte=90)
            ),
            models.CheckConstraint(
                name="preset_times_in_range",
                condition=Q(dwell_s__gt=0, dwell_s__lte=LONGEST_DWELL_S, move_s__gte=0, move_s__lte=LONGEST_DWELL_S),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.position}"


class OutageCause(models.TextChoices):
    """Why a camera did not work; the values are the office's words."""

    POWER = "energia", _("Power cut")
    LINK = "enlace", _("Link down")
    VANDALISM = "vandalismo", _("Vandalism")
    MAINTENANCE = "mantencion", _("Maintenance")
    FAULT = "falla", _("Fault of the equipment")
    OTHER = "otra", _("Another cause")


class Outage(models.Model):
    """A time in which a camera did not work; open while nobody says when it ended. Two of one camera never overlap."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    camera = models.ForeignKey("cameras.Camera", models.PROTECT, related_name="outages", verbose_name=_("camera"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=12, choices=OutageCause.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="outage_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(name="outage_cause_known", condition=Q(cause__in=OutageCause.values)),
            ExclusionConstraint(
                name="outage_never_twice",
                expressions=[
                    ("camera", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.starts_at:%Y-%m-%d}"


class FindingOutcome(models.TextChoices):
    """What was done about something seen; the values are the office's words."""

    POLICE = "carabineros", _("Passed on to Carabineros")
    PATROL = "patrulla", _("Municipal patrol sent")
    EMERGENCY = "emergencia", _("Passed on to an emergency service")
    WATCHED = "seguimiento", _("Watched, nothing further")


class Finding(models.Model):
    """Something an operator saw through a camera. It is work done, not an incident: scores never count it."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    camera = models.ForeignKey("cameras.Camera", models.PROTECT, related_name="findings", verbose_name=_("camera"))
    seen_at = models.DateTimeField(_("seen"))
    offence_type = models.ForeignKey(
        "incidents.OffenceType", models.PROTECT, related_name="+", verbose_name=_("type"), null=True, blank=True
    )
    label = models.CharField(_("what was seen"), max_length=120)
    outcome = models.CharField(_("what was done"), max_length=12, choices=FindingOutcome.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-seen_at"]
        constraints = [
            models.CheckConstraint(name="finding_label_not_empty", condition=~Q(label="")),
            models.CheckConstraint(name="finding_outcome_known", condition=Q(outcome__in=FindingOutcome.values)),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.seen_at:%Y-%m-%d %H:%M}"


class Requester(models.TextChoices):
    """Which institution asks for evidence; the values are the office's words."""

    PROSECUTOR = "ministerio_publico", _("Public prosecutor")
    POLICE = "carabineros", _("Carabineros")
    INVESTIGATIONS = "pdi", _("PDI")
    COURT = "tribunal", _("Court")
    OTHER = "otra", _("Another institution")


class EvidenceState(models.TextChoices):
    """How far a request has come; the values are the office's words."""

    RECEIVED = "recibida", _("Received")
    DELIVERED = "entregada", _("Delivered")
    REFUSED = "rechazada", _("Refused")
    GONE = "sin_registro", _("No longer kept")


class EvidenceRequest(models.Model):
    """A request for the recording of an interval: who asks, on what basis, and the digest of what was handed over."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    camera = models.ForeignKey(
        "cameras.Camera", models.PROTECT, related_name="evidence_requests", verbose_name=_("camera")
    )
    requester = models.CharField(_("institution"), max_length=20, choices=Requester.choices)
    basis = models.CharField(_("legal basis or number of the order"), max_length=120)
    interval_from = models.DateTimeField(_("recording from"))
    interval_until = models.DateTimeField(_("recording until"))
    received_on = models.DateField(_("received on"))
    state = models.CharField(_("state"), max_length=14, choices=EvidenceState.choices, default=EvidenceState.RECEIVED)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 of what was handed over"), max_length=64, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = OfCommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for evidence")
        verbose_name_plural = _("requests for evidence")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_interval_ends_after_start", condition=Q(interval_until__gt=F("interval_from"))
            ),
            models.CheckConstraint(name="evidence_basis_not_empty", condition=~Q(basis="")),
            models.CheckConstraint(name="evidence_requester_known", condition=Q(requester__in=Requester.values)),
            models.CheckConstraint(name="evidence_state_known", condition=Q(state__in=EvidenceState.values)),
            models.CheckConstraint(
                name="evidence_answered_when_done",
                condition=Q(state=EvidenceState.RECEIVED, answered_on=None)
                | (~Q(state=EvidenceState.RECEIVED) & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="evidence_delivered_with_digest",
                condition=Q(state=EvidenceState.DELIVERED, sha256__regex=r"^[0-9a-f]{64}$")
                | (~Q(state=EvidenceState.DELIVERED) & Q(sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.basis}"
