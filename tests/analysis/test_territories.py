from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import box

from analysis.clustering import dbscan_clusters
from analysis.evidence import Evidence
from analysis.grid import study_grid
from analysis.territories import Incidents, Outline, cluster_outlines, territories

AREA = box(1000, 1000, 2000, 2000)
OUTLINE = Outline(minimum_area_m2=5000, minimum_width_m=50, minimum_incidents=1)


def flat_evidence(grid):
    ones, zeros = np.ones(grid.shape), np.zeros(grid.shape)
    return Evidence(ones, ones, ones, ones, ones, ones, zeros.astype(int), grid.mask, {})


def outlines(cells, *, area=AREA, outline=OUTLINE):
    """Territories of the cells (row, column: label) of a 50 m grid that holds one incident in every cell."""
    grid = study_grid(AREA, cell_m=50)
    labels = np.zeros(grid.shape, dtype=np.int64)
    for (row, column), label in cells.items():
        labels[row, column] = label
    xs, ys = (axis.ravel() for axis in np.meshgrid(*grid.centres()))
    incidents = Incidents(xs, ys, np.ones(xs.size))
    return territories(labels, grid=grid, area=area, incidents=incidents, evidence=flat_evidence(grid), outline=outline)


def block(rows, columns, label=1):
    return {(row, column): label for row in rows for column in columns}


def test_a_square_of_cells_is_a_rounded_square():
    row = outlines(block(range(4, 8), range(4, 8))).iloc[0]
    assert row.n == 16
    assert 0.95 * 200 * 200 < row.area_m2 <= 200 * 200
    assert row.expected == pytest.approx(row.area_m2 / 2500)


def test_a_hole_is_filled():
    ring = block(range(4, 9), range(4, 9))
    del ring[6, 6]
    assert not outlines(ring).geometry.iloc[0].interiors


def test_a_hole_of_the_study_area_is_not_filled():
    lake = AREA.difference(box(1300, 1300, 1350, 1350))
    shape = outlines(block(range(4, 9), range(4, 9)), area=lake).geometry.iloc[0]
    assert shape.intersection(box(1300, 1300, 1350, 1350)).area == 0


def test_a_river_parts_a_territory():
    river = AREA.difference(box(1290, 1000, 1310, 2000))
    assert len(outlines(block(range(4, 8), range(2, 10)), area=river)) == 2


def test_what_is_too_small_or_too_empty_is_left_out():
    assert outlines(block([4], [4])).empty
    assert outlines(block(range(4, 8), range(4, 8)), outline=Outline(5000, 50, 17)).empty


def test_two_labels_are_two_territories():
    found = outlines(block(range(2, 5), range(2, 5)) | block(range(10, 14), range(10, 14), label=2))
    assert sorted(found.n) == [9, 16]


def test_no_hot_cell_gives_an_empty_frame_with_its_columns():
    found = outlines({})
    assert found.empty
    assert {"geometry", "n", "expected", "ratio", "per_km2", "area_m2", "q"} <= set(found.columns)


def test_clusters_of_points_become_polygons_in_the_area():
    generator = np.random.default_rng(1)
    points = np.vstack([generator.normal(1300, 30, (80, 2)), generator.normal(1980, 30, (60, 2))])
    clusters = dbscan_clusters(points[:, 0], points[:, 1], radius_m=40, minimum=8)
    found = cluster_outlines(clusters.labels, points[:, 0], points[:, 1], area=AREA, outline=OUTLINE)
    assert found.label.tolist() == [0, 1]
    assert found.n.iloc[0] > 60
    assert found.geometry.within(AREA.buffer(1e-6)).all()


def test_a_cluster_on_one_street_is_wide_enough_to_walk():
    x = np.linspace(1200, 1500, 60)
    found = cluster_outlines(np.zeros(60, dtype=int), x, np.full(60, 1500.0), area=AREA, outline=OUTLINE)
    assert found.area_m2.iloc[0] == pytest.approx(300 * 55 + np.pi * 27.5**2, rel=0.03)
