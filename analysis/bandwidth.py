"""How far a kernel should reach: the bandwidth that foretells incidents it has not seen, with the whole curve."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator, Philox

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.checks import require_finite, require_points
from analysis.convolution import Convolver, Kernel
from analysis.errors import EmptyPeriodError, ParameterError, TooFewUnitsError
from analysis.grid import Cells, require_inside

ORIGINS = 6
FOLDS = 6
FLOOR_SHARE = 0.05
"""Share of an even intensity mixed in, so that one incident in an empty place does not decide everything."""
CANDIDATES_M = np.geomspace(100.0, 2000.0, 12)
FEWEST_INCIDENTS = 30
STREAM = 11
EQUIVALENT_SIGMA = 1.0 / np.sqrt(8.0)


@dataclass(frozen=True, eq=False)
class BandwidthChoice:
    """The chosen bandwidth and the curve behind it.

    `best_m` scores best, `bandwidth_m` is the smoothest of those that cannot be told from it (one standard error);
    `scores` mean log density of held-out incidents per candidate, `errors` its standard error over the folds,
    `flat` the candidates within one standard error; `folds` (folds, candidates); `rolling` whether later incidents were
    foretold from earlier ones (else folds were drawn at random); `narrow` whether the choice is below two cells.
    """

    bandwidth_m: float
    best_m: float
    sigma_equivalent_m: float
    candidates_m: FloatArray
    scores: FloatArray
    errors: FloatArray
    flat: BoolArray
    folds: FloatArray
    rolling: bool
    narrow: bool


def choose_bandwidth(
    x: Numbers,
    y: Numbers,
    times_days: Numbers | None = None,
    *,
    grid: Cells,
    seed: int,
    kernel: Kernel = "quartic",
    candidates_m: Numbers | None = None,
) -> BandwidthChoice:
    """Bandwidth by the likelihood of held-out incidents.

    With times, six rolling origins: the density of what came before is asked for what came in the next of the later
    parts. Without, six random folds (seeded). The density is edge-corrected and adds up to 1 over the mask.

    Raises `EmptyInputError`, `OutsideMaskError`, `NoSpreadError`, `TooFewUnitsError` below 30 incidents on the mask,
    `EmptyPeriodError` when all times are the same, `ParameterError`.

    Source: likelihood cross-validation (Habbema et al. 1974; Bowman 1984) on rolling origins; one-standard-error rule
    (Breiman et al. 1984).
    """
    east, north = require_points(x, y, spread=True)
    candidates = CANDIDATES_M if candidates_m is None else require_finite("candidates_m", candidates_m)
    if not candidates.size or candidates.min() <= 0 or (np.diff(candidates) <= 0).any():
        raise ParameterError("Bandwidths to be tried must be above zero and ascend.")
    flat = grid.flat_cells(east, north)
    used = np.append(grid.mask.reshape(-1), False)[flat]
    _require_enough(used)
    if times_days is None:
        number = Generator(Philox(key=[seed, STREAM])).integers(0, FOLDS, int(used.sum()))
        splits = [(number != fold, number == fold) for fold in range(FOLDS)]
    else:
        splits = _rolling(require_finite("times_days", times_days), used)
    folds = _scores(flat[used], splits, grid, kernel, candidates)
    return _choice(folds, candidates, times_days is not None, kernel, grid.spacing_m)


def _require_enough(used: BoolArray) -> None:
    require_inside(used)
    if used.sum() < FEWEST_INCIDENTS:
        raise TooFewUnitsError(
            "There are {count} incidents on the mask; a bandwidth can be chosen from {least}.",
            count=int(used.sum()),
            least=FEWEST_INCIDENTS,
        )


def _rolling(times: FloatArray, used: BoolArray) -> list[tuple[BoolArray, BoolArray]]:
    """Six origins over the later half of the incidents: (before, the next part) for each."""
    if times.size != used.size:
        raise ParameterError("There are {rows} points but {times} times.", rows=used.size, times=times.size)
    times = times[used]
    edges = np.quantile(times, np.linspace(0.5, 1.0, ORIGINS + 1))
    splits = [
        (times < start, (times >= start) & ((times < end) | (end == edges[-1]))) for start, end in pairwise(edges)
    ]
    splits = [(fit, test) for fit, test in splits if fit.any() and test.any()]
    if not splits:
        raise EmptyPeriodError("All incidents have the same date: none can be foretold from earlier ones.")
    return splits


def _scores(
    flat: IntArray, splits: list[tuple[BoolArray, BoolArray]], grid: Cells, kernel: Kernel, candidates: FloatArray
) -> FloatArray:
    scores = np.empty((len(splits), candidates.size))
    counts = [[np.bincount(flat[part], minlength=grid.mask.size) for part in split] for split in splits]
    even = FLOOR_SHARE / grid.mask.sum()
    for column, bandwidth in enumerate(candidates.tolist()):
        convolver = Convolver(grid.shape, grid.kernel(kernel, bandwidth))
        mass = np.where(grid.mask, np.maximum(convolver.of(grid.mask), 1e-9), 1.0)
        for row, (fit, test) in enumerate(counts):
            density = np.where(grid.mask, np.maximum(convolver.of(fit.reshape(grid.shape)), 0.0) / mass, 0.0)
            chance = (1.0 - FLOOR_SHARE) * density / max(float(density.sum()), 1e-300) + even
            held_out = test.reshape(grid.shape)[grid.mask]
            scores[row, column] = float((held_out * np.log(chance[grid.mask])).sum() / held_out.sum())
    return np.asarray(scores - np.log(grid.cell_area_m2))


def _choice(
    folds: FloatArray, candidates: FloatArray, rolling: bool, kernel: Kernel, spacing_m: float
) -> BandwidthChoice:
    scores = folds.mean(axis=0)
    best = int(np.argmax(scores))
    # what parts candidates is the difference to the best within each fold, not how hard a fold is
    errors = (folds - folds[:, [best]]).std(axis=0, ddof=1 if len(folds) > 1 else 0) / np.sqrt(len(folds))
    flat = scores >= scores[best] - errors
    chosen = float(candidates[np.flatnonzero(flat)[-1]])
    sigma = chosen * EQUIVALENT_SIGMA if kernel == "quartic" else chosen
    return BandwidthChoice(
        bandwidth_m=chosen,
        best_m=float(candidates[best]),
        sigma_equivalent_m=float(sigma),
        candidates_m=candidates,
        scores=scores,
        errors=errors,
        flat=flat,
        folds=folds,
        rolling=rolling,
        narrow=chosen < 2.0 * spacing_m,
    )
