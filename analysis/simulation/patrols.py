"""Patrol routes over the street network; what officers find is found along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .randomness import Floats, Integers, choose, stream
from .streets import AVENUE, BRIDGE
from .town import Town


@dataclass(frozen=True)
class Patrols:
    """Pieces of street ridden (one entry per ride over a piece) and the routes as lines."""

    pieces: Integers
    routes: list[shapely.MultiLineString]


def ride(town: Town, *, routes: int, pieces_each: int, seed: int) -> Patrols:
    """Random rides that start where people and trade are, prefer avenues and seldom turn back."""
    generator = stream(seed, "patrols")
    network = town.network
    at_node: list[list[int]] = [[] for _ in network.nodes]
    for piece, (one, other) in enumerate(network.ends):
        at_node[one].append(piece)
        at_node[other].append(piece)
    away = np.hypot(network.nodes[:, 0], network.nodes[:, 1])
    starts = choose(generator, np.exp(-away / 1300.0), routes)
    appeal = np.where(network.rank == AVENUE, 3.0, 1.0)
    ridden: list[Integers] = [
        _one_ride(generator, int(start), at_node, network.ends, appeal, pieces_each) for start in starts
    ]
    lines = [shapely.MultiLineString([network.lines[piece] for piece in np.unique(ride)]) for ride in ridden]
    every = np.concatenate(ridden)
    return Patrols(every[network.rank[every] != BRIDGE], lines)


def _one_ride(
    generator: np.random.Generator, node: int, at_node: list[list[int]], ends: Integers, appeal: Floats, length: int
) -> Integers:
    visited: list[int] = []
    for luck in generator.random(length):
        options = [piece for piece in at_node[node] if piece not in visited[-3:]] or at_node[node]
        bounds = np.cumsum(appeal[options])
        piece = options[int(np.searchsorted(bounds, luck * bounds[-1], side="right"))]
        visited.append(piece)
        one, other = ends[piece]
        node = int(other if one == node else one)
    return np.array(visited, dtype=np.int64)
