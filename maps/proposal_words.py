"""A proposal in words and pictures: its evidence, when it concentrates, what it overlaps, what may be done with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from access.permissions import allows
from maps.figures.charts import weekday_hours
from maps.figures.ground import shape_picture
from sectors.models import ProposalState, TerritoryProposal

TABS = (
    (ProposalState.DRAFT, pgettext_lazy("proposals", "Drafts")),
    (ProposalState.SENT, pgettext_lazy("proposals", "Sent")),
    (ProposalState.ACCEPTED, pgettext_lazy("proposals", "Accepted")),
    (ProposalState.REFUSED, pgettext_lazy("proposals", "Refused")),
)
SIGNS = {"borrador": "", "enviada": "waiting", "aceptada": "good", "rechazada": "bad"}


def told(proposal: TerritoryProposal, *, role: str) -> dict[str, Any]:
    """A proposal as its page shows it."""
    cluster = proposal.cluster
    return {
        "row": proposal,
        "cluster": cluster,
        "ratio": cluster.details.get("ratio"),  # the run's own, in which no single pile counts in full
        "hectares": proposal.area_m2 / 10_000,
        "sign": SIGNS[proposal.state],
        "picture": shape_picture(
            proposal.commune, proposal.boundary, style="foco",
            title=_("Map of proposal %(number)s") % {"number": proposal.pk},
        ),
        "hours": hours_chart(proposal.time_window),
        "when": concentration(proposal.time_window),
        "overlaps": [overlap_words(one) for one in proposal.overlaps],
        "may_send": proposal.state == ProposalState.DRAFT and allows(role, "proposals.send"),
        "may_decide": proposal.state == ProposalState.SENT and allows(role, "proposals.decide"),
    }  # fmt: skip


def hours_chart(window: dict[str, Any]) -> str:
    """Weekday × hour of the incidents whose hour is known."""
    counts = window.get("counts")
    return weekday_hours(counts, title=_("Incidents by weekday and hour")) if counts else ""


def concentration(window: dict[str, Any]) -> str:
    """The days and hours in which a proposal's incidents concentrate, where they do."""
    found = window.get("window")
    if not found:
        return ""
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    return _(
        "%(days)s, %(first)s:00 to %(last)s:00: %(share)s %% of its incidents, against %(elsewhere)s %% elsewhere"
    ) % {
        "days": _("every day") if len(found["days"]) == len(days) else ", ".join(days[day] for day in found["days"]),
        "first": found["start_hour"],
        "last": (found["start_hour"] + found["hours"]) % 24,
        "share": round(100 * found["share"]),
        "elsewhere": round(100 * found["expected_share"]),
    }


def overlap_words(overlap: dict[str, Any]) -> str:
    """How much of a proposal lies in a sector or in a proposal that was refused."""
    share = round(100 * overlap["share_of_proposal"])
    if overlap["kind"] == "sector":
        return _("%(share)s %% lies in sector %(code)s") % {"share": share, "code": overlap["code"]}
    return _("%(share)s %% lies in proposal %(number)s, which was refused") % {
        "share": share,
        "number": overlap["proposal"],
    }
