"""Administrative divisions made of whole street faces: neighbourhood units and beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.cluster.vq import kmeans2

from .ground import Ground
from .people import Blocks
from .randomness import Integers, stream


@dataclass(frozen=True)
class Divisions:
    """Areas that tile the commune, and the area each block belongs to."""

    areas: list[shapely.Geometry]
    of_block: Integers


def divide(blocks: Blocks, ground: Ground, *, count: int, name: str, seed: int) -> Divisions:
    """Tile the commune by about `count` areas of similar population whose borders follow streets."""
    middles = shapely.get_coordinates(shapely.centroid(blocks.faces))
    weighted = np.repeat(middles, np.maximum(1, blocks.dwellings // 12), axis=0)
    centres, _ = kmeans2(weighted, count, minit="++", rng=stream(seed, "division", name))
    nearest = np.argmin(((middles[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2), axis=1)
    used, of_block = np.unique(nearest, return_inverse=True)
    cores = [
        shapely.unary_union([blocks.faces[i] for i in np.flatnonzero(of_block == n)], grid_size=0.1)
        for n in range(len(used))
    ]
    built = shapely.unary_union(cores, grid_size=0.1)
    rest = ground.boundary.difference(built)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(centres[used]), extend_to=ground.boundary.buffer(2000))
    cells = np.array(shapely.get_parts(cells))
    owner = shapely.STRtree(cells).query(shapely.points(centres[used]), predicate="within")[1]
    areas: list[shapely.Geometry] = [
        shapely.unary_union([core, rest.intersection(cells[owner[number]])], grid_size=0.1)
        for number, core in enumerate(cores)
    ]
    return Divisions([_polygonal(area) for area in areas], of_block.astype(np.int64))


def _polygonal(area: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(area) if isinstance(part, shapely.Polygon) and part.area > 25.0]
    return shapely.MultiPolygon(parts)
