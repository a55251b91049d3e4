"""Hot spots planted on purpose: where, what, at which hours, since when; their incidents are known one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity

from .places import Pool
from .processes import Plant
from .randomness import Floats, choose, stream
from .town import Town


@dataclass(frozen=True)
class PlantedHotspot:
    """The truth about one planted hot spot."""

    number: int
    plant: Plant
    x: float
    y: float
    long_m: float  # standard deviation along the street
    short_m: float
    heading_rad: float
    starts_day: int  # days after the first day of the simulation
    per_year: float

    @property
    def area(self) -> shapely.Polygon:
        """Ellipse of two standard deviations: about 86 % of the planted incidents."""
        circle = shapely.Point(0.0, 0.0).buffer(1.0, quad_segs=16)
        stretched = affinity.scale(circle, 2 * self.long_m, 2 * self.short_m, origin=(0, 0))
        turned = affinity.rotate(stretched, self.heading_rad, origin=(0, 0), use_radians=True)
        return affinity.translate(turned, self.x, self.y)


def plant_hotspots(town: Town, plants: tuple[Plant, ...], *, count: int, days: int, seed: int) -> list[PlantedHotspot]:
    """Choose places at least 750 m apart, on built ground at any distance from the centre, and their start dates."""
    generator = stream(seed, "hot spots")
    addresses = town.addresses
    inner = town.ground.town.buffer(-220).difference(town.ground.water.buffer(90))
    found: list[PlantedHotspot] = []
    weight = addresses.dwellings + 1.5 * town.blocks.trade[addresses.block]
    for spot in choose(generator, weight, 4000):
        x, y = float(addresses.x[spot]), float(addresses.y[spot])
        if len(found) == count:
            break
        if not shapely.contains_xy(inner, x, y) or any(np.hypot(x - h.x, y - h.y) < 750 for h in found):
            continue
        found.append(_hotspot(generator, town, plants[len(found) % len(plants)], (x, y), len(found), days))
    return found


def _hotspot(
    generator: np.random.Generator, town: Town, plant: Plant, place: tuple[float, float], number: int, days: int
) -> PlantedHotspot:
    nearest = town.network.lines[int(shapely.STRtree(town.network.lines).nearest(shapely.Point(place)))]
    (x0, y0), (x1, y1) = nearest.coords[0], nearest.coords[-1]
    return PlantedHotspot(
        number=number,
        plant=plant,
        x=place[0],
        y=place[1],
        long_m=float(generator.uniform(60.0, 100.0)),
        short_m=float(generator.uniform(35.0, 60.0)),
        heading_rad=float(np.arctan2(y1 - y0, x1 - x0)),
        starts_day=int(generator.integers(20, int(0.62 * days))),
        per_year=float(plant.per_year * np.exp(generator.normal(0.0, 0.25))),
    )


def draw_planted_places(
    generator: np.random.Generator, hotspot: PlantedHotspot, pools: dict[str, Pool], size: int
) -> tuple[Floats, Floats]:
    """Real addresses and street spots near the hot spot's heart, likelier the nearer they are."""
    names = list(hotspot.plant.pools)
    pick = choose(generator, np.array([hotspot.plant.pools[name] for name in names]), size)
    x, y = np.zeros(size), np.zeros(size)
    cos, sin = np.cos(hotspot.heading_rad), np.sin(hotspot.heading_rad)
    for number, name in enumerate(names):
        mine = np.flatnonzero(pick == number)
        pool = pools[name]
        east, north = pool.x - hotspot.x, pool.y - hotspot.y
        along, aside = (east * cos + north * sin) / hotspot.long_m, (north * cos - east * sin) / hotspot.short_m
        near = np.exp(-0.5 * (along**2 + aside**2)) * (along**2 + aside**2 < 9.0)
        if near.sum() <= 0.0:
            near = np.exp(-np.hypot(east, north) / 30.0)
        spot = choose(generator, near, len(mine))
        x[mine], y[mine] = pool.x[spot], pool.y[spot]
    return x, y
