"""What speaks for each cell being hot: more than its place explains, and more than its past explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from analysis.arrays import BoolArray, FloatArray, IntArray
from analysis.background import Background, Surroundings, fit_background
from analysis.convolution import convolve, disc
from analysis.errors import ParameterError
from analysis.grid import Grid
from analysis.progress import Report
from analysis.significance import false_discovery
from analysis.tails import (
    FEWEST_WINDOWS,
    count_tail,
    family_wise,
    share_tail,
    stretched,
    tail_stretch,
    window_spread,
)
from analysis.windows import Windows

SEARCH_ROUNDS = 12
MIDDLE_LEVELS = (0.75, 0.9)
SPREAD_LEVELS = (0.75, 0.9, 0.95, 0.98)
"""Upper quantiles at which the spread of window counts is read."""
SUSPECT_P = 1e-3
LEAST_EXPECTED = 5.0
"""Windows that should hold fewer incidents are not tested: a handful in an empty place is no hot spot."""
TAMED = 0.98
LATTICE = 2
RING_PRIOR = 100.0
LEAST_AFTER = 10.0
RISE_RATIO = 1.5
CONVINCING_RISE = 0.05
STANDING_OUT = 2.5
"""Standard deviations above expectation from which a simulated window can be the smallest p of a whole town."""
MONTE_CARLO_RUNS = 24
EULER = 0.5772156649015329
LOOSEST_TESTS = 50.0


@dataclass(frozen=True, eq=False)
class Observations:
    """Counts (periods, rows, columns) on a grid, oldest period first, and exposure surfaces (rows, columns) by name."""

    grid: Grid
    counts: FloatArray
    surfaces: dict[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Evidence per cell (rows, columns).

    `p` pointwise, the better of place and past (doubled); `near_p` the same in the smallest window alone; `q` false
    discovery rate; `family_wise` chance that a town without hot spots holds such a cell anywhere; `near_ratio` observed
    over expected in the smallest window, of the whole time or since the rise; `expected` per cell; `rise` first period
    of the rise that convinces, 0 where none does; `mask`; `choices` what was read from the data: inflation, spreads,
    tests, shares of the exposures.
    """

    p: FloatArray
    q: FloatArray
    family_wise: FloatArray
    near_p: FloatArray
    near_ratio: FloatArray
    expected: FloatArray
    rise: IntArray
    mask: BoolArray
    choices: dict[str, object]
    yardstick: Yardstick | None = None


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What ordinary windows look like: background, how far windows of each radius stray and how heavy their tail is,
    inflation by near repeats."""

    background: Background
    due: list[FloatArray]
    spreads: list[float]
    stretches: list[float]
    inflation: float


@dataclass(frozen=True, eq=False)
class _Surprise:
    """p of place and of past, and the period in which the rise behind the latter starts: (radii, rows, columns)."""

    place: FloatArray
    past: FloatArray
    rise: IntArray

    @property
    def smallest(self) -> FloatArray:
        """The better of place and past over all radii: what the simulated towns are asked for too."""
        return np.asarray(np.minimum(self.place.min(axis=0), self.past.min(axis=0)))

    @property
    def p(self) -> FloatArray:
        """The better of place and past, doubled because there are two."""
        return np.asarray(np.minimum(2.0 * self.smallest, 1.0))

    @property
    def near_p(self) -> FloatArray:
        return np.asarray(np.minimum(2.0 * np.minimum(self.place[0], self.past[0]), 1.0))

    def convincing_rise(self, tests: float) -> IntArray:
        """Period of the rise where the past alone convinces, else 0."""
        best = np.argmin(self.past, axis=0)[None]
        past = np.take_along_axis(self.past, best, axis=0)[0]
        rise = np.take_along_axis(self.rise, best, axis=0)[0]
        return np.asarray(np.where(family_wise(past, tests) <= CONVINCING_RISE, rise, 0))


def weigh_evidence(
    observed: Observations,
    *,
    radii_m: tuple[float, ...],
    ring_m: tuple[float, float],
    false_alarm_ratio: float,
    seed: int,
    report: Report,
) -> Evidence:
    """Weigh place and past for every cell.

    The yardstick must not be bent by what it measures. It is first read without every suspect window, by the middle of
    the rest; what convinces by it is left out, and the yardstick is read again, upper tail included, until what is left
    out and what convinces are the same.

    Source: forward search for outliers (Atkinson & Riani 2000) on the windows of a scan.
    """
    search = _Search(observed, radii_m=radii_m, ring_m=ring_m)
    hot: BoolArray = np.zeros(observed.grid.shape, dtype=np.bool_)
    for _ in range(2):
        model = search.fit(hot, MIDDLE_LEVELS)
        hot = search.around(search.surprise(model).smallest < SUSPECT_P)
    tests = search.tests(search.fit(hot, MIDDLE_LEVELS), seed=seed)
    model = search.fit(hot, SPREAD_LEVELS)
    for number in range(SEARCH_ROUNDS):
        report("hotspots", number, SEARCH_ROUNDS)
        convincing = search.around(family_wise(search.surprise(model).smallest, tests) <= false_alarm_ratio)
        if np.array_equal(convincing, hot):
            break
        hot = convincing if number < SEARCH_ROUNDS // 2 else convincing & hot
        model = search.fit(hot, SPREAD_LEVELS)
    return search.evidence(model, tests)


def weigh_again(
    observed: Observations, known: Evidence, *, radii_m: tuple[float, ...], ring_m: tuple[float, float]
) -> Evidence:
    """Weigh other counts of the same town (a resample of its weeks) by the yardstick that was read once.

    Raises `ParameterError` where `known` carries no yardstick.
    """
    if known.yardstick is None:
        raise ParameterError("This evidence carries no yardstick to weigh other counts by.")
    search = _Search(observed, radii_m=radii_m, ring_m=ring_m)
    return search.evidence(known.yardstick, float(str(known.choices["tests"])))


class _Search:
    """The windows of one study and the questions put to them."""

    def __init__(self, observed: Observations, *, radii_m: tuple[float, ...], ring_m: tuple[float, float]) -> None:
        self.grid, self.surfaces = observed.grid, observed.surfaces
        self.periods = observed.counts.shape[0]
        self.total = observed.counts.sum(axis=0)
        self.windows = Windows(self.grid.shape, radii_m, cell_m=self.grid.cell_m)
        self.surroundings = Surroundings(self.grid, inner_m=ring_m[0], outer_m=ring_m[1])
        self.seen = self.windows.sums(self.total)
        self.lattice: BoolArray = np.zeros(self.grid.shape, dtype=np.bool_)
        self.lattice[::LATTICE, ::LATTICE] = True
        self._blur = disc(min(radii_m), cell_m=self.grid.cell_m)
        self.after, self.after_share, self.ring = self._since_each_period(observed.counts)
        self.by_period = [self.windows.sums(counts)[0] for counts in observed.counts] if self.periods > 1 else []

    def _since_each_period(self, counts: FloatArray) -> tuple[list[list[FloatArray]], list[FloatArray], FloatArray]:
        """Window counts since the start of each later period, and the share of the ring's incidents since then."""
        ring = np.maximum(convolve(self.total, self.surroundings.kernel), 0.0)
        after, shares = [], []
        for start in range(1, self.periods - 1):
            since = counts[start:].sum(axis=0)
            after.append(self.windows.sums(since))
            whole = since.sum() / self.total.sum()
            ring_since = np.maximum(convolve(since, self.surroundings.kernel), 0.0)
            shares.append((ring_since + RING_PRIOR * whole) / (ring + RING_PRIOR))
        return after, shares, ring + RING_PRIOR

    def around(self, cells: BoolArray) -> BoolArray:
        """Cells within the smallest radius of any of the cells."""
        return np.asarray(convolve(cells.astype(np.float64), self._blur) > 0.5) & self.grid.mask

    def fit(self, hot: BoolArray, levels: tuple[float, ...]) -> Yardstick:
        """What ordinary windows look like when the hot cells are left out."""
        background = fit_background(self.total, self.surfaces, grid=self.grid, around=self.surroundings, hot=hot)
        due = self.windows.sums(background.expected)
        inflation = self._inflation(hot)
        touched = self.windows.sums(hot.astype(np.float64))
        spreads, stretches = [], []
        for seen, expected, touching in zip(self.seen, due, touched, strict=True):
            used = self.grid.mask & self.lattice & (expected >= LEAST_EXPECTED) & (touching < 0.5)
            error, count, mean = background.error[used], seen[used], expected[used]
            spread = window_spread(count, mean, inflation=inflation, error=error, levels=levels)
            spreads.append(spread)
            stretches.append(tail_stretch(count_tail(count, mean, inflation * mean + (spread + error) * mean**2)))
        return Yardstick(background, due, spreads, stretches, inflation)

    def _inflation(self, hot: BoolArray) -> float:
        """Variance over mean of a window's counts in time: near repeats make it more than one.

        The mean over windows, those above the 98th percentile taken down to it: a few places that changed do not
        decide, the long tail that chains of repeats make does.
        """
        whole = self.seen[0]
        used = self.grid.mask & self.lattice & (whole >= 3 * self.periods) & ~hot
        if self.periods == 1 or used.sum() < FEWEST_WINDOWS:
            return 1.0
        due = whole[used] / self.periods
        chi_square = np.sum([(part[used] - due) ** 2 for part in self.by_period], axis=0) / due / (self.periods - 1)
        return float(max(1.0, np.minimum(chi_square, np.quantile(chi_square, TAMED)).mean()))

    def surprise(self, model: Yardstick) -> _Surprise:
        """Pointwise p of place and of past for the windows of every radius (and every start).

        Windows less than one standard deviation above what is expected are not worth a tail: their p is 1.
        """
        place = np.ones((len(self.seen), *self.grid.shape))
        for number, (seen, expected) in enumerate(zip(self.seen, model.due, strict=True)):
            spread = model.spreads[number]
            variance = model.inflation * expected + (spread + model.background.error) * expected**2
            above = (seen - expected) ** 2 > variance
            tested = self.grid.mask & (expected >= LEAST_EXPECTED) & (seen > expected) & above
            tail = count_tail(seen[tested], expected[tested], variance[tested])
            place[number][tested] = stretched(tail, model.stretches[number])
        past, rise = self._past(model)
        return _Surprise(place, past, rise)

    def _past(self, model: Yardstick) -> tuple[FloatArray, IntArray]:
        past = np.ones((len(self.seen), *self.grid.shape))
        rise = np.zeros(past.shape, dtype=np.int64)
        for start, (after, share) in enumerate(zip(self.after, self.after_share, strict=True), start=1):
            for number, (since, seen, expected) in enumerate(zip(after, self.seen, model.due, strict=True)):
                risen = since > np.maximum(RISE_RATIO * share * expected, LEAST_AFTER)
                risen &= (since > share * seen) & ((since - share * seen) ** 2 > share * (1 - share) * seen)
                tested = self.grid.mask & (expected >= LEAST_EXPECTED) & risen
                scale = model.inflation * (1.0 + seen[tested] / self.ring[tested])
                p = share_tail(since[tested] / scale, seen[tested] / scale, share[tested])
                rows, columns = np.nonzero(tested)
                better = p < past[number, rows, columns]
                past[number, rows[better], columns[better]] = p[better]
                rise[number, rows[better], columns[better]] = start
        return past, rise

    def tests(self, model: Yardstick, *, seed: int) -> float:
        """How many independent tests the search amounts to: from the smallest p of simulated towns without hot spots.

        -ln of the smallest p of m tests has a Gumbel law whose mean is ln m + 0.577.
        """
        smallest = [self._smallest_p_of_chance(model, run, seed) for run in range(MONTE_CARLO_RUNS)]
        return max(LOOSEST_TESTS, float(np.exp(np.mean(-np.log(smallest)) - EULER)))

    def _smallest_p_of_chance(self, model: Yardstick, run: int, seed: int) -> float:
        """Smallest p, place or past, of a town drawn from the background, its cells as uneven as its windows."""
        generator = Generator(Philox(key=[seed, run]))
        expected = np.maximum(model.background.expected, 0.0)
        windows = Windows(self.grid.shape, self.windows.radii_m[:1], cell_m=self.grid.cell_m)
        due, squares = windows.sums(expected)[0], windows.sums(expected**2)[0]
        tested = self.grid.mask & (due >= LEAST_EXPECTED)
        if not tested.any():
            return 1.0
        concentration = squares[tested] / due[tested] ** 2
        spread = model.spreads[0]
        cell_spread = max(spread / float(np.median(concentration)), 1e-9)
        rate = expected * generator.gamma(1.0 / cell_spread, cell_spread, expected.shape)
        counts = generator.poisson(np.where(self.grid.mask, rate, 0.0)).astype(np.float64)
        seen = windows.sums(counts)[0]
        variance = due + cell_spread * squares
        past = self._past_of_chance(counts, windows, seen, tested, generator)
        return float(min(1.0, _smallest(seen, due, variance, tested), past))

    def _past_of_chance(
        self, counts: FloatArray, windows: Windows, seen: FloatArray, tested: BoolArray, generator: Generator
    ) -> float:
        """Smallest p of past when each incident falls in any period by chance."""
        smallest, left = 1.0, counts.copy()
        for start in range(1, self.periods - 1):
            still = (self.periods - start) / (self.periods - start + 1)
            left = generator.binomial(left.astype(np.int64), still).astype(np.float64)
            since = windows.sums(left)[0]
            share = (self.periods - start) / self.periods
            surplus = np.where(tested & (since > LEAST_AFTER), since - share * seen, -1.0)
            far = surplus > STANDING_OUT * np.sqrt(share * (1 - share) * seen)
            if far.any():
                p = share_tail(since[far], seen[far], np.full(int(far.sum()), share))
                smallest = min(smallest, float(p.min()))
        return smallest

    def evidence(self, model: Yardstick, tests: float) -> Evidence:
        """Everything that is told about each cell."""
        surprise = self.surprise(model)
        p, rise = surprise.p, surprise.convincing_rise(tests)
        mask = self.grid.mask
        q = np.ones(p.shape)
        q[mask] = false_discovery(p[mask])
        radii = [f"{radius:g}" for radius in self.windows.radii_m]
        return Evidence(
            p=p,
            q=q,
            family_wise=np.where(mask, family_wise(surprise.smallest, tests), 1.0),
            near_p=surprise.near_p,
            near_ratio=self._near_ratio(model, surprise.rise[0]),
            expected=model.background.expected,
            rise=rise,
            mask=mask,
            choices={
                "inflation": model.inflation,
                "spreads": dict(zip(radii, model.spreads, strict=True)),
                "stretches": dict(zip(radii, model.stretches, strict=True)),
                "tests": tests,
                "exposure_shares": model.background.shares,
            },
            yardstick=model,
        )

    def _near_ratio(self, model: Yardstick, rise: IntArray) -> FloatArray:
        """Observed over expected in the smallest window: of the whole time, or since the rise if that is more."""
        expected = np.maximum(model.due[0], 1e-9)
        ratio = np.where(model.due[0] > 0, self.seen[0] / expected, 0.0)
        for number, (after, share) in enumerate(zip(self.after, self.after_share, strict=True), start=1):
            risen = rise == number
            ratio[risen] = np.maximum(ratio[risen], after[0][risen] / (expected[risen] * share[risen]))
        return np.asarray(ratio)


def _smallest(seen: FloatArray, mean: FloatArray, variance: FloatArray, tested: BoolArray) -> float:
    """Smallest tail of the tested windows; only those that stand out are looked at."""
    far = tested & (seen - mean > STANDING_OUT * np.sqrt(variance))
    return float(count_tail(seen[far], mean[far], variance[far]).min()) if far.any() else 1.0
