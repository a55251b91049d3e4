"""What stands in the parts of a workbook, looked at before a library opens it: size, entities, and what it hides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from .archives import Archive
from .refusal import Refusal

MOST_ENTRIES = 2_000
MOST_BYTES = 800_000_000
MOST_RATIO = 250
MOST_STRING_BYTES = 150_000_000
MOST_CELLS = 30_000_000
MOST_REMEMBERED = 5_000_000
ROW = 1 << 14  # columns of a sheet
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
SHARED, CONTENT = "xl/sharedStrings.xml", "content.xml"

Attributes = dict[str, str]


@dataclass
class Sheet:
    """Extent of the cells that hold something, and what must be told about them; rows and columns from 0."""

    first_row: int = 1 << 30
    last_row: int = -1
    first_column: int = 1 << 30
    last_column: int = -1
    hidden_rows: list[int] = field(default_factory=list)
    merged: int = 0
    errors: set[int] = field(default_factory=set)
    formulas: set[int] = field(default_factory=set)

    def note(self, row: int, column: int, times_down: int = 1, times_right: int = 1) -> None:
        """A cell that holds something. Raises Refusal where the table is too large to lay out."""
        self.first_row, self.last_row = min(self.first_row, row), max(self.last_row, row + times_down - 1)
        self.first_column = min(self.first_column, column)
        self.last_column = max(self.last_column, column + times_right - 1)

    def refuse_size(self) -> None:
        """Refuse an extent that a library would lay out cell by cell, however few are filled."""
        if self.last_row >= 0:
            cells = (self.last_row + 1) * (self.last_column - self.first_column + 1)
            if cells > MOST_CELLS:
                raise Refusal("too_many_cells", limit=MOST_CELLS // 1_000_000)

    def fault_of(self, row: int, column: int, value: object) -> str | None:
        """Why a cell cannot be used. A library gives nothing for an error and for a formula without its result."""
        place = row * ROW + column
        if place in self.errors:
            return "cell_error"
        return "formula_empty" if value == "" and place in self.formulas else None


def remember(places: set[int], row: int, column: int) -> None:
    """Keep the place of a cell. Raises Refusal past what one sheet may ask to be remembered."""
    if len(places) >= MOST_REMEMBERED:
        raise Refusal("too_many_formulas", limit=MOST_REMEMBERED // 1_000_000)
    places.add(row * ROW + column)


def open_workbook_archive(path: str) -> Archive:
    """The zip that a workbook is."""
    return Archive(path, most_entries=MOST_ENTRIES, most_bytes=MOST_BYTES, most_ratio=MOST_RATIO, may_nest=True)


def scan_xml(
    archive: Archive, name: str, on_start: Callable[[str, Attributes], None] | None, most: int = MOST_BYTES
) -> None:
    """Run through one XML part; element names come without their prefix. Raises Refusal for entities and damage."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    local: dict[str, str] = {}
    if on_start is not None:

        def start(tag: str, attributes: Attributes) -> None:
            plain = local.get(tag)
            if plain is None:
                plain = local[tag] = tag.rpartition(":")[2]
            on_start(plain, attributes)

        parser.StartElementHandler = start
    count = 0
    try:
        for chunk in archive.chunks(name):
            count += len(chunk)
            if count > most:
                raise Refusal("zip_bytes", limit_mb=most // 1_000_000)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Refusal("broken_workbook") from None


def _refuse_doctype(*_told: Any) -> None:
    raise Refusal("entities")


def side_notes(archive: Archive) -> list[str]:
    """Codes of what lies in the workbook and is not read."""
    names = [name.lower() for name in archive.names]
    notes = []
    if any("vbaproject" in name or name.startswith(("basic/", "scripts/")) for name in names):
        notes.append("macros")
    if any(name.startswith("xl/externallinks/") or name == "xl/connections.xml" for name in names):
        notes.append("external_links")
    if any("embeddings/" in name or "activex/" in name or "oleobject" in name for name in names):
        notes.append("embedded")
    return notes


# --- XLSX ------------------------------------------------------------------------------------------------------------


def scan_xlsx(archive: Archive, part: str) -> Sheet:
    """One sheet of an XLSX."""
    sheet = Sheet()
    scanner = _XlsxScanner(sheet)
    scan_xml(archive, part, scanner.start)
    scanner.close_cell()
    sheet.refuse_size()
    return sheet


def xlsx_parts(archive: Archive) -> dict[str, str]:
    """Part of each sheet by the sheet's name."""
    if "xl/workbook.xml" not in archive.names:
        raise Refusal("not_workbook")
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            name = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets[attributes.get("name", "")] = name

    def relation(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    scan_xml(archive, "xl/workbook.xml", sheet)
    if "xl/_rels/workbook.xml.rels" in archive.names:
        scan_xml(archive, "xl/_rels/workbook.xml.rels", relation)
    for name in ("xl/styles.xml", SHARED):
        if name in archive.names:
            scan_xml(archive, name, None, MOST_STRING_BYTES)
    found = {name: _part(targets.get(key, "")) for name, key in sheets.items()}
    return {name: part for name, part in found.items() if part in archive.names}


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"


class _XlsxScanner:
    """Follows the cells of a sheet; a cell is judged when the next one begins."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._row = self._column = -1
        self._is_error = self._is_word = self._has_formula = self._has_value = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            self.close_cell()
            self._place(attributes.get("r"))
            kind = attributes.get("t")
            self._is_error, self._is_word = kind == "e", kind == "str"
            self._has_formula = self._has_value = False
        elif tag in {"v", "is"}:
            self._has_value = True
        elif tag == "row":
            self.close_cell()
            self._row = int(attributes.get("r", self._row + 2)) - 1
            self._column = -1
            self._is_error = self._has_formula = self._has_value = False
            if attributes.get("hidden") in {"1", "true"} and len(self._sheet.hidden_rows) < 1_100_000:
                self._sheet.hidden_rows.append(self._row)
        elif tag == "f":
            self._has_formula = True
        elif tag == "mergeCell":
            self._sheet.merged += 1

    def _place(self, reference: str | None) -> None:
        match = REFERENCE.fullmatch(reference or "")
        if match is None:
            self._column += 1
            return
        column = 0
        for letter in match.group(1):
            column = column * 26 + ord(letter) - 64
        self._column, self._row = column - 1, int(match.group(2)) - 1

    def close_cell(self) -> None:
        if not (self._is_error or self._has_value or self._has_formula):
            return
        self._sheet.note(self._row, self._column)
        if self._is_error:
            remember(self._sheet.errors, self._row, self._column)
        elif self._has_formula and not self._is_word:
            remember(self._sheet.formulas, self._row, self._column)


# --- ODS -------------------------------------------------------------------------------------------------------------


def scan_ods(archive: Archive) -> dict[str, Sheet]:
    """Every sheet of an ODS: the library lays them all out when it opens the file."""
    if CONTENT not in archive.names:
        raise Refusal("not_workbook")
    scanner = _OdsScanner()
    scan_xml(archive, CONTENT, scanner.start)
    for sheet in scanner.sheets.values():
        sheet.refuse_size()
    return scanner.sheets


class _OdsScanner:
    """Follows tables, rows and cells, each of which may stand for many."""

    def __init__(self) -> None:
        self.sheets: dict[str, Sheet] = {}
        self._sheet = Sheet()
        self._next_row = self._column = self._times_down = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in {"table-cell", "covered-table-cell"}:
            self._cell(attributes)
        elif tag == "table-row":
            self._times_down = _times(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility") in {"collapse", "filter"}:
                self._sheet.hidden_rows += range(self._next_row, self._next_row + min(self._times_down, 1000))
            self._next_row += self._times_down
            self._column = 0
        elif tag == "table":
            self._sheet = self.sheets.setdefault(attributes.get("table:name", ""), Sheet())
            self._next_row = 0

    def _cell(self, attributes: Attributes) -> None:
        times = _times(attributes, "table:number-columns-repeated")
        row = self._next_row - self._times_down
        kind = attributes.get("office:value-type")
        if "table:number-columns-spanned" in attributes:
            self._sheet.merged += 1
        if attributes.get("calcext:value-type") == "error":
            remember(self._sheet.errors, row, self._column)
        elif kind is None and "table:formula" in attributes:
            remember(self._sheet.formulas, row, self._column)
        if kind is not None or "table:formula" in attributes:
            self._sheet.note(row, self._column, self._times_down, times)
        self._column += times


def _times(attributes: Attributes, name: str) -> int:
    told = attributes.get(name, "1")
    return min(int(told), 1 << 24) if told.isdigit() and int(told) > 0 else 1
