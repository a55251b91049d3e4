"""What machines send and get about sectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import Membership, User
from access.roles import Role
from geo.models import Commune
from incidents.models import HotspotRun
from sectors.models import RiskSector, TerritoryProposal
from sectors.services.proposals import propose_territories, send_proposal
from tests.factories.sectors import RiskSectorFactory
from tests.geo.grid import ids_of, tile_of
from tests.sectors.conftest import drawing
from tests.sectors.scene import Scene

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
JSON: dict[str, Any] = {"content_type": "application/json"}
SignIn = Callable[[Role], Client]


@pytest.fixture
def as_role(member: Callable[..., Membership]) -> SignIn:
    def sign_in(role: Role) -> Client:
        client = Client()
        client.force_login(member(role).user, backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def sector(commune: Commune) -> RiskSector:
    return RiskSectorFactory(commune=commune, code="S-1", name="Costanera")


def feature(version: int | None = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": drawing(40),
        "properties": {"version": version, "reason": "ajuste"} | properties,
    }


def test_drawn_sector_comes_back_with_code_and_version(as_role: SignIn) -> None:
    answer = as_role(Role.ANALYST).post("/api/sectors/", feature(name="Nuevo"), **JSON)
    told = answer.json()["properties"]
    assert (answer.status_code, told["code"], told["version"], told["status"]) == (201, "S-001", 1, "borrador")


def test_patch_redraws_and_raises_the_version(as_role: SignIn, sector: RiskSector) -> None:
    answer = as_role(Role.ANALYST).patch("/api/sectors/S-1", feature(1), **JSON)
    assert (answer.status_code, answer.json()["properties"]["version"]) == (200, 2)


def test_saved_geometry_is_the_one_that_was_sent(as_role: SignIn, sector: RiskSector) -> None:
    sent = feature(1)
    answer = as_role(Role.ANALYST).patch("/api/sectors/S-1", sent, **JSON)
    assert answer.json()["geometry"]["coordinates"][0] == sent["geometry"]["coordinates"]


def test_patch_without_version_gives_428(as_role: SignIn, sector: RiskSector) -> None:
    assert as_role(Role.ANALYST).patch("/api/sectors/S-1", feature(), **JSON).status_code == 428


def test_stale_patch_gives_409_with_both(as_role: SignIn, sector: RiskSector) -> None:
    client = as_role(Role.ANALYST)
    client.patch("/api/sectors/S-1", feature(1), **JSON)
    answer = client.patch("/api/sectors/S-1", feature(1, name="Mío"), **JSON)
    told = answer.json()
    assert answer.status_code == 409
    assert (told["current"]["properties"]["version"], told["yours"]["properties"]["name"]) == (2, "Mío")


def test_neighbours_are_saved_together_or_not_at_all(as_role: SignIn, sector: RiskSector) -> None:
    RiskSectorFactory(commune=sector.commune, code="S-2", name="Vecino")
    client, told = as_role(Role.ANALYST), {"reason": "ajuste"}
    sent = [feature(1) | {"id": code} for code in ("S-1", "S-2")]
    saved = client.patch("/api/sectors/", told | {"features": sent}, **JSON)
    assert [one["properties"]["version"] for one in saved.json()["features"]] == [2, 2]
    again = client.patch("/api/sectors/", told | {"features": [feature(2) | {"id": "S-1"}, sent[1]]}, **JSON)
    sector.refresh_from_db()
    assert (again.status_code, again.json()["current"]["id"], sector.version) == (409, "S-2", 2)


def test_patch_needs_permission(as_role: SignIn, sector: RiskSector) -> None:
    assert as_role(Role.PLANNER).patch("/api/sectors/S-1", feature(1), **JSON).status_code == 403


def test_bad_shape_gives_422_with_a_sentence(as_role: SignIn) -> None:
    drawn = feature(name="Nuevo") | {"geometry": drawing(side_m=10)}
    answer = as_role(Role.ANALYST).post("/api/sectors/", drawn, **JSON)
    assert (answer.status_code, "m²" in answer.json()["detail"]) == (422, True)


def test_closing_needs_its_version_and_keeps_the_sector(as_role: SignIn, sector: RiskSector) -> None:
    client = as_role(Role.ANALYST)
    answer = client.patch(
        "/api/sectors/S-1", {"properties": {"status": "cerrado", "version": 1, "reason": "cumplido"}}, **JSON
    )
    assert answer.json()["properties"]["status"] == "cerrado"
    assert client.get("/api/sectors/").json()["features"] == []
    assert client.get("/api/sectors/S-1").status_code == 200


def test_sectors_cannot_be_deleted(as_role: SignIn, sector: RiskSector) -> None:
    assert as_role(Role.ANALYST).delete("/api/sectors/S-1").status_code == 405


def test_history_lists_versions_with_who_and_why(as_role: SignIn, sector: RiskSector) -> None:
    client = as_role(Role.ANALYST)
    client.patch("/api/sectors/S-1", feature(1), **JSON)
    versions = client.get("/api/sectors/S-1/versions").json()["features"]
    assert [(one["properties"]["version"], one["properties"]["reason"]) for one in versions] == [
        (2, "ajuste"),
        (1, "alta"),
    ]


def test_restore_writes_a_new_version(as_role: SignIn, sector: RiskSector) -> None:
    client = as_role(Role.ANALYST)
    client.patch("/api/sectors/S-1", feature(1), **JSON)
    body = {"version": 1, "expected_version": 2, "reason": "error"}
    answer = client.post("/api/sectors/S-1/restore", body, **JSON)
    assert answer.json()["properties"]["version"] == 3


def test_catalogue_as_of_a_day_before_is_empty(as_role: SignIn, sector: RiskSector) -> None:
    client = as_role(Role.READER)
    sizes = [len(client.get(f"/api/sectors/as-of/{day}").json()["features"]) for day in ("2023-12-31", "2024-01-01")]
    assert sizes == [0, 1]


def test_unknown_sector_is_404(as_role: SignIn) -> None:
    assert as_role(Role.ANALYST).get("/api/sectors/nada").status_code == 404


# --- proposals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposal(run: HotspotRun, analyst: User) -> TerritoryProposal:
    return propose_territories(hotspot_run=run, proposed_by=analyst)[0]


def test_analyst_sends_and_director_accepts(as_role: SignIn, proposal: TerritoryProposal) -> None:
    as_role(Role.ANALYST).post(f"/api/proposals/{proposal.pk}/send", {"reason": "concentra"}, **JSON)
    answer = as_role(Role.DIRECTOR).post(
        f"/api/proposals/{proposal.pk}/accept", {"reason": "se prioriza", "name": "Centro"}, **JSON
    )
    assert (answer.status_code, answer.json()["properties"]["name"]) == (200, "Centro")


def test_analyst_cannot_decide(as_role: SignIn, proposal: TerritoryProposal, analyst: User) -> None:
    send_proposal(proposal=proposal, reason="concentra", sent_by=analyst)
    answer = as_role(Role.ANALYST).post(f"/api/proposals/{proposal.pk}/refuse", {"reason": "no"}, **JSON)
    assert answer.status_code == 403


def test_decision_without_reason_gives_422(as_role: SignIn, proposal: TerritoryProposal, analyst: User) -> None:
    send_proposal(proposal=proposal, reason="concentra", sent_by=analyst)
    answer = as_role(Role.DIRECTOR).post(f"/api/proposals/{proposal.pk}/refuse", {"reason": ""}, **JSON)
    assert answer.status_code == 422


def test_second_decision_gives_409(as_role: SignIn, proposal: TerritoryProposal, analyst: User) -> None:
    send_proposal(proposal=proposal, reason="concentra", sent_by=analyst)
    director = as_role(Role.DIRECTOR)
    statuses = [
        director.post(f"/api/proposals/{proposal.pk}/refuse", {"reason": "no"}, **JSON).status_code for _ in range(2)
    ]
    assert statuses == [200, 409]


def test_director_does_not_receive_drafts(as_role: SignIn, proposal: TerritoryProposal) -> None:
    assert as_role(Role.DIRECTOR).get("/api/proposals/").json()["features"] == []


# --- focal territories, observations ----------------------------------------------------------------------------------


def test_focal_territory_needs_its_last_day(as_role: SignIn, sector: RiskSector) -> None:
    body = {
        "sectors": ["S-1"],
        "name": "Barrio",
        "act": "Decreto 1",
        "period_from": "2026-11-01",
        "period_until": "2027-11-01",
        "reason": "concentra",
    }
    director = as_role(Role.DIRECTOR)
    statuses = [
        director.post("/api/focal-territories/", body | extra, **JSON).status_code
        for extra in ({}, {"valid_until": "2027-06-01"})
    ]
    assert statuses == [422, 201]


def test_manager_adds_and_solves_a_factor(as_role: SignIn) -> None:
    manager = as_role(Role.MANAGER)
    place = {"type": "Point", "coordinates": [-73.24, -39.81]}
    body = {"kind": "luminaria-apagada", "point": place, "observed_on": "2025-06-01"}
    added = manager.post("/api/factors/", body, **JSON).json()
    solved = manager.patch(f"/api/factors/{added['id']}", {"version": 1, "state": "resuelto"}, **JSON).json()
    assert (solved["state"], solved["version"], solved["solved_on"] is not None) == ("resuelto", 2, True)


def test_reading_of_a_sector(as_role: SignIn, sector: RiskSector) -> None:
    body = {"sector": "S-1", "value": 64.5, "n": 40, "measured_on": "2025-06-01", "instrument": "mesa barrial"}
    assert as_role(Role.MANAGER).post("/api/perception/", body, **JSON).status_code == 201


# --- scores and tiles -------------------------------------------------------------------------------------------------


def test_list_carries_score_rank_and_interval(as_role: SignIn, scene: Scene) -> None:
    scene.score()
    told = next(
        one["properties"] for one in as_role(Role.PLANNER).get("/api/sectors/").json()["features"] if one["id"] == "A"
    )
    assert told["score"] > 0
    assert told["rank_low"] <= told["rank"] <= told["rank_high"]


@pytest.mark.parametrize(("role", "seen"), [(Role.ANALYST, True), (Role.DIRECTOR, True), (Role.PLANNER, False)])
def test_camera_parts_are_told_by_role(as_role: SignIn, scene: Scene, role: Role, seen: bool) -> None:
    scene.score()
    scores = as_role(role).get("/api/scores/").json()["scores"]
    assert all((one["contributions"]["ground_uncovered"]["points"] is not None) == seen for one in scores)


def test_scores_before_any_run_are_empty(as_role: SignIn) -> None:
    assert as_role(Role.READER).get("/api/scores/").json()["scores"] == []


def test_sector_tile_holds_the_sector(as_role: SignIn, sector: RiskSector) -> None:
    address = tile_of(sector.boundary.centroid, zoom=14)
    answer = as_role(Role.READER).get(
        f"/archivos/sectores/teselas/sectores/{address['zoom']}/{address['column']}/{address['row']}.mvt"
    )
    assert ids_of(answer.content) == {"sectores": [sector.pk]}


def test_unchanged_tile_is_not_sent_again(as_role: SignIn, sector: RiskSector) -> None:
    address = tile_of(sector.boundary.centroid, zoom=14)
    path = f"/archivos/sectores/teselas/sectores/{address['zoom']}/{address['column']}/{address['row']}.mvt"
    client = as_role(Role.READER)
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    as_role(Role.ANALYST).patch("/api/sectors/S-1", feature(1), **JSON)
    assert client.get(path, headers={"If-None-Match": tag}).status_code != 304


def test_proposal_tiles_are_refused_to_readers(as_role: SignIn, proposal: TerritoryProposal) -> None:
    address = tile_of(proposal.boundary.centroid, zoom=14)
    path = f"/archivos/sectores/teselas/propuestas/{address['zoom']}/{address['column']}/{address['row']}.mvt"
    assert as_role(Role.READER).get(path).status_code == 403


def test_list_asks_the_database_the_same_few_questions_for_many_sectors(
    as_role: SignIn, commune: Commune, django_assert_max_num_queries: Any
) -> None:
    RiskSectorFactory.create_batch(12, commune=commune)
    client = as_role(Role.READER)
    with django_assert_max_num_queries(8):
        client.get("/api/sectors/")
