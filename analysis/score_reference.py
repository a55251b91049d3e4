"""The reference against which sectors are normalised: cells of the whole commune in a baseline window, then frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray
from analysis.checks import require_projected
from analysis.errors import EmptyInputError
from analysis.grid import Grid, study_grid
from analysis.score_scheme import M2_PER_HECTARE, Scale
from analysis.sector_measures import MeasureRules, base_person_hours, residents_of, shared_values
from analysis.shrinkage import Prior, fit_prior, shrunk_rates

LOW, MIDDLE, HIGH = 2.0, 50.0, 98.0
LEAST_SPREAD = 0.5  # of log1p: a reference without spread must not make a step out of a scale
FACTOR_SCALE = Scale(unit=1.0, low=0.0, high=float(np.log1p(3.0)))  # where nobody has listed factors: 3 per hectare
LEAST_CELLS = 30


@dataclass(frozen=True)
class Reference:
    """What is frozen into a scheme: the prior of rates, the mean harm of an incident, and the scales."""

    prior: Prior
    mean_harm_days: float
    scales: dict[str, Scale]
    cells: int
    incidents: int
    cell_m: float


def frozen_reference(
    area: BaseGeometry,
    *,
    incidents: gpd.GeoDataFrame,
    events: gpd.GeoDataFrame,
    factors: gpd.GeoDataFrame,
    units: Sequence[gpd.GeoDataFrame],
    rules: MeasureRules,
    cell_m: float = 200.0,
) -> Reference:
    """Learn prior and scales from square cells of the study area where people live or something has happened.

    Unless exposure is by area, cells whose residents are not known teach nothing; people about by day are as many.
    `units` are divisions of the commune with their `residents`, the one to ask first in front.

    Scale of a rate: unit = overall rate; low = 2nd percentile over the cells of log1p(shrunk rate / unit); high = the
    98th plus once more its distance from the middle, since sectors are picked from the top and must not all be clipped.
    Scale of factors: the same over the cells that have any, from zero. Frames are in the metric system of `area`.

    Raises `EmptyInputError` where the baseline holds no incident in the area or fewer than 30 cells count.
    """
    for frame in (incidents, events, factors, *units):
        require_projected(frame)
    grid = study_grid(area, cell_m=cell_m)
    cells = _counted_cells(grid, incidents, crs=incidents.crs)
    cells["residents"] = residents_of(cells, units) if rules.exposure != "area" else np.nan
    if rules.exposure != "area":
        cells = cells[cells["residents"].notna() & ((cells["residents"] > 0) | (cells["n"] > 0))]
    if len(cells) < LEAST_CELLS or cells["n"].sum() == 0:
        raise EmptyInputError(
            "The baseline counts {cells} cells and {incidents} incidents; at least {least} cells and one incident are "
            "needed.",
            cells=len(cells),
            incidents=int(cells["n"].sum()),
            least=LEAST_CELLS,
        )
    hours = base_person_hours(pd.Series(cells.area), cells["residents"], rules=rules)
    hours = hours + shared_values(cells, events, events["person_hours"].to_numpy(dtype=float))
    n, harm = cells["n"].to_numpy(dtype=float), cells["harm_days"].to_numpy(dtype=float)
    prior = fit_prior(n, hours)
    mean_harm = max(1.0, float(harm.sum() / n.sum()))
    harm_rates = (prior.shape * mean_harm + harm) / (prior.exposure + hours)
    return Reference(
        prior=prior,
        mean_harm_days=mean_harm,
        scales={
            "incidents": _rate_scale(shrunk_rates(n, hours, prior=prior), unit=float(n.sum() / hours.sum())),
            "harm": _rate_scale(harm_rates, unit=max(float(harm.sum() / hours.sum()), prior.mean_rate)),
            "factors": _factor_scale(grid, factors),
        },
        cells=len(cells),
        incidents=int(n.sum()),
        cell_m=cell_m,
    )


def _counted_cells(grid: Grid, incidents: gpd.GeoDataFrame, *, crs: object) -> gpd.GeoDataFrame:
    rows, columns = np.nonzero(grid.mask)
    west, south = grid.x0 + columns * grid.cell_m, grid.y0 + rows * grid.cell_m
    x, y = incidents.geometry.x.to_numpy(), incidents.geometry.y.to_numpy()
    harm = np.nan_to_num(incidents["harm_days"].to_numpy(dtype=float), nan=0.0)
    counted = {"n": grid.bin(x, y).counts[grid.mask], "harm_days": grid.bin(x, y, harm).counts[grid.mask]}
    boxes = shapely.box(west, south, west + grid.cell_m, south + grid.cell_m)
    return gpd.GeoDataFrame(counted, geometry=boxes, crs=crs)


def _rate_scale(rates: FloatArray, *, unit: float) -> Scale:
    low, middle, high = np.percentile(np.log1p(rates / unit), [LOW, MIDDLE, HIGH])
    return Scale(unit=unit, low=float(low), high=float(max(high + (high - middle), low + LEAST_SPREAD)))


def _factor_scale(grid: Grid, factors: gpd.GeoDataFrame) -> Scale:
    if not len(factors):
        return FACTOR_SCALE
    severity = grid.bin(factors.geometry.x, factors.geometry.y, factors["severity"]).counts[grid.mask]
    per_hectare = severity[severity > 0] / (grid.cell_area_m2 / M2_PER_HECTARE)
    if per_hectare.size < LEAST_CELLS:
        return FACTOR_SCALE
    unit = float(per_hectare.mean())
    middle, high = np.percentile(np.log1p(per_hectare / unit), [MIDDLE, HIGH])
    return Scale(unit=unit, low=0.0, high=float(max(high + (high - middle), LEAST_SPREAD)))
