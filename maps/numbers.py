"""Whole numbers that arrive in addresses and forms, where anybody may write anything."""

from __future__ import annotations

MOST_DIGITS = 18  # what a column of the database holds


def whole_number(written: str | None) -> int:
    """The number that was written; 0, which no row and no version has, where it is none."""
    text = written or ""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0
