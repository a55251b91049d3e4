"""The kernel: one exact ray to each ground cell, after every cheap mask."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analysis.arrays import AnyArray, FloatArray
from analysis.compiled import compiled
from analysis.fences import Fence, Row, walls_leave
from analysis.groundlines import (
    HIDDEN,
    UNKNOWN,
    Horizon,
    Ray,
    ground_verdict,
    horizon_verdict,
    post_between,
    stretch_verdict,
)
from analysis.relief import Posts
from analysis.scene import Targets

ALL_ROUND, WEDGE, FRUSTUM = 0, 1, 2
ROUND = 1e-9
UNKNOWN_CELL = 255


class Picture(NamedTuple):
    """What a camera's picture holds. `forward`, `right` and `up` are its axes (x, y, z); `across` and `down` the
    tangents of half its openings; `half_cos` the cosine of half its sector; slopes below `steepest` are out of it.
    """

    shape: int
    forward: tuple[float, float, float]
    right: tuple[float, float, float]
    up: tuple[float, float, float]
    across: float
    down: float
    half_cos: float
    steepest: float


class Sight(NamedTuple):
    """An eye and its rules: place, elevation, height of targets, plan reach, sag per square metre, whether sharpness
    goes by depth along the axis (`chord`), whether blocks of posts may be passed over (`plain`: never).
    """

    x: float
    y: float
    eye: float
    target_m: float
    reach_m: float
    sag: float
    chord: bool
    plain: bool


@compiled
def _in_picture(picture: Picture, dx: float, dy: float, dz: float, distance: float) -> bool:
    if dz < picture.steepest * distance:
        return False
    if picture.shape == ALL_ROUND:
        return True
    if picture.shape == WEDGE:
        ahead = dx * picture.right[1] * -1.0 + dy * picture.right[0]
        return ahead >= distance * picture.half_cos - ROUND
    forward, right, up = picture.forward, picture.right, picture.up
    depth = dx * forward[0] + dy * forward[1] + dz * forward[2]
    aside = abs(dx * right[0] + dy * right[1])
    above = abs(dx * up[0] + dy * up[1] + dz * up[2])
    return depth > 0 and aside <= depth * picture.across + ROUND and above <= depth * picture.down + ROUND


@compiled
def _ground_at(posts: Posts, x: float, y: float) -> float:
    return post_between(posts, (x - posts.x) / posts.step_x, (y - posts.y) / posts.step_y)


@compiled
def _level(limits: FloatArray, slant: float) -> int:
    """How many classes (their squared reaches, descending) hold at a squared slant distance."""
    level = 0
    for limit in limits:
        if slant > limit:
            break
        level += 1
    return level


@compiled
def _ground_leaves(sight: Sight, posts: Posts, horizon: Horizon, row: Row, count: int, classes: AnyArray) -> None:
    """Write the class of each place of a row that the ground does not hide, UNKNOWN_CELL where that is not known."""
    column, line = (sight.x - posts.x) / posts.step_x, (sight.y - posts.y) / posts.step_y
    for at in range(count):
        dx, dy, distance = row.dx[at], row.dy[at], row.distance[at]
        rise, sag = row.slope[at] * distance, sight.sag * distance * distance
        ray = Ray(column, line, sight.eye, dx / posts.step_x, dy / posts.step_y, rise, sag)
        if sight.plain:
            told = stretch_verdict(posts.heights, ray, 0.0, 1.0)
        elif horizon.blind.size > 0 and distance > horizon.from_m:
            told = horizon_verdict(horizon, posts, ray, (dx, dy, distance, sight.sag), sight.reach_m)
        else:
            told = ground_verdict(posts, ray, 0.0)
        if told != HIDDEN:
            classes[row.column[at]] = UNKNOWN_CELL if told == UNKNOWN else row.level[at]


@compiled
def _judge_row(sight: Sight, world: tuple[Posts, Fence, Horizon], row: Row, count: int, classes: AnyArray) -> None:
    """Walls first, for most rays end there; then the ground."""
    posts, fence, horizon = world
    count = walls_leave(fence, row, count, sight.eye, sight.sag)
    if posts.heights.shape[0] > 0:
        _ground_leaves(sight, posts, horizon, row, count, classes)
        return
    for at in range(count):
        classes[row.column[at]] = row.level[at]


@compiled
def _place(
    sight: Sight, picture: Picture, limits: FloatArray, ground: float, place: tuple[float, float, bool]
) -> tuple[int, float, float]:
    """Class that a place would have if nothing stood before it, its distance, and the slope down to it.

    UNKNOWN_CELL where its ground is not known; 0 outside the picture and where no class is reached.
    """
    dx, dy, own = place
    square = dx * dx + dy * dy
    distance = math.sqrt(square)
    if square > sight.reach_m * sight.reach_m:
        return 0, distance, 0.0
    rise = ground + sight.target_m - sight.sag * square - sight.eye
    if math.isnan(rise):
        known = own or _in_picture(picture, dx, dy, 0.0, distance)
        return (UNKNOWN_CELL if known else 0), distance, 0.0
    if not (own or _in_picture(picture, dx, dy, rise, distance)):
        return 0, distance, 0.0
    slant = square + rise * rise
    if sight.chord:
        depth = dx * picture.forward[0] + dy * picture.forward[1] + rise * picture.forward[2]
        slant = depth * depth
    return _level(limits, slant), distance, (rise / distance if distance > 0 else 0.0)


@compiled
def _new_row(columns: int) -> Row:
    return Row(
        np.empty(columns), np.empty(columns), np.empty(columns), np.empty(columns),
        np.empty(columns, dtype=np.int64), np.empty(columns, dtype=np.int64),
    )  # fmt: skip


@compiled
def _enter_row(
    sight: Sight, picture: Picture, targets: Targets, posts: Posts, limits: FloatArray,
    cell: tuple[int, int, int, int], row: Row, classes: AnyArray,
) -> int:  # fmt: skip
    """Enter the places of one row that pass every mask; what needs no ray is written at once. Gives their number.

    `cell` is the grid row, the window's first column, and the first and last column of the window to look at.
    """
    line, left, first, last = cell
    dy = targets.y + line * targets.step_y - sight.y
    count = 0
    for column in range(first, last + 1):
        if not targets.mask[line, left + column]:
            continue
        dx = targets.x + (left + column) * targets.step_x - sight.x
        own = abs(dx) <= targets.step_x / 2 and abs(dy) <= targets.step_y / 2
        if posts.heights.shape[0] == 0:
            ground = 0.0
        elif targets.post_row >= 0:
            ground = posts.heights[targets.post_row + line, targets.post_column + left + column] * 1.0
        else:
            ground = _ground_at(posts, targets.x + (left + column) * targets.step_x, targets.y + line * targets.step_y)
        level, distance, slope = _place(sight, picture, limits, ground, (dx, dy, own))
        if level == 0:
            continue
        if own or level == UNKNOWN_CELL:
            classes[column] = level
            continue
        row.dx[count], row.dy[count], row.distance[count], row.slope[count] = dx, dy, distance, slope
        row.column[count], row.level[count] = column, level
        count += 1
    return count


@compiled
def see(
    sight: Sight, picture: Picture, targets: Targets, world: tuple[Posts, Fence, Horizon], limits: FloatArray,
    window: tuple[int, int], classes: AnyArray,
) -> None:  # fmt: skip
    """Judge every cell of a window (its first row and column on the grid) into `classes`, which holds zeros."""
    first_row, left = window
    rows, columns = classes.shape
    buffer = _new_row(columns)
    middle = (sight.x - targets.x) / targets.step_x - left
    for row in range(rows):
        dy = targets.y + (first_row + row) * targets.step_y - sight.y
        square = sight.reach_m * sight.reach_m - dy * dy
        if square < 0:
            continue
        half = math.sqrt(square) / targets.step_x
        first, last = max(math.ceil(middle - half - ROUND), 0), min(int(middle + half + ROUND), columns - 1)
        cell = (first_row + row, left, first, last)
        count = _enter_row(sight, picture, targets, world[0], limits, cell, buffer, classes[row])
        if count > 0:
            _judge_row(sight, world, buffer, count, classes[row])


@compiled
def sees_places(
    sight: Sight, picture: Picture, world: tuple[Posts, Fence, Horizon], limits: FloatArray, places: FloatArray
) -> AnyArray:
    """Class of each of some places (n, 2), which need not lie on a grid."""
    posts = world[0]
    told, row, count = np.zeros(places.shape[0], dtype=np.uint8), _new_row(places.shape[0]), 0
    for one in range(places.shape[0]):
        dx, dy = places[one, 0] - sight.x, places[one, 1] - sight.y
        ground = 0.0 if posts.heights.shape[0] == 0 else _ground_at(posts, places[one, 0], places[one, 1])
        own = dx == 0.0 and dy == 0.0
        level, distance, slope = _place(sight, picture, limits, ground, (dx, dy, own))
        if own or level == UNKNOWN_CELL:
            told[one] = level
        elif level > 0:
            row.dx[count], row.dy[count], row.distance[count], row.slope[count] = dx, dy, distance, slope
            row.column[count], row.level[count] = one, level
            count += 1
    _judge_row(sight, world, row, count, told)
    return told
