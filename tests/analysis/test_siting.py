"""The choice of sites: against brute force and bounds, within budgets and site limits, on walls that hide."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from scipy import sparse

from analysis.errors import EmptyInputError, ParameterError
from analysis.grid import Grid
from analysis.scene import Scene
from analysis.siting import (
    Device,
    SitingProblem,
    corner_sites,
    demand_cells,
    demand_points,
    facade_sites,
    grid_sites,
    merged,
    sight_matrix,
    thinned_sites,
)
from analysis.siting_bounds import Instance, dual_bound, linear_bound
from analysis.siting_choice import choose_sites, greedy_curve
from analysis.walls import walls_of

X, Y = 5000.0, 7000.0
DOME = Device("ptz", 3.0, 8.0, 60.0, 10.0, pixels_across=9000)
FIXED = Device("fixed", 1.0, 5.0, 40.0, 90.0, azimuths=8, pixels_across=9000)


def random_problem(seed, sites=6, each=2, places=40, density=0.18):
    generator = np.random.default_rng(seed)
    columns = sites * each
    sees = sparse.csr_array((generator.random((columns, places)) < density).astype(float))
    return SitingProblem(
        sites_x=np.zeros(sites),
        sites_y=np.zeros(sites),
        devices=(DOME, FIXED),
        site=np.repeat(np.arange(sites), each),
        device=np.tile(np.arange(each) % 2, sites),
        azimuth_deg=np.zeros(columns),
        costs=np.tile(np.array([3.0, 1.0])[np.arange(each) % 2], sites),
        sees=sees,
        weights=generator.gamma(1.0, size=places),
        already=0.0,
        refused={},
    )


def brute_force(problem, *, cameras=None, budget=None, per_site=1):
    best = 0.0
    matrix = problem.sees.toarray() > 0
    for size in range(1, problem.columns + 1 if cameras is None else cameras + 1):
        for chosen in combinations(range(problem.columns), size):
            pick = list(chosen)
            if np.bincount(problem.site[pick]).max() > per_site:
                continue
            if budget is not None and problem.costs[pick].sum() > budget:
                continue
            best = max(best, problem.weights[matrix[pick].any(axis=0)].sum())
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("per_site", [1, 2])
def test_a_number_of_cameras_is_chosen_as_brute_force_would(seed, per_site):
    problem = random_problem(seed)
    plan = choose_sites(problem, cameras=3, per_site=per_site)
    assert plan.proven
    assert plan.total == pytest.approx(brute_force(problem, cameras=3, per_site=per_site))
    assert np.bincount(problem.site[plan.chosen]).max() <= per_site


@pytest.mark.parametrize("seed", range(4))
def test_a_budget_is_spent_as_brute_force_would(seed):
    problem = random_problem(seed, sites=5)
    plan = choose_sites(problem, budget=5.0, per_site=1)
    assert plan.proven
    assert plan.total == pytest.approx(brute_force(problem, budget=5.0))
    assert plan.cost <= 5.0


def test_greedy_lies_below_the_choice_and_the_choice_below_every_bound():
    for seed in range(2):
        problem = random_problem(seed, sites=60, each=1, places=300, density=0.05)
        plan = choose_sites(problem, cameras=8)
        instance = Instance(*merged(problem), np.ones(60), 8.0, problem.site, 1)
        linear = linear_bound(instance)
        dual = dual_bound(instance, plan.chosen, seconds=5).value
        assert plan.greedy_total <= plan.total + 1e-9
        assert plan.total <= plan.bound + 1e-9
        assert plan.bound <= linear + 1e-6 <= dual + 1e-5
        assert dual == pytest.approx(linear, rel=0.01)


def test_merging_places_changes_no_value():
    problem = random_problem(3, places=200, density=0.1)
    sees, weights = merged(problem)
    assert weights.size < 200
    for chosen in ([0, 4], [1, 2, 7], list(range(12))):
        whole = problem.weights[(problem.sees.toarray()[chosen] > 0).any(axis=0)].sum()
        assert weights[(sees.toarray()[chosen] > 0).any(axis=0)].sum() == pytest.approx(whole)


def test_at_once_there_is_a_choice_with_a_gap():
    plan = choose_sites(random_problem(1, sites=100, each=1, places=500, density=0.03), cameras=10, seconds=0)
    assert 0 <= plan.gap_ratio < 0.05
    assert plan.curve[-1] == pytest.approx(plan.total)
    assert (np.diff(plan.marginal) <= 1e-9).all()


def test_the_curve_rises_ever_slower():
    curve = greedy_curve(random_problem(1, sites=30, each=1), most=12)
    assert curve[0] == 0
    assert (np.diff(curve) >= 0).all()
    assert (np.diff(curve, 2) <= 1e-9).all()


@pytest.mark.parametrize("asked", [{}, {"cameras": 2, "budget": 3.0}, {"cameras": 0}, {"budget": -1.0}])
def test_either_a_number_or_a_budget_is_asked_for(asked):
    with pytest.raises(ParameterError):
        choose_sites(random_problem(1), **asked)


# --- the matrix -------------------------------------------------------------------------------------------


def square():
    """Open ground of 200 m with one long house across its middle."""
    mask = np.ones((200, 200), dtype=bool)
    house = shapely.box(X + 20, Y + 95, X + 180, Y + 105)
    mask[95:105, 20:180] = False
    return Scene(Grid(X, Y, 1.0, 200, 200, mask), walls_of([house], [9.0]))


def test_a_site_sees_demand_on_its_side_of_the_house_alone():
    demand = demand_points(X + np.array([100.0, 100.0]), Y + np.array([60.0, 140.0]), [1.0, 2.0])
    problem = sight_matrix(np.array([[X + 100, Y + 80], [X + 100, Y + 120]]), [DOME], demand, square())
    assert problem.sees.toarray().tolist() == [[1, 0], [0, 1]]
    assert choose_sites(problem, cameras=1).chosen.tolist() == [1]


def test_a_fixed_camera_sees_its_heading_alone():
    demand = demand_points([X + 130.0], [Y + 50.0])
    problem = sight_matrix(np.array([[X + 100, Y + 50]]), [FIXED], demand, square())
    assert problem.azimuth_deg.tolist() == [45, 90, 135]
    assert problem.costs.tolist() == [1, 1, 1]


def test_a_site_inside_a_house_is_told_and_has_no_column():
    demand = demand_points([X + 100.0], [Y + 60.0])
    sites = np.array([[X + 100, Y + 100], [X + 100, Y + 80]])
    problem = sight_matrix(sites, [DOME], demand, square())
    assert list(problem.refused) == [0]
    assert problem.site.tolist() == [1]


def test_threads_change_nothing():
    scene = square()
    weights = np.random.default_rng(2).random((200, 200))
    demand = demand_cells(np.where(weights > 0.97, weights, 0), scene.grid)
    sites = grid_sites(shapely.box(X + 10, Y + 10, X + 190, Y + 190), spacing_m=30)
    one, two = (sight_matrix(sites, [DOME, FIXED], demand, scene, threads=n) for n in (1, 2))
    assert (one.sees != two.sees).nnz == 0
    assert one.site.tolist() == two.site.tolist()


def test_what_existing_cameras_see_is_no_demand():
    covered = np.array([True, False, False])
    demand = demand_points(X + np.arange(3.0), Y + np.arange(3.0), [5.0, 1.0, 2.0], covered=covered)
    assert demand.already == 5.0
    assert demand.weights.tolist() == [1.0, 2.0]


def test_demand_that_is_covered_whole_is_refused():
    with pytest.raises(EmptyInputError, match="Nothing is left"):
        demand_points([X], [Y], covered=np.array([True]))


def test_no_site_in_sight_of_the_demand_is_refused():
    demand = demand_points([X + 190.0], [Y + 190.0])
    with pytest.raises(EmptyInputError, match="sees any"):
        sight_matrix(np.array([[X + 10, Y + 10]]), [DOME], demand, square())


# --- sites ------------------------------------------------------------------------------------------------


def test_corners_are_where_three_ends_meet():
    streets = [shapely.LineString([(X, Y), (X + 100, Y)]), shapely.LineString([(X + 50, Y - 50), (X + 50, Y + 50)]),
               shapely.LineString([(X + 100, Y), (X + 200, Y)])]  # fmt: skip
    assert corner_sites(streets).tolist() == [[X + 50, Y]]


def test_facade_sites_stand_outside_every_house():
    houses = [shapely.box(X, Y, X + 20, Y + 10), shapely.box(X + 20, Y, X + 40, Y + 10)]
    sites = facade_sites(houses, spacing_m=5)
    assert len(sites) > 10
    away = shapely.distance(shapely.points(sites), shapely.union_all(houses))
    assert away.min() == pytest.approx(0.3, abs=1e-6)


def test_thinned_sites_keep_their_distance():
    places = np.random.default_rng(1).uniform(0, 100, (300, 2))
    kept = thinned_sites(places, apart_m=10)
    gaps = np.hypot(*(kept[:, None] - kept[None]).T) + np.eye(len(kept)) * 99
    assert gaps.min() >= 10
    assert kept[0].tolist() == places[0].tolist()
