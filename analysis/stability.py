"""How steady hot cells are: found again when the weeks are drawn anew and the grid is shifted, or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_finite
from analysis.grid import Grid
from analysis.progress import Report, silent

CORE = 0.7
"""A cell found in at least this share of the resamples belongs to the core of a territory."""
WEEK_DAYS = 7.0
STUDY = 18
"""Key of this study among the random streams of one seed."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Incidents: x, y in metres, weight (piles capped), number of their period and of their week, (n,) each."""

    x: FloatArray
    y: FloatArray
    weights: FloatArray
    period: IntArray
    week: IntArray

    def counts(self, grid: Grid, periods: int) -> FloatArray:
        """Counts (periods, rows, columns)."""
        parts = [np.where(self.period == number, self.weights, 0.0) for number in range(periods)]
        return np.stack([grid.bin(self.x, self.y, part).counts for part in parts])

    def drawn_again(self, generator: Generator, *, shift_m: float) -> Sample:
        """As many weeks drawn with replacement, each with all its incidents, and the whole map shifted a little."""
        weeks, of_row = np.unique(self.week, return_inverse=True)
        repeats = generator.multinomial(weeks.size, np.full(weeks.size, 1.0 / weeks.size))
        east, north = generator.uniform(-shift_m, shift_m, 2)
        weights = self.weights * repeats[of_row.ravel()]
        return Sample(self.x + east, self.y + north, weights, self.period, self.week)


def week_of(times_days: Numbers | None, count: int) -> IntArray:
    """Number of the week of each incident; every incident is a week of its own where time is not known."""
    if times_days is None:
        return np.arange(count)
    times = require_finite("times_days", times_days)
    return np.asarray(np.floor((times - times.min()) / WEEK_DAYS), dtype=np.int64)


def inclusion_frequency(
    sample: Sample,
    grid: Grid,
    *,
    periods: int,
    hot_cells: Callable[[FloatArray], BoolArray],
    runs: int,
    seed: int,
    report: Report = silent,
) -> FloatArray:
    """Share (rows, columns) of the resamples in which each cell is hot; ones when no resample is asked for.

    `hot_cells` says which cells are hot given counts (periods, rows, columns); the yardstick of ordinary places stays
    that of the whole data. What is drawn anew is what happened and, by up to half a cell, where the grid lies. Run r
    has a random stream of its own, whatever the order of the runs.

    Source: block bootstrap over weeks (Künsch 1989) with grid offsets.
    """
    if not runs:
        return np.ones(grid.shape)
    found = np.zeros(grid.shape)
    for run in range(runs):
        generator = Generator(Philox(key=[seed, STUDY << 32 | run]))
        again = sample.drawn_again(generator, shift_m=grid.cell_m / 2.0)
        found += hot_cells(again.counts(grid, periods))
        report("stability", run + 1, runs)
    return found / runs
