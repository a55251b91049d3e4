"""What the forms of the pages offer, read and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access.models import JobRun
from access.roles import Role
from geo.models import Commune
from incidents.models import MassEvent, OffenceType, SourceProfile
from incidents.services.taxonomies import load_taxonomies
from maps.forms.hotspots import HotspotForm
from maps.forms.plan import IndicatorForm
from maps.forms.records import EventForm
from maps.forms.styling import DayField, MomentField
from tests.factories.geo import square
from tests.factories.incidents import MassEventFactory

pytestmark = pytest.mark.django_db
AREA = "-39,8140; -73,2460\n-39,8140; -73,2450\n-39,8150; -73,2450"
EVENT = {
    "code": "E-1", "name": "Feria", "starts_at": "22-11-2026 18:30", "ends_at": "22-11-2026 23:00",
    "state": "autorizado",
}  # fmt: skip


def test_days_and_moments_are_read_as_people_here_write_them() -> None:
    assert DayField().clean("22-11-2026") == DayField().clean("22/11/2026") == date(2026, 11, 22)
    assert MomentField().clean("22-11-2026 18:30").strftime("%d %H:%M") == "22 18:30"


def test_a_day_is_shown_as_people_here_write_it() -> None:
    form = HotspotForm(role=Role.ANALYST, initial={"window_from": date(2026, 11, 2)})
    assert 'value="02-11-2026"' in str(form["window_from"])


def test_a_day_that_does_not_exist_is_refused_with_an_example() -> None:
    form = HotspotForm({"window_from": "31-02-2026", "window_until": "01-03-2026"}, role=Role.ANALYST)
    assert "22-11-2026" in form.errors["window_from"][0]


def test_an_event_may_have_an_area_alone(analyst: Client, commune: Commune) -> None:
    answer = analyst.post(reverse("maps:event_new"), EVENT | {"footprint": AREA})
    assert answer.status_code == 302, answer.context["form"].errors
    event = MassEvent.objects.for_commune(commune).get()
    assert (event.venue, event.footprint[0][0].num_points) == (None, 4)


def test_an_event_without_a_place_is_refused(commune: Commune) -> None:
    assert "venue" in EventForm(EVENT, commune=commune).errors


def test_an_area_that_crosses_itself_is_refused_beside_its_field(commune: Commune) -> None:
    bow = "-39,81; -73,24\n-39,82; -73,23\n-39,82; -73,24\n-39,81; -73,23"
    assert "footprint" in EventForm(EVENT | {"footprint": bow}, commune=commune).errors


def test_a_stored_area_comes_back_from_its_form_unchanged(analyst: Client, commune: Commune) -> None:
    event = MassEventFactory(commune=commune, footprint=square(0, 0, 100))
    form = analyst.get(reverse("maps:event", args=[event.pk])).context["form"]
    sent = {name: bound for name in form.fields if (bound := form[name].value()) is not None}
    sent |= {"name": "Otro nombre", "version": event.version}
    answer = analyst.post(reverse("maps:event", args=[event.pk]), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    before = event.footprint
    event.refresh_from_db()
    assert (event.name, event.footprint.equals_exact(before, 0)) == ("Otro nombre", True)


def test_reserved_types_are_offered_to_who_sees_incidents_alone() -> None:
    days = {"window_from": "01-01-2025", "window_until": "31-12-2025", "with_reserved": "on"}
    asked, other = HotspotForm(days, role=Role.ANALYST), HotspotForm(days, role=Role.DIRECTOR)
    assert asked.is_valid()
    assert other.is_valid()
    assert asked.job_parameters()["parameters"]["with_reserved"] is True
    assert "with_reserved" not in other.job_parameters()["parameters"]


def indicator(role: Role, **given: Any) -> IndicatorForm:
    sent = {"name": "Robos", "baseline_on": "01-06-2025", "direction": "bajar", "goal": "3", "goal_on": "01-06-2026"}
    return IndicatorForm(sent | {"formula": "incidentes", "window": "52"} | given, role=role)


@pytest.fixture
def types() -> list[OffenceType]:
    """A group and a single type of the same taxonomy."""
    load_taxonomies()
    found = [OffenceType.objects.filter(level=level, reserved=False).first() for level in ("group", "subgroup")]
    return [one for one in found if one]


def written(one: OffenceType) -> str:
    return f"{one.taxonomy.version}|{one.code}"


def test_an_indicator_asks_for_window_and_types(types: list[OffenceType]) -> None:
    form = indicator(Role.PLANNER, window="13", types=[written(types[0])])
    assert form.is_valid(), form.errors
    assert form.parameters() == {"types": [[types[0].taxonomy.version, types[0].code]], "weeks": 13}
    assert indicator(Role.PLANNER, window="year").is_valid()


def test_an_indicator_of_factors_asks_for_no_window() -> None:
    form = indicator(Role.PLANNER, formula="factores_abiertos")
    assert form.is_valid(), form.errors
    assert form.parameters() == {"kinds": []}


def test_single_types_are_offered_to_roles_that_know_them(types: list[OffenceType]) -> None:
    assert "types" in indicator(Role.PLANNER, types=[written(types[1])]).errors
    assert "types" not in indicator(Role.DIRECTOR, types=[written(types[1])]).errors


def test_the_refused_rows_of_a_layer_are_listed_and_downloaded(
    analyst: Client, commune: Commune, text: Callable[[Any], str]
) -> None:
    refusals = [{"row": number, "reason": "=La forma no es válida."} for number in range(2, 80)]
    done = JobRun.objects.create(
        commune=commune, kind="geo.import_layer", state="done",
        result={"target": "manzana", "read": 90, "accepted": 12, "refused": 78, "refusals": refusals},
    )  # fmt: skip
    page = text(analyst.get(reverse("maps:job", args=[done.pk])))
    assert "La forma no es válida." in page
    assert "Y 28 filas más." in page
    rows = analyst.get(reverse("maps:job_refused", args=[done.pk])).content.decode("utf-8-sig").splitlines()
    assert (len(rows), rows[0], rows[-1]) == (79, "fila;motivo", "79;'=La forma no es válida.")


def test_a_profile_starts_from_a_map_layer(analyst: Client, commune: Commune, text: Callable[[Any], str]) -> None:
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [-73.246, -39.814]},
        "properties": {"folio": "1", "fecha": "01-10-2025", "delito": "Hurto en la calle"},
    }  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    sent = {"kind": "incidents", "file": SimpleUploadedFile("puntos.geojson", content)}
    table = analyst.post(reverse("maps:imports"), sent)["Location"]
    page = analyst.get(f"{table}perfil/")
    assert "no se necesita columna de coordenadas" in text(page)
    form = page.context["form"]
    assert "delimiter" not in form.fields
    values = {name: form[name].value() or "" for name in form.fields}
    choice = next(one for one in page.context["types"] if one.startswith("Hurto"))
    saved = analyst.post(f"{table}perfil/", values | {"name": "Puntos", "type_0": choice})
    assert saved.status_code == 302, saved.context["form"].errors
    assert SourceProfile.objects.for_commune(commune).get().settings["columns"]["label"] == "delito"
