"""Where people live and trade: blocks from streets, dwellings from blocks, buildings, addresses and venues."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from .buildings import Buildings, build_rows, raise_levels
from .fields import smooth_field
from .ground import Ground
from .randomness import Floats, Integers, choose, stream
from .streets import AVENUE, HALF_CARRIAGEWAY_M, StreetNetwork, is_street_ground

RESIDENTS = 170_043  # census of 2024 of the city the figures are taken from
DWELLINGS = 72_877
HOME, TRADE, PARK, WORKS = 0, 1, 2, 3  # what a block is used for


@dataclass(frozen=True)
class Blocks:
    """Street faces and the ground of each inside its streets."""

    faces: list[shapely.Polygon]
    plots: list[shapely.Polygon]
    use: Integers
    residents: Integers
    dwellings: Integers
    trade: Floats  # how commercial the place is, 0 to 1


@dataclass(frozen=True)
class Addresses:
    """Front doors: point, street, number, dwellings behind it."""

    x: Floats
    y: Floats
    street: Integers
    number: Integers
    dwellings: Integers
    block: Integers


@dataclass(frozen=True)
class Venues:
    """Places people go to, by kind, each at an address (or at a street corner)."""

    kind: list[str]
    x: Floats
    y: Floats
    address: Integers


VENUE_COUNTS = {
    "bar": 74, "shop": 430, "school": 62, "bus_stop": 230, "pharmacy": 26, "bank": 18, "fuel_station": 14,
    "health_centre": 11, "hospital": 1, "police_station": 1, "bus_terminal": 1,
}  # fmt: skip


def lay_blocks(ground: Ground, network: StreetNetwork, *, seed: int) -> Blocks:
    """Blocks between streets with their use, residents and dwellings, falling from the centre with variation."""
    generator = stream(seed, "blocks")
    faces = [
        face
        for face in shapely.get_parts(shapely.polygonize(network.lines))
        if 1200.0 < face.area < 450_000.0 and face.intersection(ground.masked).area < 0.25 * face.area
    ]
    plots = [_largest(face.buffer(-HALF_CARRIAGEWAY_M, join_style="mitre")) for face in faces]
    kept = [number for number, plot in enumerate(plots) if plot.area > 500.0]
    faces, plots = [faces[number] for number in kept], [plots[number] for number in kept]
    middles = shapely.get_coordinates(shapely.centroid(plots))
    away = np.hypot(middles[:, 0], middles[:, 1])
    avenues = shapely.unary_union(
        [line for line, rank in zip(network.lines, network.rank, strict=True) if rank == AVENUE]
    )
    beside = np.exp(-shapely.distance(shapely.points(middles), avenues) / 70.0)
    trade = np.clip(np.exp(-((away / 620.0) ** 2)) + 0.30 * beside * np.exp(-away / 2600.0), 0.0, 1.0)
    area = shapely.area(plots)
    use = _uses(generator, area, trade)
    share = np.exp(-away / 2300.0 + 0.42 * smooth_field(generator, wavelength_m=1500.0)(*middles.T))
    share *= np.exp(generator.normal(0.0, 0.38, len(plots))) * (1.0 - 0.65 * trade)
    weight = np.where(use == HOME, share, np.where(use == TRADE, 0.35 * share, 0.0)) * np.minimum(area, 40_000.0)
    dwellings = _apportion(weight, DWELLINGS)
    residents = _apportion(dwellings * np.exp(generator.normal(0.0, 0.13, len(plots))), RESIDENTS)
    return Blocks(faces, plots, use, residents, dwellings, trade)


def _largest(geometry: shapely.Geometry) -> shapely.Polygon:
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon)]
    return max(parts, key=lambda part: part.area, default=shapely.Polygon())


def _uses(generator: np.random.Generator, area: Floats, trade: Floats) -> Integers:
    draw = generator.random(len(area))
    use = np.full(len(area), HOME, dtype=np.int64)
    use[(draw < 0.85 * trade) & (trade > 0.25)] = TRADE
    use[(draw > 0.975) & (area < 60_000)] = PARK
    use[(area > 60_000) & (draw > 0.35)] = WORKS
    return use


def _apportion(weight: Floats | Integers, total: int) -> Integers:
    """Whole numbers in proportion to the weights that add up to the total (largest remainders)."""
    exact = weight / weight.sum() * total
    whole: Integers = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def build(blocks: Blocks, *, seed: int) -> tuple[Blocks, Buildings]:
    """Buildings along the streets of every block that is not a park, and the blocks with the people they house."""
    rows = build_rows(blocks.plots, trade=blocks.trade, built=blocks.use != PARK, seed=seed)
    housed = np.bincount(rows.block, minlength=len(blocks.use)) > 0
    settled = replace(
        blocks,
        dwellings=_apportion(np.where(housed, blocks.dwellings, 0), DWELLINGS),
        residents=_apportion(np.where(housed, blocks.residents, 0), RESIDENTS),
    )
    return settled, raise_levels(rows, dwellings=settled.dwellings, trade=blocks.trade, seed=seed)


def number_doors(buildings: Buildings, blocks: Blocks, network: StreetNetwork) -> Addresses:
    """An address for every building: the street in front, a number that grows along it, even on one side."""
    ground = np.flatnonzero(is_street_ground(network))
    tree = shapely.STRtree([network.lines[number] for number in ground])
    fronts = shapely.points(buildings.front)
    nearest = ground[tree.query_nearest(fronts, all_matches=False)[1]]
    street = network.street[nearest]
    courses = np.array(network.courses)[street]
    along = shapely.line_locate_point(courses, fronts)
    ahead = shapely.line_interpolate_point(courses, np.minimum(along + 1.0, shapely.length(courses)))
    here = shapely.line_interpolate_point(courses, np.maximum(along - 1.0, 0.0))
    heading = shapely.get_coordinates(ahead) - shapely.get_coordinates(here)
    aside = buildings.front - shapely.get_coordinates(here)
    left = heading[:, 0] * aside[:, 1] - heading[:, 1] * aside[:, 0] > 0
    number = 100 + 2 * np.floor(along / 2.0).astype(np.int64) + left
    return Addresses(
        x=buildings.front[:, 0],
        y=buildings.front[:, 1],
        street=street,
        number=number,
        dwellings=buildings.dwellings,
        block=buildings.block,
    )


def open_venues(addresses: Addresses, blocks: Blocks, network: StreetNetwork, *, seed: int) -> Venues:
    """Bars, shops, schools, stops and services at addresses, where trade and people are."""
    generator = stream(seed, "venues")
    trade = blocks.trade[addresses.block]
    people = np.bincount(addresses.block, weights=addresses.dwellings, minlength=len(blocks.use))[addresses.block]
    spread = {
        "bar": trade**1.3 + 0.012,
        "shop": trade + 0.03,
        "school": people / people.max() + 0.02,
        "bus_stop": 0.15 + trade,
    }
    kinds: list[str] = []
    chosen: list[int] = []
    for kind, count in VENUE_COUNTS.items():
        apart = {"school": 330.0, "bus_stop": 210.0, "health_centre": 600.0, "fuel_station": 400.0}.get(kind, 12.0)
        picked = _pick_apart(generator, addresses, spread.get(kind, trade + 0.05), count, apart)
        kinds += [kind] * len(picked)
        chosen += picked
    where = np.array(chosen, dtype=np.int64)
    x, y = addresses.x[where].copy(), addresses.y[where].copy()
    stops = np.array([kind == "bus_stop" for kind in kinds])
    x[stops], y[stops] = _kerb(x[stops], y[stops], network)
    return Venues(kinds, x, y, where)


def _pick_apart(
    generator: np.random.Generator, addresses: Addresses, weight: Floats, count: int, apart_m: float
) -> list[int]:
    picked: list[int] = []
    for candidate in choose(generator, weight, count * 40):
        gap = np.hypot(addresses.x[picked] - addresses.x[candidate], addresses.y[picked] - addresses.y[candidate])
        if len(picked) < count and (not picked or gap.min() > apart_m):
            picked.append(int(candidate))
    return picked


def _kerb(x: Floats, y: Floats, network: StreetNetwork) -> tuple[Floats, Floats]:
    """The nearest place on a street for each point."""
    lines = [line for line, ground in zip(network.lines, is_street_ground(network), strict=True) if ground]
    spots = shapely.points(x, y)
    nearest = np.array(lines)[shapely.STRtree(lines).query_nearest(spots, all_matches=False)[1]]
    on_line = shapely.line_interpolate_point(nearest, shapely.line_locate_point(nearest, spots))
    place = shapely.get_coordinates(on_line)
    return place[:, 0], place[:, 1]
