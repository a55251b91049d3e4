"""The ground the town stands on: outline, river with tributary, wetlands, hills and forest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from scipy import ndimage
from scipy.interpolate import CubicSpline
from shapely import affinity

from .fields import SmoothField, blob, smooth_field
from .randomness import Floats, stream

COMMUNE_RADIUS_M = 4900.0
TOWN_RADIUS_M = 3350.0
CELL_M = 25.0


@dataclass(frozen=True)
class Surface:
    """Heights on a regular grid; row 0 is the south."""

    x0: float
    y0: float
    cell_m: float
    heights_m: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """Height at each place, by the nearest cell."""
        rows, columns = self.heights_m.shape
        column = np.clip(((x - self.x0) / self.cell_m).astype(int), 0, columns - 1)
        row = np.clip(((y - self.y0) / self.cell_m).astype(int), 0, rows - 1)
        found: Floats = self.heights_m[row, column]
        return found


@dataclass(frozen=True)
class Ground:
    """Outline of the commune, outline of the built town, what nobody can stand on, and the heights."""

    boundary: shapely.Polygon
    town: shapely.Geometry
    water: shapely.Geometry
    wetlands: shapely.Geometry
    forest: shapely.Geometry
    surface: Surface

    @cached_property
    def masked(self) -> shapely.Geometry:
        """Water, wetland and forest together."""
        return shapely.unary_union([self.water, self.wetlands, self.forest])


def lay_ground(*, seed: int) -> Ground:
    """Outline, river, wetlands, hills and forest of one seed, in metres around the town's centre."""
    outline = stream(seed, "outline")
    boundary = blob(outline, x=0.0, y=0.0, radius_m=COMMUNE_RADIUS_M, roughness=0.11)
    envelope = blob(outline, x=0.0, y=0.0, radius_m=TOWN_RADIUS_M, roughness=0.16).intersection(boundary.buffer(-350))
    centreline, water = _river(stream(seed, "river"))
    water = water.intersection(boundary)
    wetlands = _wetlands(stream(seed, "wetland"), centreline, water).intersection(boundary)
    surface = _hills(stream(seed, "hills"), water)
    forest = _forest(surface, boundary, shapely.unary_union([envelope.buffer(120), water, wetlands]))
    town = envelope.difference(wetlands.buffer(25))
    return Ground(boundary, town, water, wetlands, forest, surface)


def _course(points: Floats) -> Floats:
    """Smooth curve through control points, one vertex about every 20 m."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return np.asarray(CubicSpline(length, points)(np.arange(0.0, length[-1], 20.0)), dtype=np.float64)


def _river(generator: np.random.Generator) -> tuple[shapely.LineString, shapely.Geometry]:
    """Centreline and water of a meandering river that passes beside the centre, with one tributary."""
    reach = COMMUNE_RADIUS_M * 1.5
    across = np.linspace(-reach, reach, 9)
    sway = generator.normal(0.0, 520.0, 9)
    sway[3:6] = generator.normal(0.0, 120.0, 3)
    main = _course(np.column_stack([across, 700.0 + sway]))
    mouth = main[int(len(main) * generator.uniform(0.27, 0.36))]
    steps = np.linspace(0.0, 1.0, 6)
    side = np.column_stack([mouth[0] - 500 * steps + generator.normal(0, 190, 6), mouth[1] - 6800 * steps])
    side[0] = mouth
    tributary = _course(side)
    width = smooth_field(generator, wavelength_m=1500.0, waves=6)
    circles = [_banks(main, 88.0, 24.0, width), _banks(tributary, 34.0, 9.0, width)]
    turn = generator.uniform(0.0, 360.0)
    water = affinity.rotate(shapely.unary_union(circles).simplify(1.5), turn, origin=(0, 0))
    return affinity.rotate(shapely.LineString(main), turn, origin=(0, 0)), water


def _banks(course: Floats, half_width_m: float, waver_m: float, width: SmoothField) -> shapely.Geometry:
    radius = half_width_m + waver_m * np.clip(width(course[:, 0], course[:, 1]), -1.5, 1.5)
    return shapely.unary_union(shapely.buffer(shapely.points(course), radius))


def _wetlands(
    generator: np.random.Generator, centreline: shapely.LineString, water: shapely.Geometry
) -> shapely.Geometry:
    """Low wet ground at some bends of the river, away from the centre."""
    found: list[shapely.Geometry] = []
    for along in generator.uniform(0.08, 0.92, 24):
        place = centreline.interpolate(float(along), normalized=True)
        shift = generator.normal(0.0, 260.0, 2)
        x, y = place.x + shift[0], place.y + shift[1]
        far = 1350.0 < np.hypot(x, y) < COMMUNE_RADIUS_M
        if far and all(shapely.Point(x, y).distance(other) > 700 for other in found):
            found.append(blob(generator, x=x, y=y, radius_m=generator.uniform(170, 330), roughness=0.22))
    return shapely.unary_union(found[:7]).difference(water.buffer(4))


def _hills(generator: np.random.Generator, water: shapely.Geometry) -> Surface:
    """Heights: flat beside the water, hills of 30 to 200 m away from it."""
    half = COMMUNE_RADIUS_M * 1.45
    centres = np.arange(-half + CELL_M / 2, half, CELL_M)
    x, y = np.meshgrid(centres, centres)
    shapely.prepare(water)
    wet = shapely.contains_xy(water, x, y)
    distance = np.asarray(ndimage.distance_transform_edt(~wet), dtype=np.float64) * CELL_M
    rise = 1.0 - np.exp(-distance / 1400.0)
    broad = smooth_field(generator, wavelength_m=2900.0)(x, y)
    fine = smooth_field(generator, wavelength_m=850.0)(x, y)
    outward = np.clip(np.hypot(x, y) / COMMUNE_RADIUS_M, 0.0, 1.3) ** 2
    heights = 3.0 + rise * (12.0 + (16.0 + 34.0 * outward) * np.exp(0.5 * np.clip(broad, -2.5, 2.0)) + 4.0 * fine)
    heights = np.where(wet, 1.0, np.maximum(heights, 1.5))
    return Surface(-half, -half, CELL_M, ndimage.gaussian_filter(heights, 1.2))


def _forest(surface: Surface, boundary: shapely.Polygon, kept_clear: shapely.Geometry) -> shapely.Geometry:
    """Woods on the higher hills outside the town, with smooth edges."""
    step = 4
    coarse = surface.heights_m[::step, ::step]
    size = surface.cell_m * step
    row, column = np.nonzero(coarse > np.quantile(coarse, 0.45))
    west, south = surface.x0 + column * size, surface.y0 + row * size
    cells = shapely.unary_union(shapely.box(west, south, west + size, south + size))
    smooth = cells.buffer(150).buffer(-270).buffer(120)
    woods = smooth.intersection(boundary).difference(kept_clear)
    parts = [part for part in shapely.get_parts(woods) if part.area > 60_000]
    return shapely.unary_union(parts).simplify(4.0)
