"""What a search for hot spots reads beside the incidents: ground, what can be hit, street blocks with their people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.background import Exposure
from analysis.block_territories import BlockRules, Blocks
from analysis.blocks import block_mesh
from geo.frames import addresses_frame, places_frame, streets_frame, units_frame
from geo.models import UnitKind

if TYPE_CHECKING:
    from analysis.arrays import FloatArray
    from incidents.services.hotspots import HotspotParameters

BORDER_KINDS = (UnitKind.BARRIO, UnitKind.UNIDAD_VECINAL, UnitKind.CUADRANTE)
"""Territories are parted at the borders of the first of these divisions that is loaded."""
HARM_CAP = 0.98
M2_PER_HECTARE = 10_000.0


@dataclass(frozen=True, eq=False)
class SearchGround:
    """Study area in metres, exposures, and the street blocks, None where none are loaded or wanted."""

    area: BaseGeometry
    exposures: list[Exposure]
    blocks: Blocks | None


def search_ground(commune: Any, *, area: BaseGeometry, parameters: HotspotParameters) -> SearchGround:
    """Read the ground of a commune as the parameters of a run want it."""
    blocks = street_blocks(commune, area=area, parameters=parameters) if parameters.snap_to_blocks else None
    return SearchGround(area, exposures_of(commune), blocks)


def street_blocks(commune: Any, *, area: BaseGeometry, parameters: HotspotParameters) -> Blocks | None:
    """Census blocks of a commune with their residents and the barrio each lies in; None where none are loaded."""
    frame = units_frame(commune, kind=UnitKind.MANZANA)
    if frame.empty:
        return None
    usual = BlockRules()
    rules = BlockRules(
        most_area_m2=(parameters.most_hectares or usual.most_area_m2 / M2_PER_HECTARE) * M2_PER_HECTARE,
        most_people=parameters.most_residents or math.inf,
    )
    shapes = frame.geometry.to_numpy()
    mesh = block_mesh(shapes, population=frame["residents"].astype(float).to_numpy(), ground=area)
    return Blocks(mesh, _units_of(commune, shapes), rules)


def exposures_of(commune: Any) -> list[Exposure]:
    """What can be hit in the commune, as far as its geography is loaded: dwellings, places by kind, street metres."""
    exposures = []
    addresses = addresses_frame(commune)
    if not addresses.empty:
        weight = addresses["dwellings"].to_numpy(dtype=np.float64)
        exposures.append(Exposure("dwellings", addresses.geometry.x, addresses.geometry.y, weight))
    places = places_frame(commune)
    for kind, group in places.groupby("kind", sort=True):
        exposures.append(Exposure(f"places:{kind}", group.geometry.x, group.geometry.y))
    streets = streets_frame(commune)
    if not streets.empty:
        pieces = shapely.get_parts(shapely.segmentize(streets.geometry.to_numpy(), 25.0))
        middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
        exposures.append(Exposure("streets", shapely.get_x(middles), shapely.get_y(middles), shapely.length(pieces)))
    return exposures


def harm_weights(harm_days: pd.Series) -> FloatArray:
    """Harm of each incident for growth over blocks: capped at its 98th percentile, so that one homicide draws no
    territory; the median stands in where a type has no value; ones where none has."""
    known = harm_days.dropna()
    if known.empty or known.max() <= 0:
        return np.ones(len(harm_days))
    filled = harm_days.fillna(known.median()).to_numpy(dtype=np.float64)
    return np.asarray(np.minimum(filled, max(float(known.quantile(HARM_CAP)), 1.0)))


def street_block_details(row: Any) -> dict[str, Any]:
    """What a territory of whole blocks tells beside its shape; of one that follows cells only that it does."""
    if not row.snapped:
        return {"snapped": False}
    return {
        "snapped": True,
        "blocks": len(row.blocks),
        "residents": float(row.people),
        "limits": row.limits,
        "units": {str(name): float(share) for name, share in row.shares.items()},
    }


def _units_of(commune: Any, shapes: np.ndarray) -> list[str]:
    """Name of the unit that holds the middle of each block, of the first division loaded; "" where none does."""
    for kind in BORDER_KINDS:
        units = units_frame(commune, kind=kind)
        if units.empty:
            continue
        block, unit = shapely.STRtree(units.geometry.to_numpy()).query(
            shapely.point_on_surface(shapes), predicate="intersects"
        )
        names = [""] * len(shapes)
        for one, other in sorted(zip(block.tolist(), unit.tolist(), strict=True), reverse=True):
            names[one] = str(units["name"].iloc[other] or units["code"].iloc[other])
        return names
    return [""] * len(shapes)
