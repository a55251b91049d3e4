"""Named streams of random numbers: one seed, independent generators, the same bytes on every machine."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Generator of its own for a part of the simulation, keyed by seed and name (counter-based Philox)."""
    words = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))


def choose(generator: np.random.Generator, weights: Floats, size: int) -> Integers:
    """Indices drawn with replacement in proportion to the weights (inverse of the cumulative sum)."""
    bounds = np.cumsum(weights)
    chosen: Integers = np.searchsorted(bounds, generator.random(size) * bounds[-1], side="right").astype(np.int64)
    return chosen
