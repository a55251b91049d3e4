"""Where incidents are denser than what is exposed: the ratio of two densities, and where it is beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator, Philox

from analysis.arrays import BoolArray, FloatArray
from analysis.checks import require_positive
from analysis.convolution import Convolver, Kernel
from analysis.density import SMALLEST_MASS
from analysis.errors import NoSpreadError, ParameterError, ZeroExposureError
from analysis.grid import Binned, Cells
from analysis.progress import Report, silent

LEAST_EXPOSURE_SHARE = 0.01
"""No ratio where exposure is below 1 % of its mean density: there any incident would be an endless risk."""
STREAM = 13


@dataclass(frozen=True, eq=False)
class RelativeRisk:
    """`log_ratio` ln of incidents' share over exposure's share at each mask cell (0: as everywhere), `p_high`, `p_low`
    chance of one at least as high or low when labels are shuffled; (rows, columns), NaN without enough exposure."""

    log_ratio: FloatArray
    p_high: FloatArray
    p_low: FloatArray
    grid: Cells
    bandwidth_m: float
    draws: int

    def contour(self, level: float = 0.05, high: bool = True) -> shapely.MultiPolygon:
        """Outline of the cells whose risk is high (or low) beyond the pointwise level, along cell borders."""
        if not 0 < level < 1:
            raise ParameterError("level is {level}; it lies between 0 and 1.", level=level)
        p = self.p_high if high else self.p_low
        cells = np.nan_to_num(p, nan=1.0) <= level
        joined = shapely.union_all(self.grid.cell_polygons(cells))
        return shapely.MultiPolygon([part for part in shapely.get_parts(joined) if part.geom_type == "Polygon"])


def relative_risk(
    events: Binned,
    exposure: Binned,
    *,
    bandwidth_m: float,
    seed: int,
    kernel: Kernel = "quartic",
    draws: int = 199,
    report: Report = silent,
) -> RelativeRisk:
    """Ln of the density of incidents over that of exposure, both with one bandwidth and edge correction.

    `exposure` are points on the same grid (residents, dwellings, other incidents); a weight of residents is a number of
    residents. Tolerance by shuffling labels: of all incidents and exposed in a cell, a hypergeometric share are called
    incidents in each draw, so that their totals stay. One bandwidth for both, else its difference would look like risk.

    Raises `EmptyPeriodError`, `OutsideMaskError`, `ZeroExposureError` without exposure, `NoSpreadError` when everything
    lies in one cell, `ParameterError`.

    Source: Bithell 1990; Kelsall & Diggle 1995 (tolerance by random labelling).
    """
    grid = events.grid
    counts, exposed = events.require_events(), exposure.counts
    _require_comparable(events, exposure)
    if draws < 19:
        raise ParameterError("draws is {draws}; at least 19 are needed for a level of 5 %.", draws=draws)
    ratio = _Ratio(grid, kernel, require_positive("bandwidth_m", bandwidth_m))
    usable = ratio.usable(exposed)
    observed = ratio.of(counts, exposed, usable)
    high, low = np.ones(observed.size), np.ones(observed.size)
    labels = _Labels(counts, exposed)
    for draw in range(draws):
        shuffled = ratio.of(*labels.drawn(Generator(Philox(key=[seed, STREAM + 1000 * draw]))), usable)
        high += shuffled >= observed
        low += shuffled <= observed
        report("relative_risk", draw + 1, draws)
    laid = [np.full(grid.shape, np.nan) for _ in range(3)]
    for surface, values in zip(laid, (observed, high / (draws + 1), low / (draws + 1)), strict=True):
        surface[usable] = values
    return RelativeRisk(laid[0], laid[1], laid[2], grid, bandwidth_m, draws)


def _require_comparable(events: Binned, exposure: Binned) -> None:
    if exposure.grid is not events.grid:
        raise ParameterError("Incidents and exposure must be counted on the same grid.")
    if not exposure.counts.any():
        raise ZeroExposureError("Nothing is exposed on the study mask: a relative risk has no denominator.")
    if np.count_nonzero(events.counts + exposure.counts) < 2:
        raise NoSpreadError("Incidents and exposure all lie in one cell; a pattern needs at least two.")


class _Ratio:
    """Log ratio of two densities on one grid with one kernel."""

    def __init__(self, grid: Cells, kernel: Kernel, bandwidth_m: float) -> None:
        self.grid = grid
        self.convolver = Convolver(grid.shape, grid.kernel(kernel, bandwidth_m))
        mass = self.convolver.of(grid.mask)
        self.seen = grid.mask & (mass >= SMALLEST_MASS)
        self.mass = np.where(self.seen, mass, 1.0)

    def _density(self, counts: FloatArray) -> FloatArray:
        return np.asarray(np.maximum(self.convolver.of(counts), 0.0) / self.mass / counts.sum())

    def usable(self, exposed: FloatArray) -> BoolArray:
        density = self._density(exposed)
        return np.asarray(self.seen & (density >= LEAST_EXPOSURE_SHARE / self.grid.mask.sum()))

    def of(self, counts: FloatArray, exposed: FloatArray, usable: BoolArray) -> FloatArray:
        """Values of the usable cells; incidents nowhere near are a millionth of the mean rather than minus infinity."""
        least = 1e-6 / self.grid.mask.sum()
        above, below = self._density(counts)[usable], self._density(exposed)[usable]
        return np.asarray(np.log(np.maximum(above, least)) - np.log(np.maximum(below, least)))


class _Labels:
    """Random labelling of pooled incidents and exposed, cell by cell; weights are rounded to whole numbers."""

    def __init__(self, counts: FloatArray, exposed: FloatArray) -> None:
        whole = np.rint(counts).astype(np.int64).reshape(-1)
        pooled = whole + np.rint(exposed).astype(np.int64).reshape(-1)
        self.filled = np.flatnonzero(pooled)
        self.pooled, self.events, self.shape = pooled[self.filled], int(whole.sum()), counts.shape
        if not 0 < self.events < self.pooled.sum():
            raise ParameterError("Random labelling needs whole incidents and exposed; scale the weights to numbers.")

    def drawn(self, generator: Generator) -> tuple[FloatArray, FloatArray]:
        events = generator.multivariate_hypergeometric(self.pooled, self.events, method="marginals")
        laid = [np.zeros(self.shape) for _ in range(2)]
        laid[0].flat[self.filled] = events
        laid[1].flat[self.filled] = self.pooled - events
        return laid[0], laid[1]
