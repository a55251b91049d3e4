"""G1–G8: workbooks."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.corpus import case, read, refused

TABLE = "table"
HEADER = ["id", "fecha", "tipo"]
ROWS = [[1, dt.date(2026, 1, 2), "Riña"], [2, dt.date(2026, 1, 3), "Hurto"]]
MOMENT = dt.datetime(2026, 1, 2, 23, 30)  # noqa: DTZ001 - spreadsheets know no zone


def _book(folder: Path, rows: list[list[Any]] | None = None, change: Callable[[Any], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows or [HEADER, *ROWS]:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(folder / "libro.xlsx")
    return folder / "libro.xlsx"


def _with_parts(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@case("G1", TABLE, refused("too_many_cells"))
def two_far_cells(folder: Path, _rng: random.Random) -> Path:
    def far(book: Any) -> None:
        book.active["XFD1048576"] = "x"

    return _book(folder, change=far)


@case("G2", TABLE, refused("zip_bomb", "zip_bytes"))
def endless_strings(folder: Path, _rng: random.Random) -> Path:
    def swell(parts: dict[str, bytes]) -> None:
        start = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        parts["xl/sharedStrings.xml"] = start + b"<si><t>aaaaaaaa</t></si>" * 700_000 + b"</sst>"

    return _with_parts(_book(folder), swell)


@case("G3", TABLE, refused("entities"))
def entities(folder: Path, _rng: random.Random) -> Path:
    def declare(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        doctype = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        parts[name] = doctype + parts[name].removeprefix(b'<?xml version="1.0"?>')

    return _with_parts(_book(folder), declare)


@case("G4", TABLE, read(2, notes=("macros", "otros archivos")))
def macros_and_links(folder: Path, _rng: random.Random) -> Path:
    def add(parts: dict[str, bytes]) -> None:
        parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0macro"
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink><ddeLink ddeService='cmd'/></externalLink>"

    return _with_parts(_book(folder), add).rename(folder / "libro.xlsm")


@case("G4", TABLE, refused("old_workbook"))
def old_or_locked(folder: Path, _rng: random.Random) -> Path:
    (folder / "libro.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    return folder / "libro.xlsx"


@case("G4", TABLE, refused("not_workbook"))
def other_zip(folder: Path, _rng: random.Random) -> Path:
    with zipfile.ZipFile(folder / "libro.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    return folder / "libro.xlsx"


@case("G5", TABLE, read(1, {2: "formula_empty", 3: "cell_error"}))
def formulas_and_errors(folder: Path, _rng: random.Random) -> Path:
    return _book(folder, [HEADER, ["=1+1", "x", "a"], ["#REF!", "x", "b"], [3, "x", "c"]])


@case("G6", TABLE, read(2, texts=("2026-01-02", "2026-01-02 23:30:00", "26:15:00")))
def dates_of_1904(folder: Path, _rng: random.Random) -> Path:
    def old_mac(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    rows = [["dia", "momento", "duracion"], *[[dt.date(2026, 1, 2), MOMENT, dt.timedelta(hours=26, minutes=15)]] * 2]
    book = openpyxl.Workbook()
    old_mac(book)
    for row in rows:
        book.active.append(row)
    book.save(folder / "libro.xlsx")
    return folder / "libro.xlsx"


@case("G6", TABLE, read(2, texts=("2026-01-02", "2026-01-02 23:30:00", "02-01-2026")))
def dates_of_1900(folder: Path, _rng: random.Random) -> Path:
    return _book(folder, [["dia", "momento", "texto"], *[[dt.date(2026, 1, 2), MOMENT, "02-01-2026"]] * 2])


@case("G7", TABLE, read(2, {7: "total"}, notes=("combinadas: 1", "ocultas también se leen: 1", "secreta")))
def merged_hidden_and_total(folder: Path, _rng: random.Random) -> Path:
    def hide(book: Any) -> None:
        sheet = book.active
        sheet.merge_cells("A3:B3")
        sheet.row_dimensions[6].hidden = True
        other = book.create_sheet("secreta")
        other.append(["x"])
        other.sheet_state = "hidden"

    top = [["Ilustre Municipalidad"], [], ["Datos", None, "Otros"]]
    return _book(folder, [*top, HEADER, *ROWS, ["Total", None, 2]], hide)


@case("G8", TABLE, read(1, {2: "digits_lost"}))
def code_that_became_a_number(folder: Path, _rng: random.Random) -> Path:
    return _book(folder, [["codigo", "tipo"], [12345678901234567890, "a"], ["00012345678901234567", "b"]])


@case("G8", TABLE, read(1, {2: "digits_lost"}))
def code_that_became_a_power(folder: Path, _rng: random.Random) -> Path:
    (folder / "tabla.csv").write_text("codigo;tipo\n1,2E+10;a\n012;b\n")
    return folder / "tabla.csv"


@case("G2", "any", read())
def broken_members(folder: Path, rng: random.Random) -> Path:
    path = _book(folder)
    raw = bytearray(path.read_bytes())
    for _count in range(40):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    path.write_bytes(bytes(raw))
    return path


def ods(rows: list[list[str]], *, last_repeated: int = 1) -> bytes:
    """An ODS by hand: text cells, the last row repeated."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ["".join(cell.format(value) for value in row) for row in rows]
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines[:-1])
    body += f'<table:table-row table:number-rows-repeated="{last_repeated}">{lines[-1]}</table:table-row>'
    body += '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    names = ["office:1.0", "table:1.0", "text:1.0"]
    spaces = " ".join(f'xmlns:{n.split(":")[0]}="urn:oasis:names:tc:opendocument:xmlns:{n}"' for n in names)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Hoja1">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return raw.getvalue()


@case("G1", TABLE, refused("too_many_cells"))
def one_cell_that_stands_for_a_hundred_million(folder: Path, _rng: random.Random) -> Path:
    raw = ods([["a"] * 150, ["x"] * 150], last_repeated=900_000)
    (folder / "libro.ods").write_bytes(raw)
    return folder / "libro.ods"


@case("G7", TABLE, read(1, texts=("Ñuñoa",)))
def plain_ods(folder: Path, _rng: random.Random) -> Path:
    (folder / "libro.ods").write_bytes(ods([["comuna", "tipo"], ["Ñuñoa", "Riña"]]))
    return folder / "libro.ods"
