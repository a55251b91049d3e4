"""How a job is told to people: its title, how far it is, how long it may take, where its result lies."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.jobs import KINDS
from access.models import JobRun
from incidents.models import SourceProfile
from maps.ground_words import GROUND_TARGETS

SHOWN_REFUSALS = 50
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
        "layer": layer_facts(job),
        "tries": job.fence if job.fence > 1 else 0,
    }


def result_links(job: JobRun) -> list[dict[str, str]]:
    """Where the result of a finished job is seen."""
    if job.state != JobRun.State.DONE:
        return []
    links = _rows_of(job)
    if job.kind == "geo.import_layer" and job.result.get("target") in GROUND_TARGETS:
        prepare = reverse("maps:geography") + "#preparar"
        links.append({"title": _("Prepare the ground with this layer"), "address": prepare})
    if page := _pages().get(job.kind):
        links.append({"title": page[0], "address": reverse(page[1])})
    return links


def layer_facts(job: JobRun) -> dict[str, Any] | None:
    """What became of a layer: its counts, notes and refused rows; None for other jobs."""
    if job.kind != "geo.import_layer" or job.state != JobRun.State.DONE:
        return None
    told = job.result
    counts = [(title, told.get(name, 0)) for name, title in _layer_counts()]
    refusals = told.get("refusals", [])
    return {
        "counts": counts, "notes": told.get("notes", []), "refusals": refusals[:SHOWN_REFUSALS],
        "more": max(told.get("refused", 0) - SHOWN_REFUSALS, 0), "kept": len(refusals),
        "refused": told.get("refused", 0),
    }  # fmt: skip


def _layer_counts() -> list[tuple[str, str]]:
    return [
        ("read", _("Read")), ("accepted", _("Accepted rows")), ("repeated", _("Repeated")),
        ("refused", _("Refused rows")), ("replaced", _("Replaced")),
    ]  # fmt: skip


def _rows_of(job: JobRun) -> list[dict[str, str]]:
    """The rows that a result names: a batch, a file, a strategy, a plan."""
    told, links = job.result, []
    if address := _file_of_trial(job):
        links.append({"title": _("Back to the file, to import it"), "address": address})
    if batch := told.get("batch"):
        links.append({"title": _("See the imported batch"), "address": reverse("maps:batch", args=[batch])})
    if method_run := told.get("method_run"):
        links.append({"title": _("See the result"), "address": reverse("maps:method_run", args=[method_run])})
    if file := told.get("file"):
        title = _("Download %(file)s") % {"file": told["file_name"]}
        links.append({"title": title, "address": reverse("plan:export_file", args=[file])})
    if file := told.get("coverage_file"):
        title = _("Download %(file)s") % {"file": told["file_name"]}
        links.append({"title": title, "address": reverse("cameras:coverage_file", args=[file])})
    if run := told.get("siting_run"):
        links.append({"title": _("See the proposed cameras"), "address": reverse("maps:siting_run", args=[run])})
    if strategy := told.get("strategy"):
        links.append({"title": _("See the strategy"), "address": reverse("maps:strategy", args=[strategy])})
    if plan := told.get("plan"):
        links.append({"title": _("See the plan"), "address": f"{reverse('maps:plan')}?version={plan}"})
    return links


def _pages() -> dict[str, tuple[str, str]]:
    """For kinds of jobs whose result is seen on one page: its words and name."""
    return {
        "sectors.propose": (_("See the proposals"), "maps:proposals"),
        "sectors.score": (_("See the sectors"), "maps:sectors"),
        "incidents.link": (_("See the pairs"), "maps:same_pairs"),
        "incidents.place": (_("See what waits for a place"), "maps:place_queue"),
        "incidents.prepare_ground": (_("See the geography"), "maps:geography"),
        "geo.import_layer": (_("See the map"), "maps:map"),
        "geo.add_surface": (_("See the geography"), "maps:geography"),
        "cameras.coverage": (_("See coverage and gaps"), "maps:camera_coverage"),
    }


def _file_of_trial(job: JobRun) -> str:
    """Where the file of a trial waits, so that it need not be brought twice."""
    asked = job.parameters
    if not asked.get("dry_run") or not asked.get("token"):
        return ""
    profile = SourceProfile.objects.for_commune(job.commune).filter(pk=asked.get("profile")).first()
    if profile is None:
        return ""
    return f"{reverse('maps:table', args=[profile.kind, asked['token']])}?perfil={profile.pk}"


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
