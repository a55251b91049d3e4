"""Density, relative density and significance over the grid of a commune, as runs of methods."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray
from analysis.bandwidth import choose_bandwidth
from analysis.correlogram import moran_correlogram
from analysis.density import kernel_density
from analysis.grid import Binned, Grid, study_grid
from analysis.relative_risk import relative_risk
from analysis.sensitivity import sensitivity_map
from analysis.significance import hot_cells
from analysis.territories import label_outlines
from geo.errors import RefusedError
from geo.frames import addresses_frame
from incidents.services.methods import Inputs, Outcome, Shape
from incidents.services.search_ground import harm_weights

STEPS = (2.0, 4.0, 8.0, 16.0)
"""Classes of density begin at these multiples of the mean of the study area: not quantiles, which colour any map."""
USUAL_CELL_M, SIGNIFICANCE_CELL_M = 25.0, 100.0
LEAST_RADIUS_CELLS, MOST_RADIUS_CELLS = 2, 6
M2_PER_KM2 = 1e6
MOST_CELLS_TO_CHOOSE_M = 50.0
STEADY = 0.5


def density(given: Inputs) -> Outcome:
    """Incidents (or harm) per km² and year around every place, in classes that begin at multiples of the mean."""
    asked = given.parameters
    grid = study_grid(given.area, cell_m=float(asked.get("cell_m") or USUAL_CELL_M))
    binned = grid.bin(given.x, given.y, _weights(given))
    bandwidth_m, choices, curve = _bandwidth(given)
    kernel = asked.get("kernel", "quartic")
    surface = kernel_density(binned, bandwidth_m=bandwidth_m, kernel=kernel, periods=given.window.years)
    mean = float(binned.counts.sum() / (grid.mask_area_m2 / M2_PER_KM2) / given.window.years)
    shapes, rows = [], []
    for step, times in enumerate(STEPS, start=1):
        top = STEPS[step] * mean if step < len(STEPS) else math.inf
        inside = (np.nan_to_num(surface, nan=-1.0) >= times * mean) & (np.nan_to_num(surface, nan=-1.0) < top)
        rows.append({"step": step, "from": times * mean, "times_mean": times} | _inside(grid, binned, inside, given))
        shapes += _shapes(inside, grid, step, given.area)
    choices.append({"code": "mean", "values": {"mean": mean}})
    return Outcome(shapes, rows, choices, curve)


def relative(given: Inputs) -> Outcome:
    """Where incidents are denser, or thinner, than dwellings make them, beyond what chance makes."""
    homes = addresses_frame(given.commune)
    if homes.empty:
        raise RefusedError(_("Relative density needs addresses with their dwellings: load them in the geography."))
    grid = study_grid(given.area, cell_m=float(given.parameters.get("cell_m") or MOST_CELLS_TO_CHOOSE_M))
    binned = grid.bin(given.x, given.y)
    exposure = grid.bin(homes.geometry.x, homes.geometry.y, homes["dwellings"])
    bandwidth_m, choices, curve = _bandwidth(given)
    draws = int(given.parameters.get("draws", 199))
    risk = relative_risk(binned, exposure, bandwidth_m=bandwidth_m, seed=given.seed, draws=draws, report=given.report)
    shapes, rows = [], []
    for step, p in ((1, risk.p_high), (-1, risk.p_low)):
        cells = np.nan_to_num(p, nan=1.0) <= 0.05
        told = _inside(grid, binned, cells, given)
        dwellings = float(exposure.counts[cells].sum())
        expected = dwellings / max(float(exposure.counts.sum()), 1.0) * float(binned.counts.sum())
        rows.append({"step": step, "expected": expected, "ratio": told["n"] / expected if expected else None} | told)
        shapes += _shapes(cells, grid, step, given.area)
    choices.append({"code": "relabelled", "values": {"draws": draws}})
    return Outcome(shapes, rows, choices, curve)


def significance(given: Inputs) -> Outcome:
    """Cells whose surroundings are fuller than shuffling makes them (Gi*, exact null, false discovery rate)."""
    asked = given.parameters
    grid = study_grid(given.area, cell_m=float(asked.get("cell_m") or SIGNIFICANCE_CELL_M))
    binned = grid.bin(given.x, given.y)
    correlogram = moran_correlogram(binned, bands=15)
    radius_m, why = _radius(
        asked.get("radius_m"), correlogram.suggested_m if correlogram.peaks_m else None, grid.cell_m
    )
    found = hot_cells(binned, radius_m=radius_m, null=asked.get("null", "total"), strict=bool(asked.get("strict")))
    steps = found.classes()
    choices = [
        {"code": f"radius_{why}", "values": {"radius_m": radius_m, "suggested_m": correlogram.suggested_m}},
        {"code": "tested", "values": {"cells": found.tests, "cell_m": grid.cell_m, "k": int(found.k.max()),
                                      "cap": found.cap, "capped": found.capped}},
    ]  # fmt: skip
    shapes, rows = [], []
    for step, level in ((3, 0.01), (2, 0.05), (1, 0.10)):
        cells = (steps == step) & grid.mask
        rows.append({"step": step, "level": level} | _inside(grid, binned, cells, given))
        shapes += _shapes(cells, grid, step, given.area)
    if asked.get("sensitivity"):
        rows.append(_steady_row(given, shapes))
    curve = [
        {"x": float(x), "y": float(z), "mark": float(x) in correlogram.peaks_m}
        for x, z in zip(correlogram.radii_m, correlogram.z, strict=True)
    ]
    return Outcome(shapes, rows, choices, curve)


def _steady_row(given: Inputs, shapes: list[Shape]) -> dict[str, Any]:
    """Cells that are hot at half of the scales and grid positions or more: what hangs on no single choice."""
    found = sensitivity_map(given.x, given.y, area=given.area, report=given.report)
    steady = (found.share >= STEADY) & found.grid.mask
    shapes += _shapes(steady, found.grid, 4, given.area)
    binned = found.grid.bin(given.x, given.y)
    return {"step": 4, "runs": len(found.runs)} | _inside(found.grid, binned, steady, given)


def _bandwidth(given: Inputs) -> tuple[float, list[dict[str, Any]], list[dict[str, Any]]]:
    """The bandwidth asked for, or the smoothest that foretells later incidents as well as the best one."""
    asked = given.parameters.get("bandwidth_m")
    if asked:
        return float(asked), [{"code": "bandwidth_asked", "values": {"bandwidth_m": float(asked)}}], []
    grid = study_grid(given.area, cell_m=MOST_CELLS_TO_CHOOSE_M)
    chosen = choose_bandwidth(given.x, given.y, given.days, grid=grid, seed=given.seed)
    curve = [
        {"x": float(x), "y": float(y), "error": float(error), "mark": float(x) == chosen.bandwidth_m}
        for x, y, error in zip(chosen.candidates_m, chosen.scores, chosen.errors, strict=True)
    ]
    code = "bandwidth_rolling" if chosen.rolling else "bandwidth_folds"
    values = {
        "bandwidth_m": chosen.bandwidth_m, "best_m": chosen.best_m, "sigma_m": chosen.sigma_equivalent_m,
        "folds": len(chosen.folds),
    }  # fmt: skip
    return chosen.bandwidth_m, [{"code": code, "values": values}], curve


def _radius(asked: float | None, suggested_m: float | None, cell_m: float) -> tuple[float, str]:
    least, most = LEAST_RADIUS_CELLS * cell_m, MOST_RADIUS_CELLS * cell_m
    if asked:
        return float(asked), "asked"
    if suggested_m is None:
        return least, "usual"
    return float(min(max(suggested_m, least), most)), "suggested" if least <= suggested_m <= most else "bounded"


def _weights(given: Inputs) -> FloatArray | None:
    return harm_weights(pd.Series(given.incidents["harm_days"])) if given.parameters.get("weight") == "harm" else None


def _inside(grid: Grid, binned: Binned, cells: BoolArray, given: Inputs) -> dict[str, Any]:
    row, column, on_grid = grid.cells_of(given.x, given.y)
    n = int((cells[row, column] & on_grid).sum())
    return {
        "n": n,
        "share": n / max(len(given.incidents), 1),
        "km2": float(cells.sum()) * grid.cell_area_m2 / M2_PER_KM2,
        "area_share": float(cells.sum() / max(grid.mask.sum(), 1)),
    }


def _shapes(cells: BoolArray, grid: Grid, step: int, area: BaseGeometry) -> list[Shape]:
    """The cells of a class as one shape clipped to the ground; none where there are no cells."""
    if not cells.any():
        return []
    outline = label_outlines(cells.astype(np.int64), grid)[0]
    parts = [part for part in shapely.get_parts(outline.intersection(area)) if part.geom_type == "Polygon"]
    return [Shape(shapely.MultiPolygon(parts), step)] if parts else []
