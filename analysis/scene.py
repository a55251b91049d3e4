"""What a camera looks at: public space on a grid, walls, bare earth; or one surface that holds all of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.camera_view import CameraView
from analysis.errors import ParameterError
from analysis.grid import Grid
from analysis.relief import Posts, Relief
from analysis.viewshed import EyeInsideBuildingError
from analysis.walls import WallPosts, Walls, walls_of

FLAT, ON_TERRAIN, SURFACE = "walls", "walls+dtm", "dsm"
GROUND_SEARCH_M = 3.0
ALIGNED = 1e-9


class EyeOutsideTerrainError(ParameterError):
    """The ground under the camera is not known."""


class Targets(NamedTuple):
    """What kernels read of a grid: which cells count (rows, columns), the centre of the first, steps.

    Where the cells are the posts of the terrain, `post_row` and `post_column` are the first cell's; else −1.
    """

    mask: npt.NDArray[np.bool_]
    x: float
    y: float
    step_x: float
    step_y: float
    post_row: int
    post_column: int


@dataclass(frozen=True, eq=False)
class Scene:
    """The world of a computation; everything in metres of one projected system, elevations in one datum.

    `grid.mask` is public space, the only ground that is judged; its corner lies on whole cells (`study_grid`), so that
    windows of different scenes add up. `walls` and `terrain` (bare earth) are the exact model; without terrain the
    ground is flat at 0. `surface` is a surface model, roofs and all: it takes the place of both, and results say so.
    """

    grid: Grid
    walls: Walls | None = None
    terrain: Relief | None = None
    surface: Relief | None = None

    def __post_init__(self) -> None:
        if self.surface is not None and self.walls is not None:
            raise ParameterError("A surface model holds the buildings already: give walls or a surface, not both.")

    @property
    def model(self) -> str:
        """`walls+dtm`, `walls` on flat ground, or `dsm`."""
        if self.surface is not None:
            return SURFACE
        return FLAT if self.terrain is None else ON_TERRAIN

    @property
    def ground(self) -> Relief | None:
        """What rays run over."""
        return self.terrain if self.surface is None else self.surface

    @cached_property
    def posts(self) -> Posts:
        """The ground as kernels read it."""
        nothing = np.zeros((0, 0), dtype=np.float32)
        return Posts(nothing, nothing, 0.0, 0.0, 1.0, 1.0) if self.ground is None else self.ground.posts

    @cached_property
    def wall_posts(self) -> WallPosts:
        """The walls as kernels read them."""
        return (self.walls or walls_of([], [])).posts

    @cached_property
    def targets(self) -> Targets:
        """The cells as kernels read them."""
        grid = self.grid
        return targets_of(grid.mask, (grid.x0, grid.y0), (grid.cell_m, grid.cell_m), self.posts)

    def eye_of(self, view: CameraView) -> tuple[float, float, float]:
        """Place and elevation of a camera's eye.

        On a surface model without terrain the ground is the lowest surface within 3 m: never a roof a camera hangs on.
        Raises `EyeOutsideTerrainError` and `EyeInsideBuildingError`.
        """
        ground = self.ground_under(view.x, view.y)
        eye = ground + view.height_m if view.elevation_m is None else view.elevation_m
        if not np.isfinite(ground):
            raise EyeOutsideTerrainError(
                "The ground under the camera at ({x}, {y}) is not known: load terrain there or correct the point.",
                x=round(view.x, 1),
                y=round(view.y, 1),
            )
        if self.walls is not None and eye <= self.walls.roof_over(view.x, view.y):
            raise EyeInsideBuildingError(
                "The camera at ({x}, {y}) stands inside a building below its roof.",
                x=round(view.x, 1),
                y=round(view.y, 1),
            )
        return view.x, view.y, float(eye)

    def ground_under(self, x: float, y: float) -> float:
        """Elevation of the ground at a place, NaN where it is not known."""
        if self.terrain is not None:
            return float(self.terrain.at(x, y))
        if self.surface is None:
            return 0.0
        offset = np.linspace(-GROUND_SEARCH_M, GROUND_SEARCH_M, 13)
        xs, ys = np.meshgrid(x + offset, y + offset)
        near = self.surface.at(xs, ys)
        here = np.isfinite(self.surface.at(x, y))
        return float(np.nanmin(near)) if here else float("nan")


def targets_of(
    mask: npt.NDArray[np.bool_], corner: tuple[float, float], step: tuple[float, float], posts: Posts
) -> Targets:
    """Cells of any step from a corner; tells whether they are the posts of the ground."""
    x, y = corner[0] + step[0] / 2, corner[1] + step[1] / 2
    column, row = (x - posts.x) / posts.step_x, (y - posts.y) / posts.step_y
    same = (
        posts.heights.size > 0
        and step == (posts.step_x, posts.step_y)
        and abs(column - round(column)) < ALIGNED
        and abs(row - round(row)) < ALIGNED
        and 0 <= round(row) <= posts.heights.shape[0] - mask.shape[0]
        and 0 <= round(column) <= posts.heights.shape[1] - mask.shape[1]
    )
    found = (round(row), round(column)) if same else (-1, -1)
    return Targets(np.ascontiguousarray(mask), float(x), float(y), float(step[0]), float(step[1]), *found)
