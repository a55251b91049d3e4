"""Rays over the ground: linear between the posts of every grid line crossed, blocks that the ray clears passed over.

Beyond some hundred metres a horizon may stand for the ground near the camera: of many rays all round, the steepest
slope up to each ring; a target takes the horizon of the ray nearest to it and an exact ray over the last stretch.
Source: Franklin & Ray 1994 (R3, R2).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.arrays import IntArray
from analysis.compiled import compiled, inlined
from analysis.fences import GRAZING_M, direction, pseudo_angle
from analysis.relief import BLOCK, Posts, Posts32

CLEAR, UNKNOWN, HIDDEN = 0, 1, 2  # the worse one counts
LINE = 1e-9  # posts by which a stretch is widened, so that no line is lost between two of them
RING_STEPS = 8  # posts between the rings of a horizon


class Ray(NamedTuple):
    """From the eye to a target in steps of posts, elevations in metres; `sag` is what the target's distance sinks."""

    column: float
    row: float
    elevation: float
    columns: float
    rows: float
    rise: float
    sag: float


class Horizon(NamedTuple):
    """Steepest slope up to the end of each ring (rays, rings), filled ray by ray as targets ask for it.

    `blind` is the first ring with unknown ground; −1: the ray was not walked yet. No rays: no horizon is used.
    """

    slopes: npt.NDArray[np.float32]
    blind: IntArray
    ring_m: float
    from_m: float


@inlined
def post_between(posts: Posts, column: float, row: float) -> float:
    """Height on a grid line, where one of the two is whole, or inside a cell; NaN outside and beside unknown posts."""
    rows, columns = posts.heights.shape
    if not (0.0 <= column <= columns - 1 and 0.0 <= row <= rows - 1):
        return np.nan
    left, below = min(int(column), columns - 2), min(int(row), rows - 2)
    east, north = column - left, row - below
    low = _mixed(posts.heights[below, left], posts.heights[below, left + 1], east)
    high = _mixed(posts.heights[below + 1, left], posts.heights[below + 1, left + 1], east)
    return _mixed(low, high, north)


@inlined
def _mixed(low: float, high: float, part: float) -> float:
    """A height of weight nought does not count, known or not."""
    if part == 0.0:
        return low
    return high if part == 1.0 else low * (1.0 - part) + high * part


@inlined
def _line_verdict(height: float, t: float, ray: Ray) -> int:
    if height - ray.sag * t * t > ray.elevation + t * ray.rise + GRAZING_M:
        return HIDDEN
    return UNKNOWN if math.isnan(height) else CLEAR


@inlined
def _columns_verdict(heights: Posts32, ray: Ray, begin: float, end: float) -> int:
    """Ground on the columns of posts that the ray crosses between two parts of its way."""
    one, other = ray.column + begin * ray.columns, ray.column + end * ray.columns
    verdict, last = CLEAR, heights.shape[0] - 1.0
    for column in range(math.ceil(min(one, other) - LINE), math.floor(max(one, other) + LINE) + 1):
        t = (column - ray.column) / ray.columns
        if 0.0 < t < 1.0:
            row = min(max(ray.row + t * ray.rows, 0.0), last)
            below = int(row)
            height = heights[below, column]
            if row > below:
                height = height * (1.0 - (row - below)) + heights[below + 1, column] * (row - below)
            told = _line_verdict(height, t, ray)
            if told == HIDDEN:
                return HIDDEN
            verdict = max(verdict, told)
    return verdict


@inlined
def _rows_verdict(heights: Posts32, ray: Ray, begin: float, end: float) -> int:
    """Ground on the rows of posts that the ray crosses between two parts of its way."""
    one, other = ray.row + begin * ray.rows, ray.row + end * ray.rows
    verdict, last = CLEAR, heights.shape[1] - 1.0
    for row in range(math.ceil(min(one, other) - LINE), math.floor(max(one, other) + LINE) + 1):
        t = (row - ray.row) / ray.rows
        if 0.0 < t < 1.0:
            column = min(max(ray.column + t * ray.columns, 0.0), last)
            left = int(column)
            height = heights[row, left]
            if column > left:
                height = height * (1.0 - (column - left)) + heights[row, left + 1] * (column - left)
            told = _line_verdict(height, t, ray)
            if told == HIDDEN:
                return HIDDEN
            verdict = max(verdict, told)
    return verdict


@inlined
def stretch_verdict(heights: Posts32, ray: Ray, begin: float, end: float) -> int:
    """Every grid line crossed between two parts (0 to 1) of a ray's way."""
    verdict = CLEAR
    if ray.columns != 0.0:
        verdict = _columns_verdict(heights, ray, begin, end)
    if verdict != HIDDEN and ray.rows != 0.0:
        verdict = max(verdict, _rows_verdict(heights, ray, begin, end))
    return verdict


@compiled
def ground_verdict(posts: Posts, ray: Ray, begin: float) -> int:
    """Whether ground hides the target from `begin` (0 to 1) on; blocks of posts that all lie below the ray are skipped.

    Gives CLEAR, HIDDEN, or UNKNOWN where no known ground hides it and unknown ground was crossed.
    """
    t, verdict = begin, CLEAR
    across, along = ray.columns / BLOCK, ray.rows / BLOCK
    column, row = (ray.column + t * ray.columns) / BLOCK, (ray.row + t * ray.rows) / BLOCK
    block_x, block_y = math.floor(column), math.floor(row)
    step_x, step_y = (1 if across > 0 else -1), (1 if along > 0 else -1)
    next_x = (block_x + (across > 0) - ray.column / BLOCK) / across if across != 0 else np.inf
    next_y = (block_y + (along > 0) - ray.row / BLOCK) / along if along != 0 else np.inf
    while t < 1.0:
        end = min(next_x, next_y, 1.0)
        lowest = ray.elevation + min(t * ray.rise, end * ray.rise) + ray.sag * t * t
        if posts.blocks[block_y, block_x] > lowest:
            told = stretch_verdict(posts.heights, ray, t, end)
            if told == HIDDEN:
                return HIDDEN
            verdict = max(verdict, told)
        if next_x <= next_y:
            block_x += step_x
            next_x += 1.0 / abs(across)
        else:
            block_y += step_y
            next_y += 1.0 / abs(along)
        t = end
    return verdict


@compiled
def _walk(horizon: Horizon, posts: Posts, eye: tuple[float, float, float, float], ray: int, sag: float) -> None:
    """Fill one ray of a horizon; `eye` is column, row, elevation and the reach in metres."""
    dx, dy = direction((ray + 0.5) * 4.0 / horizon.blind.size)
    rings = horizon.slopes.shape[1]
    slopes, first_blind = horizon.slopes[ray], rings
    slopes[:] = -np.inf
    for family in range(2):
        pace, size = (
            (dx / posts.step_x, posts.heights.shape[1]) if family == 0 else (dy / posts.step_y, posts.heights.shape[0])
        )
        if pace == 0.0:
            continue
        start = eye[family]
        step = 1 if pace > 0 else -1
        line = math.floor(start) + 1 if pace > 0 else math.ceil(start) - 1
        while 0 <= line < size:
            run = (line - start) / pace
            if run >= eye[3]:
                break
            height = post_between(posts, eye[0] + run * dx / posts.step_x, eye[1] + run * dy / posts.step_y)
            ring = min(int(run / horizon.ring_m), rings - 1)
            if not math.isnan(height):
                slopes[ring] = max(slopes[ring], (height - sag * run * run - eye[2]) / run)
            else:
                first_blind = min(first_blind, ring)
            line += step
    for ring in range(1, rings):
        slopes[ring] = max(slopes[ring], slopes[ring - 1])
    horizon.blind[ray] = first_blind


@compiled
def horizon_verdict(
    horizon: Horizon, posts: Posts, ray: Ray, target: tuple[float, float, float, float], reach: float
) -> int:
    """As `ground_verdict`, with the horizon of the nearest ray up to some rings before the target.

    `target` is its place relative to the eye, its distance, and the sag per square metre, in metres.
    """
    dx, dy, distance, sag = target
    near = min(int(pseudo_angle(dx, dy) * horizon.blind.size / 4.0), horizon.blind.size - 1)
    if horizon.blind[near] < 0:
        _walk(horizon, posts, (ray.column, ray.row, ray.elevation, reach), near, sag)
    ring = int(distance / horizon.ring_m) - 1
    if horizon.slopes[near, ring - 1] > ray.rise / distance:
        return HIDDEN
    told = ground_verdict(posts, ray, ring * horizon.ring_m / distance)
    return UNKNOWN if told == CLEAR and horizon.blind[near] < ring else told
