"""Tiles of the ground floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET

from geo.models import Building, MaskArea, Place, PublicSpace, StreetSegment, TerritorialUnit, UnitKind
from geo.tiles import etag, is_address, layer_version, tile_response, vector_tile


@dataclass(frozen=True)
class Layer:
    """One layer of tiles: its rows for a commune, the column that is drawn, the columns that travel along."""

    rows: Callable[[Any], Any]
    geometry: str
    fields: tuple[str, ...] = ()


def _units(commune: Any) -> Any:
    return TerritorialUnit.objects.for_commune(commune).in_force().exclude(kind=UnitKind.MANZANA)


def _blocks(commune: Any) -> Any:
    return TerritorialUnit.objects.for_commune(commune).of_kind(UnitKind.MANZANA).in_force()


LAYERS = {
    "unidades": Layer(_units, "boundary", ("kind", "code", "name", "residents", "dwellings")),
    "manzanas": Layer(_blocks, "boundary", ("code", "residents", "dwellings")),
    "calles": Layer(StreetSegment.objects.for_commune, "line", ("name",)),
    "mascara": Layer(MaskArea.objects.for_commune, "area", ("kind",)),
    "lugares": Layer(Place.objects.for_commune, "point", ("kind", "name")),
    "edificios": Layer(Building.objects.for_commune, "footprint", ("height_m", "levels")),
    "espacio-publico": Layer(PublicSpace.objects.for_commune, "area", ("source",)),
}


@require_GET
def tiles(request: HttpRequest, layer: str, zoom: int, column: int, row: int) -> HttpResponse:
    """One tile of one layer of the commune the person works in."""
    asked = LAYERS.get(layer)
    if asked is None or not is_address(zoom, column, row):
        return HttpResponseNotFound()  # a program asks: no page
    commune = request.commune  # type: ignore[attr-defined]
    rows = asked.rows(commune)
    name = layer.replace("-", "_")
    return tile_response(
        request,
        tag=etag(commune.pk, layer, layer_version(rows), zoom, column, row),
        draw=lambda: vector_tile(
            rows, zoom=zoom, column=column, row=row, layer=name, fields=asked.fields, geometry=asked.geometry
        ),
    )


# the permission table stands a floor above: the mark is set by hand, `access.middleware` reads it
tiles.required_permission = "units.view"  # type: ignore[attr-defined]
