"""Street blocks: who faces whom, whose harm it is, and territories of whole blocks against an exact solver."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from shapely.geometry import LineString, box

from analysis.block_growth import GrowthLimits, connected_parts, grow_blocks
from analysis.blocks import block_mesh, harm_by_block, joined
from analysis.errors import EmptyInputError, ParameterError, UnprojectedCoordinatesError

SIDE, STREET = 100.0, 12.0
X0, Y0 = 650_000.0, 5_590_000.0


def town(rows, columns):
    """Square blocks of 100 m with streets of 12 m, numbered row by row from the south-west."""
    step = SIDE + STREET
    return [
        box(X0 + column * step, Y0 + row * step, X0 + column * step + SIDE, Y0 + row * step + SIDE)
        for row in range(rows)
        for column in range(columns)
    ]


def test_blocks_that_share_a_street_are_neighbours_and_corners_are_not():
    mesh = block_mesh(town(3, 3))
    assert mesh.neighbours(4).tolist() == [1, 3, 5, 7]
    assert mesh.neighbours(0).tolist() == [1, 3]


def test_half_of_every_street_belongs_to_the_block():
    mesh = block_mesh(town(3, 3))
    assert mesh.area_m2[4] == pytest.approx(SIDE**2 + 4 * SIDE * STREET / 2, rel=0.02)


def test_blocks_on_two_sides_of_a_river_are_no_neighbours():
    shapes = town(1, 2)
    river = LineString([(X0 + SIDE + STREET / 2, Y0 - 50), (X0 + SIDE + STREET / 2, Y0 + 200)]).buffer(2)
    ground = box(X0 - 50, Y0 - 50, X0 + 400, Y0 + 200).difference(river)
    assert block_mesh(shapes, ground=ground).pairs().tolist() == []
    assert block_mesh(shapes).pairs().tolist() == [[0, 1]]


def test_harm_in_a_street_goes_half_and_half_to_the_blocks_that_face_it():
    mesh = block_mesh(town(1, 2))
    harm = harm_by_block(mesh, [X0 + 50, X0 + SIDE + 5, X0 + 5000], [Y0 + 50, Y0 + 50, Y0], [7.0, 3.0, 9.0])
    assert harm.tolist() == [8.5, 1.5]


def test_no_harm_is_made_or_lost_near_blocks():
    generator = np.random.default_rng(4)
    mesh = block_mesh(town(5, 5))
    x, y = X0 + generator.uniform(0, 540, 500), Y0 + generator.uniform(0, 540, 500)
    weights = generator.uniform(0, 9, 500)
    assert harm_by_block(mesh, x, y, weights).sum() == pytest.approx(weights.sum())
    order = generator.permutation(500)
    assert harm_by_block(mesh, x[order], y[order], weights[order]) == pytest.approx(harm_by_block(mesh, x, y, weights))


def test_joined_blocks_are_one_polygon_with_the_street_between_them():
    shape = joined(block_mesh(town(1, 2)), [0, 1])
    assert shape.geom_type == "Polygon"
    assert shape.area == pytest.approx(2 * SIDE**2 + SIDE * STREET, rel=0.01)


def test_growth_takes_the_hot_blocks_and_stops():
    harm = np.full(25, 1.0)
    harm[[6, 7, 12]] = [30.0, 40.0, 20.0]
    found = grow_blocks(block_mesh(town(5, 5)), harm, candidates=range(25), limits=GrowthLimits(85.0))
    assert found.members.tolist() == [6, 7, 12]
    assert found.reached


def test_growth_never_breaks_its_limits_and_says_that_it_fell_short():
    mesh = block_mesh(town(5, 5), population=np.full(25, 100.0))
    found = grow_blocks(mesh, np.ones(25), candidates=range(25), limits=GrowthLimits(20.0, most_people=300.0))
    assert found.people <= 300.0
    assert not found.reached
    small = GrowthLimits(20.0, most_area_m2=25_000.0)
    assert grow_blocks(mesh, np.ones(25), candidates=range(25), limits=small).area_m2 <= 25_000.0
    assert grow_blocks(mesh, np.ones(25), candidates=range(25), limits=GrowthLimits(1.0, most_area_m2=10.0)) is None


@pytest.mark.parametrize("seed", range(3))
def test_growth_comes_close_to_the_exact_answer(seed):
    """HiGHS finds the connected set with the most harm per km²; greed may lose a tenth of it, no more."""
    mesh = block_mesh(town(3, 4))
    harm = np.random.default_rng(seed).gamma(0.6, 10.0, 12)
    least = 0.45 * harm.sum()
    found = grow_blocks(mesh, harm, candidates=range(12), limits=GrowthLimits(least))
    assert len(connected_parts(mesh, found.members.tolist())) == 1
    assert found.harm >= least * (1 - 1e-9)
    exact = exact_density(mesh, harm, least)
    assert 0.9 * exact <= found.harm / found.area_m2 <= exact * (1 + 1e-6)


def exact_density(mesh, harm, least):
    """Dinkelbach over a mixed-integer programme in which a flow from a chosen root reaches every chosen block."""
    ratio = 0.0
    for _ in range(20):
        chosen = max(
            (one for root in range(len(mesh)) if (one := _best_with_root(mesh, harm, least, ratio, root)) is not None),
            key=lambda one: (harm[one] - ratio * mesh.area_m2[one]).sum(),
        )
        better = harm[chosen].sum() / mesh.area_m2[chosen].sum()
        if better - ratio < 1e-12:
            break
        ratio = better
    return ratio


def _best_with_root(mesh, harm, least, ratio, root):
    count = len(mesh)
    arcs = [(a, b) for a in range(count) for b in mesh.neighbours(a).tolist()]
    gain = harm - ratio * mesh.area_m2
    size = count + len(arcs)
    rows, low, high = [np.r_[harm, np.zeros(len(arcs))]], [least], [np.inf]
    for block in range(count):
        row = np.zeros(size)
        for number, (a, b) in enumerate(arcs):
            row[count + number] = float(b == block) - float(a == block)
        row[block] = 0.0 if block == root else -1.0
        rows.append(row)
        low.append(-count if block == root else 0.0)
        high.append(0.0)
    for number, (a, _) in enumerate(arcs):
        row = np.zeros(size)
        row[count + number], row[a] = 1.0, -count
        rows.append(row)
        low.append(-np.inf)
        high.append(0.0)
    upper = np.r_[np.ones(count), np.full(len(arcs), count)]
    lower = np.zeros(size)
    lower[root] = 1.0
    answer = milp(
        -np.r_[gain, np.zeros(len(arcs))],
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.r_[np.ones(count), np.zeros(len(arcs))],
        bounds=Bounds(lower, upper),
    )
    return np.flatnonzero(answer.x[:count] > 0.5) if answer.success else None


def test_bad_blocks_are_refused():
    with pytest.raises(EmptyInputError):
        block_mesh([])
    with pytest.raises(UnprojectedCoordinatesError):
        block_mesh([box(-73.2, -39.8, -73.1, -39.7)])
    with pytest.raises(ParameterError):
        block_mesh(town(1, 2), population=[1.0, -2.0])
    with pytest.raises(ParameterError):
        GrowthLimits(-1.0)


def test_parts_hang_together():
    mesh = block_mesh(town(2, 5))
    parts = connected_parts(mesh, [0, 1, 3, 4, 9])
    assert parts == [[3, 4, 9], [0, 1]]
    for part in parts:
        links = [(a, b) for a, b in itertools.combinations(part, 2) if b in mesh.neighbours(a)]
        assert len(links) >= len(part) - 1
    assert shapely.get_num_geometries(joined(mesh, parts[0])) == 1
