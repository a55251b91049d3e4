"""Laws of the import on generated files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.services.ledger import latest_sequence
from incidents.services.profiles import save_profile
from tests.factories.geo import CommuneFactory
from tests.factories.incidents import SETTINGS
from tests.incidents.files import bring_in, content, row

LAWS = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
dates = st.one_of(st.dates(dt.date(2015, 1, 1), dt.date(2025, 12, 31)).map(str), st.just(""), texts)
hours = st.one_of(st.times().map(lambda hour: hour.strftime("%H:%M")), st.sampled_from(["", "00:00", "24:00"]), texts)
numbers = st.one_of(st.floats(-73.3, -73.2).map(lambda x: f"{x:.5f}"), st.sampled_from(["0", "", "S/N", "9e9"]), texts)
labels = st.one_of(st.sampled_from(["Hurto", "Robo", "VIF", "Patrullaje", "Otro", ""]), texts)
origins = st.sampled_from(["denuncia", "patrulla", "", "rumor"])
folios = st.one_of(st.integers(1, 6).map(str), st.just(""), texts)
rows_of_files = st.lists(
    st.builds(
        lambda folio, fecha, hora, tipo, procedencia, lng, lat: row(
            folio, fecha=fecha, hora=hora, tipo=tipo, procedencia=procedencia, lng=lng, lat=lat
        ),
        folios, dates, hours, labels, origins, numbers,
        st.one_of(st.floats(-39.86, -39.76).map(lambda y: f"{y:.5f}"), st.just("0"), texts),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@pytest.mark.django_db
@LAWS
@given(rows=rows_of_files, with_ids=st.booleans(), shuffled=st.randoms(use_true_random=False))
def test_counts_add_up_order_is_irrelevant_and_twice_is_once(
    rows, with_ids, shuffled, tmp_path_factory: pytest.TempPathFactory, settings
) -> None:
    folder: Path = tmp_path_factory.mktemp("ley")
    settings.MEDIA_ROOT = folder / "files"
    columns = {name: heading for name, heading in SETTINGS["columns"].items() if with_ids or name != "record_id"}
    reordered = list(rows)
    shuffled.shuffle(reordered)
    results = []
    with transaction.atomic():
        for number, order in enumerate((rows, reordered)):
            commune = CommuneFactory(cut_code=f"L{number}")
            profile = save_profile(commune=commune, name="registro", settings={**SETTINGS, "columns": columns})
            batch = bring_in(folder, profile, order)
            assert batch.read == len(rows) == batch.accepted + batch.repeated + batch.refused
            state = content(commune), latest_sequence(commune)
            again = bring_in(folder, profile, order)
            assert (again.accepted, again.refused) == (0, batch.refused)
            assert (content(commune), latest_sequence(commune)) == state
            results.append((state, batch.accepted, batch.repeated, batch.refused, batch.unplaced, batch.counts))
        transaction.set_rollback(True)
    assert results[0] == results[1]


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["NULL", "NA", "nan", "N/A"])
def test_a_word_that_programs_take_for_nothing_is_one_row_as_any_other(word: str, tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    profile = save_profile(commune=CommuneFactory(), name="registro", settings=SETTINGS)
    batch = bring_in(tmp_path, profile, [row("1", fecha=""), row("2", fecha=word)])
    assert (batch.read, batch.accepted, batch.refused) == (2, 0, 2)
