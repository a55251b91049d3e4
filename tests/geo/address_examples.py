"""Example arguments of the ground floor's addresses, for the matrix test."""

from __future__ import annotations

from typing import Any

from tests.architecture.address_examples import SECRET, Example
from tests.factories import geo as factories
from tests.geo.grid import tile_of


def unit_tile(commune: Any) -> dict[str, Any]:
    unit = factories.TerritorialUnitFactory(commune=commune, name=SECRET)
    return {"layer": "unidades", **tile_of(unit.boundary.centroid, zoom=14)}


def place_tile(commune: Any) -> dict[str, Any]:
    place = factories.PlaceFactory(commune=commune, name=SECRET)
    return {"layer": "lugares", **tile_of(place.point, zoom=14)}


EXAMPLES = {"geo:tiles": [Example(unit_tile), Example(place_tile)]}
