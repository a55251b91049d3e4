"""Hot-spot runs and the clusters they found. A run says everything that is needed to repeat it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geo.constraints import sound_geometry
from incidents.querysets import ClusterQuerySet, HotspotRunQuerySet


class HotspotRun(models.Model):
    """One search for hot spots: window, parameters, seed, code version, ledger number, rows used and left out."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    window_from = models.DateField(_("window from"))
    window_until = models.DateField(_("window until"))
    method = models.CharField(_("method"), max_length=40)
    parameters = models.JSONField(_("parameters"))
    seed = models.PositiveBigIntegerField(_("seed"))
    code_version = models.CharField(_("code version"), max_length=40)
    sequence = models.PositiveIntegerField(_("ledger number"))
    counts = models.JSONField(_("rows used and left out"))
    evaluation = models.JSONField(_("trial on later incidents"), default=dict)
    result = models.TextField(_("result (canonical JSON)"))
    created_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = HotspotRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("hot-spot run")
        verbose_name_plural = _("hot-spot runs")
        indexes = [models.Index(fields=["commune", "-created_at"], name="hotspot_run_by_commune")]
        constraints = [
            models.CheckConstraint(name="hotspot_run_window_in_order", condition=Q(window_until__gte=F("window_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.window_from} – {self.window_until}"


class Cluster(models.Model):
    """One territory where incidents exceed what its surroundings explain."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    run = models.ForeignKey(HotspotRun, models.CASCADE, related_name="clusters", verbose_name=_("run"), db_index=False)
    rank = models.PositiveIntegerField(_("rank"))
    boundary = models.MultiPolygonField(_("boundary"), srid=4326)
    n = models.PositiveIntegerField(_("incidents"))
    expected = models.FloatField(_("expected incidents"))
    harm = models.FloatField(_("harm (days of penalty)"), null=True)
    per_km2 = models.FloatField(_("incidents per km²"))
    area_m2 = models.FloatField(_("area (m²)"))
    q = models.FloatField(_("false discovery rate"))
    weekday_hours = models.JSONField(_("weekday and hours"), default=dict)
    details = models.JSONField(_("details"), default=dict)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        constraints = [
            models.UniqueConstraint(fields=["run", "rank"], name="cluster_one_per_rank"),
            models.CheckConstraint(name="cluster_has_area", condition=Q(area_m2__gt=0)),
            sound_geometry("boundary", name="cluster_boundary_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.run} #{self.rank}"
