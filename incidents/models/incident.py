"""Incidents and their masked twins. Rows are append-only: a database trigger refuses everything else."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from incidents.querysets import IncidentQuerySet, MaskedIncidentQuerySet

from .taxonomy import Origin


class TimePrecision(models.TextChoices):
    """How well the moment is known. The date is always known."""

    MINUTE = "minute", _("to the minute")
    HOUR = "hour", _("to the hour")
    DAY = "day", _("day only")
    UNKNOWN = "unknown", _("hour unknown (written as 00:00)")


class TimeFlag(models.TextChoices):
    """What was odd about the local time that the source wrote."""

    NONE = "", _("nothing odd")
    NONEXISTENT = "nonexistent", _("skipped by the clocks, moved forward")
    DOUBLED = "doubled", _("happened twice, first taken")
    END_OF_DAY = "end_of_day", _("written as 24:00")


class PlaceClass(models.TextChoices):
    """How well the place is known."""

    EXACT = "exact", _("exact")
    INTERPOLATED = "interpolated", _("interpolated along a street")
    BLOCK = "block", _("block")
    AREA = "area", _("area")
    NONE = "none", _("without place")


class Act(models.TextChoices):
    """What wrote a row."""

    IMPORT = "import", _("import")
    CORRECTION = "correction", _("correction")
    GEOCODING = "geocoding", _("geocoding")


class Incident(models.Model):
    """One version of one record of a source: what happened, when, where, who brought it to light.

    `record_key` names the record inside its source: the source's own id, or a hash of the content with an
    occurrence number. The newest version is the one that nothing has withdrawn. `content_hash` digests what the
    source said, so a correction keeps the hash of what it corrects and a re-import is known as a repetition.
    """

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    source = models.CharField(_("source"), max_length=40)
    record_id = models.CharField(_("id in the source"), max_length=80, blank=True)
    record_key = models.CharField(_("record key"), max_length=90)
    content_hash = models.UUIDField(_("digest of the source's content"))
    batch = models.ForeignKey(
        "incidents.ImportBatch", models.PROTECT, related_name="incidents", verbose_name=_("batch")
    )
    offence_type = models.ForeignKey(
        "incidents.OffenceType", models.PROTECT, related_name="+", verbose_name=_("offence type"), db_index=False
    )
    source_label = models.CharField(_("label in the source"), max_length=200)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    origin_assumed = models.BooleanField(_("origin assumed"))
    occurred_from = models.DateTimeField(_("occurred from"))
    occurred_until = models.DateTimeField(_("occurred until"))
    local_text = models.CharField(_("time as written"), max_length=80)
    time_precision = models.CharField(_("precision of the time"), max_length=8, choices=TimePrecision.choices)
    time_flag = models.CharField(_("oddity of the time"), max_length=12, choices=TimeFlag.choices, blank=True)
    point = models.PointField(_("point"), srid=4326, null=True, spatial_index=False)
    place_class = models.CharField(_("class of the place"), max_length=12, choices=PlaceClass.choices)
    corrected = ArrayField(
        models.CharField(max_length=20), verbose_name=_("fields that people corrected"), default=list, blank=True
    )
    act = models.CharField(_("written by"), max_length=10, choices=Act.choices, default=Act.IMPORT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("version before"),
        db_index=False,
        db_constraint=False,  # no row is ever deleted, so the trigger keeps this promise
    )
    recorded_in = models.PositiveIntegerField(_("recorded in"))
    withdrawn_in = models.PositiveIntegerField(_("withdrawn in"), null=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [
            models.Index(fields=["commune", "occurred_from"], name="incident_by_time"),
            GistIndex(fields=["point"], condition=Q(withdrawn_in__isnull=True), name="incident_current_by_place"),
            models.Index(
                fields=["commune", "source", "record_key"],
                condition=Q(withdrawn_in__isnull=False),
                name="incident_withdrawn_by_record",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "source", "record_key"],
                condition=Q(withdrawn_in__isnull=True),
                name="incident_one_current_version",
            ),
            models.CheckConstraint(
                name="incident_ends_after_start", condition=Q(occurred_until__gte=F("occurred_from"))
            ),
            models.CheckConstraint(
                name="incident_withdrawn_after_recorded",
                condition=Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=F("recorded_in")),
            ),
            models.CheckConstraint(
                name="incident_place_class_fits_point",
                condition=Q(point__isnull=True, place_class="none")
                | Q(point__isnull=False, place_class__in=["exact", "interpolated", "block", "area"]),
            ),
            sound_geometry("point", name="incident_point_sound"),
            models.CheckConstraint(name="incident_origin_known", condition=Q(origin__in=Origin.values)),
            models.CheckConstraint(
                name="incident_precision_known", condition=Q(time_precision__in=TimePrecision.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.record_key}"


class MaskedIncident(models.Model):
    """What roles below the analyst may know of one incident row, written once beside it.

    The place is a street snap point with at least eight dwellings behind it, or the centre of a 250 m hexagon where
    no snap points are loaded. Reserved types have neither place nor hour here. The database checks the keys of the
    incident and not those copied from it: rows come by the hundred thousand, are written by one statement only, and
    incidents are never deleted.
    """

    incident = models.OneToOneField(
        Incident,
        models.PROTECT,
        primary_key=True,
        related_name="masked",
        verbose_name=_("incident"),
        db_constraint=False,
    )
    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False, db_constraint=False
    )
    point = models.PointField(_("masked point"), srid=4326, null=True, spatial_index=False)
    release = models.PositiveIntegerField(_("snap release (0: hexagon)"), default=0)
    week = models.DateField(_("week (its Monday)"))
    hour = models.PositiveSmallIntegerField(_("local hour"), null=True)
    offence_group = models.ForeignKey(
        "incidents.OffenceType",
        models.PROTECT,
        related_name="+",
        verbose_name=_("offence group"),
        db_index=False,
        db_constraint=False,
    )
    reserved = models.BooleanField(_("reserved"), default=False)
    repeats = models.BooleanField(_("another record of its event is counted"), db_default=False, editable=False)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    recorded_in = models.PositiveIntegerField(_("recorded in"))
    withdrawn_in = models.PositiveIntegerField(_("withdrawn in"), null=True)

    objects = MaskedIncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("masked incident")
        verbose_name_plural = _("masked incidents")
        indexes = [
            models.Index(fields=["commune", "week"], name="masked_incident_by_week"),
            GistIndex(fields=["point"], condition=Q(withdrawn_in__isnull=True), name="masked_incident_by_place"),
        ]
        constraints = [
            models.CheckConstraint(
                name="masked_incident_reserved_is_nowhere",
                condition=Q(reserved=False) | Q(point__isnull=True, hour__isnull=True),
            ),
            models.CheckConstraint(
                name="masked_incident_hour_of_day", condition=Q(hour__isnull=True) | Q(hour__lte=23)
            ),
            models.CheckConstraint(name="masked_incident_week_is_monday", condition=Q(week__iso_week_day=1)),
            sound_geometry("point", name="masked_incident_point_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.offence_group_id}"
