"""Convolutions: every statistic of windows on a regular lattice is one, so that no matrix of weights is needed."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import fft

from analysis.arrays import AnyArray, FloatArray
from analysis.errors import ParameterError

Kernel = Literal["quartic", "gaussian"]

GAUSSIAN_REACH = 4.0
ALMOST = 1e-9
"""Distances that are equal on paper may differ by rounding; a window includes its rim."""


def kernel_values(kernel: Kernel, squared: FloatArray) -> FloatArray:
    """A kernel's height at squared distances given in bandwidths; 1 in the middle, 0 beyond its reach."""
    if kernel == "quartic":
        return np.asarray(np.where(squared < 1.0, (1.0 - squared) ** 2, 0.0))
    if kernel == "gaussian":
        return np.asarray(np.where(squared <= GAUSSIAN_REACH**2, np.exp(-0.5 * squared), 0.0))
    raise ParameterError("The kernel {kernel} is not known; there are quartic and gaussian.", kernel=kernel)


def kernel_reach_m(kernel: Kernel, bandwidth_m: float) -> float:
    """Distance beyond which the kernel is zero."""
    return bandwidth_m if kernel == "quartic" else GAUSSIAN_REACH * bandwidth_m


@lru_cache(maxsize=64)
def sampled_kernel(kernel: Kernel, *, bandwidth_m: float, cell_m: float) -> FloatArray:
    """A kernel sampled on square cells, (2k + 1, 2k + 1), scaled so that it adds up to 1.

    Sampling loses mass when the kernel is narrow (a quartic of 60 m on cells of 40 m keeps 97 %), hence the scaling.
    """
    steps = math.ceil(kernel_reach_m(kernel, bandwidth_m) / cell_m)
    values = kernel_values(kernel, square_distances(steps) * (cell_m**2 / bandwidth_m**2))
    sampled = np.asarray(values / values.sum())
    sampled.flags.writeable = False
    return sampled


@lru_cache(maxsize=64)
def disc(radius_m: float, *, cell_m: float) -> FloatArray:
    """Ones for the cells whose centre lies within `radius_m` of the middle cell's centre, else zeros."""
    steps = math.floor(radius_m / cell_m + ALMOST)
    inside = square_distances(steps) <= (radius_m / cell_m) ** 2 + ALMOST
    ones = inside.astype(np.float64)
    ones.flags.writeable = False
    return ones


def square_distances(steps: int) -> FloatArray:
    """Squared distance in cells from the middle of a (2·steps + 1) square."""
    along = np.arange(-steps, steps + 1, dtype=np.float64)
    return np.asarray(along[:, None] ** 2 + along[None, :] ** 2)


def convolve(values: FloatArray, kernel: FloatArray) -> FloatArray:
    """Sum of the values around each cell weighted by an odd-sided kernel that is symmetric about its middle.

    Outside the array is zero.
    """
    return Convolver(values.shape, kernel).of(values)


class Convolver:
    """One kernel laid around every cell of arrays of one shape: the kernel is transformed once."""

    def __init__(self, shape: tuple[int, ...], kernel: FloatArray) -> None:
        self.shape = (shape[0], shape[1])
        self.top, self.left = kernel.shape[0] // 2, kernel.shape[1] // 2
        self.padded = padded_shape(self.shape, kernel.shape)
        self.spectrum = kernel_spectrum(kernel, self.padded)

    def of(self, values: AnyArray) -> FloatArray:
        """The convolution, same shape as the values."""
        return self.from_spectrum(fft.rfft2(values, self.padded))

    def from_spectrum(self, spectrum: npt.NDArray[np.complex128]) -> FloatArray:
        """The convolution of values whose transform (padded) is given."""
        full = fft.irfft2(spectrum * self.spectrum, self.padded)
        part = full[self.top : self.top + self.shape[0], self.left : self.left + self.shape[1]]
        return np.ascontiguousarray(part)


def padded_shape(shape: tuple[int, int], kernel_shape: tuple[int, ...]) -> tuple[int, int]:
    """Sizes that transform fast and leave no wrap of the kernel around the edge."""
    rows, columns = (size + side - 1 for size, side in zip(shape, kernel_shape, strict=True))
    return int(fft.next_fast_len(rows, real=True)), int(fft.next_fast_len(columns, real=True))


def kernel_spectrum(kernel: AnyArray, padded: tuple[int, int]) -> npt.NDArray[np.complex128]:
    """Transform of a small kernel on a large padded shape: only its own rows need the first pass."""
    rows = fft.rfft(kernel, padded[1], axis=1)
    return np.asarray(fft.fft(rows, padded[0], axis=0))


def whole_sums(values: FloatArray) -> FloatArray:
    """Sums of whole numbers after a transform, without its rounding; never below zero."""
    return np.asarray(np.maximum(np.rint(values), 0.0))
