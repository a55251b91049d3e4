"""Reserved offences are told in whole fives below the analyst. The attack: everything that a role can reach, byte by
byte, in communes that differ only in how many reserved offences a sector holds. What is the same cannot be subtracted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from access.permissions import allows
from access.roles import Role
from geo.models import Commune
from incidents.models import Incident, OffenceType
from incidents.services.ledger import latest_sequence
from incidents.services.taxonomies import load_taxonomies
from plan.frames import export_sectors_frame
from plan.models import CommunalPlan, SectorStrategy
from plan.services.formulas import FormulaParameters, measure
from sectors.services.score_views import score_for_role, scores_for_role
from sectors.services.scoring import latest_run
from tests.factories.access import MembershipFactory
from tests.factories.geo import point, square
from tests.factories.incidents import IncidentFactory, cead
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, SectorStrategyFactory
from tests.factories.sectors import RiskSectorFactory
from tests.geo.grid import tile_of
from tests.sectors.scene import Scene, build_scene

pytestmark = pytest.mark.django_db
BELOW = (Role.DIRECTOR, Role.PLANNER, Role.MANAGER)
RAPE, ABUSE = "10201", "10204"
TOLD_OF = ("A", "A2")  # the sectors that hold reserved offences; what is told of the commune tells of the others
LAST_WEEK = datetime(2025, 2, 25, 16, tzinfo=UTC)
CHANGES_BY_ITSELF = re.compile(
    r'"run": \d+|name="csrfmiddlewaretoken" value="\w+"|"\w{64}"|v=[\w.-]+|\b20\d\d-\d\d-\d\dT[\d:.+-]+'
)
Told = dict[tuple[str, str], Any]


@pytest.fixture
def scene(commune: Commune, tmp_path: Path) -> Scene:
    """The small commune, with a sector inside sector A and a strategy for it."""
    scene = build_scene(commune, MembershipFactory(commune=commune, role=Role.ANALYST).user, tmp_path)
    scene.sectors["A2"] = RiskSectorFactory(commune=commune, code="A2", boundary=square(40, 40, 40))
    for name in ("A", "A2"):
        strategy = SectorStrategyFactory(
            plan=CommunalPlan.objects.for_commune(commune).first() or CommunalPlanFactory(commune=commune),
            sector_version=scene.sectors[name].versions.get(version=1),
        )
        IndicatorFactory(strategy=strategy)
    return scene


@contextmanager
def world(scene: Scene, **reserved: int) -> Iterator[None]:
    """The commune with so many offences of reserved types in sector A, half of them in the sector inside it, scored;
    then undone."""
    kinds = [(cead({"rapes": RAPE, "abuses": ABUSE}[name]), number) for name, count in reserved.items()
             for number in range(count)]  # fmt: skip
    assert all(kind.reserved for kind, _number in kinds)
    batch = Incident.objects.for_commune(scene.commune).first().batch  # type: ignore[union-attr]
    with transaction.atomic():
        for kind, number in kinds:
            IncidentFactory(
                commune=scene.commune, batch=batch, offence_type=kind, occurred_from=LAST_WEEK,
                point=point(150 + number if number % 2 else 50 + number, 50), place_class="exact",
            )  # fmt: skip
        scene.score()
        yield
        transaction.set_rollback(True)


def everything_told(scene: Scene, clients: dict[Role, Client]) -> Told:
    """Pages, API, tiles, the downloaded map, the exported table and every indicator, by role."""
    told: Told = {}
    for role, client in clients.items():
        for path in addresses(scene, role):
            answer = client.get(path)
            assert answer.status_code in {200, 204}, path
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            told[role, path] = CHANGES_BY_ITSELF.sub("", text.decode("latin-1"))
    told |= {("", f"indicator {asked}"): value for asked, value in indicators(scene)}
    table = export_sectors_frame(scene.commune, on=date(2025, 12, 31), run=latest_run(scene.commune), plan=None)
    return told | {("", "export"): table.to_csv()}


def addresses(scene: Scene, role: Role) -> list[str]:
    pages = ["maps:sectors", "maps:scores", "maps:score_card", "maps:plan", "maps:map"]
    pages += ["maps:board", "maps:proposals"] if allows(role, "board.view") else []
    pages += ["maps:map_download"] if allows(role, "export.map") else []
    found = [reverse(name) for name in pages]
    for code in TOLD_OF:
        found += [reverse(name, args=[code]) for name in ("maps:sector", "maps:sector_printed")]
        found += [f"/api/sectors/{code}"]
    found += ["/api/sectors/", "/api/scores/", "/api/sectors/as-of/2025-12-31"]
    found += [reverse("maps:strategy", args=[one.pk]) for one in SectorStrategy.objects.for_commune(scene.commune)]
    found += [f"/api/plans/{one.pk}" for one in CommunalPlan.objects.for_commune(scene.commune)]
    middle = point(100, 50)
    found += [reverse("incidents:tiles", kwargs=tile_of(middle, zoom=zoom)) for zoom in (11, 13, 15)]
    return [*found, reverse("sectors:tiles", kwargs={"layer": "sectores", **tile_of(middle, zoom=14)})]


def indicators(scene: Scene) -> Iterator[tuple[str, Any]]:
    """Counts, rates and harm that may be asked for: of all types, of the reserved group, of the type by name."""
    group = cead(RAPE).parent.code  # type: ignore[union-attr]
    named = [{}, {"types": [["cead-2024-b", group]], "calendar_year": True}, {"types": [["cead-2024-b", RAPE]]}]
    for code in TOLD_OF:
        version = scene.sectors[code].versions.get(version=1)
        for formula in ("incidentes", "dano", "tasa_1000"):
            for weeks, on in ((4, date(2025, 3, 2)), (52, date(2026, 1, 4))):
                for asked in named:
                    found = measure(
                        formula=formula, parameters=FormulaParameters(weeks=weeks, **asked), version=version, on=on,
                        sequence=latest_sequence(scene.commune),
                    )  # fmt: skip
                    yield f"{code} {formula} {weeks} {asked} {on}", (found.value, found.n, found.withheld)


@pytest.fixture
def told_with(scene: Scene, client_as: Callable[..., Client]) -> Callable[..., Told]:
    clients = {role: client_as(role) for role in BELOW}

    def tell(**reserved: int) -> Told:
        with world(scene, **reserved):
            return everything_told(scene, clients)

    return tell


def differing(one: Told, other: Told) -> dict[tuple[str, str], tuple[str, str]]:
    """Where two communes are told apart, with the first words that do it."""
    found = {}
    for name in one:
        words, others = re.split(r"(\s|,)", str(one[name])), re.split(r"(\s|,)", str(other[name]))
        found[name] = next(((a, b) for a, b in zip(words, others, strict=False) if a != b), None)
        if found[name] is None and len(words) == len(others):
            del found[name]
    return found


def test_nothing_below_the_analyst_tells_one_to_four_reserved_offences(told_with: Callable[..., Told]) -> None:
    """One rape or four; six abuses or eight, three or four of them in the inner sector: neither two releases nor two
    areas differ by a few, and larger counts move in whole fives."""
    few, more = told_with(rapes=1, abuses=6), told_with(rapes=4, abuses=8)
    assert differing(few, more) == {}
    none = told_with(abuses=6)  # an indicator that names the type says “fewer than five” where there is any
    assert {name: words for name, words in differing(none, few).items() if "'types'" not in name[1]} == {}


def test_the_analyst_is_told_how_many_there_are_and_nobody_else(scene: Scene) -> None:
    with world(scene, rapes=8):
        run = latest_run(scene.commune)
        told = {role: scores_for_role(run, role) for role in (Role.ANALYST, *BELOW, Role.READER)}  # type: ignore[arg-type]
    inner = {role: next(one for one in scores if one["code"] == "A") for role, scores in told.items()}
    measures = inner[Role.ANALYST]["sub_indices"]["concentration"]["measures"]
    assert (inner[Role.ANALYST]["n"], measures["n_reserved"], measures["n_reserved_counted"]) == (65, 8, 5)
    for role in (*BELOW, Role.READER):
        assert inner[role]["n"] == 60
        assert "n_reserved" not in json.dumps(told[role])


def test_a_run_that_did_not_count_them_apart_tells_no_count(scene: Scene) -> None:
    run = scene.score()
    score = run.scores.get(sector_version__sector__code="A")
    del score.sub_indices["concentration"]["measures"]["n_reserved_counted"]
    told = score_for_role(score, Role.PLANNER)
    assert (told["n"], told["contributions"]["harm"]["points"]) == (None, None)


def test_types_that_a_municipality_edited_stay_as_they_are_when_the_shipped_ones_are_loaded() -> None:
    load_taxonomies()
    edited = OffenceType.objects.with_key("municipal-1", "ruidos_molestos")
    edited.update(reserved=True, name="Ruidos")
    load_taxonomies()
    assert edited.values_list("reserved", "name").get() == (True, "Ruidos")
