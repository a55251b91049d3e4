"""Where incidents come from: source profiles, import batches and the ledger of acts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets import ErasedCountQuerySet, ImportBatchQuerySet, LedgerQuerySet, SourceProfileQuerySet


class ProfileKind(models.TextChoices):
    """What a profile's tables hold."""

    INCIDENTS = "incidents", _("incidents")
    MASS_EVENTS = "mass_events", _("mass events")
    CAMERAS = "cameras", _("cameras")
    RISK_FACTORS = "risk_factors", _("risk factors")
    PERCEPTION = "perception", _("perception readings")


class SourceProfile(models.Model):
    """How the tables of one source are read. A change makes a new version; batches keep the one they used."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    source = models.SlugField(_("source"), max_length=40, db_index=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    kind = models.CharField(_("kind"), max_length=14, choices=ProfileKind.choices)
    name = models.CharField(_("name"), max_length=120)
    settings = models.JSONField(_("settings"))
    retention_months = models.PositiveIntegerField(_("retention (months)"), null=True, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SourceProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("source profile")
        verbose_name_plural = _("source profiles")
        constraints = [
            models.UniqueConstraint(fields=["commune", "source", "version"], name="source_profile_one_per_version"),
            models.CheckConstraint(name="source_profile_kind_known", condition=Q(kind__in=ProfileKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class BatchState(models.TextChoices):
    """What became of a file."""

    DRY_RUN = "dry_run", _("tried, nothing kept")
    COMMITTED = "committed", _("imported")
    UNDONE = "undone", _("undone")


class ImportBatch(models.Model):
    """One file read through one profile: what was in it and what became of each row."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    profile = models.ForeignKey(SourceProfile, models.PROTECT, related_name="batches", verbose_name=_("profile"))
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices)
    read = models.PositiveIntegerField(_("read"))
    accepted = models.PositiveIntegerField(_("accepted"))
    repeated = models.PositiveIntegerField(_("repeated"))
    refused = models.PositiveIntegerField(_("refused"))
    unplaced = models.PositiveIntegerField(_("without place"), default=0)
    counts = models.JSONField(_("counts by reason"), default=dict)
    refused_file = models.CharField(_("file of refused rows"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(_("ledger number"), null=True)
    imported_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("imported by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        indexes = [
            models.Index(fields=["commune", "-created_at"], name="import_batch_by_commune"),
            models.Index(fields=["commune", "sha256"], name="import_batch_by_content"),
        ]
        constraints = [
            models.CheckConstraint(name="import_batch_state_known", condition=Q(state__in=BatchState.values)),
            models.CheckConstraint(
                name="import_batch_rows_add_up", condition=Q(read=F("accepted") + F("repeated") + F("refused"))
            ),
            models.CheckConstraint(name="import_batch_unplaced_are_accepted", condition=Q(unplaced__lte=F("accepted"))),
        ]

    def __str__(self) -> str:
        return self.file_name


class LedgerAct(models.TextChoices):
    """What kind of act changed incidents."""

    IMPORT = "import", _("import")
    UNDO = "undo", _("undo of an import")
    CORRECTION = "correction", _("correction")
    GEOCODING = "geocoding", _("geocoding")
    LINK = "link", _("two records told to be one event")
    UNLINK = "unlink", _("two records told apart again")
    ERASURE = "erasure", _("erasure after retention")


class Ledger(models.Model):
    """The numbered acts that changed a commune's incidents. Numbers are given under a lock held until commit,
    so what carries a number up to *n* never changes once *n* is seen."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    act = models.CharField(_("act"), max_length=10, choices=LedgerAct.choices)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name=_("batch"))
    user = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("user"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["commune", "number"], name="ledger_one_act_per_number"),
            models.CheckConstraint(name="ledger_numbers_begin_at_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.commune} {self.number} {self.act}"


class ErasedCount(models.Model):
    """How many incidents of a month, a type and an origin were erased when their retention was over."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    source = models.CharField(_("source"), max_length=40)
    month = models.DateField(_("month"))
    offence_type = models.ForeignKey(
        "incidents.OffenceType", models.PROTECT, related_name="+", verbose_name=_("offence type"), db_index=False
    )
    origin = models.CharField(_("origin"), max_length=10)
    incidents = models.PositiveIntegerField(_("incidents"))

    objects = ErasedCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of erased incidents")
        verbose_name_plural = _("counts of erased incidents")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "source", "month", "offence_type", "origin"], name="erased_count_once"
            ),
            models.CheckConstraint(name="erased_count_of_whole_months", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.month} {self.incidents}"
