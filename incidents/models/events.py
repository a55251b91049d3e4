"""Mass events: where, when and for how many people; their person-hours are exposure, not blame."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from incidents.querysets import MassEventQuerySet


class EventState(models.TextChoices):
    """Where an event stands with the authority (the law's own Spanish words)."""

    REQUESTED = "solicitado", _("requested")
    OBSERVED = "observado", _("observed")
    AUTHORISED = "autorizado", _("authorised")
    REFUSED = "rechazado", _("refused")
    HELD = "realizado", _("held")
    SUSPENDED = "suspendido", _("suspended")


NOT_HELD = frozenset({EventState.REFUSED, EventState.SUSPENDED})


class MassEvent(models.Model):
    """One mass event. The organiser is an institution; no person's RUT, name or phone is kept."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    type = models.CharField(_("type"), max_length=80, blank=True)
    organiser = models.CharField(_("organising institution"), max_length=160, blank=True)
    venue = models.PointField(_("venue"), srid=4326, null=True, blank=True)
    footprint = models.MultiPolygonField(_("footprint"), srid=4326, null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    expected_attendance = models.PositiveIntegerField(_("expected attendance"), null=True, blank=True)
    actual_attendance = models.PositiveIntegerField(_("actual attendance"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=EventState.choices, default=EventState.REQUESTED)
    authority = models.CharField(_("authority"), max_length=120, blank=True)
    resolution = models.CharField(_("resolution number"), max_length=60, blank=True)
    resolved_on = models.DateField(_("resolution date"), null=True, blank=True)
    guards = models.PositiveIntegerField(_("guards"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    content_hash = models.CharField(_("digest of the imported row"), max_length=64, blank=True)
    source_content = models.JSONField(_("what the source said last"), default=dict, blank=True)
    batch = models.ForeignKey(
        "incidents.ImportBatch", models.PROTECT, null=True, related_name="events", verbose_name=_("batch")
    )
    changed_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = MassEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("mass event")
        verbose_name_plural = _("mass events")
        indexes = [models.Index(fields=["commune", "starts_at"], name="mass_event_by_start")]
        constraints = [
            models.UniqueConstraint(fields=["commune", "code"], name="mass_event_one_per_code"),
            models.CheckConstraint(name="mass_event_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="mass_event_state_known", condition=Q(state__in=EventState.values)),
            models.CheckConstraint(
                name="mass_event_has_a_place", condition=Q(venue__isnull=False) | Q(footprint__isnull=False)
            ),
            models.CheckConstraint(name="mass_event_has_a_name", condition=~Q(name="")),
            sound_geometry("venue", name="mass_event_venue_sound"),
            sound_geometry("footprint", name="mass_event_footprint_sound"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_place(self) -> bool:
        """True for events that were or will be held: neither refused nor suspended."""
        return self.state not in NOT_HELD

    @property
    def attendance(self) -> int | None:
        """People who came, else who were expected, else nobody knows."""
        return self.actual_attendance if self.actual_attendance is not None else self.expected_attendance

    @property
    def person_hours(self) -> float | None:
        """Attendance times duration: the exposure an event adds."""
        if self.attendance is None:
            return None
        return self.attendance * (self.ends_at - self.starts_at).total_seconds() / 3600
