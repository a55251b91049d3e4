"""How a person, an interval and a share are written on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import floatformat

register = template.Library()


@register.filter
def person(user: Any) -> str:
    """Full name, else user name; a dash for nobody."""
    if user is None or user == "":
        return "–"
    return user.get_full_name() or user.get_username()


@register.filter
def until(low: Any, high: Any) -> str:
    """An interval of whole numbers: "2–4"; one number where both ends are the same."""
    return str(low) if low == high else f"{low}–{high}"


@register.filter
def percent(share: Any) -> str:
    """A share from 0 to 1 in percent, with a decimal only where it says something: "7,5 %", "20 %"."""
    return "–" if share is None else f"{floatformat(round(100 * float(share), 1), -1)} %"
