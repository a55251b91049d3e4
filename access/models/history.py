"""What rows were like before: every state of the tables that results are computed from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.querysets import RowVersionQuerySet


class RowVersion(models.Model):
    """One state of one row of a kept table (`access/row_versions.py`), written by the database itself. Insert only.

    The id is the sequence that results store. `content` is empty where the row was removed; `act` names the act that
    wrote it, where that is more than one change by hand (“batch:12”).
    """

    id = models.BigAutoField(primary_key=True)
    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    content = models.JSONField(_("content"), null=True)
    act = models.CharField(_("act"), max_length=60, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    objects = RowVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a row")
        verbose_name_plural = _("versions of rows")
        indexes = [
            models.Index(fields=["commune", "table_name", "row_id", "-id"], name="row_version_of_row"),
            models.Index(fields=["act"], condition=~models.Q(act=""), name="row_version_by_act"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id} {self.recorded_at:%Y-%m-%d %H:%M}"
