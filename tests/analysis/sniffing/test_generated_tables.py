"""What is understood of tables in the shapes of municipal sources, against what is true of them."""

from __future__ import annotations

from collections import Counter

import pytest

from analysis.sniffing.coordinates import Area
from analysis.sniffing.headers import find_decimal, find_header
from analysis.sniffing.tables import DOTS, Understanding, shown_rows, understand
from incidents.services.moments import read_date, read_time
from incidents.services.sniffing import WORDS
from tests.incidents.source_files import CENTRE_LAT, CENTRE_LNG, SHAPES, Shape, Style, styles, table_of

AREA = Area(
    (CENTRE_LNG - 0.1, CENTRE_LAT - 0.1, CENTRE_LNG + 0.1, CENTRE_LAT + 0.1), (4326, 32718, 32719, 24878, 24879)
)
SYSTEMS = {"degrees": 4326, "unsigned": 4326, "utm18": 32718, "utm19": 32719}
FILES = [(shape, style, number) for number, style in enumerate(styles(16, seed=8)) for shape in SHAPES]


def understood(shape: Shape, style: Style, number: int) -> tuple[Understanding, list[list[str]], str]:
    table = table_of(shape, style, seed=number)
    place = find_header(table)
    assert place is not None
    told = understand(table[place], table[place + 1 :], fields=WORDS["incidents"], area=AREA)
    return told, table[place + 1 :], find_decimal(table[place + 1 :])


@pytest.fixture(scope="module")
def results() -> list[tuple[Shape, Style, Understanding, list[list[str]], str]]:
    return [(shape, style, *understood(shape, style, number)) for shape, style, number in FILES]


def test_every_field_is_found_and_nothing_else_is_taken_for_it(results: list) -> None:
    wrong = Counter(
        (shape.name, name, told.fields().get(name))
        for shape, _style, told, _rows, _decimal in results
        for name in {*shape.fields, *(set(told.fields()) - {"until_time", "until_date", "origin"})}
        if told.fields().get(name) != shape.fields.get(name)
    )
    guesses = sum(len(shape.fields) for shape, *_rest in results)
    assert sum(wrong.values()) <= 0.01 * guesses, wrong


def test_personal_columns_are_found_and_no_other_column_is_left_out_for_it(results: list) -> None:
    wrong = Counter(
        (shape.name, one.heading, one.personal)
        for shape, _style, told, _rows, _decimal in results
        for one in told.columns
        if bool(one.personal) != (one.heading in shape.personal)
    )
    assert not wrong, wrong


def test_free_text_is_never_a_field(results: list) -> None:
    for shape, _style, told, _rows, _decimal in results:
        assert {one.heading for one in told.columns if one.why == "free_text"} >= shape.free_text


def test_dates_and_hours_are_read_as_they_were_written(results: list) -> None:
    for shape, style, told, rows, _decimal in results:
        place = list(shape.columns).index(shape.fields["date"])
        assert told.dates is not None
        read = [read_date(row[place], told.dates.formats) for row in rows]
        assert all(read), (shape.name, style)
        assert {day.month for day, _clock in read if day} == {10}, (shape.name, style)
        if "time" in shape.fields:
            place = list(shape.columns).index(shape.fields["time"])
            assert told.times is not None
            assert all(read_time(row[place], told.times.formats) for row in rows), (shape.name, style)


def test_the_reference_system_of_every_file_is_told(results: list) -> None:
    for shape, style, told, _rows, _decimal in results:
        if "x" not in shape.fields:
            assert told.place is None or told.place.why == "outside", (shape.name, told.place)
            continue
        assert told.place is not None
        assert (told.place.srid, told.place.unsigned) == (SYSTEMS[style.place], style.place == "unsigned"), style


def test_decimals_of_coordinates_are_told(results: list) -> None:
    told = [decimal == style.decimal for shape, style, _told, _rows, decimal in results if "x" in shape.fields]
    assert all(told)


def test_first_rows_are_shown_without_personal_data() -> None:
    calls = next(shape for shape in SHAPES if shape.name == "llamados")
    header, *rows = table_of(calls, Style(title_rows=0))
    shown = shown_rows(header, rows)
    assert len(shown) == 20
    for one, whole in zip(shown, rows, strict=False):
        told = dict(zip(header, one, strict=True))
        assert {told[heading] for heading in calls.personal} == {DOTS}
        assert told["MOTIVO"] == whole[header.index("MOTIVO")]
        assert whole[header.index("TELÉFONO")] not in str(one)


def test_labels_are_counted(results: list) -> None:
    for shape, _style, told, rows, _decimal in results:
        assert set(told.labels) <= set(shape.labels)
        assert sum(told.labels.values()) == len(rows)
