"""The kinds of long work. Each app registers its own in its `tasks.py`; the queue knows only their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access.permissions import PERMISSIONS, allows

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from access.models import JobRun
    from analysis.progress import Report

Run = Callable[["JobRun", "Report"], dict[str, Any]]


@dataclass(frozen=True)
class JobKind:
    """One kind of long work: its title for people, the right it needs, the function that does it."""

    name: str
    title: str | _StrPromise
    permission: str
    run: Run


KINDS: dict[str, JobKind] = {}


def job_kind(name: str, *, title: str | _StrPromise, permission: str) -> Callable[[Run], Run]:
    """Register `run(job, report) -> result` as the work of a kind.

    The function runs inside the transaction that also writes its result and the state `done`: it must not commit by
    itself. `report(stage, done, total)` is seen from outside at once and raises when the work was cancelled.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def register(run: Run) -> Run:
        known = KINDS.get(name)
        if known is not None and known.run.__module__ != run.__module__:
            raise ValueError(f"job kind {name!r} is already registered by {known.run.__module__}")
        KINDS[name] = JobKind(name, title, permission, run)
        return run

    return register


def kinds_for(role: str | None) -> list[str]:
    """Names of the kinds that a role may ask for, see and cancel."""
    return [kind.name for kind in KINDS.values() if allows(role, kind.permission)]
