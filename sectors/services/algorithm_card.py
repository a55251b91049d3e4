"""The algorithm card of the score: purpose, inputs, arithmetic, doubt, limits.

Written from the scheme itself, so that it cannot say anything else than what is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from sectors.services.schemes import rules_of
from sectors.services.score_views import PART_NAMES, SUB_INDEX_NAMES, counted_words, exposure_words

if TYPE_CHECKING:
    from sectors.models import ScoringRun, ScoringScheme
    from sectors.services.schemes import SchemeRules

Section = dict[str, Any]


def algorithm_card(scheme: ScoringScheme, *, run: ScoringRun | None) -> list[Section]:
    """Sections of the card in order: title, paragraphs, and rows of a table where it has one."""
    rules = rules_of(scheme)
    return [
        _purpose(),
        _inputs(scheme, rules),
        _weights(scheme),
        _arithmetic(scheme, rules),
        _doubt(rules, run),
        _limits(),
        _version(scheme, run),
    ]


def card_text(sections: list[Section], *, title: str) -> str:
    """The card as Markdown, to be downloaded and attached."""
    lines = [f"# {title}"]
    for section in sections:
        lines += ["", f"## {section['title']}"]
        lines += [line for words in section["paragraphs"] for line in ("", words)]
        if section["rows"]:
            lines += ["", f"| {' | '.join(section['heads'])} |", f"|{'---|' * len(section['heads'])}"]
            lines += [f"| {' | '.join(row)} |" for row in section["rows"]]
    return "\n".join(lines) + "\n"


def _section(title: str, *paragraphs: str, heads: tuple[str, ...] = (), rows: list[list[str]] | None = None) -> Section:
    return {"title": title, "paragraphs": [words for words in paragraphs if words], "heads": heads, "rows": rows or []}


def _purpose() -> Section:
    return _section(
        _("What it is for"),
        _("It orders the sectors of the catalogue for support: lighting, spaces, mediation, patrols, cameras."),
        _("It proposes and explains; a named person decides, with a reason. It says nothing about persons."),
    )


def _inputs(scheme: ScoringScheme, rules: SchemeRules) -> Section:
    driven = (
        _("Offences whose number follows enforcement are counted too.")
        if rules.enforcement_driven
        else _("Offences whose number follows enforcement (drugs, weapons, alcohol in public) are left out.")
    )
    people = {
        "residents": _("Rates are per resident and hour; the ranks per people about by day are shown beside them."),
        "ambient": _("Rates are per person about by day: at home for part of the day, then where places draw people."),
        "area": "",
    }
    cap = (
        _("Harm of one incident is capped at %(days)s days.") % {"days": number_format(rules.harm_cap_days)}
        if rules.harm_cap_days
        else _("Harm of one incident is not capped; the sheet of a sector says when one incident makes its score.")
    )
    return _section(
        _("What goes in"),
        _("It counts %(counted)s.") % {"counted": counted_words(scheme)},
        driven,
        people[rules.exposure],
        exposure_words(scheme),
        _("Harm is the least penalty in days, from version %(version)s of the harm table.")
        % {"version": rules.harm_table},
        cap,
        _("No sex, age, nationality, income or other trait of people goes in."),
    )


def _weights(scheme: ScoringScheme) -> Section:
    rows = []
    for name, weight in scheme.weights["sub_indices"].items():
        rows.append([str(SUB_INDEX_NAMES[name]), _percent(weight), ""])
        rows += [
            [f"— {PART_NAMES[part]}", _percent(share), _percent(weight * share)]
            for part, share in scheme.weights["parts"][name].items()
        ]
    heads = (_("Part"), _("Weight"), _("Weight in the whole"))
    missing = _("What is missing is not zero: it leaves its weight to the rest and lowers the confidence.")
    return _section(_("Weights"), missing, heads=heads, rows=rows)


def _arithmetic(scheme: ScoringScheme, rules: SchemeRules) -> Section:
    found = scheme.normalisation
    learnt = found["reference"]
    baseline = (
        _("Prior and scales were learnt from %(cells)s cells of %(side)s m with %(n)s incidents, then frozen.")
        % {"cells": number_format(learnt["cells"]), "side": number_format(round(learnt["cell_m"])),
           "n": number_format(learnt["incidents"])}
        if learnt["learnt"]
        else _("The baseline was too thin to learn from: prior and scales are the documented standard ones.")
    )  # fmt: skip
    aggregation = (
        _("Geometric mean: a very low part cannot be made up for by the others.")
        if rules.aggregation == "geometric"
        else _("Weighted sum: the points of the parts add up exactly to the score.")
    )
    rows = [
        [str(PART_NAMES[part]), number_format(scale["low"], 3), number_format(scale["high"], 3)]
        for part, scale in found["scales"].items()
    ]
    return _section(
        _("How it is made"),
        _("Rates of small sectors are drawn towards the usual one (gamma-Poisson, Marshall 1991): few incidents weigh "
          "little."),
        baseline,
        _("Each part becomes 0 to 1 on its frozen scale of logarithms, so that no sector moves another's score."),
        aggregation,
        heads=(_("Scale"), _("From"), _("Until")),
        rows=rows,
    )  # fmt: skip


def _doubt(rules: SchemeRules, run: ScoringRun | None) -> Section:
    drawn = _("%(draws)s draws of the data, the weights and the method give the intervals of score and rank.") % {
        "draws": number_format(rules.draws)
    }
    return _section(
        _("How sure it is"),
        drawn,
        variance_words(run.parameters.get("rank_variance", {})) if run else "",
        _("Sectors with fewer than %(n)s incidents get no class; those that cannot be told apart share one.")
        % {"n": rules.least_n_for_class},
    )


def _limits() -> Section:
    return _section(
        _("What it must not be used for"),
        _("Not for judging people or households, not for stopping or checking anybody, not for refusing a service."),
        _("What is not reported is not seen. Compare with the survey and with what neighbours say before deciding."),
        _("Whoever disagrees with a sector's place may object to the office, which answers in writing."),
    )


def _version(scheme: ScoringScheme, run: ScoringRun | None) -> Section:
    told = _("Scheme v%(version)s of %(when)s: %(reason)s.") % {
        "version": scheme.version,
        "when": date_format(scheme.created_at, "SHORT_DATE_FORMAT"),
        "reason": scheme.reason.rstrip("."),
    }
    last = (
        _("Last run: %(first)s to %(last)s, seed %(seed)s, code %(code)s.")
        % {
            "first": date_format(run.window_from, "SHORT_DATE_FORMAT"),
            "last": date_format(run.window_until, "SHORT_DATE_FORMAT"),
            "seed": run.seed,
            "code": run.code_version,
        }
        if run
        else ""
    )
    return _section(_("Version"), told, last)


def variance_words(variance: dict[str, float]) -> str:
    """What drives the ranks, in a sentence; empty where a run does not know."""
    parts = {"data": _("the data"), "weights": _("the weights"), "method": _("the method")}
    total = sum(variance.get(name, 0.0) for name in parts)
    if total <= 0:
        return ""
    shares = {name: variance[name] / total for name in parts}
    told = ", ".join(f"{words} {_percent(shares[name])}" for name, words in parts.items())
    return _("Of what moves the ranks when everything is drawn again: %(shares)s.") % {"shares": told}


def _percent(ratio: float) -> str:
    return f"{floatformat(round(100 * ratio, 1), -1)} %"
