"""How much few places hold: concentration, with what chance alone would concentrate beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from analysis.arrays import FloatArray, Numbers
from analysis.checks import require_finite
from analysis.errors import EmptyPeriodError, NegativeWeightError, ParameterError, TooFewUnitsError, ZeroExposureError

DRAWS = 199
STREAM = 19


@dataclass(frozen=True, eq=False)
class Concentration:
    """`share_of_units` the fullest units that hold `share` of the incidents, as a share of all units (or of exposure),
    `by_chance` the same if every incident fell at random (mean), `low`, `high` 95 % of that; `gini` corrected for few
    incidents, `gini_plain`; `curve` (units + 1, 2) share of units and of incidents, fullest first."""

    share_of_units: float
    by_chance: float
    low: float
    high: float
    gini: float
    gini_plain: float
    curve: FloatArray
    n: int
    units: int


def concentration(counts: Numbers, *, seed: int, share: float = 0.5, exposure: Numbers | None = None) -> Concentration:
    """Share of units (streets, addresses, sectors) that holds a share of the incidents.

    Few incidents on many units always look concentrated: the same share is given for incidents that fall at random,
    each unit's chance its `exposure` (street length, dwellings; equal without). With c incidents on n units the
    corrected Gini compares with the most even spread that c can have.

    Raises `EmptyPeriodError`, `NegativeWeightError`, `TooFewUnitsError`, `ZeroExposureError`, `ParameterError`.

    Source: Weisburd 2015 (law of concentration); Bernasco & Steenbeek 2017 (corrected Gini); Levin et al. 2017.
    """
    observed = require_finite("counts", counts)
    if observed.size < 2:
        raise TooFewUnitsError("There are {count} units; at least {least} are needed.", count=observed.size, least=2)
    if observed.min() < 0:
        raise NegativeWeightError("A count is below zero: {value}.", value=float(observed.min()))
    if (observed != np.rint(observed)).any() or not 0 < share < 1:
        raise ParameterError("Wanted: whole counts and a share between 0 and 1.")
    n = int(observed.sum())
    if not n:
        raise EmptyPeriodError("There are no incidents in the period.")
    weight = _exposure(exposure, observed.size)
    generator = Generator(Philox(key=[seed, STREAM]))
    chance = np.array(
        [_share_of_units(generator.multinomial(n, weight).astype(float), weight, share) for _ in range(DRAWS)]
    )
    plain = _gini(observed)
    return Concentration(
        share_of_units=_share_of_units(observed, weight, share),
        by_chance=float(chance.mean()),
        low=float(np.quantile(chance, 0.025)),
        high=float(np.quantile(chance, 0.975)),
        gini=corrected_gini(observed),
        gini_plain=plain,
        curve=_curve(observed, weight),
        n=n,
        units=observed.size,
    )


def corrected_gini(counts: Numbers) -> float:
    """Gini of c incidents on n units against the most even spread possible: 0 when c < n lie apart, 1 − 1/c together.

    G' = max(1/c, 1/n)·(2Σ i·y_i − n − 1) − max(n/c, 1) + 1, y the ascending shares.

    Source: Bernasco & Steenbeek 2017, Journal of Quantitative Criminology 33.
    """
    values = np.sort(require_finite("counts", counts))
    c, n = float(values.sum()), values.size
    if c <= 0:
        raise EmptyPeriodError("There are no incidents in the period.")
    ranks = np.arange(1, n + 1)
    inner = 2.0 * float((ranks * values).sum() / c) - n - 1
    return max(1.0 / c, 1.0 / n) * inner - max(n / c, 1.0) + 1.0


def _gini(values: FloatArray) -> float:
    ascending = np.sort(values)
    n = ascending.size
    return float(2.0 * (np.arange(1, n + 1) * ascending).sum() / (n * ascending.sum()) - (n + 1) / n)


def _exposure(exposure: Numbers | None, count: int) -> FloatArray:
    if exposure is None:
        return np.full(count, 1.0 / count)
    weight = require_finite("exposure", exposure)
    if weight.size != count:
        raise ParameterError("There are {rows} rows but {weights} weights.", rows=count, weights=int(weight.size))
    if weight.min() < 0:
        raise NegativeWeightError("A weight is below zero: {value}.", value=float(weight.min()))
    if not weight.sum():
        raise ZeroExposureError("Nothing is exposed in any unit.")
    return np.asarray(weight / weight.sum())


def _curve(counts: FloatArray, weight: FloatArray) -> FloatArray:
    """Cumulative share of units (by exposure) and of incidents, the densest units first."""
    order = np.argsort(-counts / np.maximum(weight, 1e-300), kind="stable")
    units, incidents = np.cumsum(weight[order]), np.cumsum(counts[order]) / counts.sum()
    return np.vstack([[0.0, 0.0], np.column_stack([units, incidents])])


def _share_of_units(counts: FloatArray, weight: FloatArray, share: float) -> float:
    curve = _curve(counts, weight)
    return float(np.interp(share, curve[:, 1], curve[:, 0]))
