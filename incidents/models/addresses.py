"""Addresses of records that came without a point, kept only as long as placing needs them, and what people taught."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from incidents.querysets import PlaceAliasQuerySet, RecordAddressQuerySet

from .incident import PlaceClass


class PlacingState(models.TextChoices):
    """How far the search for a record's place has come."""

    WAITING = "waiting", _("not searched yet")
    PLACED = "placed", _("placed")
    AMBIGUOUS = "ambiguous", _("several places fit")
    UNKNOWN = "unknown", _("no such place in the geography")
    UNPLACEABLE = "unplaceable", _("cannot be placed")


class RecordAddress(models.Model):
    """What a source wrote about the place of a record that has no point.

    It is apart from the incident because incidents are never changed and this must be erased: the texts go when their
    time is over, what the search found stays. Personal data are taken out before the row is written.
    """

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    source = models.CharField(_("source"), max_length=40)
    record_key = models.CharField(_("record key"), max_length=90)
    batch = models.ForeignKey("incidents.ImportBatch", models.PROTECT, related_name="+", verbose_name=_("batch"))
    address = models.CharField(_("address"), max_length=300, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=40, blank=True)
    corner = models.CharField(_("corner with"), max_length=200, blank=True)
    place_name = models.CharField(_("name of the place"), max_length=200, blank=True)
    redacted = models.BooleanField(_("personal data were taken out"), default=False)
    state = models.CharField(
        _("state"), max_length=12, choices=PlacingState.choices, default=PlacingState.WAITING.value
    )
    method = models.CharField(_("method"), max_length=20, blank=True)
    score = models.FloatField(_("score (0 to 1)"), null=True)
    place_class = models.CharField(_("class of the place"), max_length=12, choices=PlaceClass.choices, blank=True)
    details = models.JSONField(_("how it was found"), default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    erased_at = models.DateTimeField(_("texts erased"), null=True)

    objects = RecordAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address of a record")
        verbose_name_plural = _("addresses of records")
        indexes = [models.Index(fields=["batch", "state"], name="record_address_by_batch")]
        constraints = [
            models.UniqueConstraint(fields=["commune", "source", "record_key"], name="record_address_one_per_record"),
            models.CheckConstraint(name="record_address_state_known", condition=Q(state__in=PlacingState.values)),
            models.CheckConstraint(
                name="record_address_score_in_range",
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.record_key}"


class AliasKind(models.TextChoices):
    """What an alias stands for."""

    STREET = "street", _("another spelling of a street")
    ADDRESS = "address", _("an address placed by a person")


class PlaceAlias(models.Model):
    """What people taught the search: another spelling of a street, or where an address or corner lies."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AliasKind.choices)
    written = models.CharField(_("as it is written"), max_length=300)
    street = models.CharField(_("street"), max_length=200, blank=True)
    point = models.PointField(_("point"), srid=4326, null=True, spatial_index=False)
    place_class = models.CharField(_("class of the place"), max_length=12, choices=PlaceClass.choices, blank=True)
    uses = models.PositiveIntegerField(_("times used"), default=0)
    created_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PlaceAliasQuerySet.as_manager()

    class Meta:
        verbose_name = _("alias of a place")
        verbose_name_plural = _("aliases of places")
        constraints = [
            models.UniqueConstraint(fields=["commune", "kind", "written"], name="place_alias_once"),
            models.CheckConstraint(name="place_alias_not_empty", condition=~Q(written="")),
            models.CheckConstraint(
                name="place_alias_stands_for_something",
                condition=Q(kind="street", point__isnull=True) & ~Q(street="") | Q(kind="address", point__isnull=False),
            ),
            sound_geometry("point", name="place_alias_point_sound"),
        ]

    def __str__(self) -> str:
        return self.written
