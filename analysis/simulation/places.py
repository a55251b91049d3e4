"""Pools of places where incidents can happen, with how likely each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .fields import smooth_field
from .patrols import Patrols
from .randomness import Floats, Integers, choose, stream
from .streets import BRIDGE
from .town import Town


@dataclass(frozen=True)
class Pool:
    """Candidate places and their weights; `spread_m` scatters what happens around the place."""

    x: Floats
    y: Floats
    weight: Floats
    spread_m: float


def gather_pools(town: Town, patrols: Patrols, *, seed: int) -> dict[str, Pool]:
    """Pools by name: dwelling, street, patrol and one for every kind of venue."""
    generator = stream(seed, "pools")
    addresses = town.addresses
    risk = np.exp(0.40 * smooth_field(generator, wavelength_m=1700.0)(addresses.x, addresses.y))
    risk *= np.exp(generator.normal(0.0, 0.45, len(addresses.x)))  # some doors are tried more often than others
    pools = {"dwelling": Pool(addresses.x, addresses.y, addresses.dwellings.astype(np.float64) * risk, 2.0)}
    pools["street"] = _along_streets(generator, town)
    pools["patrol"] = _along_rides(generator, town, patrols)
    kinds = np.array(town.venues.kind)
    for kind, spread in (("bar", 32.0), ("shop", 5.0), ("school", 30.0), ("bus_stop", 22.0)):
        mine = kinds == kind
        weight = np.exp(generator.normal(0.0, 0.45, int(mine.sum())))
        pools[kind] = Pool(town.venues.x[mine], town.venues.y[mine], weight, spread)
    return pools


def _spots_on(generator: np.random.Generator, town: Town, pieces: Integers) -> tuple[Floats, Floats]:
    lines = np.array(town.network.lines)[pieces]
    spots = shapely.line_interpolate_point(lines, generator.uniform(0.04, 0.96, len(pieces)), normalized=True)
    place = shapely.get_coordinates(spots)
    return place[:, 0], place[:, 1]


def _along_streets(generator: np.random.Generator, town: Town) -> Pool:
    """Spots along the streets, one about every 20 m, as busy as the people and trade beside them."""
    length = shapely.length(town.network.lines)
    usable = np.flatnonzero(town.network.rank != BRIDGE)
    pieces = np.repeat(usable, np.maximum(1, (length[usable] / 20.0).astype(int)))
    x, y = _spots_on(generator, town, pieces)
    plots = shapely.STRtree(town.blocks.plots)
    block = plots.query_nearest(shapely.points(x, y), all_matches=False)[1]
    density = town.blocks.dwellings[block] / np.maximum(shapely.area(np.array(town.blocks.plots)[block]), 2000.0)
    busy = 0.15 + density / np.median(density[density > 0]) + 3.2 * town.blocks.trade[block]
    busy *= np.exp(0.35 * smooth_field(generator, wavelength_m=1600.0)(x, y))
    busy *= np.exp(generator.normal(0.0, 0.45, len(town.network.lines)))[pieces]  # some street pieces are worse
    return Pool(x, y, busy, 3.0)


def _along_rides(generator: np.random.Generator, town: Town, patrols: Patrols) -> Pool:
    pieces = np.repeat(patrols.pieces, 4)
    x, y = _spots_on(generator, town, pieces)
    return Pool(x, y, shapely.length(town.network.lines)[pieces], 3.0)


def draw_places(
    generator: np.random.Generator,
    pools: dict[str, Pool],
    setting: dict[str, float],
    size: int,
    water: shapely.Geometry,
) -> tuple[Floats, Floats]:
    """Places of `size` incidents: a pool by its share, a candidate by its weight, scattered, never in the water."""
    names = list(setting)
    pick = choose(generator, np.array([setting[name] for name in names]), size)
    x, y = np.zeros(size), np.zeros(size)
    for number, name in enumerate(names):
        mine = np.flatnonzero(pick == number)
        pool = pools[name]
        spot = choose(generator, pool.weight, len(mine))
        shift = generator.normal(0.0, pool.spread_m, (2, len(mine)))
        wet = shapely.contains_xy(water, pool.x[spot] + shift[0], pool.y[spot] + shift[1])
        shift[:, wet] = 0.0
        x[mine], y[mine] = pool.x[spot] + shift[0], pool.y[spot] + shift[1]
    return x, y
