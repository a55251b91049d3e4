"""Tiles of sectors, proposals and risk factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Max, OuterRef, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.permissions import allows
from geo.tiles import etag, is_address, tile_response, vector_tile
from sectors.models import RiskFactor, RiskScore, RiskSector, ScoringRun, TerritoryProposal
from sectors.services.catalogue import today

SCORE_FIELDS = ("score", "rank", "rank_low", "rank_high", "score_class")


@dataclass(frozen=True)
class Layer:
    """One layer of tiles: the right it needs, its rows for a commune and a role, what is drawn, what travels along."""

    permission: str
    rows: Callable[[Any, str], Any]
    version: Callable[[Any, Any], Any]
    fields: tuple[str, ...]
    geometry: str = "boundary"


def _sectors(commune: Any, role: str) -> Any:
    """Sectors in force, with the score of the latest run; no count, so that none can be too small for the role."""
    latest = RiskScore.objects.for_commune(commune).of_latest_run().filter(sector_version__sector=OuterRef("pk"))
    scores = {name: Subquery(latest.values(name)[:1]) for name in SCORE_FIELDS}
    return RiskSector.objects.for_commune(commune).open().in_force(today(commune)).annotate(**scores)


def _sectors_version(commune: Any, rows: Any) -> Any:
    whole = RiskSector.objects.for_commune(commune).aggregate(rows=Count("pk"), versions=Sum("version"))
    return *whole.values(), ScoringRun.objects.for_commune(commune).aggregate(last=Max("pk"))["last"], today(commune)


def _proposals(commune: Any, role: str) -> Any:
    rows = TerritoryProposal.objects.for_commune(commune).visible_to(role)
    return rows.with_figures(of_reserved=allows(role, "incidents.view_exact")).annotate(rank=F("cluster__rank"))


def _proposals_version(commune: Any, rows: Any) -> Any:
    return tuple(
        rows.aggregate(
            rows=Count("pk"), sent=Max("sent_at"), decided=Max("decided_at"), figures=Count("told_n")
        ).values()
    )


def _factors(commune: Any, role: str) -> Any:
    return RiskFactor.objects.for_commune(commune).unsolved(today(commune)).annotate(kind_name=F("kind__name"))


def _factors_version(commune: Any, rows: Any) -> Any:
    return tuple(rows.aggregate(rows=Count("pk"), last=Max("pk"), versions=Sum("version")).values())


LAYERS = {
    "sectores": Layer(
        "sectors.view", _sectors, _sectors_version, ("code", "name", "status", "typology", "version", *SCORE_FIELDS)
    ),
    "propuestas": Layer("proposals.view", _proposals, _proposals_version, ("state", "told_n", "told_per_km2", "rank")),
    "factores": Layer(
        "sectors.view", _factors, _factors_version, ("kind_name", "name", "state", "observed_on"), "point"
    ),
}


@requires("sectors.view")
@require_GET
def tiles(request: HttpRequest, layer: str, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of one layer of the commune the person works in, as her role may see it."""
    asked = LAYERS.get(layer)
    if asked is None or not is_address(zoom, column, row):
        return HttpResponseNotFound()
    commune, role = request.commune, request.role  # type: ignore[attr-defined]
    if not allows(role, asked.permission):
        raise PermissionDenied
    rows = asked.rows(commune, role)
    return tile_response(
        request,
        tag=etag(commune.pk, role, layer, asked.version(commune, rows), zoom, column, row),
        draw=lambda: vector_tile(
            rows, zoom=zoom, column=column, row=row, layer=layer, fields=asked.fields, geometry=asked.geometry
        ),
    )
