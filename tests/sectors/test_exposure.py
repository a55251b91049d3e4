"""What rates are per: people only where residents are known for most sectors; the choice and its reason are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import Role
from geo.models import TerritorialUnit
from sectors.services.schemes import SchemeRules, freeze_scheme
from sectors.services.score_views import warnings_for_role
from tests.factories.geo import TerritorialUnitFactory, square
from tests.factories.sectors import RiskSectorFactory
from tests.sectors.scene import FIRST, LAST, Scene, points_of, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("known", "chosen"), [(3, "area"), (4, "residents")])
def test_the_first_score_is_by_people_only_where_most_sectors_know_theirs(
    scene: Scene, known: int, chosen: str
) -> None:
    for east in range(3000, 3000 + 1000 * 2, 1000):  # five sectors: three known are 60 %, four are 80 %
        name = f"D{east}"
        scene.sectors[name] = RiskSectorFactory(commune=scene.commune, code=name, boundary=square(east, 0, 300))
    if known == 4:
        TerritorialUnitFactory(commune=scene.commune, code="UV-D", boundary=square(2900, -100, 500))
    found = told(scene.score())["scheme"]["normalisation"]["exposure"]  # type: ignore[index]
    assert (found["chosen"], found["known"], found["sectors"]) == (chosen, known, 5)


def test_a_few_loaded_blocks_leave_no_sector_without_concentration(scene: Scene) -> None:
    TerritorialUnit.objects.for_commune(scene.commune).exclude(code="UV-A").update(residents=None)
    run = scene.score()
    assert all(points_of(run, code)["incidents"] is not None for code in "ABC")
    assert "residents_missing" not in run.parameters["warnings"]
    assert any("1 of 3" in one or "1 de 3" in one for one in warnings_for_role(run, Role.DIRECTOR))


def test_the_page_tells_the_choice_and_why(scene: Scene, client_as: Callable[..., Client]) -> None:
    scene.score()
    page = client_as(Role.DIRECTOR).get(reverse("maps:sector", args=["A"])).content.decode()
    assert "Las tasas son por personas" in page
    assert "de 3 de 3 sectores" in page


def test_the_page_tells_why_it_is_not_by_people(scene: Scene, client_as: Callable[..., Client]) -> None:
    TerritorialUnit.objects.for_commune(scene.commune).exclude(code="UV-A").update(residents=None)
    scene.score()
    director = client_as(Role.DIRECTOR)
    for address in (reverse("maps:sector", args=["A"]), reverse("maps:scores"), reverse("maps:score_card")):
        page = director.get(address).content.decode()
        assert "de 1 de 3 sectores, y se necesitan 80 de cada 100" in page, address


def test_ground_that_was_asked_for_is_told_as_asked(scene: Scene) -> None:
    rules = SchemeRules(exposure="area")
    freeze_scheme(
        commune=scene.commune, window_from=FIRST, window_until=LAST, reason="x", created_by=scene.analyst, rules=rules
    )
    run = scene.score()
    assert run.scheme.normalisation["exposure"] | {"known": 3, "asked": "area"} == run.scheme.normalisation["exposure"]
    assert any("as asked" in one or "como se pidió" in one for one in warnings_for_role(run, Role.PLANNER))
