"""Which kinds of table a role may bring: each has the right of the job that imports it, not that of the page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from access.jobs import KINDS
from access.permissions import allows
from maps.tasks import TABLE_JOBS


def kinds_of(role: str | None) -> list[str]:
    """Kinds of table whose import the role may ask for."""
    return [kind for kind, job in TABLE_JOBS.items() if allows(role, KINDS[job].permission)]


def require_kind(kind: str, role: str | None) -> None:
    """Raise Http404 for a kind that does not exist, PermissionDenied for one that the role may not bring."""
    if kind not in TABLE_JOBS:
        raise Http404
    if kind not in kinds_of(role):
        raise PermissionDenied
