"""Workbooks (XLSX, ODS): the cells of one sheet as text, the way a person reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import python_calamine

from . import archives, tables
from .headings import DESCRIBED_ROWS, names_among, row_fault, sample_of
from .office import Sheet, open_workbook_archive, scan_ods, scan_xlsx, side_notes, xlsx_parts
from .refusal import Refusal
from .tables import stream_rows

EXACT_DIGITS = 10**15  # spreadsheets keep 15 digits of a number
LOST = "\0digits"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"


def prepare() -> None:
    """Load what must load before the limits."""
    archives.prepare()
    tables.prepare()


class Book:
    """One workbook, looked through before it is opened."""

    def __init__(self, path: str, asked: str) -> None:
        with Path(path).open("rb") as file:
            if file.read(4) == OLD_MAGIC:
                raise Refusal("old_workbook")
        archive = open_workbook_archive(path)
        scanned, parts = (scan_ods(archive), {}) if _is_ods(archive) else ({}, xlsx_parts(archive))
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(path)
            kinds = self._book.sheets_metadata
        except python_calamine.PasswordError:
            raise Refusal("old_workbook") from None
        except (python_calamine.CalamineError, OSError, ValueError):
            raise Refusal("broken_workbook") from None
        visible = python_calamine.SheetVisibleEnum.Visible
        self.names = [one.name for one in kinds if one.visible == visible and one.name in (parts or scanned)]
        self.hidden = [one.name for one in kinds if one.visible != visible]
        self.notes = side_notes(archive)
        self.name, self.sheet = self._choose(asked, lambda name: scanned.get(name) or scan_xlsx(archive, parts[name]))

    def _choose(self, asked: str, scan: Any) -> tuple[str, Sheet]:
        """The sheet that was asked for, else the first visible one that holds something."""
        if asked:
            if asked not in [*self.names, *self.hidden]:
                raise Refusal("sheet_missing", layer=asked[:100], layers=self.names)
            return asked, scan(asked)
        for name in self.names:
            sheet = scan(name)
            if sheet.last_row > sheet.first_row or (sheet.last_row >= 0 and len(self.names) == 1):
                return name, sheet
        raise Refusal("empty")

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Number, as the spreadsheet shows it, and cells of every row that is not blank."""
        try:
            sheet = self._book.get_sheet_by_name(self.name)
        except (python_calamine.CalamineError, ValueError):
            raise Refusal("broken_workbook") from None
        self.first_column = sheet.start[1] if sheet.start else 0
        for index, row in enumerate(sheet.iter_rows()):
            if row[0] != "" or any(cell != "" for cell in row):
                yield index + 1, row


def _is_ods(archive: Any) -> bool:
    return "content.xml" in archive.names and "xl/workbook.xml" not in archive.names


def describe_workbook(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Sheets, header and first rows of a workbook, for a person to confirm."""
    book = Book(instruction["path"], instruction["sheet"])
    raw = list(islice(book.rows(), DESCRIBED_ROWS))
    rows = sample_of((number, [as_text(cell).replace(LOST, "####") for cell in row]) for number, row in raw)
    kinds = [[_kind_of(cell) for cell in row[: len(cells)]] for (_n, row), (_m, cells) in zip(raw, rows, strict=False)]
    hidden_rows = [row for row in book.sheet.hidden_rows if row <= book.sheet.last_row]
    return {
        "rows": rows,
        "kinds": kinds,
        "sheet": book.name[:200],
        "sheets": [name[:200] for name in book.names],
        "hidden_sheets": [name[:200] for name in book.hidden],
        "hidden_rows": len(hidden_rows),
        "merged": book.sheet.merged,
        "notes": book.notes,
    }


def workbook(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the named columns of one sheet as text."""
    dialect = instruction["dialect"]
    book = Book(instruction["path"], dialect["sheet"])
    rows = book.rows()
    titles = ((number, [as_text(cell) for cell in row]) for number, row in rows)
    names, _first = names_among(titles, instruction["columns"], has_header=dialect["has_header"])
    body = rows if dialect["has_header"] else book.rows()
    places = [names.index(name) for name in instruction["columns"] if name in names]
    return stream_rows(_faulty(body, names, places, book), names, instruction, output)


def _faulty(
    rows: Iterator[tuple[int, list[Any]]], names: list[str], places: list[int], book: Book
) -> Iterator[tuple[int, str | None, list[str] | None]]:
    """Each row as text with what is wrong with it; only the wanted cells are looked at."""
    sheet = book.sheet
    has_faults = bool(sheet.errors or sheet.formulas)
    width = len(names)
    for number, row in rows:
        fault = row_fault(row, names)
        if fault is None and has_faults:
            left = book.first_column
            found = (sheet.fault_of(number - 1, left + place, row[place]) for place in places)
            fault = next((code for code in found if code), None)
        if fault is None and len(row) > width and any(cell != "" for cell in row[width:]):
            fault = f"ragged:{len(row)}:{width}"
        cells: list[str] | None = None
        if fault is None:
            cells = [""] * width
            for place in places:
                cells[place] = as_text(row[place])
            fault = next((_text_fault(cells[place]) for place in places if _text_fault(cells[place])), None)
        yield number, fault, None if fault else cells


def _text_fault(text: str) -> str | None:
    if text == LOST:
        return "digits_lost"
    return "nul" if "\0" in text else None


def as_text(value: Any) -> str:
    """A cell as text: dates as 2026-01-31, moments with seconds, hours past 24 kept, whole numbers without decimals."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float | int):
        return _number_text(float(value))
    return _moment_text(value)


def _moment_text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return _to_second(value).isoformat(" ")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, dt.time):
        return value.replace(microsecond=0).isoformat()
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if value.is_integer():
        return str(int(value)) if abs(value) < EXACT_DIGITS else LOST
    text = repr(value)
    return text if "e" not in text else f"{value:.20f}".rstrip("0")


def _to_second(moment: dt.datetime) -> dt.datetime:
    """Spreadsheets count in fractions of a day, so that a second may come out a few microseconds short."""
    return (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)


def _kind_of(cell: Any) -> str:
    if isinstance(cell, bool):
        return "truth"
    if isinstance(cell, float | int):
        return "number"
    if isinstance(cell, dt.date):
        return "date"
    if isinstance(cell, dt.time | dt.timedelta):
        return "hour"
    return "text" if cell not in ("", None) else ""
