"""Where the column names of a table stand, and which rows below them are no data: for text tables and workbooks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .refusal import Refusal

MOST_COLUMNS = 200
DESCRIBED_ROWS = 200
MOST_DESCRIBED = 120_000  # signs of sample text; a sign may take six bytes of JSON, and the verdict has a limit
MOST_TITLE_ROWS = 40  # rows with logos and titles that may stand above the headings
TOTAL = re.compile(r"\s*(sub)?\s*-?total(es)?\b( general(es)?)?", re.IGNORECASE)
TOTAL_STARTS = frozenset("TtSs \u00a0")


def names_among(
    rows: Iterator[tuple[int, list[str]]], wanted: list[str], *, has_header: bool
) -> tuple[list[str], tuple[int, list[str]] | None]:
    """Names of the columns: the first row that holds every wanted one, however many title rows stand above it.

    Without a header the columns are numbered, and the first row comes back as the second value. Raises Refusal.
    """
    best: list[str] = []
    for number, row in islice(rows, MOST_TITLE_ROWS + 1):
        if not has_header:
            return numbered(row), (number, row)
        names = plain_names(row)
        if set(wanted) <= set(names):
            return sound_names(names), None
        if not best or len(set(wanted) & set(names)) > len(set(wanted) & set(best)):
            best = names
    if not best:
        raise Refusal("empty")
    positions_of(sound_names(best), wanted)
    raise AssertionError("a row with every wanted column was passed over")


def filled(row: list[str]) -> list[str]:
    """The stripped cells up to the last one that is not empty."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def plain_names(row: list[str]) -> list[str]:
    """The names of the columns, those without a name at the end left out. Raises Refusal for too many."""
    names = filled([cell.replace("\ufeff", "") for cell in row])
    if len(names) > MOST_COLUMNS:
        raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    return names


def sound_names(names: list[str]) -> list[str]:
    """The names, each there and once. Raises Refusal."""
    if "" in names:
        raise Refusal("header_empty", column=names.index("") + 1)
    twins = [name for name, count in Counter(names).items() if count > 1]
    if twins:
        raise Refusal("header_repeated", column=twins[0][:100])
    return names


def numbered(row: list[str]) -> list[str]:
    """Names for the columns of a table without names."""
    if len(row) > MOST_COLUMNS:
        raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    return [f"columna_{position + 1}" for position in range(len(row))]


def sample_of(rows: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Number and cells of the first rows, as many as a verdict has room for, without columns that are empty in all."""
    found = list(islice(rows, DESCRIBED_ROWS))
    if not found:
        raise Refusal("empty")
    width = max(len(filled(row)) for _number, row in found)
    if width > MOST_COLUMNS:
        raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    room = MOST_DESCRIBED
    kept: list[tuple[int, list[str]]] = []
    for number, row in found:
        cells = [cell[:200] for cell in row[:width]]
        room -= sum(len(cell) + 8 for cell in cells)
        if room < 0 and kept:
            break
        kept.append((number, cells))
    return kept


def positions_of(header: list[str], columns: list[str]) -> list[int]:
    """Position of each wanted column. Raises Refusal where one is not there."""
    missing = [name for name in columns if name not in header]
    if missing:
        raise Refusal("column_missing", column=missing[0][:100], header=", ".join(header)[:500])
    return [header.index(name) for name in columns]


def row_fault(row: list[Any], names: list[str]) -> str | None:
    """Why a row of the right width is no data: the header printed again on a new page, or a total."""
    first = row[0]
    if isinstance(first, str):
        if first.strip() == names[0] and [str(cell).strip() for cell in row[1 : len(names)]] == names[1:]:
            return "header_again"
        if not first or first[0] in TOTAL_STARTS:
            return "total" if _is_total(row, len(names)) else None
    return None


def _is_total(row: list[Any], width: int) -> bool:
    cells = [cell for cell in row[:width] if cell not in ("", None)]
    if not cells or not isinstance(cells[0], str) or TOTAL.fullmatch(cells[0].rstrip(" :.")) is None:
        return False
    return width > 1 and all(is_number(str(cell)) for cell in cells[1:])


def is_number(cell: str) -> bool:
    """True for what looks like a number, whatever its decimal sign."""
    digits = cell.strip().lstrip("-+")
    return bool(digits) and digits.replace(".", "").replace(",", "").isdigit()
