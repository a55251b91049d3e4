"""Runs of the analysis methods and the shapes they drew. A run says everything that is needed to repeat it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets import MethodRunQuerySet, MethodShapeQuerySet


class Method(models.TextChoices):
    """Methods with a page of their own; the values stand in addresses."""

    DENSITY = "densidad", _("Density")
    RELATIVE = "densidad-relativa", _("Relative density")
    SIGNIFICANCE = "significancia", _("Significance")
    CLUSTERS = "conglomerados", _("Clusters")
    CHANGE = "cambio", _("Change by sector")
    TILING = "distritos", _("Tiling of the town")


class MethodRun(models.Model):
    """One run of one method: window, parameters asked for, seed, code version, ledger number, and its whole result."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    method = models.CharField(_("method"), max_length=30, choices=Method.choices)
    window_from = models.DateField(_("window from"))
    window_until = models.DateField(_("window until"))
    parameters = models.JSONField(_("parameters"), default=dict)
    seed = models.PositiveBigIntegerField(_("seed"))
    code_version = models.CharField(_("code version"), max_length=40)
    sequence = models.PositiveIntegerField(_("ledger number"))
    result = models.TextField(_("result (canonical JSON)"))
    created_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = MethodRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a method")
        verbose_name_plural = _("runs of methods")
        indexes = [models.Index(fields=["commune", "method", "-created_at"], name="method_run_by_commune")]
        constraints = [
            models.CheckConstraint(name="method_run_window_in_order", condition=Q(window_until__gte=F("window_from"))),
            models.CheckConstraint(name="method_run_method_known", condition=Q(method__in=Method.values)),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.window_from} – {self.window_until}"


class MethodShape(models.Model):
    """One area that a run drew, in a class from 1 (weakest) up; negative where the class says less than usual."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    run = models.ForeignKey(MethodRun, models.CASCADE, related_name="shapes", verbose_name=_("run of a method"))
    number = models.PositiveIntegerField(_("number"))
    area = models.MultiPolygonField(_("area"), srid=4326)
    step = models.SmallIntegerField(_("class"))
    title = models.CharField(_("title"), max_length=200, blank=True)

    objects = MethodShapeQuerySet.as_manager()

    class Meta:
        verbose_name = _("shape of a method")
        verbose_name_plural = _("shapes of methods")
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="method_shape_once")]

    def __str__(self) -> str:
        return f"{self.run_id} #{self.number}"
