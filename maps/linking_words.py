"""Pairs of records that may be one event, in words: what each source says, how far apart, what the score is."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from incidents.models import EventLink, Incident, LinkState, SourceProfile
from incidents.services.linking import standing

STATES = (LinkState.PROPOSED, LinkState.CONFIRMED, LinkState.REFUSED)


def link_card(commune: Any, *, state: str, asked: int | None, after: int | None = None) -> dict[str, Any]:
    """The pair asked for (else the one after another, else the first) of those in a state whose records still stand."""
    links = list(EventLink.objects.for_commune(commune).in_state(state).likeliest_first())
    ids = [link.pk for link in links]
    if not ids:
        return {"link": None, "count": 0}
    at = ids.index(asked) if asked in ids else _after(links, commune, after)
    link = links[at]
    records = [(link.left_source, link.left_key), (link.right_source, link.right_key)]
    found = standing(commune, records)
    sides = [_side(letter, record[0], found.get(record), commune) for letter, record in zip("AB", records, strict=True)]
    return {
        "link": link, "count": len(ids), "number": at + 1, "next": ids[(at + 1) % len(ids)], "previous": ids[at - 1],
        "sides": sides, "whole": len(found) == len(records), "percent": min(99, round(100 * link.score)),
        "why": _why(link),
        "marks": [one["mark"] for one in sides if one["mark"]],
    }  # fmt: skip


def _after(links: list[EventLink], commune: Any, after: int | None) -> int:
    """Where to go on once a pair has left the list: at the next less likely one."""
    before = EventLink.objects.for_commune(commune).filter(pk=after).first() if after else None
    if before is None:
        return 0
    place = (-before.score, before.pk)
    return next((number for number, link in enumerate(links) if (-link.score, link.pk) > place), 0)


def _side(letter: str, source: str, incident: Incident | None, commune: Any) -> dict[str, Any]:
    profile = SourceProfile.objects.for_commune(commune).filter(source=source).order_by("-version").first()
    told: dict[str, Any] = {
        "letter": letter, "source": profile.name if profile else source, "incident": incident, "mark": None,
    }  # fmt: skip
    if incident is not None and incident.point is not None:
        told["mark"] = {"lng": incident.point.x, "lat": incident.point.y, "label": letter, "chosen": letter == "A"}
        told["moment"] = incident.occurred_from.astimezone(ZoneInfo(commune.timezone))
    return told


def _why(link: EventLink) -> str:
    """What the score was made of, as a sentence."""
    types = {
        "same": _("the same type"), "group": _("the same group"), "other": _("different types"),
        "not_comparable": _("lists of types that cannot be compared"),
    }  # fmt: skip
    told = link.evidence
    return _("%(distance)s m and %(minutes)s minutes apart, %(types)s.") % {
        "distance": round(told.get("distance_m", 0)), "minutes": round(told.get("gap_minutes", 0)),
        "types": types.get(told.get("type_level", ""), ""),
    }  # fmt: skip
