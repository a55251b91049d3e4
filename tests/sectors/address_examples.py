"""Example arguments of the addresses of sectors, for the matrix test."""

from __future__ import annotations

from typing import Any

from access.roles import Role
from sectors.models import TerritoryProposal
from sectors.services.proposals import propose_territories, send_proposal
from tests.architecture.address_examples import SECRET, Example
from tests.factories.access import MembershipFactory
from tests.factories.geo import point
from tests.factories.sectors import (
    FactorTypeFactory,
    FocalTerritoryFactory,
    RiskFactorFactory,
    RiskSectorFactory,
)
from tests.geo.grid import tile_of
from tests.sectors.conftest import drawing, hotspot_run


def a_sector(commune: Any) -> dict[str, Any]:
    return {"code": RiskSectorFactory(commune=commune, name=SECRET).code}


def a_neighbour(commune: Any) -> dict[str, Any]:
    RiskSectorFactory(commune=commune, code="S-0", name=SECRET)
    return {}


def a_day(commune: Any) -> dict[str, Any]:
    RiskSectorFactory(commune=commune, name=SECRET)
    return {"day": "2025-01-01"}


def a_draft(commune: Any) -> dict[str, Any]:
    return {"proposal": _draft(commune).pk}


def a_sent_proposal(commune: Any) -> dict[str, Any]:
    draft = _draft(commune)
    return {"proposal": send_proposal(proposal=draft, reason=SECRET, sent_by=draft.proposed_by).pk}


def _draft(commune: Any) -> TerritoryProposal:
    analyst = MembershipFactory(commune=commune, role=Role.ANALYST).user
    run = hotspot_run(commune, RiskSectorFactory.build(commune=commune).boundary)
    return propose_territories(hotspot_run=run, proposed_by=analyst)[0]


def a_territory(commune: Any) -> dict[str, Any]:
    return {"territory": FocalTerritoryFactory(commune=commune, name=SECRET).pk}


def a_factor(commune: Any) -> dict[str, Any]:
    return {"factor": RiskFactorFactory(commune=commune, name=SECRET).pk}


def a_kind(commune: Any) -> dict[str, Any]:
    FactorTypeFactory()
    return {}


def sector_tile(commune: Any) -> dict[str, Any]:
    sector = RiskSectorFactory(commune=commune, name=SECRET)
    return {"layer": "sectores", **tile_of(sector.boundary.centroid, zoom=14)}


def proposal_tile(commune: Any) -> dict[str, Any]:
    return {"layer": "propuestas", **tile_of(_draft(commune).boundary.centroid, zoom=14)}


def factor_tile(commune: Any) -> dict[str, Any]:
    factor = RiskFactorFactory(commune=commune, name=SECRET)
    return {"layer": "factores", **tile_of(factor.point, zoom=14)}


FEATURE = {"type": "Feature", "geometry": drawing(), "properties": {"name": "Nuevo", "reason": "prueba", "version": 1}}
TOGETHER = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "id": "S-0", "geometry": drawing(), "properties": {"version": 1}}],
    "reason": "prueba",
}
TERRITORY = {
    "sectors": [],
    "name": "Barrio",
    "act": "Decreto 1",
    "period_from": "2026-01-01",
    "period_until": "2026-12-31",
}
POINT = {"type": "Point", "coordinates": list(point().coords)}

EXAMPLES = {
    "sectors:tiles": [
        Example(sector_tile),
        Example(proposal_tile, permission="proposals.view"),
        Example(factor_tile),
    ],
    "GET /api/sectors/as-of/{day}": [Example(a_day, same_for_all_communes=True)],
    "POST /api/sectors/": [Example(body=FEATURE)],
    "PATCH /api/sectors/": [Example(a_neighbour, body=TOGETHER)],
    "GET /api/sectors/{code}": [Example(a_sector)],
    "PATCH /api/sectors/{code}": [Example(a_sector, body=FEATURE)],
    "GET /api/sectors/{code}/versions": [Example(a_sector)],
    "POST /api/sectors/{code}/restore": [Example(a_sector, body={"version": 1, "expected_version": 1})],
    "POST /api/proposals/{proposal}/send": [Example(a_draft, body={"reason": "prueba"})],
    "POST /api/proposals/{proposal}/accept": [Example(a_sent_proposal, body={"reason": "prueba"})],
    "POST /api/proposals/{proposal}/refuse": [Example(a_sent_proposal, body={"reason": "prueba"})],
    "POST /api/focal-territories/": [Example(body=TERRITORY)],
    "POST /api/focal-territories/{territory}/renew": [
        Example(a_territory, body={"valid_until": "2030-01-01", "reason": "prueba"})
    ],
    "POST /api/factors/": [
        Example(a_kind, body={"kind": "luminaria-apagada", "point": POINT, "observed_on": "2025-06-01"})
    ],
    "PATCH /api/factors/{factor}": [Example(a_factor, body={"version": 1, "state": "en_gestion"})],
}
