"""Headings and decimals are found where they are."""

from __future__ import annotations

import pytest

from analysis.sniffing.headers import find_decimal, find_header

HEADINGS = ["FOLIO", "FECHA", "HORA", "MOTIVO"]
DATA = ["1461-1", "03-11-2026", "21:40", "RUIDOS MOLESTOS"]


@pytest.mark.parametrize(
    ("above", "place"),
    [
        ([], 0),
        ([["ILUSTRE MUNICIPALIDAD", "", "", ""]], 1),
        ([["ILUSTRE MUNICIPALIDAD"], ["Bitácora", "noviembre 2026"]], 2),
        ([["Emitido el", "01-12-2026", "", ""], ["", "", "", "x"]], 2),
    ],
)
def test_title_rows_stand_above_the_headings(above: list[list[str]], place: int) -> None:
    assert find_header([*above, HEADINGS, *[DATA] * 5]) == place


def test_a_table_that_begins_with_data_has_no_headings() -> None:
    assert find_header([DATA] * 5) is None


def test_headings_of_a_table_of_words_alone_are_its_first_row() -> None:
    assert find_header([["zona", "tipo"], ["Norte", "Hurto"], ["Sur", "Robo"]]) == 0


def test_decimals_are_those_of_most_numbers() -> None:
    assert find_decimal([["-39,81", "-73,24"], ["1.5", "650.139"], ["2,5", "3,5"]]) == ","
    assert find_decimal([["-39.81", "21,40"], ["-39.82", "x"]]) == "."
