"""Files made for other people: kept as they were given out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plan.querysets import ExportFileQuerySet


class ExportFile(models.Model):
    """One exported file under MEDIA_ROOT. The row is written after the file, in the transaction of its log entry."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    log = models.OneToOneField(
        "access.ExportLog", models.PROTECT, related_name="+", verbose_name=_("entry in the export log")
    )
    plan = models.ForeignKey(
        "plan.CommunalPlan", models.PROTECT, null=True, related_name="+", verbose_name=_("communal plan")
    )
    stored_as = models.CharField(_("place under the files folder"), max_length=300, unique=True)
    file_name = models.CharField(_("file name"), max_length=200)
    file_format = models.CharField(_("format"), max_length=10)
    srid = models.PositiveIntegerField(_("reference system (EPSG)"))
    rows = models.PositiveIntegerField(_("rows"))
    size_bytes = models.PositiveBigIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    losses = models.JSONField(_("losses"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")
        indexes = [models.Index(fields=["commune", "-created_at"], name="export_file_by_commune")]
        constraints = [
            models.CheckConstraint(name="export_file_format_known", condition=Q(file_format__in=["shp", "gpkg"])),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self):  # type: ignore[no-untyped-def]
        """Where the file lies on this machine."""
        return settings.MEDIA_ROOT / self.stored_as
