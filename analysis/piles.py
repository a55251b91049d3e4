"""Coordinates that hold too many incidents to be a place: police stations, hospitals, street-centre defaults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, Numbers
from analysis.clustering import unique_places

PILE_QUANTILE = 0.999
SMALLEST_PILE = 10
LARGE_SHARE = 0.01


@dataclass(frozen=True)
class Pile:
    """A coordinate that holds more incidents than an ordinary place, in metres."""

    x: float
    y: float
    n: int


@dataclass(frozen=True, eq=False)
class CappedPiles:
    """Weight of each incident (n,) after capping, the cap, and the piles, the largest first."""

    weights: FloatArray
    cap: float
    piles: list[Pile]


def cap_piles(x: Numbers, y: Numbers) -> CappedPiles:
    """Let no coordinate count for more than the 99.9th percentile of all coordinates, or ten if that is less.

    Incidents of a pile share its cap: nothing is moved or deleted. The cap depends on the sizes of piles only, not on
    where they lie, so that a test of where incidents lie stays a test.
    """
    places = unique_places(x, y)
    cap = max(float(SMALLEST_PILE), float(np.quantile(places.weight, PILE_QUANTILE)))
    share = np.minimum(1.0, cap / places.weight)
    large = places.weight > min(cap, max(SMALLEST_PILE, LARGE_SHARE * places.weight.sum()))
    order = [number for number in np.argsort(-places.weight, kind="stable") if large[number]]
    piles = [Pile(float(places.x[i]), float(places.y[i]), int(places.weight[i])) for i in order]
    return CappedPiles(share[places.of_row], cap, piles)
