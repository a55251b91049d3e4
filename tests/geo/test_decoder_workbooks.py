"""Workbooks: what a person sees in a sheet is what comes out, and what hides in it is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geo.decoder import ROW_ERROR, ROW_NUMBER, Dialect, decode_table, describe_table
from geo.errors import RefusedFileError


def workbook(folder: Path, *sheets: tuple[str, list[list[Any]]], name: str = "libro.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


def rows(path: Path, columns: list[str], **dialect: Any) -> list[dict[str, Any]]:
    batches = decode_table(path, dialect=Dialect(**dialect), columns=columns)
    return [row for batch in batches for row in batch.to_pylist()]


def test_titles_are_passed_over_and_cells_come_as_text(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 1, 2, 23, 59, 30)  # noqa: DTZ001 - spreadsheets know no zone
    path = workbook(
        tmp_path,
        (
            "Enero",
            [
                ["Registro de llamadas"],
                [],
                ["id", "fecha", "hora", "momento", "lat", "nota"],
                [7, dt.date(2026, 1, 2), dt.time(14, 30), moment, -39.8123, "Ñuñoa"],
            ],
        ),
    )
    described = describe_table(path)
    assert (described.header_row, described.titles[0][0], described.kind) == (3, "Registro de llamadas", "workbook")
    assert described.column_kinds["fecha"] == "date"
    found = rows(path, described.header)
    assert found == [
        {ROW_NUMBER: 4, ROW_ERROR: None, "id": "7", "fecha": "2026-01-02", "hora": "14:30:00",
         "momento": "2026-01-02 23:59:30", "lat": "-39.8123", "nota": "Ñuñoa"}
    ]  # fmt: skip


def test_a_sheet_can_be_chosen(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("Uno", [["a"], ["1"]]), ("Dos", [["b"], ["2"]]))
    assert describe_table(path).sheets == ["Uno", "Dos"]
    assert describe_table(path, sheet="Dos").header == ["b"]
    assert rows(path, ["b"], sheet="Dos")[0]["b"] == "2"
    with pytest.raises(RefusedFileError) as caught:
        describe_table(path, sheet="Tres")
    assert caught.value.extra["code"] == "sheet_missing"
    assert caught.value.extra["layers"] == ["Uno", "Dos"]


def test_totals_and_repeated_headers_are_no_records(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("Hoja", [["tipo", "n"], ["robo", 3], ["tipo", "n"], ["hurto", 4], ["Total", 7]]))
    assert [bool(row[ROW_ERROR]) for row in rows(path, ["tipo"])] == [False, True, False, True]


def test_formulas_without_result_spoil_the_rows_that_need_them(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("Hoja", [["a", "b"], ["x", "=1+1"], ["y", "2"]]))
    assert [bool(row[ROW_ERROR]) for row in rows(path, ["b"])] == [True, False]
    assert [row[ROW_ERROR] for row in rows(path, ["a"])] == [None, None]


def test_a_number_that_lost_digits_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("Hoja", [["codigo"], [12345678901234567890], ["12345678901234567890"]]))
    assert [bool(row[ROW_ERROR]) for row in rows(path, ["codigo"])] == [True, False]


def test_two_far_cells_are_refused_before_they_are_laid_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = book.active["XFD1048576"] = "x"
    book.save(tmp_path / "lejos.xlsx")
    with pytest.raises(RefusedFileError) as caught:
        describe_table(tmp_path / "lejos.xlsx")
    assert caught.value.extra["code"] == "too_many_cells"
