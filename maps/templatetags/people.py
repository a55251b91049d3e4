"""How a person and an interval are written on a page."""

from __future__ import annotations

from typing import Any

from django import template

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
