"""What an indicator was asked, in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from maps.indicator_choices import CALENDAR_YEAR, OF_INCIDENTS, window_choices

register = template.Library()


@register.filter
def asked(indicator: Any) -> str:
    """Its formula, the window it counts over and how many kinds of offence it was narrowed to."""
    told = [indicator.get_formula_display()]
    parameters = indicator.parameters
    if indicator.formula in OF_INCIDENTS:
        window = CALENDAR_YEAR if parameters.get("calendar_year") else str(parameters.get("weeks", 52))
        told.append(dict(window_choices())[window])
        if types := parameters.get("types"):
            told.append(_("kinds of offence: %(n)s") % {"n": len(types)})
    return " · ".join(told)
