"""Dates and hours are told as their cells prove, and what they do not prove is said."""

from __future__ import annotations

import pytest

from analysis.sniffing.moments import guess_dates, guess_times


@pytest.mark.parametrize(
    ("cells", "formats", "why"),
    [
        (["03-11-2026", "25-11-2026"], ["%d-%m-%Y"], "day_over_12"),
        (["11/25/2026", "11/03/2026"], ["%m/%d/%Y"], "month_over_12"),
        (["03/11/26", "04/11/26"], ["%d/%m/%y"], "ambiguous"),
        (["2026-11-25", "2026-11-03"], ["%Y-%m-%d"], "year_first"),
        (["20261125"], ["%Y%m%d"], "year_first"),
        (["46351", "46352,5"], ["excel"], "serial"),
        (["25/11/2026 21:40", "25-11-26"], ["%d/%m/%Y %H:%M", "%d-%m-%y"], "day_over_12"),
        (["25-11-2026 9:40 p. m."], ["%d-%m-%Y %I:%M %p"], "day_over_12"),
        (["2026-11-25T21:40:10"], ["%Y-%m-%dT%H:%M:%S"], "year_first"),
    ],
)
def test_formats_of_dates(cells: list[str], formats: list[str], why: str) -> None:
    told = guess_dates(cells)
    assert told is not None
    assert (sorted(told.formats), told.why, told.share) == (sorted(formats), why, 1.0)


def test_a_file_that_proves_both_orders_says_so() -> None:
    told = guess_dates(["25/11/2026", "26/11/2026", "11/27/2026"])
    assert told is not None
    assert (told.why, told.formats, round(told.share, 2)) == ("mixed", ["%d/%m/%Y"], 0.67)


@pytest.mark.parametrize("cells", [["Hurto", "Robo"], ["12", "40"], ["", ""], ["C-00012"], ["1461-00001"]])
def test_what_is_no_date(cells: list[str]) -> None:
    assert guess_dates(cells) is None


@pytest.mark.parametrize(
    ("cells", "formats"),
    [(["21:40", "9:05"], ["%H:%M"]), (["21:40:10"], ["%H:%M:%S"]), (["21:40 hrs"], ["%H:%M hrs"]),
     (["9:40 PM"], ["%I:%M %p"]), (["0,9027"], ["excel"])],
)  # fmt: skip
def test_formats_of_hours(cells: list[str], formats: list[str]) -> None:
    told = guess_times(cells)
    assert told is not None
    assert told.formats == formats


def test_bare_numbers_are_hours_only_where_the_heading_says_so() -> None:
    assert guess_times(["21", "3"]) is None
    told = guess_times(["21", "3"], named_as_hour=True)
    assert told is not None
    assert told.formats == ["%H"]
