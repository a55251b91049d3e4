"""Rates of small areas."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import EmptyInputError
from analysis.shrinkage import LARGEST_SHAPE, fit_prior, shrunk_rates, weight_of_own_counts

COUNTS = np.array([0.0, 3.0, 10.0, 40.0, 7.0])
EXPOSURE = np.array([100.0, 200.0, 150.0, 300.0, 400.0])


def test_shrunk_rate_is_the_marshall_formula() -> None:
    mean = COUNTS.sum() / EXPOSURE.sum()
    raw = COUNTS / EXPOSURE
    between = (EXPOSURE * (raw - mean) ** 2).sum() / EXPOSURE.sum() - mean / EXPOSURE.mean()
    expected = mean + between / (between + mean / EXPOSURE) * (raw - mean)
    assert shrunk_rates(COUNTS, EXPOSURE, prior=fit_prior(COUNTS, EXPOSURE)) == pytest.approx(expected, rel=1e-12)


def test_areas_that_do_not_differ_all_get_the_overall_rate() -> None:
    counts = np.full(6, 5.0)
    prior = fit_prior(counts, np.full(6, 100.0))
    assert prior.shape == LARGEST_SHAPE
    assert shrunk_rates(counts + 1, np.full(6, 100.0), prior=prior) == pytest.approx(0.05, rel=1e-4)


def test_more_exposure_gives_the_own_counts_more_weight() -> None:
    weights = weight_of_own_counts(EXPOSURE[:3], prior=fit_prior(COUNTS, EXPOSURE))
    assert weights[0] < weights[2] < weights[1]


def test_prior_without_incidents_is_refused() -> None:
    with pytest.raises(EmptyInputError):
        fit_prior(np.zeros(3), np.ones(3))


def test_posterior_intervals_cover_the_true_rate_nine_times_in_ten() -> None:
    rng = np.random.default_rng(11)
    exposure = rng.uniform(50, 500, 4000)
    truth = rng.gamma(2.0, 1 / 40.0, 4000)
    counts = rng.poisson(truth * exposure).astype(float)
    prior = fit_prior(counts, exposure)
    draws = rng.gamma(prior.shape + counts, 1 / (prior.exposure + exposure), (400, 4000))
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.90, abs=0.02)
