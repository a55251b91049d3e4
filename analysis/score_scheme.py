"""How a score is made: sub-indices and their parts, weights, frozen scales, what is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import ParameterError
from analysis.shrinkage import Prior

SUB_INDICES: dict[str, tuple[str, ...]] = {
    "concentration": ("incidents", "harm"),
    "perception": ("readings",),
    "vulnerability": ("factors", "harm_uncovered", "ground_uncovered"),
}
PARTS: tuple[str, ...] = tuple(part for parts in SUB_INDICES.values() for part in parts)
CAMERA_PARTS = frozenset({"harm_uncovered", "ground_uncovered"})
M2_PER_HECTARE = 10_000.0
AGGREGATIONS = ("arithmetic", "geometric")
LEAST_VALUE = 0.05  # a geometric mean takes no zero: one part that is nothing must not hide all the others


@dataclass(frozen=True)
class Scale:
    """Frozen normalisation of one measure: log1p(x / unit) from `low` to `high` becomes 0 to 1, clipped.

    The bounds are percentiles of a reference that no sector moves, so one sector's change never moves another's part.
    """

    unit: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not (self.unit > 0 and math.isfinite(self.unit) and self.low < self.high < math.inf and self.low >= 0):
            raise ParameterError(
                "A scale needs a unit above zero and low < high; got {unit}, {low}, {high}.",
                unit=self.unit,
                low=self.low,
                high=self.high,
            )

    def normalised(self, values: FloatArray) -> FloatArray:
        """Values from 0 to 1; NaN stays NaN."""
        return np.clip((np.log1p(values / self.unit) - self.low) / (self.high - self.low), 0.0, 1.0)


@dataclass(frozen=True)
class Scheme:
    """Weights and frozen reference of a score.

    `sub_weights` and each entry of `part_weights` add up to one. `weight_concentration` is how firmly the weights of
    the sub-indices are held in the draws (Dirichlet; 60 means about ± 0.05 on a weight of 0.2); None holds them still.
    `aggregation`: "arithmetic", the weighted mean, or "geometric", in which a very low part cannot be made up for.
    """

    sub_weights: Mapping[str, float]
    part_weights: Mapping[str, Mapping[str, float]]
    prior: Prior
    mean_harm_days: float
    scales: Mapping[str, Scale]
    draws: int = 2000
    weight_concentration: float | None = 60.0
    classes: int = 5
    least_n_for_class: int = 10
    aggregation: str = "arithmetic"

    def __post_init__(self) -> None:
        if self.aggregation not in AGGREGATIONS:
            raise ParameterError(
                "The aggregation {aggregation} is not known; there are arithmetic and geometric.",
                aggregation=self.aggregation,
            )
        _require_weights("the sub-indices", self.sub_weights, tuple(SUB_INDICES))
        for sub_index, parts in SUB_INDICES.items():
            _require_weights(sub_index, self.part_weights.get(sub_index, {}), parts)
        missing = {"incidents", "harm", "factors"} - set(self.scales)
        if missing:
            raise ParameterError("The scheme has no scale for {parts}.", parts=", ".join(sorted(missing)))

    def weight_of(self, part: str) -> float:
        """Weight of a part in the whole score when nothing is missing."""
        sub_index = next(name for name, parts in SUB_INDICES.items() if part in parts)
        return self.sub_weights[sub_index] * self.part_weights[sub_index][part]


def _require_weights(what: str, weights: Mapping[str, float], names: tuple[str, ...]) -> None:
    values = [weights.get(name, math.nan) for name in names]
    if set(weights) != set(names) or not all(math.isfinite(value) and value >= 0 for value in values):
        raise ParameterError(
            "The weights of {what} must be numbers of at least zero for {names}.", what=what, names=", ".join(names)
        )
    if abs(sum(values) - 1.0) > 1e-9:
        raise ParameterError(
            "The weights of {what} add up to {total}; they must add up to one.", what=what, total=sum(values)
        )
