"""How sectors are scored and what came out: immutable once written."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sectors.querysets import RiskScoreQuerySet, ScoringRunQuerySet, ScoringSchemeQuerySet


class ScoringScheme(models.Model):
    """One version of the weights, the rules and the frozen reference. Only the mark `current` ever moves."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    weights = models.JSONField(_("weights"))
    normalisation = models.JSONField(_("normalisation"))
    rules = models.JSONField(_("rules"), default=dict)
    reason = models.CharField(_("reason"), max_length=500)
    current = models.BooleanField(_("current"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ScoringSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring scheme")
        verbose_name_plural = _("scoring schemes")
        constraints = [
            models.UniqueConstraint(fields=["commune", "version"], name="scheme_version_once"),
            models.UniqueConstraint(fields=["commune"], condition=models.Q(current=True), name="scheme_current_once"),
            models.CheckConstraint(name="scheme_has_reason", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class ScoringRun(models.Model):
    """One computation over a window: scheme, sequences, seed and code version repeat `result` byte for byte.

    Only a run of every open sector that repeats no other is shown by itself: a trial on some sectors, or a check of an
    old run, must not become the scores of the commune.
    """

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    scheme = models.ForeignKey(ScoringScheme, models.PROTECT, related_name="runs", verbose_name=_("scoring scheme"))
    window_from = models.DateField(_("window from"))
    window_until = models.DateField(_("window until"))
    sequence = models.PositiveBigIntegerField(_("sequence of the incidents read"))
    observed = models.PositiveBigIntegerField(
        _("sequence of the events, factors, readings and cameras read"), null=True
    )
    seed = models.PositiveBigIntegerField(_("seed"))
    code_version = models.CharField(_("version of the code"), max_length=40)
    whole = models.BooleanField(_("of every open sector"), default=True)
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repetitions", verbose_name=_("repeats the run")
    )
    parameters = models.JSONField(_("parameters"), default=dict)
    result = models.TextField(_("result (canonical JSON)"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ScoringRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring run")
        verbose_name_plural = _("scoring runs")
        indexes = [models.Index(fields=["commune", "-created_at"], name="scoring_run_by_commune")]
        constraints = [
            models.CheckConstraint(
                name="scoring_window_in_order", condition=models.Q(window_until__gte=models.F("window_from"))
            ),
            models.CheckConstraint(name="scoring_result_not_empty", condition=~models.Q(result="")),
        ]

    def __str__(self) -> str:
        return f"{self.window_from} – {self.window_until}"


class RiskScore(models.Model):
    """The score of one sector version in one run, with its parts, its rank and how sure it is."""

    run = models.ForeignKey(ScoringRun, models.PROTECT, related_name="scores", verbose_name=_("scoring run"))
    sector_version = models.ForeignKey(
        "sectors.RiskSectorVersion", models.PROTECT, related_name="scores", verbose_name=_("sector version")
    )
    score = models.FloatField(_("score (0 to 100)"))
    score_low = models.FloatField(_("lowest plausible score"))
    score_high = models.FloatField(_("highest plausible score"))
    score_without_events = models.FloatField(_("score without mass events"))
    rank = models.PositiveIntegerField(_("rank"))
    rank_low = models.PositiveIntegerField(_("best plausible rank"))
    rank_high = models.PositiveIntegerField(_("worst plausible rank"))
    score_class = models.PositiveSmallIntegerField(_("class"), null=True)
    n = models.PositiveIntegerField(_("incidents"))
    confidence = models.FloatField(_("confidence (0 to 1)"))
    sub_indices = models.JSONField(_("sub-indices"))
    contributions = models.JSONField(_("contributions"))
    robustness = models.JSONField(_("robustness"), default=dict)

    objects = RiskScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk score")
        verbose_name_plural = _("risk scores")
        constraints = [
            models.UniqueConstraint(fields=["run", "sector_version"], name="score_once_per_run"),
            models.CheckConstraint(
                name="score_in_range",
                condition=models.Q(score__gte=0) & models.Q(score__lte=100.000001),
            ),
            models.CheckConstraint(
                name="score_confidence_in_range", condition=models.Q(confidence__gte=0) & models.Q(confidence__lte=1)
            ),
            models.CheckConstraint(
                name="score_rank_inside_its_interval",
                condition=models.Q(rank_low__gte=1)
                & models.Q(rank_low__lte=models.F("rank"))
                & models.Q(rank__lte=models.F("rank_high")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector_version}: {self.score:.1f}"
