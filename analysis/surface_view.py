"""A viewshed of a surface model on its own cells, roofs and all: the form in which other programs answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray
from analysis.checks import require_positive
from analysis.fences import fence_around
from analysis.groundlines import Horizon
from analysis.optics import sag_per_m2
from analysis.relief import Relief
from analysis.scene import EyeOutsideTerrainError, targets_of
from analysis.sightlines import ALL_ROUND, UNKNOWN_CELL, Picture, Sight, see
from analysis.walls import walls_of


@dataclass(frozen=True, eq=False)
class SurfaceSight:
    """Cells of a surface (rows, columns), row 0 the south: seen, and those that cannot be judged."""

    visible: BoolArray
    unknown: BoolArray


def visible_surface(
    surface: Relief,
    *,
    x: float,
    y: float,
    eye_m: float,
    target_height_m: float,
    range_m: float,
    refraction: float | None = None,
) -> SurfaceSight:
    """Which cells of a surface are seen from an eye `eye_m` above the cell it stands in, targets so far above theirs.

    One exact ray per cell over straight lines between posts; the eye's and the target's own cell hide nothing.
    Cells may be oblong. Raises `EyeOutsideTerrainError`. Source: R3 of Franklin & Ray 1994.
    """
    ground = float(surface.at(x, y))
    if not np.isfinite(ground):
        raise EyeOutsideTerrainError(
            "The ground under the camera at ({x}, {y}) is not known: load terrain there or correct the point.",
            x=round(x, 1),
            y=round(y, 1),
        )
    sight = Sight(
        float(x), float(y), ground + eye_m, float(target_height_m), require_positive("range_m", range_m),
        sag_per_m2(refraction), False, False,
    )  # fmt: skip
    north = (0.0, 1.0, 0.0)
    picture = Picture(ALL_ROUND, north, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 1.0, 1.0, -1.0, -np.inf)
    mask = np.ones(surface.heights_m.shape, dtype=np.bool_)
    step = (float(surface.cell_x_m), float(surface.cell_y_m))
    targets = targets_of(mask, (surface.x0, surface.y0), step, surface.posts)
    fence = fence_around(walls_of([], []).posts, (sight.x, sight.y, sight.eye), sight.reach_m, sight.sag)
    nothing = Horizon(np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.int64), 1.0, np.inf)
    classes = np.zeros(mask.shape, dtype=np.uint8)
    see(sight, picture, targets, (surface.posts, fence, nothing), np.array([np.inf]), (0, 0), classes)
    return SurfaceSight(classes == 1, classes == UNKNOWN_CELL)
