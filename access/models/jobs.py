"""Long work: its state, its progress, its lease and its fencing number."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.querysets import JobRunQuerySet


class JobRun(models.Model):
    """One run of long work for one commune.

    `fence` is raised under row lock at each start; the result and the state `done` are written in one transaction
    that holds only while the fence is unchanged, so a stale worker changes nothing.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=60)
    parameters = models.JSONField(_("parameters"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(_("stage"), max_length=120, blank=True)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("total"), default=0)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    fence = models.PositiveIntegerField(_("fencing number"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    backend_pid = models.IntegerField(_("database session"), null=True, editable=False)
    backend_start = models.DateTimeField(_("database session since"), null=True, editable=False)
    result = models.JSONField(_("result"), default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("requested by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["commune", "-created_at"], name="job_run_by_commune")]
        constraints = [
            models.CheckConstraint(
                name="job_run_state_known",
                condition=models.Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
