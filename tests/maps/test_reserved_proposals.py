"""A search that counted reserved types: below the analyst nothing tells how many incidents its territories hold."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from geo.models import Commune
from sectors.models import ProposalState, TerritoryProposal
from tests.geo.grid import tile_of
from tests.maps.rows import make_proposal

pytestmark = pytest.mark.django_db
FIGURES = {"n": 4321, "expected": 877.7, "per_km2": 98765.0, "harm": 55443.0, "details": {"ratio": 66.6}}
HOURS = {"counts": [[313] * 24] * 7, "n": 52584}
WRITTEN = re.compile(r"4\.?321|877[.,]7|98\.?765|55\.?443|66[.,]6|\b313\b|52\.?584")
N_IN_A_TILE = b"\xe1\x21"  # 4321 as tiles write a number


def answers(client: Client, proposal: TerritoryProposal) -> dict[str, bytes]:
    """Pages, API, tile and downloaded map that show a proposal."""
    tile = reverse("sectors:tiles", kwargs={"layer": "propuestas", **tile_of(proposal.boundary.centroid, zoom=15)})
    paths = [reverse("maps:proposals"), reverse("maps:proposal", args=[proposal.pk]), reverse("maps:board")]
    told = {}
    download = reverse("maps:map_download") + "?capas=propuestas"
    for path in [*paths, "/api/proposals/", tile, download]:
        answer = client.post(path, {"reason": "Prueba"}) if path == download else client.get(path)
        assert answer.status_code == 200, path
        told[path] = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return told


def test_only_the_analyst_is_told_the_figures(commune: Commune, director: Client, analyst: Client) -> None:
    proposal = make_proposal(
        commune, state=ProposalState.SENT, cluster={**FIGURES, "weekday_hours": HOURS}, with_reserved=True
    )
    for client, knows in ((analyst, True), (director, False)):
        told = answers(client, proposal)
        [tile] = [told.pop(path) for path in list(told) if "propuestas/15" in path]
        assert (N_IN_A_TILE in tile) is knows
        found = {path: WRITTEN.search(answer.decode()) for path, answer in told.items()}
        assert {path for path, written in found.items() if bool(written) is not knows} == set(), found
    assert "solo las ve" in told[reverse("maps:proposal", args=[proposal.pk])].decode()


def test_figures_of_a_usual_search_reach_the_director(commune: Commune, director: Client) -> None:
    proposal = make_proposal(commune, state=ProposalState.SENT, cluster={**FIGURES, "weekday_hours": HOURS})
    assert all(
        WRITTEN.search(told.decode("latin-1"))
        for path, told in answers(director, proposal).items()
        if "propuestas/15" not in path
    )
