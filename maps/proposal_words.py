"""A proposal in words and pictures: its evidence, when it concentrates, what it overlaps, what may be done with it."""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from access.permissions import allows
from incidents.services.located import located_of_run
from maps.figures.charts import weekday_hours
from maps.figures.ground import shape_picture
from maps.templatetags.people import percent
from sectors.models import ProposalState, TerritoryProposal
from sectors.services.proposals import figures_withheld

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
    withheld = figures_withheld(proposal, role)
    return {
        "row": proposal,
        "located": located_of_run(cluster.run.counts),
        "withheld": withheld,
        "cluster": cluster,
        "ratio": cluster.details.get("ratio"),  # the run's own, in which no single pile counts in full
        "hectares": proposal.area_m2 / 10_000,
        "sign": SIGNS[proposal.state],
        "picture": shape_picture(
            proposal.commune, proposal.boundary, style="foco",
            title=_("Map of proposal %(number)s") % {"number": proposal.pk},
        ),
        "facts": facts(cluster.details),
        "sentences": sentences(cluster.details, cluster.run),
        "hours": "" if withheld else hours_chart(proposal.time_window),
        "when": "" if withheld else concentration(proposal.time_window),
        "overlaps": [overlap_words(one) for one in proposal.overlaps],
        "may_send": proposal.state == ProposalState.DRAFT and allows(role, "proposals.send"),
        "may_decide": proposal.state == ProposalState.SENT and allows(role, "proposals.decide"),
    }  # fmt: skip


def facts(details: dict[str, Any]) -> list[dict[str, Any]]:
    """Short figures of the evidence: share of the town's incidents, steadiness, blocks, residents."""
    told = []
    if "share_of_town" in details:
        told.append((_("Share of the incidents searched"), percent(details["share_of_town"])))
    if "core_ratio" in details:
        told.append((_("Steady core"), percent(details["core_ratio"])))
    if details.get("snapped"):
        told.append((_("Street blocks"), number_format(details["blocks"])))
        told.append((_("Residents"), number_format(round(details["residents"]))))
    return [{"title": title, "value": value} for title, value in told]


def sentences(details: dict[str, Any], run: Any) -> list[str]:
    """What the evidence means, in sentences."""
    told = []
    if "core_ratio" in details:
        words = _("%(core)s of its cells are hot in at least 70 %% of the resamples of the weeks: that is its core.")
        told.append(words % {"core": percent(details["core_ratio"])})
    if details.get("snapped"):
        told.append(_("Its border follows whole street blocks: the most harm on the least ground that hangs together."))
    elif "snapped" in details:
        told.append(
            _("Its border follows the cells of the search: no street blocks lie there, or none fit the limits.")
        )
    if details.get("limits"):
        told.append(_("The limit of ground or residents stopped it before it held all of the harm."))
    if details.get("units"):
        parts = ", ".join(f"{name} {percent(share)}" for name, share in details["units"].items())
        told.append(_("Its harm lies in: %(parts)s.") % {"parts": parts})
    if trial := later_words(run.evaluation):
        told.append(trial)
    return told


def later_words(evaluation: dict[str, Any]) -> str:
    """How a search on the earlier part of the window did on the later part, beside the fullest cells."""
    if not evaluation:
        return ""
    words = _(
        "Tried on the last quarter of the window: proposals drawn without it hold %(hits)s of %(all)s incidents, PAI "
        "%(pai)s; as much ground in the fullest cells of the past has PAI %(fullest)s."
    )
    return words % {
        "hits": number_format(evaluation["hits"]),
        "all": number_format(evaluation["incidents"]),
        "pai": number_format(round(evaluation["pai"], 1)),
        "fullest": number_format(round(evaluation["fullest_pai"], 1)),
    }


def hours_chart(window: dict[str, Any]) -> str:
    """Weekday × hour of the incidents whose hour is known."""
    counts = window.get("counts")
    return weekday_hours(counts, title=_("Incidents by weekday and hour")) if counts else ""


def concentration(window: dict[str, Any]) -> str:
    """The days and hours in which a proposal's incidents concentrate, where they do."""
    return window_words(window.get("window"))


def window_words(found: dict[str, Any] | None) -> str:
    """A part of the week in which more happens than elsewhere, in words; empty where there is none."""
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
