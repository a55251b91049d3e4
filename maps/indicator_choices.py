"""What an indicator may be asked for, as choices of its form: windows, offence types by group, kinds of factor."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from access.permissions import allows
from incidents.models import OffenceType
from incidents.models.taxonomy import Level
from plan.models import Formula
from sectors.models import FactorType

CALENDAR_YEAR = "year"
OF_INCIDENTS = (Formula.INCIDENTS, Formula.HARM, Formula.RATE, Formula.UNCOVERED_HARM)


def window_choices() -> list[tuple[str, str]]:
    """Windows that end with the last whole week, and the last whole calendar year."""
    return [
        ("52", _("52 weeks, a year")),
        ("26", _("26 weeks, half a year")),
        ("13", _("13 weeks, a quarter")),
        ("4", _("4 weeks")),
        (CALENDAR_YEAR, _("the last whole calendar year")),
    ]


def type_choices(role: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Types by taxonomy, "version|code" and name: families and groups; single types for roles that may know them."""
    rows = OffenceType.objects.select_related("taxonomy", "parent").order_by("taxonomy__version", "code")
    if not allows(role, "incidents.view_types"):
        rows = rows.exclude(level=Level.SUBGROUP)
    by_taxonomy: dict[str, list[tuple[str, str]]] = {}
    for one in rows:
        indent = {Level.FAMILY: "", Level.GROUP: "\u2003"}.get(one.level, "\u2003\u2003")
        told = _("%(name)s (reserved)") % {"name": one.name} if one.reserved else one.name
        by_taxonomy.setdefault(one.taxonomy.name, []).append((f"{one.taxonomy.version}|{one.code}", indent + told))
    return list(by_taxonomy.items())


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of risk factor."""
    return [(one.code, one.name) for one in FactorType.objects.order_by("name")]


def parameters_of(given: dict[str, Any]) -> dict[str, Any]:
    """The form's values as parameters of the formula; what the formula does not read is left out."""
    if given["formula"] == Formula.OPEN_FACTORS:
        return {"kinds": given["kinds"]}
    if given["formula"] not in OF_INCIDENTS:
        return {}
    told: dict[str, Any] = {"types": [one.split("|", 1) for one in given["types"]]}
    if given["window"] == CALENDAR_YEAR:
        return told | {"calendar_year": True}
    return told | {"weeks": int(given["window"])}
