"""Numbers that arrive in addresses and forms, where anybody may write anything."""

from __future__ import annotations

import math

MOST_DIGITS = 18  # what a column of the database holds


def whole_number(written: str | None) -> int:
    """The number that was written; 0, which no row and no version has, where it is none."""
    text = written or ""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


def decimal_number(written: str | None) -> float:
    """The number that a script wrote, with a point; NaN, which lies nowhere, where it is none."""
    try:
        return float(written or "nan")
    except ValueError:
        return math.nan
