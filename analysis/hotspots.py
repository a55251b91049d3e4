"""Hot spots: places with more incidents than their exposure, their surroundings and their own past explain.

A town is uneven by itself: the centre is dense, the edge thin, one street busier than the next. So a place is not
compared with the town's mean but with what it should hold given what can be hit there (dwellings, places, street) and
how much happens in the ring around it; and the yardstick of surprise is how far ordinary places of this very town lie
from that expectation, not a Poisson law. A second witness is the place's own past: a start that the surroundings do
not share. Either must convince at a level that holds for the whole town at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import geopandas
import numpy as np
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.background import Exposure, exposure_surfaces, support_surface
from analysis.block_territories import Blocks
from analysis.checks import require_area, require_finite, require_points, require_weights
from analysis.errors import EmptyInputError, ParameterError
from analysis.evidence import Evidence, Observations, weigh_again, weigh_evidence
from analysis.grid import Grid, study_grid
from analysis.piles import Pile, cap_piles
from analysis.progress import Report, silent
from analysis.stability import Sample, inclusion_frequency, week_of
from analysis.territories import Incidents, Outline, clean_cells, territories

PERIODS = 10
EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=np.int64)


@dataclass(frozen=True)
class HotspotParameters:
    """How to look for hot spots; the defaults suit a town.

    `cell_m` grid cell; `radii_m` of the windows looked at; `inner_m`, `outer_m` of the ring that says what is ordinary
    around; `false_alarm_ratio` chance that a town without hot spots gets any; `grow_p` pointwise p up to which cells
    join a hot spot; `grow_ratio` least observed over expected; then what a territory needs: incidents, area, width.
    `bootstrap_runs` resamples of the weeks that say how steady each cell is; a territory whose core (cells found in at
    least 70 % of them) is smaller than `least_core_ratio` of its ground is dropped.
    """

    cell_m: float = 50.0
    radii_m: tuple[float, ...] = (100.0, 150.0, 200.0)
    inner_m: float = 250.0
    outer_m: float = 700.0
    false_alarm_ratio: float = 0.05
    grow_p: float = 0.05
    grow_ratio: float = 1.5
    minimum_incidents: int = 10
    minimum_area_m2: float = 7_500.0
    minimum_width_m: float = 50.0
    bootstrap_runs: int = 0
    least_core_ratio: float = 0.0

    def __post_init__(self) -> None:
        lengths = (self.cell_m, *self.radii_m, self.inner_m, self.outer_m, self.grow_ratio)
        if not self.radii_m or not all(np.isfinite(length) and length > 0 for length in lengths):
            raise ParameterError("Lengths and ratios of a hot-spot search must be finite and above zero.")
        if not 0 < self.false_alarm_ratio < 1 or not 0 < self.grow_p < 1:
            raise ParameterError("false_alarm_ratio and grow_p must lie between 0 and 1.")
        if min(self.radii_m) < self.cell_m or not max(self.radii_m) <= self.inner_m < self.outer_m:
            raise ParameterError("Wanted: cell_m <= radii_m <= inner_m < outer_m.")
        if self.bootstrap_runs < 0 or not 0 <= self.least_core_ratio <= 1:
            raise ParameterError("bootstrap_runs must be at least 0 and least_core_ratio lie between 0 and 1.")


@dataclass(frozen=True, eq=False)
class Hotspots:
    """What a search found, and everything it chose by itself.

    `territories` (see `analysis.territories.territories`), `evidence` per cell, `grid`, `piles` (capped coordinates),
    `counts` {used, outside_grid, outside_mask, piled}, `choices` {cell_m, spread per radius, inflation, tests, cap …},
    `steady` share of the resamples in which each cell was hot, `starts_days` first day of each period.
    """

    territories: geopandas.GeoDataFrame
    evidence: Evidence
    grid: Grid
    piles: list[Pile]
    counts: dict[str, int]
    choices: dict[str, Any]
    steady: FloatArray
    starts_days: list[float]


def find_hotspots(
    x: Numbers,
    y: Numbers,
    times_days: Numbers | None,
    *,
    area: BaseGeometry,
    seed: int,
    parameters: HotspotParameters | None = None,
    exposures: Sequence[Exposure] = (),
    report: Report = silent,
) -> Hotspots:
    """Places of a town where more happens than exposure, surroundings and the past explain, as territories.

    `x`, `y` (n,) metres of a projected system; `times_days` (n,) days since any moment, or None when only
    place counts; `area` the study area (commune minus water, wetland and forest) in the same metres; `exposures` what
    can be hit: dwellings, places of a kind, street metres. Without exposures the incidents themselves say where they
    are possible, which finds less. The order of rows does not matter; the same seed gives the same result.

    Raises `EmptyInputError`, `NotFiniteError`, `NoSpreadError`, `UnprojectedCoordinatesError`, `ParameterError`,
    `TooLargeForMethodError`.

    Source: ours, from known parts: ring background (Diggle 1985; Jones, Linton & Nielsen 1995), identity-link Poisson
    exposure (Richardson 1972, Lucy 1974), negative binomial tails with a spread read from the town, Monte Carlo for the
    number of tests (max statistic, Gumbel after Abrams et al. 2010), change of share against the ring (binomial).
    """
    parameters = parameters or HotspotParameters()
    east, north = require_points(x, y, spread=True)
    area = require_area(area)
    grid = study_grid(area, cell_m=parameters.cell_m)
    capped = cap_piles(east, north)
    periods = _periods(times_days, east.size)
    sample = Sample(east, north, capped.weights, periods.of_row, week_of(times_days, east.size))
    counts = sample.counts(grid, len(periods.starts_days))
    if not counts.sum():
        raise EmptyInputError("None of the {count} incidents lies in the study area.", count=int(east.size))
    total = counts.sum(axis=0)
    surfaces = {"support": support_surface(grid, total), **exposure_surfaces(grid, exposures)}
    radii_m, ring_m = parameters.radii_m, (parameters.inner_m, parameters.outer_m)
    evidence = weigh_evidence(
        Observations(grid, counts, surfaces),
        radii_m=radii_m,
        ring_m=ring_m,
        false_alarm_ratio=parameters.false_alarm_ratio,
        seed=seed,
        report=report,
    )

    def hot_cells(drawn: FloatArray) -> BoolArray:
        again = weigh_again(Observations(grid, drawn, surfaces), evidence, radii_m=radii_m, ring_m=ring_m)
        return grow(again, parameters) > 0

    steady = inclusion_frequency(
        sample,
        grid,
        periods=len(periods.starts_days),
        hot_cells=hot_cells,
        runs=parameters.bootstrap_runs,
        seed=seed,
        report=report,
    )
    found = Hotspots(
        territories=geopandas.GeoDataFrame(geometry=[]),
        evidence=evidence,
        grid=grid,
        piles=capped.piles,
        counts=_counts(grid, east, north, capped.piles),
        choices={**asdict(parameters), **evidence.choices, "cap": capped.cap},
        steady=steady,
        starts_days=periods.starts_days,
    )
    return _with_territories(found, Incidents(east, north, capped.weights), area=area, parameters=parameters)


def on_street_blocks(
    found: Hotspots,
    x: Numbers,
    y: Numbers,
    *,
    area: BaseGeometry,
    blocks: Blocks,
    harm: Numbers | None = None,
    parameters: HotspotParameters | None = None,
) -> Hotspots:
    """The same hot spots as territories of whole street blocks: the most harm per km² that hangs together.

    `x`, `y`, `area`, `parameters` are those of the search; `harm` (n,) of each incident (None: piles capped).
    """
    east, north = require_points(x, y)
    weights = cap_piles(east, north).weights
    incidents = Incidents(east, north, weights, None if harm is None else require_weights(harm, east.size))
    return _with_territories(
        found, incidents, area=require_area(area), parameters=parameters or HotspotParameters(), blocks=blocks
    )


def _with_territories(
    found: Hotspots,
    incidents: Incidents,
    *,
    area: BaseGeometry,
    parameters: HotspotParameters,
    blocks: Blocks | None = None,
) -> Hotspots:
    outline = Outline(parameters.minimum_area_m2, parameters.minimum_width_m, parameters.minimum_incidents)
    rows = territories(
        grow(found.evidence, parameters),
        grid=found.grid,
        area=area,
        incidents=incidents,
        evidence=found.evidence,
        outline=outline,
        steady=found.steady,
        plan=None if blocks is None else blocks.plan(incidents, ground=area, outline=outline),
    )
    rows = rows[rows["core_ratio"] >= parameters.least_core_ratio].reset_index(drop=True)
    rows["rise_day"] = [found.starts_days[number] if number else None for number in rows.pop("rise_period")]
    return replace(found, territories=rows)


def grow(evidence: Evidence, parameters: HotspotParameters) -> IntArray:
    """Number the hot cells: cells that lean towards hot in the smallest window, joined to cells that convince.

    A wide window convinces also when its middle is beside the hot spot; hence only cells whose own small window leans
    that way stay, unless there is none in the region.

    Returns (rows, columns), 0 where not hot, regions by 8 neighbours in row order.

    Source: hysteresis thresholding (Canny 1986).
    """
    seeds = evidence.family_wise <= parameters.false_alarm_ratio
    leaning = (evidence.near_p <= parameters.grow_p) & (evidence.near_ratio >= parameters.grow_ratio)
    regions, _ = ndimage.label(leaning | seeds, structure=EIGHT_NEIGHBOURS)
    convincing = np.unique(regions[seeds])
    hot = np.isin(regions, convincing[convincing > 0])
    body = np.where(np.isin(regions, np.unique(regions[hot & leaning])), hot & leaning, hot)
    cleaned = clean_cells(body, evidence.mask, cell_m=parameters.cell_m, width_m=parameters.minimum_width_m)
    labels, _ = ndimage.label(cleaned, structure=EIGHT_NEIGHBOURS)
    return np.asarray(labels, dtype=np.int64)


def _counts(grid: Grid, x: FloatArray, y: FloatArray, piles: list[Pile]) -> dict[str, int]:
    binned = grid.bin(x, y)
    return {
        "read": int(x.size),
        "used": int(binned.counts.sum()),
        "outside_grid": binned.outside_grid,
        "outside_mask": binned.outside_mask,
        "piled": sum(pile.n for pile in piles),
    }


@dataclass(frozen=True, eq=False)
class _Periods:
    """Number of the period of each incident and the day on which each period starts."""

    of_row: IntArray
    starts_days: list[float]


def _periods(times_days: Numbers | None, count: int) -> _Periods:
    """Ten periods that hold equally many incidents, the earliest first; one period when time does not count."""
    alone = _Periods(np.zeros(count, dtype=np.int64), [0.0])
    if times_days is None:
        return alone
    times = require_finite("times_days", times_days)
    if times.size != count:
        raise ParameterError("There are {rows} points but {times} times.", rows=count, times=int(times.size))
    if np.ptp(times) == 0:
        return alone
    edges = np.quantile(times, np.arange(1, PERIODS) / PERIODS)
    number = np.searchsorted(edges, times, side="right").astype(np.int64)
    return _Periods(number, [float(times.min()), *edges.tolist()])
