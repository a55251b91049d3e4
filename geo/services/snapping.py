"""Releases of snap points: the fixed set of places that masked incidents may show."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from analysis.errors import TooFewDwellingsError
from analysis.masking import MINIMUM_DWELLINGS, hexagon_centres, snap_points
from geo.crs import geometry_to_metric, transformer
from geo.errors import RefusedError
from geo.frames import addresses_frame, streets_frame, units_frame
from geo.models import Commune, SnapPoint, SnapRelease, UnitKind

HEXAGON_SIDE_M = 250.0
ADDRESS_SHARE = 0.5  # of a block's dwellings: with fewer known doors the block's own count is the better witness
STREET_STEP_M = 100.0
KNOWN_GROUND_M = 250.0  # beyond this from any known dwelling, "no dwelling" only means "not loaded"
BATCH = 5_000

Points = tuple[np.ndarray, np.ndarray, np.ndarray]  # x, y in metres, dwellings


def release_snap_points(*, commune: Commune, reason: str) -> SnapRelease:
    """Make the next fixed set of snap points from what is loaded now, and say why.

    Street points whose catchment has at least 8 dwellings or none; where neither dwellings nor places on streets are
    loaded, the centres of hexagons of side 250 m. Masked rows must be written again afterwards by those who own them.
    """
    if not reason.strip():
        raise RefusedError(_("A release of snap points needs a reason."))
    chosen = street_snaps(commune)
    x, y, dwellings = chosen if chosen is not None else _all_hexagons(commune)
    origin = SnapPoint.Origin.HEXAGON if chosen is None else SnapPoint.Origin.STREET
    lng, lat = transformer(commune.metric_srid, 4326).transform(x, y)
    with transaction.atomic():
        Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)  # two releases at once would take one number
        last = SnapRelease.objects.for_commune(commune).aggregate(last=Max("number"))["last"] or 0
        release = SnapRelease.objects.create(commune=commune, number=last + 1, reason=reason.strip()[:500])
        SnapPoint.objects.bulk_create(
            (
                SnapPoint(
                    commune=commune,
                    release=release,
                    point=Point(longitude, latitude, srid=4326),
                    dwellings=int(count),
                    origin=origin,
                )
                for longitude, latitude, count in zip(lng.tolist(), lat.tolist(), dwellings, strict=True)
            ),
            batch_size=BATCH,
        )
    return release


def street_snaps(commune: Commune) -> Points | None:
    """Chosen street points; None where dwellings or candidate places are not loaded."""
    blocks = units_frame(commune, kind=UnitKind.MANZANA)
    x, y, count = dwelling_points(addresses_frame(commune), blocks)
    if not len(x):
        return None
    candidates = candidate_places(streets_frame(commune), blocks)
    if not len(candidates):
        candidates = np.column_stack(hexagon_centres(x, y, side_m=STREET_STEP_M))
    try:
        chosen = snap_points(x, y, count, candidates_x=candidates[:, 0], candidates_y=candidates[:, 1])
    except TooFewDwellingsError:
        return None
    near = _near_dwellings(chosen.x, chosen.y, x, y) | (chosen.dwellings >= MINIMUM_DWELLINGS)
    return chosen.x[near], chosen.y[near], chosen.dwellings[near]


def _near_dwellings(x: np.ndarray, y: np.ndarray, homes_x: np.ndarray, homes_y: np.ndarray) -> np.ndarray:
    tree = shapely.STRtree(shapely.points(homes_x, homes_y))
    near = np.zeros(len(x), dtype=bool)
    near[np.unique(tree.query(shapely.points(x, y), predicate="dwithin", distance=KNOWN_GROUND_M)[0])] = True
    return near


def dwelling_points(addresses: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame) -> Points:
    """Where dwellings are: at their doors where most doors of the block are known, else spread along its outline."""
    doors = addresses[addresses.dwellings > 0]
    counted = blocks[blocks.dwellings.fillna(0) > 0]
    x, y = doors.geometry.x.to_numpy(), doors.geometry.y.to_numpy()
    weight = doors.dwellings.to_numpy(dtype=float)
    if counted.empty:
        return x, y, weight
    outlines = counted.geometry.to_numpy()
    homes = counted.dwellings.to_numpy(dtype=float)
    known = np.zeros(len(counted))
    # a door often stands a few metres off the simplified outline of its block
    block, door = _pairs(outlines, doors.geometry.to_numpy())
    np.add.at(known, block, weight[door])
    unknown = known < ADDRESS_SHARE * homes
    dropped = np.zeros(len(doors), dtype=bool)
    dropped[door[unknown[block]]] = True
    spread = [_along(outline, round(count)) for outline, count in zip(outlines[unknown], homes[unknown], strict=True)]
    along = np.concatenate(spread) if spread else np.empty((0, 2))
    return (
        np.concatenate([x[~dropped], along[:, 0]]),
        np.concatenate([y[~dropped], along[:, 1]]),
        np.concatenate([weight[~dropped], np.ones(len(along))]),
    )


def _pairs(outlines: np.ndarray, doors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of a block and number of a door for each door within 15 m of a block; a door belongs to one block."""
    if not len(doors):
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    door, block = shapely.STRtree(outlines).query_nearest(doors, max_distance=15.0, all_matches=False)
    return block, door


def _along(outline: shapely.Geometry, count: int) -> np.ndarray:
    """`count` places at equal distances along the outline of a block."""
    edge = shapely.boundary(outline)
    places = shapely.line_interpolate_point(
        shapely.line_merge(edge) if edge.geom_type == "MultiLineString" and len(edge.geoms) == 1 else edge,
        (np.arange(count) + 0.5) / count,
        normalized=True,
    )
    found: np.ndarray = shapely.get_coordinates(places)
    return (
        found if len(found) == count else np.repeat(shapely.get_coordinates(outline.representative_point()), count, 0)
    )


def candidate_places(streets: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame) -> np.ndarray:
    """Places (n, 2) in streets where a masked incident may stand: corners, middles, and every 100 m of long stretches.

    Where no streets are loaded, the edges of the blocks stand for them.
    """
    if not streets.empty:
        lines = shapely.get_parts(streets.geometry.to_numpy())
    else:
        lines = shapely.get_parts(shapely.boundary(shapely.simplify(blocks.geometry.to_numpy(), 5.0)))
    lines = lines[shapely.length(lines) > 0] if len(lines) else lines
    places = [_on_line(line) for line in lines]
    return np.unique(np.round(np.concatenate(places), 2), axis=0) if places else np.empty((0, 2))


def _on_line(line: shapely.Geometry) -> np.ndarray:
    steps = max(2, math.ceil(line.length / STREET_STEP_M))
    found: np.ndarray = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.linspace(0.0, 1.0, steps + 1), normalized=True)
    )
    return found


def _all_hexagons(commune: Commune) -> Points:
    """Centres of every hexagon of side 250 m that the commune touches; nothing is known of their dwellings."""
    boundary = geometry_to_metric(commune.boundary, commune=commune)
    west, south, east, north = boundary.bounds
    step = HEXAGON_SIDE_M / 2
    grid_x, grid_y = np.meshgrid(
        np.arange(west - step, east + 2 * step, step), np.arange(south - step, north + 2 * step, step)
    )
    x, y = hexagon_centres(grid_x.ravel(), grid_y.ravel(), side_m=HEXAGON_SIDE_M)
    centres = np.unique(np.round(np.column_stack([x, y]), 3), axis=0)
    shapely.prepare(boundary)
    touched = shapely.dwithin(boundary, shapely.points(centres), HEXAGON_SIDE_M)
    return centres[touched, 0], centres[touched, 1], np.zeros(int(touched.sum()))
