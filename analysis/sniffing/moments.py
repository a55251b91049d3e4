"""How a column writes dates and hours: separators, order of day and month, spreadsheet serials.

Formats are told with the usual signs (`%d/%m/%Y %H:%M`); `excel` stands for a spreadsheet's serial number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

EXCEL = "excel"
MOST_FORMATS = 10
FIRST_SERIAL, LAST_SERIAL = 18_264, 73_051  # 1950-01-01 to 2100-01-01
_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:([ T])(\d{1,2}:\d{2}.{0,12}))?")
_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_CLOCK = re.compile(
    r"(\d{1,2})([:.])(\d{2})(?::(\d{2})(?:\.\d+)?)?(\s?)([ap]\.?\s?m\.?)?(\s?h(?:rs?)?\.?)?", re.IGNORECASE
)
_FRACTION = re.compile(r"0?[.,]\d{2,}")
_BARE_HOUR = re.compile(r"\d{1,2}")
_MILITARY = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d")


@dataclass(frozen=True)
class MomentGuess:
    """Formats of a column, most frequent first; `share` of its filled cells that they read (0 to 1).

    `why` is `day_over_12` or `month_over_12` where a cell proves the order of day and month (`example` is that cell),
    `year_first`, `serial`, `clock`, `ambiguous` where every cell can be read both ways (day first is taken) and
    `mixed` where cells prove both orders (the one with more proofs is taken).
    """

    formats: list[str]
    share: float
    why: str
    example: str = ""
    has_time: bool = False


def guess_dates(cells: Sequence[str]) -> MomentGuess | None:
    """Formats of a column of dates; None where fewer than half of the filled cells are dates."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return None
    order, why, example = _day_month_order(filled)
    formats: Counter[str] = Counter()
    for cell in filled:
        written = _date_format(cell, order)
        if written:
            formats[written] += 1
    read = sum(formats.values())
    if 2 * read < len(filled):
        return None
    told = [written for written, _count in formats.most_common(MOST_FORMATS)]
    if told[0] == EXCEL:
        why, example = "serial", filled[0]
    elif all(written.startswith("%Y") for written in told):
        why, example = "year_first", filled[0]
    timed = sum(count for written, count in formats.items() if "%H" in written or "%I" in written)
    if EXCEL in told:
        timed += sum("." in cell or "," in cell for cell in filled if _SERIAL.fullmatch(cell))
    return MomentGuess(told, read / len(filled), why, example[:40], has_time=2 * timed > read)


def guess_times(cells: Sequence[str], *, named_as_hour: bool = False) -> MomentGuess | None:
    """Formats of a column of hours; None where fewer than half of the filled cells are hours.

    Bare numbers (`21`, `2140`) are hours only where the heading says so (`named_as_hour`).
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    formats: Counter[str] = Counter()
    for cell in filled:
        written = _clock_format(cell, named_as_hour)
        if written:
            formats[written] += 1
    read = sum(formats.values())
    if not filled or 2 * read < len(filled):
        return None
    told = [written for written, _count in formats.most_common(MOST_FORMATS)]
    why = "serial" if told[0] == EXCEL else "clock"
    return MomentGuess(told, read / len(filled), why, filled[0][:40], has_time=True)


def _day_month_order(cells: Sequence[str]) -> tuple[str, str, str]:
    """(`day` or `month` first, why, the proving cell)."""
    day_first = [cell for cell, first, second in _both_parts(cells) if first > 12 >= second]
    month_first = [cell for cell, first, second in _both_parts(cells) if second > 12 >= first]
    if day_first and month_first:
        return ("day" if len(day_first) >= len(month_first) else "month"), "mixed", day_first[0]
    if month_first:
        return "month", "month_over_12", month_first[0]
    if day_first:
        return "day", "day_over_12", day_first[0]
    return "day", "ambiguous", ""


def _both_parts(cells: Sequence[str]) -> list[tuple[str, int, int]]:
    """The two first numbers of the dates whose year comes last."""
    found = [(cell, _DATE.fullmatch(cell)) for cell in cells]
    return [(cell, int(one[1]), int(one[3])) for cell, one in found if one and len(one[1]) <= 2]


def _date_format(cell: str, order: str) -> str:
    """The format that reads a cell; nothing where none does."""
    if _COMPACT.fullmatch(cell):
        return "%Y%m%d"
    found = _DATE.fullmatch(cell)
    if found is None:
        is_serial = _SERIAL.fullmatch(cell) and FIRST_SERIAL <= float(cell.replace(",", ".")) < LAST_SERIAL
        return EXCEL if is_serial else ""
    first, mark, second, last, gap, clock = found.groups()
    if len(first) == 4 and len(last) <= 2:
        parts = ["%Y", "%m", "%d"]
    elif len(last) in {2, 4} and len(first) <= 2:
        parts = ["%d", "%m"] if order == "day" else ["%m", "%d"]
        if int(second if order == "day" else first) > 12:
            return ""
        parts.append("%Y" if len(last) == 4 else "%y")
    else:
        return ""
    hour = _clock_format(clock, False) if clock else ""
    if clock and hour in {"", EXCEL}:
        return ""
    return mark.join(parts) + (f"{gap}{hour}" if clock else "")


def _clock_format(cell: str, named_as_hour: bool) -> str:
    found = _CLOCK.fullmatch(cell)
    if found is not None and int(found[1]) <= 24 and int(found[3]) < 60:
        _hour, mark, _minute, second, gap, half, unit = found.groups()
        if mark == "." and not (named_as_hour or unit):
            return ""
        written = f"{'%I' if half else '%H'}{mark}%M" + (":%S" if second else "")
        return written + (f"{gap}%p" if half else gap) + (unit or "")
    if _FRACTION.fullmatch(cell):
        return EXCEL
    if not named_as_hour:
        return ""
    if _MILITARY.fullmatch(cell):
        return "%H%M"
    return "%H" if _BARE_HOUR.fullmatch(cell) and int(cell) <= 24 else ""
