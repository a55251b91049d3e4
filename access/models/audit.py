"""Who did what, and what left the house. Insert only; never a coordinate, never a victim's text."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.querysets import AuditEventQuerySet, ExportLogQuerySet


class AuditEvent(models.Model):
    """One act: by whom, in which role, on what, why."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, null=True, related_name="+", verbose_name=_("commune"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=20, blank=True)
    verb = models.CharField(_("act"), max_length=60)
    target = models.CharField(_("on what"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["commune", "-at"], name="audit_event_by_commune")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target}"


class ExportLog(models.Model):
    """One file given out: what, in which format and system, how many rows, its digest, why."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20)
    layer = models.CharField(_("layer"), max_length=60)
    file_format = models.CharField(_("format"), max_length=20)
    srid = models.PositiveIntegerField(_("reference system (EPSG)"), null=True)
    rows = models.PositiveIntegerField(_("rows"))
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    parameters = models.JSONField(_("parameters"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = ExportLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["commune", "-at"], name="export_log_by_commune")]

    def __str__(self) -> str:
        return self.file_name
