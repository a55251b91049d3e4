"""A series that changes its list of types says so, on the board and among the readings of an indicator."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from geo.models import Commune
from incidents.services.breaks import series_breaks
from maps.series import with_breaks
from plan.models import IndicatorReading
from tests.factories.plan import IndicatorFactory
from tests.incidents.files import bring_in, profile_for, row

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2023, 1, 1), dt.date(2025, 12, 31)


@pytest.fixture
def changed(commune: Commune, tmp_path: Path, settings) -> Commune:
    """A source typed by the earlier CEAD list until 2023 and by the one in use since, beside a municipal log."""
    settings.MEDIA_ROOT = tmp_path / "files"
    old, new = {"Hurto": ["cead-2024-a", "40401"]}, {"Hurto": ["cead-2024-b", "60401"]}
    bring_in(tmp_path, profile_for(commune, type_mapping=old), [row(1, fecha="2023-05-01"), row(2, fecha="2023-12-30")])
    bring_in(tmp_path, profile_for(commune, type_mapping=new), [row(3, fecha="2024-01-02"), row(4, fecha="2025-05-01")])
    log = profile_for(commune, source="central")
    bring_in(tmp_path, log, [row(1, fecha="2023-06-01", tipo="Ruidos"), row(2, fecha="2024-06-01")])
    bring_in(tmp_path, log, [row(3, fecha="2023-07-01"), row(4, fecha="2024-07-01", tipo="Ruidos")])
    return commune


def test_a_series_breaks_where_one_list_ends_and_another_begins(changed: Commune) -> None:
    [found] = series_breaks(commune=changed, first=FIRST, last=LAST)
    assert (found.on, found.source) == (dt.date(2024, 1, 2), "registro")
    assert found.before != found.after
    assert series_breaks(commune=changed, first=dt.date(2024, 1, 2), last=LAST) == []


def test_lists_used_side_by_side_are_no_break(changed: Commune) -> None:
    assert "central" not in {one.source for one in series_breaks(commune=changed, first=FIRST, last=LAST)}


def test_readings_on_both_sides_of_a_break_are_parted_by_a_mark(changed: Commune) -> None:
    indicator = IndicatorFactory(strategy__commune=changed, formula="incidentes", baseline_on=dt.date(2023, 6, 1))
    for day in (dt.date(2023, 9, 1), dt.date(2024, 9, 1)):
        IndicatorReading.objects.create(
            indicator=indicator, on=day, value=1, n=1, query="", sequence=1, code_version="1"
        )
    [told] = with_breaks([indicator], commune=changed, last=LAST)
    assert [("break" in step, step["on"].year) for step in told["timeline"]] == [
        (False, 2024), (True, 2024), (False, 2023),
    ]  # fmt: skip


def test_the_board_tells_a_break(changed: Commune) -> None:
    found = series_breaks(commune=changed, first=FIRST, last=LAST)
    text = render_to_string("maps/parts/breaks.html", {"breaks": found})
    assert "02-01-2024" in text
