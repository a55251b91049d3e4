"""Questions about people, rights, audit and jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db.models import BooleanField, Max, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from geo.querysets import OfCommuneQuerySet


class MembershipQuerySet(OfCommuneQuerySet):
    """Questions about memberships."""

    def of_user(self, user: Any) -> Self:
        """Memberships of one active user."""
        return self.filter(user=user, user__is_active=True).select_related("commune")


class AuditEventQuerySet(OfCommuneQuerySet):
    """Questions about the audit trail."""


class ExportLogQuerySet(OfCommuneQuerySet):
    """Questions about what left the house."""


class RowVersionQuerySet(OfCommuneQuerySet):
    """Questions about the states that rows of kept tables have had."""

    def of_table(self, model: Any) -> Self:
        """States of the rows of one table."""
        return self.filter(table_name=model._meta.db_table)

    def by_act(self, act: str) -> Self:
        """States that one act wrote."""
        return self.filter(act=act)

    def as_of(self, sequence: int) -> Self:
        """For each row, its state right after a sequence number; rows that had been removed by then are left out."""
        newest = self.filter(pk__lte=sequence).order_by("commune", "table_name", "row_id", "-pk")
        deciding = newest.distinct("commune", "table_name", "row_id").values("pk")
        return self.filter(pk__in=deciding, content__isnull=False)

    def latest_number(self) -> int:
        """Highest sequence number so far, 0 where nothing was ever written."""
        return int(self.aggregate(latest=Max("pk"))["latest"] or 0)

    def number_at(self, moment: datetime) -> int:
        """Sequence number of a moment: whatever was recorded until then carries it or a lower one."""
        return self.filter(recorded_at__lte=moment).latest_number()


class JobRunQuerySet(OfCommuneQuerySet):
    """Questions about long work."""

    def unfinished(self) -> Self:
        """Jobs that wait or run."""
        return self.filter(state__in=["queued", "running"])

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        """Jobs of some kinds (those a role may see: `access.jobs.kinds_for`)."""
        return self.filter(kind__in=list(kinds))

    def claimable(self) -> Self:
        """Jobs that a worker may start: waiting ones, and running ones whose lease ran out."""
        return self.filter(cancel_requested=False).filter(
            Q(state="queued") | Q(state="running", lease_until__lt=Now()),
        )

    def stalled(self) -> Self:
        """Running jobs whose worker has not renewed its lease."""
        return self.filter(state="running", lease_until__lt=Now())

    def held_by(self, run: Any) -> Self:
        """The job of a run, while that run still holds its fence."""
        return self.filter(pk=run.pk, fence=run.fence, state="running")

    def waiting_since(self, moment: datetime) -> Self:
        """Waiting jobs that were asked for before a moment."""
        return self.filter(state="queued", created_at__lt=moment)

    def without_queue_entry(self, task: str) -> Self:
        """Jobs that no row of the queue will deliver."""
        entry = RawSQL(
            "EXISTS (SELECT 1 FROM procrastinate_jobs q WHERE q.task_name = %s AND q.status IN ('todo', 'doing')"
            " AND (q.args->>'job_id')::bigint = access_jobrun.id)",
            [task],
            output_field=BooleanField(),
        )
        return self.annotate(in_queue=entry).filter(in_queue=False)

    def finished_before(self, moment: datetime) -> Self:
        """Jobs that ended before a moment."""
        return self.filter(state__in=["done", "failed", "cancelled"], finished_at__lt=moment)
