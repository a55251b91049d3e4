"""How good proposals are: planted truth found, ground covered, later incidents inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray, Numbers
from analysis.checks import require_area, require_finite, require_points
from analysis.errors import EmptyInputError, ParameterError
from analysis.grid import Grid

FOUND_SHARE = 0.5


@dataclass(frozen=True)
class ProposalAccuracy:
    """`recall` share of planted hot spots found (None where none is planted), `shares` of each one's incidents inside,
    `area_ratio` of the study area that is proposed, `proposals` how many."""

    recall: float | None
    shares: dict[int, float]
    area_ratio: float
    proposals: int


def proposal_accuracy(
    proposals: Sequence[BaseGeometry], *, x: Numbers, y: Numbers, planted: Numbers, area: BaseGeometry
) -> ProposalAccuracy:
    """Compare proposed polygons with planted truth.

    `x`, `y` (n,) incidents in metres, `planted` (n,) number of the hot spot each was planted by, negative for none;
    `area` the study area. A hot spot is found when at least half of its incidents lie inside the proposals together.
    """
    ground = require_area(area)
    together = shapely.union_all([proposal for proposal in proposals if not proposal.is_empty])
    inside = inside_any(proposals, x, y)
    shares = planted_shares(inside, planted)
    recall = float(np.mean([share >= FOUND_SHARE for share in shares.values()])) if shares else None
    ratio = shapely.area(shapely.intersection(together, ground)) / ground.area
    return ProposalAccuracy(recall, shares, float(ratio), len(proposals))


def inside_any(proposals: Sequence[BaseGeometry], x: Numbers, y: Numbers) -> BoolArray:
    """Which points lie in (or on the border of) any of the polygons."""
    east, north = require_points(x, y)
    together = shapely.union_all(list(proposals))
    if together.is_empty:
        return np.zeros(east.size, dtype=np.bool_)
    shapely.prepare(together)
    return np.asarray(shapely.intersects_xy(together, east, north))


def planted_shares(inside: BoolArray, planted: Numbers) -> dict[int, float]:
    """Share of the incidents of each planted hot spot that lies inside, by its number."""
    number = require_finite("planted", planted).astype(np.int64)
    if number.size != inside.size:
        raise ParameterError(
            "There are {rows} points but {marks} marks.", rows=int(inside.size), marks=int(number.size)
        )
    return {int(spot): float(inside[number == spot].mean()) for spot in np.unique(number[number >= 0])}


def accuracy_index(*, hits: float, incidents: float, area_m2: float, study_area_m2: float) -> float:
    """Predictive accuracy index (PAI): share of later incidents inside over share of ground covered.

    Raises `EmptyInputError` without incidents or ground. It grows as the area shrinks: never compare across areas.

    Source: Chainey, Tompson & Uhlig 2008.
    """
    if incidents <= 0 or area_m2 <= 0 or study_area_m2 <= 0:
        raise EmptyInputError("The accuracy index needs incidents, a proposed area and a study area above zero.")
    return (hits / incidents) / (area_m2 / study_area_m2)


@dataclass(frozen=True)
class LaterAccuracy:
    """How much of what came later lies in proposals drawn before it: `pai`, and `fullest_pai` of as much ground in the
    fullest cells (what a spreadsheet would have chosen); `hits` of `incidents` on `area_m2`."""

    pai: float
    fullest_pai: float
    hits: int
    incidents: int
    area_m2: float


def later_accuracy(
    proposals: Sequence[BaseGeometry], *, grid: Grid, past: FloatArray, x: Numbers, y: Numbers
) -> LaterAccuracy:
    """PAI of proposals on later incidents, beside that of as much ground in the fullest cells of the past.

    `grid` the study grid, `past` (rows, columns) counts the proposals were drawn from, `x`, `y` later incidents in
    metres. Cells that tie share their mean, so that the order of cells does not matter.

    Raises `EmptyInputError` without proposals or without later incidents in the study area.
    """
    later = grid.bin(x, y).counts
    area_m2 = float(shapely.union_all(list(proposals)).area) if len(proposals) else 0.0
    whole = {"incidents": float(later.sum()), "area_m2": area_m2, "study_area_m2": grid.mask_area_m2}
    row, column, on_grid = grid.cells_of(x, y)
    counted = on_grid & grid.mask[row, column]
    hits = int((inside_any(proposals, x, y) & counted).sum()) if len(proposals) else 0
    pai = accuracy_index(hits=hits, **whole)
    cells, held = past[grid.mask], later[grid.mask]
    order = np.argsort(-cells, kind="stable")
    caught = np.concatenate([[0.0], np.cumsum(_tied_means(held[order], cells[order]))])
    fullest = float(np.interp(area_m2 / grid.cell_area_m2, np.arange(caught.size), caught))
    return LaterAccuracy(pai, accuracy_index(hits=fullest, **whole), hits, int(later.sum()), area_m2)


def accuracy_curve(observed: Numbers, predicted: Numbers, area_m2: Numbers) -> dict[str, FloatArray]:
    """PAI, PEI and predicted over observed after each unit, the units with most predicted per area first.

    Units that tie share their mean: the order of the rows does not matter. PEI compares with the best choice of units
    for the same number of units, as in the NIJ contest when units are equal.

    Source: Chainey et al. 2008; Hunt 2016 (PEI).
    """
    seen, due = require_finite("observed", observed), require_finite("predicted", predicted)
    area = require_finite("area_m2", area_m2)
    if not (seen.size == due.size == area.size) or not seen.size or area.min() <= 0 or seen.sum() <= 0:
        raise ParameterError("Wanted: as many observed, predicted and positive areas, and at least one incident.")
    order = np.argsort(-due / area, kind="stable")
    density = (due / area)[order]
    hits = np.cumsum(_tied_means(seen[order], density))
    ground = np.cumsum(_tied_means(area[order], density))
    best = np.cumsum(seen[np.argsort(-seen / area, kind="stable")])
    forecast = np.cumsum(due[order])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(hits > 0, forecast / hits, np.inf)
    return {
        "pai": (hits / seen.sum()) / (ground / area.sum()),
        "pei": hits / best,
        "predicted_to_observed": ratio,
    }


def _tied_means(values: FloatArray, keys: FloatArray) -> FloatArray:
    """Each value replaced by the mean of those with an equal neighbouring key."""
    group = np.concatenate([[0], np.cumsum(np.diff(keys) != 0)])
    means = np.bincount(group, weights=values) / np.bincount(group)
    return np.asarray(means[group])
