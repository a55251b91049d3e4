"""How a job is told to people: its title, how far it is, how long it may take, where its result lies."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.jobs import KINDS
from access.models import JobRun

LEAST_SHARE = 0.03  # before this a guess of the time left says nothing
SIGNS = {"queued": "waiting", "running": "accent", "done": "good", "failed": "bad", "cancelled": ""}


def told(job: JobRun) -> dict[str, Any]:
    """A job as its pages show it."""
    kind = KINDS.get(job.kind)
    share = min(job.done / job.total, 1) if job.total else None
    return {
        "row": job,
        "title": kind.title if kind else job.kind,
        "subject": job.parameters.get("file_name", ""),
        "sign": SIGNS[job.state],
        "open": job.state in {"queued", "running"},
        "percent": round(100 * share) if share is not None else None,
        "left": _time_left(job, share),
        "took": _took(job),
        "links": result_links(job),
        "tries": job.fence if job.fence > 1 else 0,
    }


def result_links(job: JobRun) -> list[dict[str, str]]:
    """Where the result of a finished job is seen."""
    if job.state != JobRun.State.DONE:
        return []
    links = []
    if batch := job.result.get("batch"):
        links.append({"title": _("See the imported batch"), "address": reverse("maps:batch", args=[batch])})
    if job.kind == "sectors.propose":
        links.append({"title": _("See the proposals"), "address": reverse("maps:proposals")})
    if job.kind == "sectors.score":
        links.append({"title": _("See the sectors"), "address": reverse("maps:sectors")})
    if job.kind in {"geography.import", "cameras.coverage"}:
        links.append({"title": _("See the map"), "address": reverse("maps:map")})
    return links


def _time_left(job: JobRun, share: float | None) -> str:
    if job.state != JobRun.State.RUNNING or share is None or share < LEAST_SHARE or job.started_at is None:
        return ""
    seconds = (timezone.now() - job.started_at).total_seconds() * (1 - share) / share
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}


def _took(job: JobRun) -> str:
    if job.started_at is None or job.finished_at is None:
        return ""
    seconds = max(round((job.finished_at - job.started_at).total_seconds()), 0)
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
