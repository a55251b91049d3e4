"""At which distance incidents cluster most: Moran's I over growing radii, all of them from one transform."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft

from analysis.arrays import AnyArray, FloatArray
from analysis.convolution import ALMOST, kernel_spectrum, padded_shape
from analysis.errors import NoSpreadError, ParameterError, TooFewUnitsError
from analysis.grid import Binned, Cells

FEWEST_CELLS = 4
FEWEST_INCIDENTS = 60
"""Below this many incidents peaks are noise: none is suggested."""


@dataclass(frozen=True, eq=False)
class Correlogram:
    """Moran's I of the cells within each radius of each other, (bands,) each; `z` under normality.

    `peaks_m` radii at which z is higher than before and after, `suggested_m` the first of them, or the radius of the
    greatest z where there is none; None with fewer than 60 incidents, `reason` says why.
    """

    radii_m: FloatArray
    moran: FloatArray
    expected: float
    variance: FloatArray
    z: FloatArray
    peaks_m: list[float]
    suggested_m: float | None
    reason: str


def moran_correlogram(binned: Binned, *, bands: int = 30) -> Correlogram:
    """Incremental Moran's I on the mask cells for radii of 1 … `bands` cells, binary weights.

    Raises `EmptyPeriodError`, `OutsideMaskError`, `NoSpreadError`, `TooFewUnitsError`, `ParameterError`.

    Source: Moran 1950, Cliff & Ord 1981 (moments under normality); autocorrelation by the Wiener-Khinchin theorem.
    """
    if bands < 1:
        raise ParameterError("bands is {bands}; at least one is needed.", bands=bands)
    grid, counts = binned.grid, binned.require_events()
    values = counts[grid.mask]
    if values.size < FEWEST_CELLS:
        raise TooFewUnitsError("There are {count} cells; at least {least} are needed.", count=values.size, least=4)
    if np.ptp(values) == 0:
        raise NoSpreadError("All {count} cells hold the same; there is nothing to tell apart.", count=values.size)
    radii = grid.spacing_m * np.arange(1, bands + 1, dtype=np.float64)
    deviations = np.where(grid.mask, counts - values.mean(), 0.0)
    products, pairs, squares = _sums(grid, deviations, radii)
    if pairs[0] == 0:
        raise ParameterError("No two cells of the mask lie within {radius} m of each other.", radius=float(radii[0]))
    n = values.size
    moran = n * products / (pairs * float((deviations**2).sum()))
    expected = -1.0 / (n - 1)
    variance = (n**2 * 2.0 * pairs - n * 4.0 * squares + 3.0 * pairs**2) / ((n**2 - 1.0) * pairs**2) - expected**2
    z = (moran - expected) / np.sqrt(variance)
    peaks = radii[1:-1][(z[1:-1] > z[:-2]) & (z[1:-1] >= z[2:])].tolist()
    suggested, reason = _suggestion(radii, z, peaks, float(counts.sum()))
    return Correlogram(radii, moran, expected, variance, z, peaks, suggested, reason)


def _suggestion(radii: FloatArray, z: FloatArray, peaks: list[float], incidents: float) -> tuple[float | None, str]:
    if incidents < FEWEST_INCIDENTS:
        return None, "too_few_incidents"
    if peaks:
        return peaks[0], "first_peak"
    return float(radii[int(np.argmax(z))]), "greatest_z"


def _sums(grid: Cells, deviations: FloatArray, radii: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """For each radius Σ z_i z_j, the number of pairs (both ways) and Σ of squared numbers of neighbours."""
    steps = math.floor(float(radii[-1]) / grid.row_step_m + ALMOST)
    lags = grid.lags_m2(steps)
    padded = padded_shape(grid.shape, lags.shape)
    products, pairs = (_autocorrelation(part, padded, steps) for part in (deviations, grid.mask.astype(np.float64)))
    within = [(lags > 0) & (lags <= radius**2 * (1.0 + ALMOST)) for radius in radii]
    mask = fft.rfft2(grid.mask.astype(np.float32), padded)
    squares = [_squared_neighbours(inside, mask, padded, grid) for inside in within]
    return (
        np.array([products[inside].sum() for inside in within]),
        np.array([np.rint(pairs[inside]).sum() for inside in within]),
        np.array(squares),
    )


def _autocorrelation(values: FloatArray, padded: tuple[int, int], steps: int) -> FloatArray:
    """Σ v_i v_{i + d} for every lag d of at most `steps` cells, (2·steps + 1) square, lag zero in the middle."""
    spectrum = fft.rfft2(values, padded)
    circular = fft.irfft2(spectrum.real**2 + spectrum.imag**2, padded)
    around = np.arange(-steps, steps + 1)
    return np.asarray(circular[np.ix_(around, around)])


def _squared_neighbours(inside: AnyArray, mask: AnyArray, padded: tuple[int, int], grid: Cells) -> float:
    """Σ over mask cells of the squared number of neighbours; single precision is enough for whole numbers."""
    steps = inside.shape[0] // 2
    rows = np.flatnonzero(inside.any(axis=1))
    reach = max(steps - int(rows[0]), 1) if rows.size else 1
    small = inside[steps - reach : steps + reach + 1].astype(np.float32)
    sums = fft.irfft2(mask * kernel_spectrum(small, padded), padded)
    around = sums[reach : reach + grid.shape[0], steps : steps + grid.shape[1]]
    return float((np.rint(around[grid.mask]).astype(np.float64) ** 2).sum())
