"""Where the headings of a table stand, and which sign its decimals have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

MOST_TITLE_ROWS = 40
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{1,2}:\d{2}.*")


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Position of the row of headings in the first rows of a table; None where the table begins with data.

    Headings are distinct words without numbers and dates, in as many cells as the data have, and the first such row
    is taken: logos, titles and dates of issue above it have fewer filled cells, or hold figures.
    """
    width = _usual_width(rows)
    for position, row in enumerate(rows[: MOST_TITLE_ROWS + 1]):
        cells = [cell.strip().lstrip("\ufeff") for cell in row]
        if len(cells) >= width and _are_headings(cells):
            return position
        if len(cells) >= width and _are_data(cells):
            break
    first = [cell.strip() for cell in rows[0]]
    # an odd first row (a cell without name, two with the same) still is one where nothing in it is a figure
    return 0 if len(first) >= width and not any(_is_figure(cell) for cell in first) else None


def find_decimal(rows: Sequence[Sequence[str]]) -> str:
    """The sign of decimals: the one that most single-marked numbers of the rows have."""
    commas = points = 0
    for row in rows:
        for cell in row:
            digits = cell.strip().lstrip("-+")
            commas += digits.count(",") == 1 and digits.replace(",", "").isdigit()
            points += digits.count(".") == 1 and digits.replace(".", "").isdigit()
    return "," if commas > points else "."


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Cells that most rows have; of two equally usual widths the greater."""
    widths = Counter(len(row) for row in rows)
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0]


def _are_headings(cells: Sequence[str]) -> bool:
    return all(cells) and len(set(cells)) == len(cells) and not any(_is_figure(cell) for cell in cells)


def _are_data(cells: Sequence[str]) -> bool:
    """Mostly filled, and figures or dates among them."""
    return sum(map(bool, cells)) > len(cells) / 2 and any(_is_figure(cell) for cell in cells) and len(cells) > 1


def _is_figure(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))
