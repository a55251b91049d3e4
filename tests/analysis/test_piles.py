from __future__ import annotations

import numpy as np

from analysis.piles import cap_piles
from analysis.windows import Windows


def piled(pile=500, others=3000):
    generator = np.random.default_rng(1)
    x, y = generator.uniform(1000, 9000, (2, others))
    return np.append(x, np.full(pile, 5000.0)), np.append(y, np.full(pile, 5000.0))


def test_a_pile_counts_for_ten():
    capped = cap_piles(*piled())
    assert capped.weights[-500:].sum() == 10
    assert capped.weights[:3000].tolist() == [1.0] * 3000


def test_the_pile_is_told():
    piles = cap_piles(*piled()).piles
    assert [(pile.x, pile.y, pile.n) for pile in piles] == [(5000, 5000, 500)]


def test_a_town_of_crossings_has_a_higher_cap():
    crossings = np.repeat(np.arange(1000.0, 3000.0), 40)
    capped = cap_piles(crossings, crossings)
    assert (capped.cap, capped.weights.min(), capped.piles) == (40, 1.0, [])


def test_order_of_rows_does_not_matter():
    x, y = piled()
    order = np.random.default_rng(2).permutation(x.size)
    assert np.array_equal(cap_piles(x, y).weights[order], cap_piles(x[order], y[order]).weights)


def test_window_sums_are_direct_sums():
    values = np.random.default_rng(3).poisson(2, (30, 40)).astype(float)
    windows = Windows((30, 40), (50.0, 100.0), cell_m=50.0)
    near, wide = windows.sums(values)
    assert windows.sizes == [5, 13]
    assert np.isclose(near[10, 10], values[9:12, 10].sum() + values[10, 9] + values[10, 11])
    assert np.isclose(wide[0, 0], values[0, :3].sum() + values[1, :2].sum() + values[2, 0])
