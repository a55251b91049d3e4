"""Choosing sites: lazy greedy at once, swaps, a proven bound, and an exact search in the time that is given."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.progress import Report, silent
from analysis.siting import SitingProblem, merged, require_choice
from analysis.siting_bounds import Instance, dual_bound, search

TOLERANCE = 1e-4
SWAP_ROUNDS = 10


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """Columns of the problem in the order of their worth, what each adds and the running sum; and how good that is.

    `bound` is proven: no choice sees more. `gap_ratio` is (bound − total) / bound: "98.2 % of the best possible or
    better" is 1 − gap. `proven` where the gap is at most a ten-thousandth: only then say optimal. `greedy_total` is the
    lazy greedy's, `method` the step that gave the choice.
    """

    chosen: IntArray
    marginal: FloatArray
    total: float
    bound: float
    greedy_total: float
    cost: float
    method: str
    seconds: float

    @property
    def gap_ratio(self) -> float:
        """How far, at most, the choice is from the best."""
        return max(self.bound - self.total, 0.0) / self.bound if self.bound > 0 else 0.0

    @property
    def proven(self) -> bool:
        """Whether nothing better can exist, within a ten-thousandth."""
        return self.gap_ratio <= TOLERANCE

    @property
    def curve(self) -> FloatArray:
        """Weight seen by the first 0, 1, 2 … cameras."""
        return np.concatenate([[0.0], np.cumsum(self.marginal)])


def choose_sites(
    problem: SitingProblem,
    *,
    cameras: int | None = None,
    budget: float | None = None,
    per_site: int = 1,
    seconds: float = 30.0,
    report: Report = silent,
) -> SitingPlan:
    """At most so many cameras, or as many as a budget buys, at most `per_site` of them at one site, that see the most.

    With `seconds=0` the greedy choice and a bound come at once. The clock only ends the search earlier; without its
    end the answer is the same each time. Raises `ParameterError`.
    Source: maximal covering location problem (Church & ReVelle 1974; Murray et al. 2007); lazy greedy (Minoux 1978);
    Lagrangian bound with variable fixing, then HiGHS.
    """
    require_choice(cameras, budget, per_site)
    begin = time.monotonic()
    instance = _instance(problem, cameras, budget, per_site)
    report("greedy", 0, 3)
    greedy = _greedy(instance)
    chosen, method = greedy, "greedy"
    swapped = _swaps(instance, greedy)
    if instance.value(swapped) > instance.value(greedy):
        chosen, method = swapped, "greedy and swaps"
    report("bound", 1, 3)
    bound = dual_bound(instance, chosen, seconds=max(0.5, 0.5 * seconds))
    if instance.value(bound.chosen) > instance.value(chosen):
        chosen, method = bound.chosen, "Lagrangian"
    best, proven = chosen, bound.value
    left = seconds - (time.monotonic() - begin)
    if left > 0.05 and _gap(proven, instance.value(chosen)) > TOLERANCE:
        report("search", 2, 3)
        best, proven = search(instance, chosen, bound, seconds=left, tolerance=TOLERANCE)
        method = "HiGHS" if instance.value(best) > instance.value(chosen) else method
    report("search", 3, 3)
    order, marginal = _ordered(instance, best)
    return SitingPlan(
        chosen=order,
        marginal=marginal,
        total=float(marginal.sum()),
        bound=max(proven, float(marginal.sum())),
        greedy_total=instance.value(greedy),
        cost=float(problem.costs[order].sum()),
        method=method,
        seconds=time.monotonic() - begin,
    )


def greedy_curve(problem: SitingProblem, *, most: int, per_site: int = 1) -> FloatArray:
    """Weight seen by the greedy's first 0 … `most` cameras: a curve that shows when a further camera stops paying."""
    require_choice(most, None, per_site)
    instance = _instance(problem, most, None, per_site)
    _, marginal = _ordered(instance, _greedy(instance))
    return np.concatenate([[0.0], np.cumsum(marginal)])


def _gap(bound: float, value: float) -> float:
    return (bound - value) / bound if bound > 0 else 0.0


def _instance(problem: SitingProblem, cameras: int | None, budget: float | None, per_site: int) -> Instance:
    sees, weights = merged(problem)
    if budget is None:
        return Instance(sees, weights, np.ones(problem.columns), float(cameras or 0), problem.site, per_site)
    return Instance(sees, weights, problem.costs, float(budget), problem.site, per_site)


def _greedy(instance: Instance) -> IntArray:
    """Plain gains; where columns have costs also gain per cost: the better of both."""
    plain = _lazy(instance, np.ones(instance.costs.size))
    if np.ptp(instance.costs) == 0:
        return plain
    per_cost = _lazy(instance, instance.costs)
    return per_cost if instance.value(per_cost) > instance.value(plain) else plain


def _lazy(instance: Instance, divisor: FloatArray) -> IntArray:
    """A heap of stale gains: the top is made fresh and taken when it stays on top. Ties go to the first column."""
    sees, open_weight = instance.sees, instance.weights.copy()
    heap = [(-gain / divisor[one], one) for one, gain in enumerate((sees @ open_weight).tolist())]
    heapq.heapify(heap)
    chosen: list[int] = []
    left, held = instance.limit, np.zeros(instance.site.max() + 1, dtype=np.int64)
    while heap:
        _, one = heapq.heappop(heap)
        if instance.costs[one] > left + 1e-9 or held[instance.site[one]] >= instance.per_site:
            continue
        places = sees.indices[sees.indptr[one] : sees.indptr[one + 1]]
        gain = float(open_weight[places].sum())
        if heap and -gain / divisor[one] > heap[0][0]:
            heapq.heappush(heap, (-gain / divisor[one], one))
            continue
        if gain <= 0:
            break
        chosen.append(one)
        open_weight[places] = 0.0
        left -= instance.costs[one]
        held[instance.site[one]] += 1
    return np.array(chosen, dtype=np.int64)


def _swaps(instance: Instance, chosen: IntArray) -> IntArray:
    """Put a better column in the place of each chosen one until none helps."""
    current = chosen.tolist()
    count = instance.seen_by(chosen)
    for _ in range(SWAP_ROUNDS):
        improved = False
        for position, old in enumerate(current):
            count[instance.places(old)] -= 1
            gains = instance.sees @ np.where(count == 0, instance.weights, 0.0)
            others = np.array(current[:position] + current[position + 1 :], dtype=np.int64)
            gains[~instance.addable(others)] = -1.0
            new = int(np.argmax(gains))
            if gains[new] > gains[old] * (1 + 1e-12):
                current[position], improved = new, True
            count[instance.places(current[position])] += 1
        if not improved:
            break
    return np.array(current, dtype=np.int64)


def _ordered(instance: Instance, chosen: IntArray) -> tuple[IntArray, FloatArray]:
    """A choice in greedy order, with what each adds to those before it."""
    left, order, marginal = chosen.tolist(), [], []
    open_weight = instance.weights.copy()
    while left:
        gains = [float(open_weight[instance.places(one)].sum()) for one in left]
        best = int(np.argmax(gains))
        order.append(left.pop(best))
        marginal.append(gains[best])
        open_weight[instance.places(order[-1])] = 0.0
    return np.array(order, dtype=np.int64), np.array(marginal)
