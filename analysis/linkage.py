"""The same event told by two sources: which records are one, by where, when and what, with a score.

Record linkage after Fellegi & Sunter (1969, "A theory for record linkage", JASA 64): each pair is compared by
levels of distance, of time between them and of type; the levels of pairs of one event (m) against those of chance pairs
(u) give the probability that the pair is one event. u and the number of chance pairs are counted and not assumed:
with one source moved by whole weeks, pairs that still meet are chance, in the same places and hours of the week. m is
fitted by expectation and maximisation with u held fixed (Winkler 1988, "Using the EM algorithm for weight computation
in the Fellegi-Sunter model of record linkage"), from a prior worth a few pairs, so that few records keep it sane.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from analysis.arrays import FloatArray
from analysis.errors import NotFiniteError, ParameterError

DISTANCES_M = (25.0, 75.0, 150.0, 300.0)
GAPS_MINUTES = (5.0, 15.0, 30.0, 60.0, 120.0)
TYPES = ("same", "group", "other", "not_comparable")
PRIOR_M = {
    "distance": (0.45, 0.30, 0.15, 0.10),
    "gap": (0.35, 0.30, 0.18, 0.10, 0.07),
    "type": (0.50, 0.20, 0.10, 0.20),
}
WEEK_MINUTES = 7 * 1440.0
SHIFTS = (-3, -2, -1, 1, 2, 3)
LEAST_PRIOR, ROUNDS = 1e-4, 200


@dataclass(frozen=True)
class LinkParameters:
    """How far apart records of one event may be, how sure a proposal must be, what the prior of m is worth."""

    least_score: float = 0.5
    prior_pairs: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what no method could use."""
        if not 0 < self.least_score < 1:
            raise ParameterError("least_score must lie between 0 and 1, got {value}", value=self.least_score)
        if not self.prior_pairs > 0:
            raise ParameterError("prior_pairs must be positive, got {value}", value=self.prior_pairs)


@dataclass(frozen=True)
class Links:
    """Proposed pairs (columns left, right: index labels; score, distance_m, gap_minutes, type_level), the most likely
    first, each record with at most one of another source; and what the model learnt."""

    pairs: pd.DataFrame
    compared: int
    expected_by_chance: float
    share_of_links: float
    m: dict[str, list[float]] = field(default_factory=dict)
    u: dict[str, list[float]] = field(default_factory=dict)


def propose_links(records: pd.DataFrame, *, parameters: LinkParameters | None = None) -> Links:
    """Pairs of records of different sources that are likely one event.

    `records` has x, y (metres), start, end (minutes on one clock, end not before start; end = start for a moment),
    source, type, group and scheme (the list that type and group belong to); its index names the records. Records
    farther than 300 m or 2 hours apart are never compared. Raises NotFiniteError, ParameterError.
    """
    parameters = parameters or LinkParameters()
    _require_sound(records)
    levels = _Levels(records)
    observed = levels.compare(0.0)
    shifted = [levels.compare(weeks * WEEK_MINUTES) for weeks in SHIFTS]
    chance = sum(len(one) for one in shifted) / len(SHIFTS)
    if observed.empty:
        return Links(_with_labels(observed.assign(score=[]), records), 0, chance, 0.0)
    u = {name: _shares(pd.concat([one[name] for one in shifted]), len(PRIOR_M[name]), prior=None) for name in PRIOR_M}
    prior = float(np.clip(1.0 - (chance + 1) / (len(observed) + 2), LEAST_PRIOR, 1.0 - LEAST_PRIOR))
    m, share, score = _fit(observed, u, share=prior, prior_pairs=parameters.prior_pairs)
    told = observed.assign(score=score)
    kept = _one_each(told[told["score"] >= parameters.least_score], records["source"].to_numpy())
    return Links(
        _with_labels(kept, records), len(observed), chance, share,
        {name: values.tolist() for name, values in m.items()}, {name: values.tolist() for name, values in u.items()},
    )  # fmt: skip


class _Levels:
    """Records made ready for comparing: places, times and codes as arrays, in the order of time."""

    def __init__(self, records: pd.DataFrame) -> None:
        self._x, self._y = (records[name].to_numpy(dtype=np.float64) for name in ("x", "y"))
        self._start, self._end = (records[name].to_numpy(dtype=np.float64) for name in ("start", "end"))
        self._source, self._type, self._group, self._scheme = (
            pd.factorize(records[name])[0] for name in ("source", "type", "group", "scheme")
        )

    def compare(self, shift: float) -> pd.DataFrame:
        """Levels of each pair within reach, the right-hand record moved by `shift` minutes; left before right in the
        order of the rows, sources different."""
        left, right = self._within_reach(shift)
        distance = np.hypot(self._x[left] - self._x[right], self._y[left] - self._y[right])
        start, end = self._start[right] + shift, self._end[right] + shift
        gap = np.maximum(0.0, np.maximum(start - self._end[left], self._start[left] - end))
        found = pd.DataFrame(
            {"left": left, "right": right, "distance_m": distance, "gap_minutes": gap, "type": self._types(left, right)}
        )
        found = found[(distance <= DISTANCES_M[-1]) & (gap <= GAPS_MINUTES[-1])]
        found["distance"] = np.searchsorted(DISTANCES_M, found["distance_m"].to_numpy())
        found["gap"] = np.searchsorted(GAPS_MINUTES, found["gap_minutes"].to_numpy())
        whole: pd.DataFrame = found.reset_index(drop=True)
        return whole

    def _within_reach(self, shift: float) -> tuple[np.ndarray, np.ndarray]:
        if not len(self._x):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        half = (self._end - self._start) / 2
        middle = self._start + half
        reach = GAPS_MINUTES[-1] + 2 * float(half.max())
        scaled = [self._x / DISTANCES_M[-1], self._y / DISTANCES_M[-1]]
        here = cKDTree(np.column_stack([*scaled, middle / reach]))
        moved = cKDTree(np.column_stack([*scaled, (middle + shift) / reach]))
        near = here.sparse_distance_matrix(moved, 1.0, p=np.inf, output_type="coo_matrix")
        left, right = near.row.astype(np.int64), near.col.astype(np.int64)
        kept = (left < right) & (self._source[left] != self._source[right])
        order = np.lexsort((right[kept], left[kept]))
        return left[kept][order], right[kept][order]

    def _types(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """0 same type, 1 same group, 2 others of one list, 3 of two lists that cannot be compared."""
        level = np.where(self._group[left] == self._group[right], 1, 2)
        level = np.where(self._type[left] == self._type[right], 0, level)
        return np.where(self._scheme[left] == self._scheme[right], level, 3)


def _fit(
    observed: pd.DataFrame, u: dict[str, FloatArray], *, share: float, prior_pairs: float
) -> tuple[dict[str, FloatArray], float, FloatArray]:
    """m, the share of links and each pair's probability, by expectation and maximisation with u held fixed."""
    m = {name: np.array(values) for name, values in PRIOR_M.items()}
    levels = {name: observed[name].to_numpy() for name in PRIOR_M}
    by_chance = np.prod([u[name][levels[name]] for name in PRIOR_M], axis=0)
    score = np.zeros(len(observed))
    for _round in range(ROUNDS):
        by_event = np.prod([m[name][levels[name]] for name in PRIOR_M], axis=0)
        told = share * by_event / (share * by_event + (1 - share) * by_chance)
        settled = bool(np.max(np.abs(told - score)) < 1e-9)
        score = told
        if settled:
            break
        m = {
            name: _shares(pd.Series(levels[name]), len(PRIOR_M[name]), prior=np.array(PRIOR_M[name]) * prior_pairs,
                          weights=score)
            for name in PRIOR_M
        }  # fmt: skip
        share = float((score.sum() + 1) / (len(score) + 2))  # few pairs never make it certain
    return m, share, score


def _shares(
    levels: pd.Series, count: int, *, prior: FloatArray | None, weights: FloatArray | None = None
) -> FloatArray:
    """Shares of the levels; without a prior, half a pair is added to each so that none is impossible."""
    found = np.bincount(levels.to_numpy(dtype=np.int64), weights=weights, minlength=count).astype(np.float64)
    found += 0.5 if prior is None else prior
    shares: FloatArray = found / found.sum()
    return shares


def _one_each(pairs: pd.DataFrame, source: np.ndarray) -> pd.DataFrame:
    """The likeliest pairs, so that a record has at most one partner of each other source."""
    ordered = pairs.sort_values(
        ["score", "distance_m", "gap_minutes", "left", "right"], ascending=[False, True, True, True, True]
    )
    taken: set[tuple[int, int]] = set()
    kept = []
    for label, left, right in zip(ordered.index, ordered["left"], ordered["right"], strict=True):
        claims = {(left, int(source[right])), (right, int(source[left]))} if source.dtype.kind in "iu" else {
            (left, source[right]), (right, source[left])}  # fmt: skip
        if not claims & taken:
            taken |= claims
            kept.append(label)
    return ordered.loc[kept]


def _with_labels(pairs: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    labels = records.index.to_numpy()
    return pd.DataFrame(
        {
            "left": labels[pairs["left"].to_numpy(dtype=np.int64)],
            "right": labels[pairs["right"].to_numpy(dtype=np.int64)],
            "score": pairs["score"].to_numpy(dtype=np.float64),
            "distance_m": pairs["distance_m"].to_numpy(dtype=np.float64),
            "gap_minutes": pairs["gap_minutes"].to_numpy(dtype=np.float64),
            "type_level": [TYPES[one] for one in pairs["type"].to_numpy(dtype=np.int64)],
        }
    )


def _require_sound(records: pd.DataFrame) -> None:
    numbers = records[["x", "y", "start", "end"]].to_numpy(dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise NotFiniteError("places and times of records must be finite numbers")
    if (numbers[:, 3] < numbers[:, 2]).any():
        raise ParameterError("a record must not end before it starts")
