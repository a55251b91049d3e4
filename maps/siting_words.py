"""A search for camera sites as its page tells it: proof, proposals with what each adds, and how it was searched."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from cameras.models import SitingChoice, SitingRun
from maps.figures.charts import Bar, bars
from maps.figures.ground import points_picture
from maps.forms.cameras import CANDIDATES, DEMANDS

MOST_BARS = 20


def told_run(run: SitingRun) -> dict[str, Any]:
    """Context of the page of one search."""
    choices = list(
        SitingChoice.objects.for_commune(run.commune).filter(run=run).select_related("camera").order_by("rank")
    )
    unseen = run.demand - run.demand_covered
    return {
        "run": run,
        "choices": [(one, _percent(one.gain, unseen), f"{one.point.y:.6f},{one.point.x:.6f}") for one in choices],
        "least": 100 * (1 - run.gap_ratio),
        "covered_percent": _percent(run.demand_covered, run.demand),
        "gain_percent": _percent(run.gain, unseen),
        "demand_words": str(dict(DEMANDS)[run.parameters["demand"]]),
        "chart": _chart(run, unseen),
        "picture": points_picture(
            run.commune, [(one.point, str(one.rank)) for one in choices], title=_("Places of the proposed cameras")
        ) if choices else "",
        "facts": _facts(run),
    }  # fmt: skip


def _chart(run: SitingRun, unseen: float) -> str:
    rows = [
        Bar(_("%(count)s cameras") % {"count": number} if number > 1 else _("1 camera"), _percent(gain, unseen))
        for number, gain in enumerate(run.curve[:MOST_BARS], start=1)
    ]
    return bars(rows, title=_("Share of what is unseen today, in per cent, by number of cameras"), most=100)


def _facts(run: SitingRun) -> list[tuple[str, str]]:
    asked = run.parameters
    titles = {name: str(words) for name, words in CANDIDATES}
    facts = [
        (_("What they should see"), str(dict(DEMANDS)[asked["demand"]])),
        (_("Where they could hang"), ", ".join(titles[name] for name in asked["candidates"])),
        (_("Method"), run.method),
        (_("Demand added"), floatformat(run.gain, "1g")),
        (_("Most that any choice could add"), floatformat(run.bound, "1g")),
        (_("Gap"), f"{floatformat(100 * run.gap_ratio, '2')} %"),
    ]
    if run.refused_sites:
        facts.append((_("Sites left out: inside a building or without known ground"), str(run.refused_sites)))
    return facts


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole > 0 else 0.0
