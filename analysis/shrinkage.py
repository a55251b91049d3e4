"""Rates of small areas drawn towards what is usual: gamma-Poisson shrinkage with Marshall's moments."""

from __future__ import annotations

from collections.abc import Sequence
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


def marshall_rates(counts: Numbers, exposure: Numbers) -> FloatArray:
    """Empirical Bayes rates towards the overall mean, all equal to it where areas differ no more than chance makes.

    The same as `shrunk_rates` with `fit_prior`, without the bound on the prior. Raises as `fit_prior`.

    Source: Marshall 1991, global form.
    """
    observed, exposed = _pairs(counts, exposure)
    fit_prior(observed, exposed)
    mean = observed.sum() / exposed.sum()
    between = max(
        0.0, float((exposed * (observed / exposed - mean) ** 2).sum() / exposed.sum() - mean / exposed.mean())
    )
    return np.asarray(mean + between / (between + mean / exposed) * (observed / exposed - mean))


def local_marshall_rates(counts: Numbers, exposure: Numbers, *, neighbours: Sequence[Sequence[int]]) -> FloatArray:
    """Empirical Bayes rates towards the mean of each area and its neighbours.

    `neighbours` positions of the areas beside each one, itself not among them; the window holds it too. The spread in a
    window is taken around each member's own local mean, as spdep does (the textbook takes that of the window's middle).

    Source: Marshall 1991, local form; Bivand and others, spdep `EBlocal`.
    """
    observed, exposed = _pairs(counts, exposure)
    windows = [np.array(sorted({*near, area}), dtype=np.int64) for area, near in enumerate(neighbours)]
    if len(windows) != observed.size:
        raise ParameterError(
            "There are {counts} counts and {exposures} exposures; they must be pairs.",
            counts=int(observed.size),
            exposures=len(windows),
        )
    mean = np.array([observed[window].sum() / exposed[window].sum() for window in windows])
    squares = exposed * (observed / exposed - mean) ** 2
    spread = np.array([squares[window].sum() / exposed[window].sum() for window in windows])
    usual = np.array([exposed[window].mean() for window in windows])
    between = np.maximum(0.0, spread - mean / np.where(usual > 0, usual, 1.0))
    total = between + mean / exposed
    return np.asarray(
        mean + np.where(total > 0, between / np.where(total > 0, total, 1.0), 0.0) * (observed / exposed - mean)
    )


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
