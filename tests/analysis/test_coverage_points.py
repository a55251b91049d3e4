"""How many cameras see a place."""

from __future__ import annotations

import numpy as np

from analysis.camera_coverage import CameraCoverage
from analysis.coverage_points import seen_counts


def coverage(classes: list[list[int]], *, row: int = 0, column: int = 0, cell_m: float = 2.0) -> CameraCoverage:
    cells = np.array(classes, dtype=np.uint8)
    return CameraCoverage(
        first_row=row, first_column=column, cell_m=cell_m, classes=cells, unknown=np.zeros(cells.shape, dtype=bool),
        codes=("detect", "observe"), edition="2014", model="walls", terrain="exact", density="arc",
        target_height_m=0.0, eye_m=5.0,
    )  # fmt: skip


def test_place_takes_the_cell_it_lies_in() -> None:
    one = coverage([[1, 0], [0, 2]], row=5, column=-1)
    x, y = [-1.0, 0.0, 1.9, -2.0], [10.0, 12.0, 13.9, 12.0]
    assert seen_counts([one], x, y).tolist() == [1, 1, 1, 0]


def test_place_outside_every_window_is_not_seen() -> None:
    assert seen_counts([coverage([[1]])], [2.0, -0.1, 0.0], [0.0, 0.0, 2.0]).tolist() == [0, 0, 0]


def test_each_camera_counts_once_and_only_in_the_class_asked_for() -> None:
    both = [coverage([[1]]), coverage([[2]])]
    assert (seen_counts(both, [1.0], [1.0]).tolist(), seen_counts(both, [1.0], [1.0], step=2).tolist()) == ([2], [1])


def test_no_place_gives_no_count() -> None:
    assert seen_counts([coverage([[1]])], [], []).size == 0
