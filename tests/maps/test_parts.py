"""Small parts of the face: layers, periods, changes, pictures, guesses, places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from access.roles import Role
from geo.models import Commune
from incidents import tiles
from incidents.services.hotspots import hours_of_week
from maps.changes import Change
from maps.figures.charts import Bar, bars
from maps.figures.picture import Picture
from maps.forms.places import PlaceField
from maps.layers import CELLS, LAYERS, described, layers_for
from maps.legend import FACTS, legend_facts
from maps.periods import Period, asked_period, last_days, year_to_date
from maps.proposal_words import concentration
from maps.proposal_words import told as proposal_told
from maps.sector_words import sheet
from maps.templatetags.people import percent, until
from sectors.models import TerritoryProposal
from sectors.services.schemes import SchemeRules, freeze_scheme
from tests.factories.access import MembershipFactory
from tests.factories.geo import square
from tests.factories.incidents import ClusterFactory, MassEventFactory
from tests.sectors.scene import FIRST, LAST, build_scene


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_the_address_of_every_layer_resolves(layer: object) -> None:
    told = described(layer)
    assert told["kind"] == "features" or "{z}/{x}/{y}.mvt" in told["url"]


@pytest.mark.parametrize("role", list(Role))
def test_the_legend_tells_only_layers_of_the_role(role: Role, commune: Commune) -> None:
    told = legend_facts(commune=commune, role=role, period=Period(date(2026, 1, 1), date(2026, 1, 28)))
    assert set(told) <= {layer.id for layer in layers_for(role)}


def test_facts_belong_to_layers_that_exist() -> None:
    assert set(FACTS) <= {layer.id for layer in LAYERS}


def test_the_planner_gets_no_camera_layer() -> None:
    assert not {"camaras", "cobertura"} & {layer.id for layer in layers_for(Role.PLANNER)}


def test_cells_are_as_wide_as_the_tiles_draw_them() -> None:
    told = (CELLS["sideM"], CELLS["atZoom"], CELLS["coarsest"])
    assert told == (tiles.CELL_M, tiles.CELL_ZOOM, tiles.COARSEST_ZOOM)


def test_windows_are_compared_with_windows_of_the_same_length() -> None:
    now = last_days(date(2026, 3, 1), 28)
    assert (now.days, now.before().days, now.before().last) == (28, 28, date(2026, 2, 1))


def test_the_year_to_date_is_compared_with_the_same_days_a_year_before() -> None:
    before = year_to_date(date(2024, 2, 29)).a_year_before()
    assert (before.first, before.last) == (date(2023, 1, 1), date(2023, 2, 28))


def test_a_wrong_period_in_an_address_takes_the_usual_one() -> None:
    assert asked_period({"desde": "2026-02-31", "hasta": "x"}, last=date(2026, 3, 1)).days == 28


def test_a_change_that_chance_often_makes_is_said_to_be_one() -> None:
    assert Change(24, 16).ordinary
    assert not Change(240, 160).ordinary
    assert Change(5, 0).percent is None


def test_a_missing_part_is_a_frame_and_not_a_bar_of_length_zero() -> None:
    drawn = bars([Bar("Percepción", None)], title="Puntaje", most=10)
    assert 'class="missing"' in drawn
    assert "falta" in drawn


def test_words_in_pictures_are_escaped() -> None:
    shape = square(0, 0, 200)
    picture = Picture(shape.extent)
    picture.label(shape, "<script>alert(1)</script>")
    assert "<script>" not in picture.svg(title="x")


def test_a_picture_keeps_one_scale_in_both_directions() -> None:
    picture = Picture((-73.25, -39.82, -73.24, -39.81), width=300, height=300)
    assert picture.per_degree_y / picture.per_degree_x == pytest.approx(1 / 0.7681, rel=0.01)


@pytest.mark.parametrize("written", ["-39,8140; -73,2460", "-39.8140, -73.2460", "-39.8140 -73.2460"])
def test_a_place_is_read_as_people_paste_it(written: str) -> None:
    assert PlaceField().clean(written).coords == (-73.246, -39.814)


@pytest.mark.parametrize("written", ["plaza de armas", "-139; -73", "-39,8"])
def test_what_is_no_place_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValidationError):
        PlaceField().clean(written)


def test_a_proposal_says_in_words_when_its_incidents_concentrate() -> None:
    inside = pd.DataFrame({"weekday": [4, 5] * 60, "hour": [23.0] * 120})
    elsewhere = pd.DataFrame({"weekday": np.arange(1680) % 7, "hour": (np.arange(1680) % 24).astype(float)})
    told = concentration(hours_of_week(inside, elsewhere, seed=1))
    assert told.startswith("vie, sáb, de 23:00 a 0:00: 100 % de sus incidentes")


def test_a_proposal_without_concentration_says_nothing_of_hours() -> None:
    spread = pd.DataFrame({"weekday": np.arange(168) % 7, "hour": (np.arange(168) % 24).astype(float)})
    assert concentration(hours_of_week(spread, spread, seed=1)) == ""


def test_a_chart_rounds_its_figures_and_cuts_none_off() -> None:
    assert "22,0" in bars([Bar("parte", 21.96)], title="t", most=100)


@pytest.mark.django_db
def test_the_ratio_of_a_proposal_is_the_one_the_run_judged_it_by() -> None:
    cluster = ClusterFactory(n=60, expected=20.0, details={"ratio": 1.7})
    proposal = TerritoryProposal(
        commune=cluster.commune, cluster=cluster, run=cluster.run, boundary=cluster.boundary, area_m2=40_000.0
    )
    assert proposal_told(proposal, role=Role.ANALYST)["ratio"] == 1.7


@pytest.mark.django_db
def test_the_legend_counts_events_on_the_calendar_of_the_commune(commune: Commune) -> None:
    """The same night of Santiago is the day before on Rapa Nui."""
    Commune.objects.filter(pk=commune.pk).update(timezone="Pacific/Easter")
    there = Commune.objects.get(pk=commune.pk)
    MassEventFactory(
        commune=there, starts_at=datetime(2026, 1, 15, 4, tzinfo=UTC), ends_at=datetime(2026, 1, 15, 4, 45, tzinfo=UTC)
    )
    days = [Period(date(2026, 1, day), date(2026, 1, day)) for day in (14, 15)]
    counts = [legend_facts(commune=there, role=Role.DIRECTOR, period=day)["eventos"]["n"] for day in days]
    assert counts == [1, 0]


@pytest.mark.django_db
def test_legend_and_sheet_say_what_the_scheme_counts(commune: Commune, tmp_path: Path) -> None:
    scene = build_scene(commune, MembershipFactory(commune=commune, role=Role.ANALYST).user, tmp_path)
    scheme = freeze_scheme(
        commune=commune, window_from=FIRST, window_until=LAST, reason="contraste", created_by=scene.analyst,
        rules=SchemeRules(origins=["reported", "discovered"]),
    )  # fmt: skip
    scene.score(scheme=scheme)
    facts = legend_facts(commune=commune, role=Role.READER, period=Period(FIRST, LAST))["sectores"]
    assert facts["source"] == "esquema v1, incidentes denunciados, incidentes descubiertos por patrullas"
    assert "patrullas" in facts["note"]
    drawn = render_to_string("maps/parts/score.html", sheet(scene.sectors["A"], role=Role.READER))
    assert "incidentes denunciados, incidentes descubiertos por patrullas" in drawn


def test_half_a_percent_of_a_weight_is_not_rounded_away() -> None:
    assert [percent(share) for share in (0.075, 0.2, None)] == ["7,5 %", "20 %", "–"]


def test_an_interval_of_one_number_is_written_once() -> None:
    assert [until(1, 1), until(2, 4)] == ["1", "2–4"]
