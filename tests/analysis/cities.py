"""A city of walls on hills, made from a seed: turned streets, two rows of lots a block, flat roofs, smooth relief."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from shapely.affinity import rotate, translate

from analysis.camera_view import CameraView
from analysis.grid import Grid
from analysis.relief import Relief
from analysis.scene import Scene
from analysis.walls import roof_elevations, walls_of

X0, Y0, SIDE = 600_000, 5_590_000, 2000
TURN_DEG = 17.0


@dataclass(frozen=True, eq=False)
class City:
    """Footprints, heights above ground and roofs; the ground; the scene with public space = all that is not built."""

    footprints: np.ndarray
    heights_m: np.ndarray
    roofs_m: np.ndarray
    relief: Relief
    scene: Scene


@lru_cache(maxsize=2)
def make_city(seed: int = 17, side: int = SIDE, *, flat: bool = False) -> City:
    """A city of `side` metres with cells and posts of 1 m."""
    generator = np.random.default_rng(seed)
    footprints = _footprints(generator, side)
    heights = np.clip(generator.lognormal(np.log(10.0), np.log(2.5) / 1.645, len(footprints)), 2.5, 80.0)
    relief = Relief(X0, Y0, 1.0, 1.0, _hills(side, flat))
    roofs = roof_elevations(footprints, heights, relief)
    open_ground = np.ones((side, side), dtype=bool)
    for footprint in footprints:
        window, inside = _cells(footprint)
        open_ground[window] &= ~inside
    grid = Grid(X0, Y0, 1.0, side, side, open_ground)
    return City(footprints, heights, roofs, relief, Scene(grid, walls_of(footprints, roofs), relief))


def poles(city: City, count: int, *, seed: int = 3, margin: float = 0.0, range_m: float = 200.0) -> list[CameraView]:
    """Cameras on poles 1.5 to 4 m from a facade, 4 to 12 m high, that turn all round and see sharply to their range."""
    generator = np.random.default_rng(seed)
    side = city.scene.grid.rows
    views: list[CameraView] = []
    tree = shapely.STRtree(city.footprints)
    while len(views) < count:
        edge = city.footprints[generator.integers(len(city.footprints))].exterior
        outward = edge.buffer(generator.uniform(1.5, 4.0)).exterior
        point = outward.interpolate(generator.uniform(0, outward.length))
        inside = margin < point.x - X0 < side - margin - 1 and margin < point.y - Y0 < side - margin - 1
        if inside and not len(tree.query(point, predicate="within")):
            views.append(
                CameraView(
                    point.x, point.y, generator.uniform(4, 12), range_m, field_of_view_deg=10, pixels_across=9000
                )
            )
    return views


def _hills(side: int, flat: bool) -> np.ndarray:
    if flat:
        return np.full((side, side), 12.0, dtype=np.float32)
    x, y = np.arange(side, dtype=np.float32) / 1000, np.arange(side, dtype=np.float32)[:, None] / 1000
    height = 5 * np.sin(5.3 * x + 4.1 * y) + 4 * x * y
    height += 9 * np.sin(2.1 * x + 0.7) + 8 * np.cos(1.7 * y - 0.4) + 30
    return height.astype(np.float32)


def _footprints(generator: np.random.Generator, side: int) -> np.ndarray:
    middle = side / 2
    half = middle * 1.45
    frame = shapely.box(X0 + 2, Y0 + 2, X0 + side - 2, Y0 + side - 2)
    shapes = []
    south = -half
    while south < half:
        depth = generator.uniform(70, 110)
        west = -half
        while west < half:
            width = generator.uniform(70, 110)
            if generator.random() > 0.05:  # the others are squares
                shapes += _block(generator, west, south, width, depth)
            west += width + generator.uniform(12, 22)
        south += depth + generator.uniform(12, 22)
    turned = [translate(rotate(shape, TURN_DEG, origin=(0, 0)), X0 + middle, Y0 + middle) for shape in shapes]
    return np.array([shape for shape in turned if frame.contains(shape)], dtype=object)


def _block(generator: np.random.Generator, west: float, south: float, width: float, depth: float) -> list:
    """Two rows of lots; a house takes the front of its lot, a third of them leave a corner free."""
    houses = []
    for back in (False, True):
        start = west
        while start < west + width - 6:
            front = min(generator.uniform(14, 28), west + width - start)
            deep = generator.uniform(0.5, 0.92) * depth / 2
            low = south + depth - deep if back else south
            house = shapely.box(start, low, start + front, low + deep)
            if generator.random() < 0.3 and front > 12:
                corner = low if back else low + deep / 2
                house = house.difference(shapely.box(start + front / 2, corner, start + front, corner + deep / 2))
            houses.append(house)
            start += front
    return houses


def surface_of(city: City) -> np.ndarray:
    """The same city as a surface model of 1 m, as other programs need it: the roof where a cell's centre is built."""
    heights = city.relief.heights_m.copy()
    for footprint, roof in zip(city.footprints, city.roofs_m, strict=True):
        window, inside = _cells(footprint)
        heights[window][inside] = roof
    return heights


def _cells(footprint: shapely.Polygon) -> tuple[tuple[slice, slice], np.ndarray]:
    """The window of 1 m cells around a footprint, and which of their centres it holds."""
    west, south, east, north = (int(v) for v in np.floor(np.array(footprint.bounds) - [X0, Y0, X0, Y0]))
    xs, ys = np.meshgrid(X0 + np.arange(west, east + 1) + 0.5, Y0 + np.arange(south, north + 1) + 0.5)
    return (slice(south, north + 1), slice(west, east + 1)), shapely.contains_xy(footprint, xs, ys)
