"""Sums over discs around every cell, for several radii from one transform."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import fft

from analysis.arrays import FloatArray
from analysis.convolution import disc


class Windows:
    """Discs of several radii laid around every cell of a grid; what lies outside the array counts nothing."""

    def __init__(self, shape: tuple[int, int], radii_m: Sequence[float], *, cell_m: float) -> None:
        self.shape, self.radii_m = shape, tuple(radii_m)
        discs = [disc(radius, cell_m=cell_m) for radius in self.radii_m]
        self.sizes = [int(shape_of.sum()) for shape_of in discs]
        self.discs = discs
        self._reach = [kernel.shape[0] // 2 for kernel in discs]
        widest = 2 * max(self._reach)
        self._padded = [fft.next_fast_len(size + widest, real=True) for size in shape]
        self._transforms = [fft.rfft2(kernel, self._padded) for kernel in discs]

    def sums(self, values: FloatArray) -> list[FloatArray]:
        """The sum of the values within each radius of every cell, never negative: one array per radius."""
        transformed = fft.rfft2(values, self._padded)
        results = []
        for reach, kernel in zip(self._reach, self._transforms, strict=True):
            full = fft.irfft2(transformed * kernel, self._padded)
            part = full[reach : reach + self.shape[0], reach : reach + self.shape[1]]
            results.append(np.maximum(part, 0.0))
        return results
