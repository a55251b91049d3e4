"""Rates of small areas."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import EmptyInputError
from analysis.shrinkage import (
    LARGEST_SHAPE,
    fit_prior,
    local_marshall_rates,
    marshall_rates,
    shrunk_rates,
    weight_of_own_counts,
)

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


SPDEP_COUNTS, SPDEP_EXPOSURE = [3.0, 0.0, 12.0, 7.0, 1.0], [1000.0, 250.0, 3000.0, 900.0, 500.0]


def test_global_empirical_bayes_has_the_values_of_spdep() -> None:
    """EBest of R's spdep: the spread is below chance, so every rate is the overall one."""
    assert marshall_rates(SPDEP_COUNTS, SPDEP_EXPOSURE).round(9).tolist() == [0.004070796] * 5


def test_local_empirical_bayes_has_the_values_of_spdep() -> None:
    """EBlocal of R's spdep on a chain of five areas."""
    chain = [[1], [0, 2], [1, 3], [2, 4], [3]]
    found = local_marshall_rates(SPDEP_COUNTS, SPDEP_EXPOSURE, neighbours=chain)
    assert found.round(9).tolist() == [0.0024, 0.003529412, 0.004578313, 0.0050034, 0.004847217]


def test_bounded_prior_and_closed_form_agree() -> None:
    assert shrunk_rates(COUNTS, EXPOSURE, prior=fit_prior(COUNTS, EXPOSURE)) == pytest.approx(
        marshall_rates(COUNTS, EXPOSURE), rel=1e-12
    )
