"""Where the next cameras should go: runs of the search and the places they propose."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models.register import Camera, CameraKind
from cameras.querysets import SitingChoiceQuerySet
from geo.constraints import sound_geometry
from geo.querysets import OfCommuneQuerySet


class SitingRun(models.Model):
    """One search, with all that repeats it and what it could prove.

    `gain` is the demand that the chosen cameras add, `bound` the most that any choice could; `gap_ratio` what lies
    between, as a share of the bound. `curve` is the gain after each camera.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    parameters = models.JSONField(_("parameters"))
    code_version = models.CharField(_("version of the code"), max_length=40)
    sequence = models.PositiveBigIntegerField(_("sequence of incidents read"))
    sites = models.PositiveIntegerField(_("candidate sites"))
    demand = models.FloatField(_("demand in all"))
    demand_covered = models.FloatField(_("demand that cameras see today"))
    gain = models.FloatField(_("demand added"))
    bound = models.FloatField(_("most that could be added"))
    gap_ratio = models.FloatField(_("gap to the best possible"))
    proven = models.BooleanField(_("proven best"))
    method = models.CharField(_("method"), max_length=40)
    curve = models.JSONField(_("gain after each camera"))
    refused_sites = models.PositiveIntegerField(_("sites where no camera can hang"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = OfCommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("search for camera sites")
        verbose_name_plural = _("searches for camera sites")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="siting_gap_in_range", condition=Q(gap_ratio__gte=0, gap_ratio__lte=1)),
            models.CheckConstraint(
                name="siting_demand_not_negative",
                condition=Q(demand__gte=0, demand_covered__gte=0, gain__gte=0, bound__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.created_at:%Y-%m-%d}"


class ChoiceState(models.TextChoices):
    """What a person decided about a proposed camera; the values are the office's words."""

    PROPOSED = "propuesta", _("Proposed")
    ACCEPTED = "aceptada", _("Accepted")
    DISCARDED = "descartada", _("Discarded")


class SitingChoice(models.Model):
    """One proposed camera of a run, in the order of gain. Accepting it enters a planned camera in the register."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    run = models.ForeignKey(SitingRun, models.PROTECT, related_name="choices", verbose_name=_("search"))
    rank = models.PositiveIntegerField(_("rank"))
    point = models.PointField(_("point"), srid=4326)
    kind = models.CharField(_("kind"), max_length=10, choices=CameraKind.choices)
    azimuth_deg = models.FloatField(_("azimuth (degrees clockwise from north)"), null=True)
    field_of_view_deg = models.FloatField(_("horizontal field of view (degrees)"), null=True)
    height_m = models.FloatField(_("mount height (m)"))
    range_m = models.FloatField(_("range (m)"))
    cost = models.FloatField(_("cost"))
    gain = models.FloatField(_("demand it adds"))
    state = models.CharField(_("state"), max_length=10, choices=ChoiceState.choices, default=ChoiceState.PROPOSED)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by"), null=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name=_("camera entered"), null=True)

    objects = SitingChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed camera")
        verbose_name_plural = _("proposed cameras")
        ordering = ["run", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["run", "rank"], name="siting_choice_rank_once"),
            models.CheckConstraint(name="siting_choice_state_known", condition=Q(state__in=ChoiceState.values)),
            models.CheckConstraint(
                name="siting_choice_decided_with_reason",
                condition=Q(state=ChoiceState.PROPOSED, decided_at=None)
                | (~Q(state=ChoiceState.PROPOSED) & Q(decided_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="siting_choice_accepted_with_camera",
                condition=Q(state=ChoiceState.ACCEPTED, camera__isnull=False)
                | (~Q(state=ChoiceState.ACCEPTED) & Q(camera=None)),
            ),
            sound_geometry("point", name="siting_choice_point_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.rank}"


class CoverageFile(models.Model):
    """A file of coverage and gaps under MEDIA_ROOT, written before its row. It shows where nobody looks."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    log = models.OneToOneField(
        "access.ExportLog", models.PROTECT, related_name="+", verbose_name=_("entry in the export log")
    )
    stored_as = models.CharField(_("place under the files folder"), max_length=300, unique=True)
    file_name = models.CharField(_("file name"), max_length=200)
    file_format = models.CharField(_("format"), max_length=10)
    rows = models.PositiveIntegerField(_("rows"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfCommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of coverage")
        verbose_name_plural = _("files of coverage")
        constraints = [
            models.CheckConstraint(name="coverage_file_format_known", condition=Q(file_format__in=["shp", "gpkg"])),
        ]

    def __str__(self) -> str:
        return self.file_name
