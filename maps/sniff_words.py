"""What was understood of a file, in words: what each column is and why, how the file is written and what proves it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.sniffing.tables import ColumnGuess, Understanding
from geo.crs import title_of
from geo.decoder import TableDescription
from maps.profile_fields import FIELDS


def told_roles(told: Understanding, kind: str) -> list[dict[str, Any]]:
    """For each column its field in words, or why it is left out; `sign` is the class of its mark."""
    titles = {field.name: field.label for field in FIELDS[kind]}
    return [{"heading": one.heading, **_role(one, titles)} for one in told.columns]


def _role(one: ColumnGuess, titles: dict[str, Any]) -> dict[str, Any]:
    if one.field:
        why = {"heading": _("by its heading"), "place": _("its points fall in the commune")}
        told = why.get(one.why, _("by its cells"))
        return {"field": one.field, "title": titles[one.field], "why": told, "sign": "good"}
    if one.personal:
        return {"field": "", "title": _("not imported"), "why": _personal(one.personal), "sign": "waiting"}
    if one.why == "free_text":
        some = ngettext(
            "free text, %(n)s cell with personal data", "free text, %(n)s cells with personal data", one.found
        ) % {"n": one.found}  # fmt: skip
        told = some if one.found else _("free text")
        return {"field": "", "title": _("not imported"), "why": told, "sign": "waiting"}
    return {"field": "", "title": _("not imported"), "why": _("no field is called so"), "sign": ""}


def _personal(kind: str) -> str:
    kinds = {
        "rut": _("personal data: RUT"), "phone": _("personal data: telephone"), "email": _("personal data: e-mail"),
        "plate": _("personal data: plate"), "name": _("personal data: name"), "address": _("personal data: home"),
    }  # fmt: skip
    return kinds.get(kind, _("personal data"))


def told_reasons(told: Understanding, described: TableDescription) -> dict[str, str]:
    """For fields of the profile form, the sentence that says what was understood and what proves it."""
    reasons = {
        "delimiter": _("With this mark every row has %(n)s cells.") % {"n": len(described.header)},
        "encoding": _("Its accents are read well this way."),
        "decimal": _("So most numbers of the first rows are written."),
        "has_header": _header_reason(described),
        "date_format": _date_reason(told),
        "srid": _place_reason(told),
    }
    return {name: reason for name, reason in reasons.items() if reason}


def doubts(told: Understanding, described: TableDescription) -> list[str]:
    """What a person must look at, because the file does not prove it."""
    found = []
    if told.dates and told.dates.why == "ambiguous":
        found.append(_("No date proves whether day or month comes first: the day was taken. Look at the dates."))
    if told.dates and told.dates.why == "mixed":
        found.append(
            _("Some dates have the day first and others the month (for example “%(example)s”): the rarer ones will be "
              "refused.") % {"example": told.dates.example}
        )  # fmt: skip
    return found + _place_doubts(told)


def _place_doubts(told: Understanding) -> list[str]:
    place = told.place
    if place is None:
        return []
    found = []
    if place.why == "outside":
        found.append(_("The points of the first rows lie outside the commune in every system that was tried."))
    if place.why == "datum_open":
        found.append(_("The points may be in WGS 84 or in PSAD56, some 400 m apart, and no streets tell which: look at "
                       "some of them on the map after a trial."))  # fmt: skip
    if place.swapped:
        crossed = _("The headings of the coordinates are crossed: “%(x)s” holds the X and “%(y)s” the Y.")
        found.append(crossed % {"x": place.x, "y": place.y})
    if place.unsigned:
        found.append(_("The coordinates lack the minus sign of south and west: it will be put to them."))
    return found


def _header_reason(described: TableDescription) -> str:
    if not described.dialect.has_header:
        return _("The first row looks like data.")
    above = len(described.titles)
    if not above:
        return ""
    return ngettext(
        "The headings stand in row %(row)s; %(n)s row of titles is left out.",
        "The headings stand in row %(row)s; %(n)s rows of titles are left out.", above,
    ) % {"row": described.header_row, "n": above}  # fmt: skip


def _date_reason(told: Understanding) -> str:
    if told.dates is None:
        return ""
    sentences = {
        "day_over_12": _("“%(example)s” proves that the day comes first."),
        "month_over_12": _("“%(example)s” proves that the month comes first."),
        "year_first": _("The year comes first, as in “%(example)s”."),
        "serial": _("They are serial numbers of a spreadsheet, as “%(example)s”."),
        "ambiguous": _("Nothing proves the order: check it."),
        "mixed": _("Both orders appear: check it."),
    }
    return sentences[told.dates.why] % {"example": told.dates.example}


def _place_reason(told: Understanding) -> str:
    place = told.place
    if place is None:
        return ""
    figures = {"share": round(100 * place.share), "title": title_of(place.srid)}
    if place.why == "outside":
        return _("In no system do the points fall in the commune.")
    if place.why == "datum":
        return _("%(share)s %% of the points fall in the commune, and beside its streets only in %(title)s.") % figures
    return _("%(share)s %% of the points fall in the commune.") % figures
