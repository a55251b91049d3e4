"""Rates of small areas drawn towards what is usual: gamma-Poisson shrinkage with Marshall's moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, Numbers
from analysis.checks import require_finite, require_positive
from analysis.errors import EmptyInputError, ParameterError

LARGEST_SHAPE = 1e6  # stands for "no variance between areas": every rate is then the overall one


@dataclass(frozen=True)
class Prior:
    """What is known before counting: rates follow Gamma(shape, rate = exposure). `shape / exposure` is the mean rate.

    `shape` reads as incidents seen beforehand, `exposure` as the exposure they were seen in.
    """

    shape: float
    exposure: float

    def __post_init__(self) -> None:
        require_positive("shape", self.shape)
        require_positive("exposure", self.exposure)

    @property
    def mean_rate(self) -> float:
        return self.shape / self.exposure


def fit_prior(counts: Numbers, exposure: Numbers) -> Prior:
    """Prior of areal rates by moments: m = ΣO/ΣE, s² = ΣE(O/E − m)²/ΣE, A = max(0, s² − m/Ē); Gamma(m²/A, m/A).

    `counts` and `exposure` are one value per area, exposure above zero. Where A is zero, areas do not differ more than
    chance and the prior is so strong that every shrunk rate is m.

    Raises `EmptyInputError` without areas or without a single incident.

    Source: Marshall, R. J. (1991), Mapping disease and mortality rates using empirical Bayes estimators, Applied
    Statistics 40(2), 283-294.
    """
    observed, exposed = _pairs(counts, exposure)
    if not observed.size or observed.sum() == 0:
        raise EmptyInputError("A prior needs at least one area with an incident.")
    mean = observed.sum() / exposed.sum()
    spread = (exposed * (observed / exposed - mean) ** 2).sum() / exposed.sum()
    between = max(0.0, float(spread - mean / exposed.mean()))
    shape = LARGEST_SHAPE if between == 0 else min(LARGEST_SHAPE, float(mean**2 / between))
    return Prior(shape=shape, exposure=float(shape / mean))


def shrunk_rates(counts: Numbers, exposure: Numbers, *, prior: Prior) -> FloatArray:
    """Posterior mean rate of each area, (shape + O) / (prior exposure + E): between its own rate and the usual one."""
    observed, exposed = _pairs(counts, exposure)
    return np.asarray((prior.shape + observed) / (prior.exposure + exposed))


def weight_of_own_counts(exposure: Numbers, *, prior: Prior) -> FloatArray:
    """Share (0 to 1) of the shrunk rate that comes from the area's own counts: E / (prior exposure + E)."""
    exposed = require_finite("exposure", exposure)
    return np.asarray(exposed / (prior.exposure + exposed))


def _pairs(counts: Numbers, exposure: Numbers) -> tuple[FloatArray, FloatArray]:
    observed, exposed = require_finite("counts", counts), require_finite("exposure", exposure)
    if observed.size != exposed.size:
        raise ParameterError(
            "There are {counts} counts and {exposures} exposures; they must be pairs.",
            counts=int(observed.size),
            exposures=int(exposed.size),
        )
    if observed.size and (observed.min() < 0 or exposed.min() <= 0):
        raise ParameterError("A count is below zero or an exposure is not above zero.")
    return observed, exposed
