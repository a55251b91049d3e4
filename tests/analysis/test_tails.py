from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.significance import false_discovery
from analysis.tails import (
    count_tail,
    family_wise,
    share_tail,
    stretched,
    tail_stretch,
    window_spread,
)


def array(*values):
    return np.array(values, dtype=float)


def test_without_surplus_the_tail_is_poisson():
    tail = count_tail(array(0, 3, 10), array(4, 4, 4), array(4, 4, 4))
    assert tail == pytest.approx(stats.poisson.sf(array(-1, 2, 9), 4))


def test_with_surplus_the_tail_is_negative_binomial():
    tail = count_tail(array(3, 10, 40), array(4, 4, 4), array(10, 10, 10))
    size = 16 / 6
    assert tail == pytest.approx(stats.nbinom.sf(array(2, 9, 39), size, size / (size + 4)))


def test_more_spread_makes_a_count_less_surprising():
    assert count_tail(array(20), array(5), array(5)) < count_tail(array(20), array(5), array(20))


def test_a_share_is_binomial():
    assert share_tail(array(8), array(10), array(0.3)) == pytest.approx(stats.binom.sf(7, 10, 0.3))


def test_spread_of_gamma_rates_is_read_back():
    generator = np.random.default_rng(1)
    mean = generator.uniform(20, 200, 20_000)
    seen = generator.poisson(mean * generator.gamma(10, 0.1, mean.size)).astype(float)
    spread = window_spread(seen, mean, inflation=1.0, error=np.zeros(mean.size), levels=(0.75, 0.9, 0.95))
    assert spread == pytest.approx(0.1, rel=0.25)


def test_poisson_windows_have_hardly_any_spread():
    generator = np.random.default_rng(2)
    mean = generator.uniform(20, 200, 20_000)
    seen = generator.poisson(mean).astype(float)
    assert window_spread(seen, mean, inflation=1.0, error=np.zeros(mean.size), levels=(0.75, 0.9)) < 0.01


def test_false_discovery_by_hand():
    assert false_discovery(array(0.01, 0.04, 0.03, 0.5)).tolist() == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_false_discovery_equals_scipy():
    p = np.random.default_rng(3).random(500) ** 2
    assert false_discovery(p) == pytest.approx(stats.false_discovery_control(p))


def test_family_wise_of_two_tests_by_hand():
    assert family_wise(0.1, 2) == pytest.approx(1 - 0.9**2)


def test_an_even_tail_is_not_stretched():
    p = (np.arange(20_000) + 0.5) / 20_000
    assert tail_stretch(p) == pytest.approx(1.0, abs=0.03)


def test_a_heavier_tail_is_read_back_whatever_lies_beyond():
    even = (np.arange(40_000) + 0.5) / 40_000
    heavy = np.where(even < 0.05, 0.05 * (even / 0.05) ** 1.5, even)
    heavy[:20] = 1e-12
    assert tail_stretch(heavy) == pytest.approx(1.5, rel=0.15)
    assert stretched(array(0.05 * 1e-3**1.5, 0.5), 1.5) == pytest.approx([0.05 * 1e-3, 0.5])
