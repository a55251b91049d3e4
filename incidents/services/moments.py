"""Dates and hours as sources write them. The date is required; the hour is known to the minute, the hour, or not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from incidents.models.incident import TimeFlag, TimePrecision

EXCEL_EPOCH = dt.date(1899, 12, 30)
EXCEL = "excel"
EARLIEST, LATEST = dt.date(1950, 1, 1), dt.date(2100, 1, 1)
SECONDS_OF_DAY = 86_400
_TOKENS = {
    "%Y": r"(?P<Y>\d{4})",
    "%y": r"(?P<y>\d{2})",
    "%m": r"(?P<m>\d{1,2})",
    "%d": r"(?P<d>\d{1,2})",
    "%H": r"(?P<H>\d{1,2})",
    "%I": r"(?P<I>\d{1,2})",
    "%M": r"(?P<M>\d{1,2})",
    "%S": r"(?P<S>\d{1,2})(?:[.,]\d+)?",
    "%p": r"(?P<p>[AaPp])\.?\s?[Mm]\.?",
}


@dataclass(frozen=True)
class ClockTime:
    """Seconds since local midnight (86,400 for 24:00) and how well they are known."""

    seconds: int
    precision: str

    @property
    def flag(self) -> str:
        return TimeFlag.END_OF_DAY if self.seconds == SECONDS_OF_DAY else TimeFlag.NONE


@lru_cache(maxsize=256)
def _pattern(written: str) -> re.Pattern[str]:
    parts = re.split(r"(%[A-Za-z])", written)
    unknown = [part for part in parts if part.startswith("%") and part not in _TOKENS]
    if unknown:
        raise ValueError(f"unknown part of a date format: {unknown[0]}")
    return re.compile("".join(_TOKENS.get(part) or re.escape(part) for part in parts))


def known_format(written: str) -> bool:
    """True where a format is made of parts that are understood here."""
    if written == EXCEL:
        return True
    try:
        _pattern(written)
    except ValueError:
        return False
    return True


def read_date(text: str, formats: Sequence[str]) -> tuple[dt.date, ClockTime | None] | None:
    """Date, and hour where the format has one, under the first format that fits. None where none fits."""
    for written in formats:
        found = _excel(text) if written == EXCEL else _by_pattern(text, written)
        if found is not None:
            return found
    return None


def read_time(text: str, formats: Sequence[str]) -> ClockTime | None:
    """Hour of day under the first format that fits; `excel` reads a fraction of a day."""
    for written in formats:
        if written == EXCEL:
            found = _excel_fraction(text)
        else:
            match = _pattern(written).fullmatch(text)
            found = _clock(match.groupdict()) if match else None
        if found is not None:
            return found
    return None


def _by_pattern(text: str, written: str) -> tuple[dt.date, ClockTime | None] | None:
    match = _pattern(written).fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        year = int(parts["Y"]) if parts.get("Y") else 2000 + int(parts["y"])
        day = dt.date(year, int(parts["m"]), int(parts["d"]))
    except (KeyError, ValueError):
        return None
    if not EARLIEST <= day < LATEST:
        return None
    if "H" not in parts and "I" not in parts:
        return day, None
    clock = _clock(parts)
    return None if clock is None else (day, clock)


def _clock(parts: dict[str, str]) -> ClockTime | None:
    """A clock time inside the day; 24:00 is its end."""
    if "I" in parts:
        hour = int(parts["I"]) % 12 + (12 if parts.get("p", "a").lower() == "p" else 0)
        if not 1 <= int(parts["I"]) <= 12:
            return None
    else:
        hour = int(parts["H"])
    minute, second = int(parts.get("M", 0)), int(parts.get("S", 0))
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > SECONDS_OF_DAY:
        return None
    return ClockTime(seconds, TimePrecision.MINUTE if "M" in parts else TimePrecision.HOUR)


def _excel(text: str) -> tuple[dt.date, ClockTime | None] | None:
    """A spreadsheet's serial day; its fraction is the hour."""
    if not re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return None
    serial = float(text.replace(",", "."))
    day = EXCEL_EPOCH + dt.timedelta(days=int(serial))
    if not EARLIEST <= day < LATEST:
        return None
    if "." not in text and "," not in text:
        return day, None
    seconds = min(round((serial - int(serial)) * SECONDS_OF_DAY / 60) * 60, SECONDS_OF_DAY)
    return day, ClockTime(seconds, TimePrecision.MINUTE)


def _excel_fraction(text: str) -> ClockTime | None:
    if not re.fullmatch(r"[01]?[.,]\d+|0|1", text):
        return None
    seconds = round(float(text.replace(",", ".")) * SECONDS_OF_DAY / 60) * 60
    return ClockTime(seconds, TimePrecision.MINUTE) if seconds <= SECONDS_OF_DAY else None
