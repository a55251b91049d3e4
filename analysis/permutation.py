"""What a window's sum would be if the cells' values were shuffled: exact distributions, no simulation.

The values of a map stay; only their places are shuffled. The sum of a window of k cells then depends on k alone, so one
distribution serves every window of that size. Where windows are small against the map, k independent draws from the
histogram will do, and their distribution is its k-fold convolution. Where they are not, k draws without replacement are
followed value by value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft, special

from analysis.arrays import FloatArray, IntArray

FLOOR = 1e-12
"""Rounding in the transform leaves about 1e-13; smaller tails cannot be told apart and count as this."""
FEW_CELLS = 2_000
LARGE_SHARE = 0.05
"""Maps of few cells, and windows over 5 % of a map, are taken without replacement where that takes about a second."""
MOST_STATES = 20_000_000
ALIASED = np.log(1e-14)
SPREADS = 40.0
SLOPES = np.geomspace(1e-4, 20.0, 60)

Tails = tuple[FloatArray, FloatArray]


def window_tails(values: IntArray, sums: IntArray, sizes: IntArray) -> Tails:
    """Chance that a window of shuffled values holds at least (upper) and at most (lower) its sum, one pair per window.

    `values` (n,) whole numbers of at least zero, one per cell of the map; `sums` and `sizes` (windows,). No chance is
    given as less than 1e-12. A window of no cells, or of the whole map, tells nothing: both
    chances are 1.

    Source: k-fold convolution of the histogram with a finite-population stretch; without replacement, the
    hypergeometric recursion over distinct values.
    """
    largest = int(sizes.max(initial=0))
    few = values.size <= FEW_CELLS or largest > LARGE_SHARE * values.size
    if few and window_states(values, largest) <= MOST_STATES:
        return _without_replacement(values, sums, sizes)
    return _with_replacement(values, sums, sizes)


def _by_size(sums: IntArray, sizes: IntArray) -> list[tuple[int, IntArray]]:
    """Each size that occurs (zero left out) with the numbers of its windows."""
    order = np.argsort(sizes, kind="stable")
    found, start = np.unique(sizes[order], return_index=True)
    parts = np.split(order, start[1:])
    return [(int(size), part) for size, part in zip(found, parts, strict=True) if size > 0]


def _with_replacement(values: IntArray, sums: IntArray, sizes: IntArray) -> Tails:
    histogram = _Histogram(values)
    upper, lower = np.ones(sums.size), np.ones(sums.size)
    for size, part in _by_size(sums, sizes):
        if size >= values.size:
            continue
        stretched = histogram.stretched(sums[part], size)
        above, below = histogram.tails(size, int(stretched.max()))
        upper[part], lower[part] = above[stretched], below[stretched]
    return np.maximum(upper, FLOOR), np.maximum(lower, FLOOR)


class _Histogram:
    """The histogram of a map's values and the sums of independent draws from it."""

    def __init__(self, values: IntArray) -> None:
        self.n = values.size
        self.pmf = np.bincount(values) / values.size
        self.mean = float(values.mean())
        self.deviation = float(values.std())
        support = np.flatnonzero(self.pmf)
        slopes = SLOPES / max(self.pmf.size - 1, 1)
        self.slopes = slopes
        self.log_moments = special.logsumexp(
            np.log(self.pmf[support])[None, :] + slopes[:, None] * support[None, :], axis=1
        )
        self._powers: dict[int, list[npt.NDArray[np.complex128]]] = {}

    def stretched(self, sums: IntArray, size: int) -> IntArray:
        """Sums as far from their mean, in standard deviations, as if cells were drawn with replacement."""
        centre = size * self.mean
        shrink = np.sqrt((self.n - size) / (self.n - 1))
        return np.asarray(np.maximum(np.ceil(centre + (sums - centre) / shrink - 0.5), 0.0)).astype(np.int64)

    def tails(self, size: int, largest: int) -> Tails:
        """P(at least s) and P(at most s) of the sum of `size` draws, for s = 0 … largest."""
        length = self._length(size, largest)
        chances = fft.irfft(self._power(size, length), length)
        np.maximum(chances, 0.0, out=chances)
        upper = np.cumsum(chances[::-1])[::-1]
        return np.minimum(upper[: largest + 1], 1.0), np.minimum(np.cumsum(chances[: largest + 1]), 1.0)

    def _length(self, size: int, largest: int) -> int:
        """A power of two that holds the largest sum, and folds back less than 1e-14 from beyond (Chernoff)."""
        greatest = size * (self.pmf.size - 1)
        needed = max(largest, min(greatest, int(size * self.mean + SPREADS * self.deviation * np.sqrt(size)))) + 1
        length = 1 << int(needed).bit_length()
        while length <= greatest and (size * self.log_moments - self.slopes * length).min() > ALIASED:
            length *= 2
        return max(length, 1 << int(self.pmf.size).bit_length())

    def _power(self, size: int, length: int) -> npt.NDArray[np.complex128]:
        """The transform of the histogram to the power `size`, from its kept squares."""
        squares = self._powers.setdefault(length, [np.asarray(fft.rfft(self.pmf, length))])
        product: npt.NDArray[np.complex128] | None = None
        for bit in range(size.bit_length()):
            if bit == len(squares):
                squares.append(squares[-1] * squares[-1])
            if size >> bit & 1:
                product = squares[bit].copy() if product is None else np.multiply(product, squares[bit], out=product)
        assert product is not None
        return product


def window_states(values: IntArray, largest: int) -> int:
    """Work of the recursion without replacement: distinct values, repeats of each, window sizes and sums."""
    _, repeats = np.unique(values, return_counts=True)
    greatest = int(np.sort(values)[-largest:].sum()) if largest else 0
    return int(np.minimum(repeats, largest).sum()) * (largest + 1) * (greatest + 1)


def _without_replacement(values: IntArray, sums: IntArray, sizes: IntArray) -> Tails:
    upper, lower = np.ones(sums.size), np.ones(sums.size)
    chances = subset_sums(values, int(sizes.max(initial=0)))
    for size, part in _by_size(sums, sizes):
        above = np.cumsum(chances[size, ::-1])[::-1]
        at = np.minimum(sums[part], chances.shape[1] - 1)
        upper[part] = above[at]
        lower[part] = np.cumsum(chances[size])[at]
    return np.clip(upper, FLOOR, 1.0), np.clip(lower, FLOOR, 1.0)


def subset_sums(values: IntArray, largest: int) -> FloatArray:
    """Distribution of the sum of k values taken without replacement, for k = 0 … `largest`: (largest + 1, sums).

    Distinct values come in one after the other; how many of k taken values are the new one is hypergeometric.
    """
    greatest = int(np.sort(values)[-largest:].sum()) if largest else 0
    chances = np.zeros((largest + 1, greatest + 1))
    chances[0, 0] = 1.0
    seen = 0
    for value, repeats in zip(*np.unique(values, return_counts=True), strict=True):
        chances = _with_value(chances, int(value), int(repeats), seen)
        seen += int(repeats)
    return chances


def _with_value(chances: FloatArray, value: int, repeats: int, seen: int) -> FloatArray:
    """The distributions once `repeats` cells of one value join the `seen` ones."""
    sizes = np.arange(chances.shape[0])
    joined = np.zeros_like(chances)
    for taken in range(min(repeats, chances.shape[0] - 1) + 1):
        feasible = sizes[(sizes >= taken) & (sizes - taken <= seen) & (sizes <= seen + repeats)]
        shift = taken * value
        if not feasible.size or shift >= chances.shape[1]:
            continue
        chance = np.exp(
            _log_choose(repeats, taken) + _log_choose(seen, feasible - taken) - _log_choose(seen + repeats, feasible)
        )
        joined[feasible, shift:] += chance[:, None] * chances[feasible - taken, : chances.shape[1] - shift]
    return joined


def _log_choose(n: int, k: IntArray | int) -> FloatArray:
    return np.asarray(
        special.gammaln(n + 1) - special.gammaln(np.asarray(k) + 1) - special.gammaln(n - np.asarray(k) + 1)
    )
