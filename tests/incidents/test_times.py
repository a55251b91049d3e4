"""Local times as sources write them, on the odd days of the year too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.models import Commune
from incidents.models import Incident
from incidents.services.moments import read_date, read_time
from tests.factories.geo import CommuneFactory
from tests.incidents.files import bring_in, current, profile_for, row

UTC = dt.UTC


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "hour", "instant", "precision", "flag"),
    [
        ("2025-06-02", "12:30", dt.datetime(2025, 6, 2, 16, 30, tzinfo=UTC), "minute", ""),
        ("2025-01-02", "12:30", dt.datetime(2025, 1, 2, 15, 30, tzinfo=UTC), "minute", ""),
        ("2025-06-02", "14", dt.datetime(2025, 6, 2, 18, 0, tzinfo=UTC), "hour", ""),
        ("2025-06-02", "", dt.datetime(2025, 6, 2, 4, 0, tzinfo=UTC), "day", ""),
        ("2025-06-02", "00:00", dt.datetime(2025, 6, 2, 4, 0, tzinfo=UTC), "unknown", ""),
        ("2025-06-02", "24:00", dt.datetime(2025, 6, 3, 4, 0, tzinfo=UTC), "minute", "end_of_day"),
        # the clocks skip 00:00 to 00:59 on 7 September 2025 and repeat 23:00 to 23:59 on 5 April 2025
        ("2025-09-07", "00:30", dt.datetime(2025, 9, 7, 4, 30, tzinfo=UTC), "minute", "nonexistent"),
        ("2025-04-05", "23:30", dt.datetime(2025, 4, 6, 2, 30, tzinfo=UTC), "minute", "doubled"),
        ("2025-04-05", "22:59", dt.datetime(2025, 4, 6, 1, 59, tzinfo=UTC), "minute", ""),
        ("2025-04-06", "00:01", dt.datetime(2025, 4, 6, 4, 1, tzinfo=UTC), "minute", ""),
    ],
)
def test_a_local_time_becomes_an_instant(
    commune: Commune, tmp_path: Path, day: str, hour: str, instant: dt.datetime, precision: str, flag: str
) -> None:
    bring_in(tmp_path, profile_for(commune), [row(1, fecha=day, hora=hour)])
    [one] = current(commune)
    assert (one.occurred_from, one.time_precision, one.time_flag) == (instant, precision, flag)


@pytest.mark.django_db
@pytest.mark.parametrize("hour", ["25:00", "12:61", "mediodía", "24:01"])
def test_an_hour_that_does_not_exist_is_refused(commune: Commune, tmp_path: Path, hour: str) -> None:
    assert bring_in(tmp_path, profile_for(commune), [row(1, hora=hour)]).counts["refused"] == {"bad_time": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["America/Santiago", "America/Punta_Arenas", "America/Coyhaique", "Pacific/Easter"])
def test_days_add_up_over_every_change_of_the_clocks(tmp_path: Path, zone: str) -> None:
    commune = CommuneFactory(timezone=zone)
    days = [dt.date(2025, month, day) for month, day in ((4, 4), (4, 5), (4, 6), (9, 6), (9, 7), (9, 8))]
    rows = [
        row(f"{day}-{hour}", fecha=day, hora=f"{hour:02d}:30:00")
        for day in days
        for hour in range(24)
    ]  # fmt: skip
    bring_in(tmp_path, profile_for(commune), rows)
    incidents = Incident.objects.for_commune(commune)
    assert [incidents.between(day, day).count() for day in days] == [24] * 6


@pytest.mark.django_db
def test_an_end_before_the_start_is_refused(commune: Commune, tmp_path: Path) -> None:
    columns = {"date": "fecha", "label": "tipo", "until_date": "hora"}
    profile = profile_for(commune, columns=columns)
    batch = bring_in(tmp_path, profile, [row(hora="2025-06-01"), row(hora="2025-06-04")])
    assert batch.counts["refused"] == {"ends_before_start": 1}
    [one] = current(commune)
    assert one.occurred_until == dt.datetime(2025, 6, 5, 4, 0, tzinfo=UTC)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]))
def test_a_written_date_is_read_back(day: dt.date, written: str) -> None:
    assert read_date(day.strftime(written), [written]) == (day, None)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_a_spreadsheet_serial_is_read(day: dt.date) -> None:
    assert read_date(str((day - dt.date(1899, 12, 30)).days), ["excel"]) == (day, None)


@given(st.text(max_size=12))
def test_no_text_makes_the_readers_stumble(text: str) -> None:
    read_date(text, ["%Y-%m-%d", "%d-%m-%y %H:%M", "excel"])
    read_time(text, ["%H:%M:%S", "%I:%M %p", "%H", "excel"])


def test_twelve_hour_clock_is_read() -> None:
    noon, midnight = read_time("12:05 PM", ["%I:%M %p"]), read_time("12:05 a.m.", ["%I:%M %p"])
    assert noon is not None
    assert midnight is not None
    assert (noon.seconds, midnight.seconds) == (12 * 3600 + 300, 300)
