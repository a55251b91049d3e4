"""How good a choice of sites can be at all: a Lagrangian bound in a second, the linear bound, and HiGHS' search."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from scipy import sparse

from analysis.arrays import BoolArray, FloatArray, IntArray

MOST_STEPS = 1500
PATIENCE = 8
PACE, MEMORY = 1.5, 0.5  # of a step; share of the last direction that the next one keeps


@dataclass(frozen=True, eq=False)
class Instance:
    """Columns × places matrix, weights of places, costs and their limit, the site of each column, columns per site."""

    sees: sparse.csr_array
    weights: FloatArray
    costs: FloatArray
    limit: float
    site: IntArray
    per_site: int

    def places(self, column: int) -> IntArray:
        """Places that a column sees."""
        return np.asarray(self.sees.indices[self.sees.indptr[column] : self.sees.indptr[column + 1]])

    def seen_by(self, chosen: IntArray) -> IntArray:
        """How many of the chosen columns see each place."""
        count = np.zeros(self.weights.size, dtype=np.int64)
        for column in chosen.tolist():
            count[self.places(column)] += 1
        return count

    def value(self, chosen: IntArray) -> float:
        """Weight that a choice sees."""
        return float(self.weights[self.seen_by(chosen) > 0].sum())

    def addable(self, chosen: IntArray) -> BoolArray:
        """Columns that may be added to a choice within limit and sites."""
        held = np.bincount(self.site[chosen], minlength=int(self.site.max()) + 1)
        free = self.costs <= self.limit - self.costs[chosen].sum() + 1e-9
        free &= held[self.site] < self.per_site
        free[chosen] = False
        return np.asarray(free)

    @cached_property
    def tight_sites(self) -> IntArray:
        """Sites with more columns than may be chosen there."""
        return np.flatnonzero(np.bincount(self.site) > self.per_site)


@dataclass(frozen=True, eq=False)
class DualBound:
    """No choice sees more than `value`. `profits` are what columns are worth there; `chosen` is the best choice met."""

    value: float
    profits: FloatArray
    chosen: IntArray


def dual_bound(instance: Instance, known: IntArray, *, seconds: float) -> DualBound:
    """Bound by relaxing "a place counts only if a chosen column sees it", with prices per place found by subgradients.

    Each place is paid its price by every column that sees it; the best columns at those prices, and what is left of
    each place's weight, bound any choice. Sites' limits are priced too where columns differ in cost. `known` is the
    best choice so far; prices start where its columns are all worth the least of them. Source: Galvão & ReVelle 1996;
    step of Held, Wolfe & Crowder 1974; part of the last direction kept, Crowder 1976.
    """
    end = time.monotonic() + seconds
    price, site_price = _first_prices(instance, known), np.zeros(int(instance.site.max()) + 1)
    best = DualBound(float(instance.weights.sum()), instance.sees @ instance.weights, known)
    target, pace, stale = instance.value(known), PACE, 0
    way = np.zeros(price.size)
    for _ in range(MOST_STEPS):
        profits = instance.sees @ price - site_price[instance.site]
        parts, value = _best_columns(instance, profits, price, site_price)
        stale += 1
        if value < best.value:
            stale = 0 if value < best.value * (1 - 1e-5) else stale
            best = DualBound(value, profits, best.chosen)
        met = _allowed(instance, np.flatnonzero(parts > 0.999), profits)
        if instance.value(met) > target:
            target = instance.value(met)
            best = DualBound(best.value, best.profits, met)
        if stale >= PATIENCE:
            pace, stale = pace / 2, 0
        way = _way(instance, parts, price, way)
        site_slope = _site_slope(instance, parts, site_price)
        length = float(way @ way + site_slope @ site_slope)
        if pace < 1e-4 or length == 0 or best.value - target <= 1e-9 * best.value or time.monotonic() > end:
            break
        step = pace * max(value - target, 1e-6 * value) / length
        price = np.clip(price - step * way, 0.0, instance.weights)
        site_price = np.maximum(site_price - step * site_slope, 0.0)
    return best


def _first_prices(instance: Instance, known: IntArray) -> FloatArray:
    """The whole weight where the known choice does not see; else so much of it that all its columns earn alike."""
    gains = instance.sees[known] @ instance.weights
    price = instance.weights.copy()
    part = np.ones(price.size)
    for column, gain in zip(known.tolist(), gains.tolist(), strict=True):
        places = instance.places(column)
        part[places] = np.minimum(part[places], gains.min() / gain)
    return price * part


def _way(instance: Instance, parts: FloatArray, price: FloatArray, last: FloatArray) -> FloatArray:
    """How much more each place is seen than it counts, with half of the last direction; nought where its price cannot
    move that way.
    """
    slope = -(price < instance.weights).astype(np.float64)
    for column in np.flatnonzero(parts).tolist():
        slope[instance.places(column)] += parts[column]
    slope += MEMORY * last
    slope[(price >= instance.weights) & (slope < 0)] = 0.0
    slope[(price <= 0) & (slope > 0)] = 0.0
    return slope


def _allowed(instance: Instance, columns: IntArray, profits: FloatArray) -> IntArray:
    """Columns without those past their site's limit, the most profitable first."""
    return _first_of_sites(instance, columns[np.argsort(-profits[columns], kind="stable")])


def _site_slope(instance: Instance, parts: FloatArray, site_price: FloatArray) -> FloatArray:
    """How much of its limit each site leaves unused; nought where columns cost the same: sites are exact then."""
    if np.ptp(instance.costs) == 0:
        return np.zeros(site_price.size)
    slack = instance.per_site - np.bincount(instance.site, parts, minlength=site_price.size)
    return np.where((site_price <= 0) & (slack > 0), 0.0, slack)


def _best_columns(
    instance: Instance, profits: FloatArray, price: FloatArray, site_price: FloatArray
) -> tuple[FloatArray, float]:
    """Part (0 to 1) of each column at given profits, and the bound."""
    rest = float((instance.weights - price).sum() + instance.per_site * site_price.sum())
    parts = np.zeros(profits.size)
    if np.ptp(instance.costs) == 0:
        number = int(instance.limit / instance.costs[0] + 1e-9)
        if instance.tight_sites.size or number >= profits.size:
            order = _first_of_sites(instance, np.argsort(-profits, kind="stable"))[:number]
        else:
            order = np.argpartition(-profits, number - 1)[:number] if number else np.zeros(0, dtype=np.int64)
        parts[order[profits[order] > 0]] = 1.0
    else:
        order = np.argsort(-profits / instance.costs, kind="stable")
        order = order[profits[order] > 0]
        used = np.cumsum(instance.costs[order])
        full = used <= instance.limit + 1e-9
        parts[order[full]] = 1.0
        cut = int(full.sum())
        if cut < order.size:
            spent = used[cut - 1] if cut else 0.0
            parts[order[cut]] = (instance.limit - spent) / instance.costs[order[cut]]
    return parts, rest + float(parts @ profits)


def _first_of_sites(instance: Instance, order: IntArray) -> IntArray:
    """Columns in order without those that come after `per_site` others of their site."""
    if not instance.tight_sites.size:
        return order
    sites = instance.site[order]
    by_site = np.argsort(sites, kind="stable")
    grouped = sites[by_site]
    start = np.searchsorted(grouped, grouped, side="left")
    place = np.empty(order.size, dtype=np.int64)
    place[by_site] = np.arange(order.size) - start
    return np.asarray(order[place < instance.per_site])


def _worth_keeping(instance: Instance, bound: DualBound, known: float) -> IntArray:
    """Columns that a choice better than the known one may hold: with any other the bound falls to it or below.

    With equal costs, a column outside the best ones can only come in for the last of them.
    """
    if np.ptp(instance.costs) != 0:
        return np.arange(instance.costs.size)
    order = _first_of_sites(instance, np.argsort(-bound.profits, kind="stable"))
    number = int(instance.limit / instance.costs[0] + 1e-9)
    last = max(float(bound.profits[order[min(number, order.size) - 1]]), 0.0)
    return np.flatnonzero(bound.value - (last - bound.profits) >= known * (1 - 1e-9))


def search(
    instance: Instance, chosen: IntArray, bound: DualBound, *, seconds: float, tolerance: float
) -> tuple[IntArray, float]:
    """The best choice HiGHS finds from a known one, and a proven bound. Columns that cannot matter are left out."""
    known = instance.value(chosen)
    kept = np.union1d(_worth_keeping(instance, bound, known), chosen)
    part = Instance(
        instance.sees[kept],
        instance.weights,
        instance.costs[kept],
        instance.limit,
        instance.site[kept],
        instance.per_site,
    )
    solver = _solver(part, integer=True)
    solver.setOptionValue("time_limit", float(seconds))
    solver.setOptionValue("mip_rel_gap", tolerance / 2)
    _start_from(solver, part, np.searchsorted(kept, chosen))
    solver.run()
    solution = np.asarray(solver.getSolution().col_value)
    found = kept[np.flatnonzero(solution[: kept.size] > 0.5)] if solution.size else chosen
    told = -float(solver.getInfo().mip_dual_bound)
    if not (np.isfinite(told) and told > 0):
        told = bound.value
    proven = min(bound.value, max(told, known))
    return (found if instance.value(found) > known else chosen), proven


def linear_bound(instance: Instance, *, seconds: float = 60.0) -> float:
    """The linear relaxation's value: parts of cameras allowed. Infinite where it was not solved in time."""
    solver = _solver(instance, integer=False)
    solver.setOptionValue("time_limit", float(seconds))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return float("inf")
    return -float(solver.getInfo().objective_function_value)


def _solver(instance: Instance, *, integer: bool) -> highspy.Highs:
    """Columns first, then a part (0 to 1) for each place; minimise minus the weight seen."""
    columns, places = instance.costs.size, instance.weights.size
    tight = instance.tight_sites
    to_tight = np.full(int(instance.site.max()) + 1, -1)
    to_tight[tight] = np.arange(tight.size)
    limited = np.flatnonzero(to_tight[instance.site] >= 0)
    sites = sparse.coo_array(
        (np.ones(limited.size), (to_tight[instance.site[limited]], limited)), shape=(tight.size, columns + places)
    )
    linked = sparse.hstack([-instance.sees.T, sparse.eye_array(places)])
    bought = sparse.hstack([sparse.coo_array(instance.costs[None, :]), sparse.coo_array((1, places))])
    matrix = sparse.vstack([linked, bought, sites]).tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns + places, places + 1 + tight.size
    model.col_cost_ = np.concatenate([np.zeros(columns), -instance.weights])
    model.col_lower_, model.col_upper_ = np.zeros(columns + places), np.ones(columns + places)
    model.row_lower_ = np.full(model.num_row_, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate(
        [np.zeros(places), [instance.limit + 1e-9], np.full(tight.size, float(instance.per_site))]
    )
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    if integer:
        kinds = [highspy.HighsVarType.kInteger] * columns + [highspy.HighsVarType.kContinuous] * places
        model.integrality_ = kinds
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    return solver


def _start_from(solver: highspy.Highs, instance: Instance, chosen: IntArray) -> None:
    start = highspy.HighsSolution()
    values = np.zeros(instance.costs.size + instance.weights.size)
    values[chosen] = 1.0
    values[instance.costs.size :] = instance.seen_by(chosen) > 0
    start.col_value = values.tolist()
    solver.setSolution(start)
