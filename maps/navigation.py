"""The menu, in the order of the analyst's work: look, bring data, find, decide, plan, share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.permissions import allows

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Entry:
    """One line of the menu: its words, its page, the right it needs, its icon, the pages that belong to it."""

    title: str | _StrPromise
    page: str
    permission: str
    icon: str
    family: tuple[str, ...] = ()


ENTRIES = (
    Entry(_("Map"), "maps:map", "map.view", "map"),
    Entry(
        _("Data"), "maps:imports", "data.bring", "database",
        ("batch", "table", "profile", "geography", "layer", "event", "factor", "reading", "place_", "same_"),
    ),
    Entry(_("Analysis"), "maps:methods", "analysis.view", "graph-up", ("method", "run_method")),
    Entry(_("Hot spots and proposals"), "maps:proposals", "proposals.view", "bullseye", ("proposal", "find_hotspots")),
    Entry(_("Cameras"), "maps:cameras", "cameras.view_points", "camera-video", ("camera", "siting")),
    Entry(_("Sectors"), "maps:sectors", "sectors.view", "bounding-box", ("sector", "score", "try_scores")),
    Entry(_("Director's board"), "maps:board", "board.view", "speedometer2", ("focalise", "territory")),
    Entry(_("Plan"), "maps:plan", "plan.view", "journal-check", ("plan", "strategy", "indicator", "objective")),
    Entry(_("Export"), "maps:exports", "export.sectors", "download", ()),
    Entry(_("Jobs"), "maps:jobs", "jobs.view", "hourglass-split", ("job",)),
)  # fmt: skip


def menu(request: HttpRequest, role: str | None) -> list[dict[str, Any]]:
    """What the reader's role may open, with the entry of the current page marked."""
    match = request.resolver_match
    here = match.url_name or "" if match and match.namespace == "maps" else ""
    return [
        {
            "title": entry.title,
            "address": reverse(entry.page),
            "icon": entry.icon,
            "current": entry.page == f"maps:{here}" or here.startswith(entry.family or ("\0",)),
        }
        for entry in ENTRIES
        if allows(role, entry.permission)
    ]
