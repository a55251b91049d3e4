"""How a candidate was found, as a sentence that a person can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _


def explanation(candidate: Mapping[str, Any]) -> str:
    """Why a candidate is one: how alike the names are, between which numbers, on which corner."""
    words = _BY_METHOD.get(candidate["method"])
    facts = dict(candidate.get("facts", {}))
    told = {
        "label": candidate["label"], "street": facts.get("street", ""), "corner": facts.get("corner", ""),
        "low": facts.get("low", ""), "high": facts.get("high", ""), "number": facts.get("number", ""),
        "gap": round(facts.get("gap_m", 0)), "alike": round(100 * facts.get("alike", candidate["score"])),
        "kilometre": facts.get("kilometre", ""),
    }  # fmt: skip
    sentence = words() % told if words is not None else ""
    if facts.get("area"):
        sentence += " " + _("It lies in %(area)s, as the address says.") % {"area": facts["area"]}
    return sentence


_BY_METHOD: dict[str, Callable[[], str]] = {
    "alias": lambda: _("A person placed this address before."),
    "door": lambda: _("The number stands among the addresses of %(street)s (name %(alike)s %% alike)."),
    "between": lambda: _(
        "Between numbers %(low)s and %(high)s of its side, %(gap)s m apart (name %(alike)s %% alike)."
    ),
    "between_sides": lambda: _(
        "Between numbers %(low)s and %(high)s of the other side, %(gap)s m apart (name %(alike)s %% alike)."
    ),
    "between_runs": lambda: _(
        "Between numbers %(low)s and %(high)s, the nearest that are known, %(gap)s m apart (name %(alike)s %% alike)."
    ),
    "beyond": lambda: _("Just beyond number %(low)s, the last that is known (name %(alike)s %% alike)."),
    "street": lambda: _("The street as a whole: its numbers do not reach this one, or none is given."),
    "corner": lambda: _("Where %(street)s and %(corner)s meet (names %(alike)s %% alike)."),
    "corner_of_doors": lambda: _(
        "Where the addresses of %(street)s and %(corner)s come nearest (names %(alike)s %% alike)."
    ),
    "kilometre": lambda: _("Kilometre %(kilometre)s of %(street)s, counted from one of its ends."),
    "place": lambda: _("A place of that name (%(alike)s %% alike)."),
    "area": lambda: _("The middle of %(label)s: the address names no street that is known."),
}
