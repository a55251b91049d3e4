"""The kernel: one exact ray to each ground cell, after every cheap mask."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analysis.arrays import AnyArray, FloatArray
from analysis.compiled import compiled, inlined
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
SEEN, UNKNOWN_CELL = 254, 255  # while a row is judged; then classes take the place of SEEN


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


@inlined
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


@inlined
def _ground_at(posts: Posts, x: float, y: float) -> float:
    return post_between(posts, (x - posts.x) / posts.step_x, (y - posts.y) / posts.step_y)


@inlined
def _slant(sight: Sight, picture: Picture, dx: float, dy: float, rise: float) -> float:
    """Squared distance that sharpness falls with: slant, or depth along the axis."""
    if sight.chord:
        depth = dx * picture.forward[0] + dy * picture.forward[1] + rise * picture.forward[2]
        return depth * depth
    return dx * dx + dy * dy + rise * rise


@inlined
def _level(limits: FloatArray, slant: float) -> int:
    """The best class (squared reaches, descending) that holds at a squared slant distance within the first."""
    level = 1
    while level < limits.size and slant <= limits[level]:
        level += 1
    return level


@compiled
def _ground_leaves(
    sight: Sight, posts: Posts, horizon: Horizon, row: Row, count: int, dy: float, told: AnyArray
) -> None:  # fmt: skip
    """Mark in `told` the columns that the ground does not hide, with UNKNOWN_CELL where that is not known."""
    column, line = (sight.x - posts.x) / posts.step_x, (sight.y - posts.y) / posts.step_y
    for at in range(count):
        dx, distance = row.dx[at], row.distance[at]
        rise, sag = row.slope[at] * distance, sight.sag * distance * distance
        ray = Ray(column, line, sight.eye, dx / posts.step_x, dy / posts.step_y, rise, sag)
        if sight.plain:
            verdict = stretch_verdict(posts.heights, ray, 0.0, 1.0)
        elif horizon.blind.size > 0 and distance > horizon.from_m:
            verdict = horizon_verdict(horizon, posts, ray, (dx, dy, distance, sight.sag), sight.reach_m)
        else:
            verdict = ground_verdict(posts, ray, 0.0)
        if verdict != HIDDEN:
            told[row.column[at]] = UNKNOWN_CELL if verdict == UNKNOWN else SEEN


@compiled
def _judge_row(
    sight: Sight, picture: Picture, world: tuple[Posts, Fence, Horizon], limits: FloatArray,
    row: Row, count: int, dy: float, told: AnyArray,
) -> None:  # fmt: skip
    """Walls first, for most rays end there; then the ground; then the class of what is seen."""
    posts, fence, horizon = world
    count = walls_leave(fence, row, count, dy, (sight.eye, sight.sag))
    if posts.heights.shape[0] > 0:
        _ground_leaves(sight, posts, horizon, row, count, dy, told)
    else:
        for at in range(count):
            told[row.column[at]] = SEEN
    for at in range(count):
        if told[row.column[at]] == SEEN:
            rise = row.slope[at] * row.distance[at]
            told[row.column[at]] = _level(limits, _slant(sight, picture, row.dx[at], dy, rise))


@compiled
def _new_row(columns: int) -> Row:
    return Row(np.empty(columns), np.empty(columns), np.empty(columns), np.empty(columns, dtype=np.int64))


@inlined
def _place(sight: Sight, picture: Picture, weakest: float, rise: float, place: tuple[float, float, float, bool]) -> int:
    """Whether a place is worth a ray: SEEN if so, 0 outside the picture and the weakest class, else UNKNOWN_CELL."""
    dx, dy, distance, own = place
    if math.isnan(rise):
        return UNKNOWN_CELL if own or _in_picture(picture, dx, dy, 0.0, distance) else 0
    if not (own or _in_picture(picture, dx, dy, rise, distance)):
        return 0
    return SEEN if _slant(sight, picture, dx, dy, rise) <= weakest else 0


@compiled
def _enter_row(
    sight: Sight, picture: Picture, targets: Targets, posts: Posts, limits: FloatArray,
    cell: tuple[int, int, int, int], row: Row, told: AnyArray,
) -> int:  # fmt: skip
    """Enter the places of one row that pass every mask; what needs no ray is written at once. Gives their number.

    `cell` is the grid row, the window's first column, and the first and last column of the window to look at.
    """
    line, left, first, last = cell
    y = targets.y + line * targets.step_y
    dy, count = y - sight.y, 0
    near_row, half, weakest = abs(dy) <= targets.step_y / 2, targets.step_x / 2, limits[0]
    mask, flat, same = targets.mask[line], posts.heights.shape[0] == 0, targets.post_row >= 0
    heights = posts.heights[targets.post_row + line, targets.post_column :] if same else posts.heights[0:1].ravel()
    for column in range(first, last + 1):
        if not mask[left + column]:
            continue
        dx = targets.x + (left + column) * targets.step_x - sight.x
        square = dx * dx + dy * dy
        if same:
            ground = heights[left + column] * 1.0
        elif flat:
            ground = 0.0
        else:
            ground = _ground_at(posts, dx + sight.x, y)
        rise, distance = ground + sight.target_m - sight.sag * square - sight.eye, math.sqrt(square)
        own = near_row and abs(dx) <= half
        found = _place(sight, picture, weakest, rise, (dx, dy, distance, own))
        if found == SEEN and not own:
            row.dx[count], row.distance[count], row.slope[count], row.column[count] = (
                dx,
                distance,
                rise / distance,
                column,
            )
            count += 1
        elif found != 0:
            told[column] = _level(limits, _slant(sight, picture, dx, dy, rise)) if own and found == SEEN else found
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
            _judge_row(sight, picture, world, limits, buffer, count, dy, classes[row])


@compiled
def sees_places(
    sight: Sight, picture: Picture, world: tuple[Posts, Fence, Horizon], limits: FloatArray, places: FloatArray
) -> AnyArray:
    """Class of each of some places (n, 2), which need not lie on a grid."""
    posts = world[0]
    told, row = np.zeros(places.shape[0], dtype=np.uint8), _new_row(1)
    for one in range(places.shape[0]):
        dx, dy = places[one, 0] - sight.x, places[one, 1] - sight.y
        square = dx * dx + dy * dy
        if square > sight.reach_m * sight.reach_m:
            continue
        ground = 0.0 if posts.heights.shape[0] == 0 else _ground_at(posts, places[one, 0], places[one, 1])
        rise, distance = ground + sight.target_m - sight.sag * square - sight.eye, math.sqrt(square)
        found = _place(sight, picture, limits[0], rise, (dx, dy, distance, square == 0.0))
        if found == SEEN and square > 0.0:
            row.dx[0], row.distance[0], row.slope[0], row.column[0] = dx, distance, rise / distance, one
            _judge_row(sight, picture, world, limits, row, 1, dy, told)
        elif found != 0:
            told[one] = _level(limits, _slant(sight, picture, dx, dy, rise)) if found == SEEN else found
    return told
