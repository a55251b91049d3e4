"""The same event told by two sources: proposals that a person decides, and the records that count as one event."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets import EventLinkQuerySet, RecordedQuerySet


class LinkState(models.TextChoices):
    """What became of a proposal."""

    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("one event")
    REFUSED = "refused", _("two events")


class EventLink(models.Model):
    """Two records of different sources that may be one event, with the score and what it was made of."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    left_source = models.CharField(_("first source"), max_length=40)
    left_key = models.CharField(_("record of the first source"), max_length=90)
    right_source = models.CharField(_("second source"), max_length=40)
    right_key = models.CharField(_("record of the second source"), max_length=90)
    score = models.FloatField(_("score (0 to 1)"))
    evidence = models.JSONField(_("what the score was made of"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=LinkState.choices, default=LinkState.PROPOSED.value)
    decided_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = EventLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of two records")
        verbose_name_plural = _("links of records")
        indexes = [models.Index(fields=["commune", "state", "-score"], name="event_link_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "left_source", "left_key", "right_source", "right_key"], name="event_link_once"
            ),
            models.CheckConstraint(name="event_link_of_two_sources", condition=Q(left_source__lt=F("right_source"))),
            models.CheckConstraint(name="event_link_state_known", condition=Q(state__in=LinkState.values)),
            models.CheckConstraint(name="event_link_score_in_range", condition=Q(score__gte=0, score__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.left_source}:{self.left_key} = {self.right_source}:{self.right_key}"


class SameEventMember(models.Model):
    """A record that tells an event which other records tell too. The one of lowest rank that stands is counted.

    Rows are recorded and withdrawn by ledger numbers and never changed otherwise, so that what was counted at any
    number stays known. They name records and not rows: a new version of a record goes on telling the same event.
    """

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    event = models.UUIDField(_("event"))
    source = models.CharField(_("source"), max_length=40)
    record_key = models.CharField(_("record key"), max_length=90)
    rank = models.PositiveIntegerField(_("rank"))
    recorded_in = models.PositiveIntegerField(_("recorded in"))
    withdrawn_in = models.PositiveIntegerField(_("withdrawn in"), null=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of an event")
        verbose_name_plural = _("records of events")
        indexes = [
            models.Index(fields=["commune", "source", "record_key"], name="same_event_by_record"),
            models.Index(fields=["event", "rank"], name="same_event_by_rank"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "source", "record_key"],
                condition=Q(withdrawn_in__isnull=True),
                name="same_event_one_of_a_record",
            ),
            models.CheckConstraint(
                name="same_event_withdrawn_after_recorded",
                condition=Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=F("recorded_in")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.record_key}"
