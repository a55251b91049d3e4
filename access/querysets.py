"""Questions about people, rights, audit and jobs."""

from __future__ import annotations

from typing import Any, Self

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


class JobRunQuerySet(OfCommuneQuerySet):
    """Questions about long work."""

    def unfinished(self) -> Self:
        """Jobs that wait or run."""
        return self.filter(state__in=["queued", "running"])
