"""Kernel density on a masked grid, in metres."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from analysis.arrays import BoolArray, FloatArray, Numbers
from analysis.checks import require_positive, require_weights
from analysis.convolution import Convolver, Kernel, convolve, disc, sampled_kernel
from analysis.errors import ParameterError
from analysis.grid import Binned, Cells, Grid, require_inside, require_pairs
from analysis.sweep import quartic_sums

__all__ = ["Edge", "Kernel", "convolve", "disc", "exact_density", "kernel_density", "sampled_kernel"]

Edge = Literal["uniform", "diggle"]

SMALLEST_MASS = 0.05
M2_PER_KM2 = 1e6
MOST_PLANS = 8


def kernel_density(
    binned: Binned,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    edge: Edge | None = "uniform",
    periods: float = 1.0,
) -> FloatArray:
    """Incidents per km² and period around every mask cell.

    `bandwidth_m` is the reach of the quartic kernel or the standard deviation of the Gaussian one (a quartic of 200 m
    spreads like a Gaussian of 71 m). Edge correction at the mask's rim: `uniform` divides by the kernel mass that lies
    on the mask as seen from the target cell (right for even intensity); `diggle` as seen from the source (the density
    adds up to the number of incidents); None corrects nothing. `periods` is how many periods the incidents span.

    Returns (rows, columns) with NaN where there is no value: outside the mask, and where less than 5 % of the kernel
    lies on the mask.

    Raises `EmptyPeriodError`, `OutsideMaskError`, `ParameterError`.

    Source: Silverman 1986 for the kernels; Diggle 1985 and Berman & Diggle 1989 for the edge.
    """
    counts = binned.require_events()
    plan = _plan(binned.grid, kernel, require_positive("bandwidth_m", bandwidth_m))
    scale = M2_PER_KM2 / binned.grid.cell_area_m2 / require_positive("periods", periods)
    if edge is None:
        density = plan.convolver.of(counts)
    elif edge == "uniform":
        density = plan.convolver.of(counts)
        density *= plan.inverse_mass
    elif edge == "diggle":
        density = plan.convolver.of(counts * plan.inverse_mass)
    else:
        raise ParameterError("The edge correction {edge} is not known; there are uniform, diggle and none.", edge=edge)
    np.maximum(density, 0.0, out=density)
    density *= scale
    density[plan.unusable] = np.nan
    return density


@dataclass(frozen=True, eq=False)
class _Plan:
    """What a kernel needs of a grid, whatever the incidents: its transform and its mass on the mask."""

    convolver: Convolver
    inverse_mass: FloatArray
    unusable: BoolArray


_plans: WeakKeyDictionary[Cells, dict[Hashable, _Plan]] = WeakKeyDictionary()


def _plan(grid: Cells, kernel: Kernel, bandwidth_m: float) -> _Plan:
    kept = _plans.setdefault(grid, {})
    key = (kernel, bandwidth_m)
    if key not in kept:
        convolver = Convolver(grid.shape, grid.kernel(kernel, bandwidth_m))
        usable, inverse = _edge(grid.mask, convolver.of(grid.mask))
        if len(kept) >= MOST_PLANS:
            kept.clear()
        kept[key] = _Plan(convolver, inverse, ~usable)
    return kept[key]


def _edge(mask: BoolArray, mass: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Cells with enough kernel on the mask, and one over that mass (1 elsewhere)."""
    usable = mask & (mass >= SMALLEST_MASS)
    return usable, 1.0 / np.where(usable, mass, 1.0)


def exact_density(
    x: Numbers,
    y: Numbers,
    weights: Numbers | None = None,
    *,
    grid: Grid,
    bandwidth_m: float,
    edge: Edge | None = "uniform",
    periods: float = 1.0,
) -> FloatArray:
    """The quartic density without binning: each cell's centre sees every incident at its own distance.

    For audits of `kernel_density`, which puts incidents on the centres of cells. Incidents off the mask count too as
    long as they lie in reach, unlike there, unless `edge` is given: an edge correction speaks of the mask alone. The
    mass of the kernel on the mask is taken from the binned kernel in both.

    Raises as `kernel_density`.

    Source: sweep line after Chan, U & Choi 2021 (fast kernel density visualisation), with prefix sums of polynomial
    coefficients along each row.
    """
    east, north = require_pairs(x, y)
    weight = require_weights(weights, east.size)
    plan = _plan(grid, "quartic", require_positive("bandwidth_m", bandwidth_m))
    flat = grid.flat_cells(east, north)
    inside = np.append(grid.mask.reshape(-1), False)[flat]
    require_inside(inside)
    if edge == "diggle":
        weight = weight * np.append(plan.inverse_mass.reshape(-1), 0.0)[flat]
    elif edge not in ("uniform", None):
        raise ParameterError("The edge correction {edge} is not known; there are uniform, diggle and none.", edge=edge)
    if edge is not None and not inside.all():
        east, north, weight = east[inside], north[inside], weight[inside]
    sums = quartic_sums(east, north, weight, grid=grid, bandwidth_m=bandwidth_m)
    if edge == "uniform":
        sums *= plan.inverse_mass
    sums *= 3.0 * M2_PER_KM2 / (np.pi * bandwidth_m**2) / require_positive("periods", periods)
    sums[plan.unusable] = np.nan
    return sums
