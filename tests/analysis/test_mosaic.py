"""Sheets of terrain as one."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import EmptyInputError
from analysis.mosaic import mosaic
from analysis.relief import Relief


def sheet(x0: float, y0: float, *, cell_m: float = 1.0, side: int = 10, tilt: float = 0.0) -> Relief:
    """A plane that rises eastwards by `tilt` a metre."""
    east = x0 + (np.arange(side) + 0.5) * cell_m
    return Relief(x0, y0, cell_m, cell_m, np.tile(east * tilt, (side, 1)).astype(np.float32))


def test_sheets_side_by_side_are_one_plane() -> None:
    joined = mosaic([sheet(0, 0, tilt=0.5), sheet(10, 0, tilt=0.5)], bounds_m=(0, 0, 20, 10))
    assert joined.heights_m.shape == (10, 20)
    assert joined.heights_m[4].tolist() == pytest.approx(((np.arange(20) + 0.5) * 0.5).tolist())


def test_the_first_goes_before_the_next() -> None:
    fine, coarse = sheet(5, 5, side=4), sheet(-10, -10, cell_m=2.0, side=30, tilt=1.0)
    joined = mosaic([fine, coarse], bounds_m=(0, 0, 14, 14))
    assert joined.at(7.0, 7.0) == 0.0
    assert joined.at(2.5, 2.5) == pytest.approx(2.5, abs=1e-5)


def test_a_seam_between_sheets_takes_the_nearest_height() -> None:
    joined = mosaic([sheet(0, 0), sheet(11.4, 0)], bounds_m=(0, 0, 21, 10))
    assert np.isfinite(joined.heights_m).all()


def test_ground_that_nobody_knows_stays_unknown() -> None:
    joined = mosaic([sheet(0, 0), sheet(20, 0)], bounds_m=(0, 0, 30, 10))
    assert np.isnan(joined.heights_m[:, 12:18]).all()
    assert np.isnan(mosaic([sheet(0, 0)], bounds_m=(0, 0, 14, 10)).heights_m[:, 11:]).all()


def test_without_sheets_there_is_nothing_to_join() -> None:
    with pytest.raises(EmptyInputError):
        mosaic([], bounds_m=(0, 0, 1, 1))
