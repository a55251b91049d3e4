"""One town: ground, streets, blocks, buildings, addresses, venues and divisions, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

from .buildings import Buildings
from .divisions import Divisions, divide
from .ground import Ground, lay_ground
from .people import Addresses, Blocks, Venues, build, lay_blocks, number_doors, open_venues
from .streets import StreetNetwork, draw_streets


@dataclass(frozen=True)
class Town:
    """Everything that stands still, in metres around the town's centre."""

    seed: int
    ground: Ground
    network: StreetNetwork
    blocks: Blocks
    buildings: Buildings
    addresses: Addresses
    venues: Venues
    neighbourhood_units: Divisions
    beats: Divisions


def build_town(*, seed: int) -> Town:
    """Town of a seed; the same seed gives the same town byte for byte."""
    ground = lay_ground(seed=seed)
    network = draw_streets(ground, seed=seed)
    blocks = lay_blocks(ground, network, seed=seed)
    blocks, buildings = build(blocks, seed=seed)
    addresses = number_doors(buildings, blocks, network)
    return Town(
        seed=seed,
        ground=ground,
        network=network,
        blocks=blocks,
        buildings=buildings,
        addresses=addresses,
        venues=open_venues(addresses, blocks, network, seed=seed),
        neighbourhood_units=divide(blocks, ground, count=44, name="neighbourhood units", seed=seed),
        beats=divide(blocks, ground, count=12, name="beats", seed=seed),
    )
