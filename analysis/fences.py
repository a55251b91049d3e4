"""Walls around one eye, sorted into narrow sectors, so that a ray meets few of them and most rays end at a glance.

Sectors are cut by a pseudo-angle that needs no trigonometry: x / (|x| + |y|), which grows with the angle all round.
A wall that crosses a whole sector hides, beyond it, every target that lies lower than the wall's lowest line of sight:
such a *curtain* settles most targets by one comparison. Shortcuts are exact: what is close is left to the exact ray.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analysis.arrays import AnyArray, FloatArray, IntArray
from analysis.compiled import compiled, inlined
from analysis.walls import BUCKET_M, WallPosts

SECTORS = 2048
PER_SECTOR = 4.0 / SECTORS
EDGE = (
    1e-9  # pseudo-angle by which a wall is widened into the next sector, or shortened before it counts as crossing one
)
CLOSE = 1e-7  # slope within which no shortcut decides
AT_THE_EYE_M = 1e-6
GRAZING_M = 1e-9
INSIDE_SECTOR = 1.0 - 1e-5  # a straight wall comes nearer inside a sector than at its edges, by less than this


class Fence(NamedTuple):
    """Walls near an eye. `walls` (n, 5) relative to it; per sector a run of entries from `start`, `size` long, nearest
    first: the wall, the least distance at which it stands, distances and slopes within the sector, whether it crosses
    the sector whole; per sector the steepest curtain.
    """

    walls: FloatArray
    start: IntArray
    size: IntArray
    entry_wall: IntArray
    entry: FloatArray
    curtain: FloatArray


class Row(NamedTuple):
    """Places of one row still to be judged: easting from the eye, distance, slope from the eye, column."""

    dx: FloatArray
    distance: FloatArray
    slope: FloatArray
    column: IntArray


NEAREST, FAR, LOW, HIGH, CROSSES = 0, 1, 2, 3, 4


@inlined
def pseudo_angle(dx: float, dy: float) -> float:
    """0 to 4, counter-clockwise from east."""
    part = dx / (abs(dx) + abs(dy))
    return 1.0 - part if dy >= 0 else 3.0 + part


@compiled
def direction(angle: float) -> tuple[float, float]:
    """Unit vector of a pseudo-angle."""
    turn = angle % 4.0
    dx = 1.0 - turn if turn <= 2.0 else turn - 3.0
    dy = 1.0 - abs(dx) if turn <= 2.0 else abs(dx) - 1.0
    length = math.sqrt(dx * dx + dy * dy)
    return dx / length, dy / length


@compiled
def _distance(ax: float, ay: float, bx: float, by: float) -> float:
    """From the origin to a segment."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    part = min(max(-(ax * dx + ay * dy) / length, 0.0), 1.0) if length > 0 else 0.0
    px, py = ax + part * dx, ay + part * dy
    return math.sqrt(px * px + py * py)


@compiled
def _near_walls(posts: WallPosts, x: float, y: float, reach: float) -> tuple[FloatArray, FloatArray]:
    """Walls within reach, relative to the eye, and the distance of each."""
    span = reach + posts.margin
    first_row = max(math.floor((y - span - posts.y) / BUCKET_M), 0)
    last_row = min(math.floor((y + span - posts.y) / BUCKET_M), posts.rows - 1)
    first = max(math.floor((x - span - posts.x) / BUCKET_M), 0)
    last = min(math.floor((x + span - posts.x) / BUCKET_M), posts.columns - 1)
    most = 0
    for row in range(first_row, last_row + 1):
        if first <= last:
            most += posts.offsets[row * posts.columns + last + 1] - posts.offsets[row * posts.columns + first]
    walls, near, count = np.empty((most, 5)), np.empty(most), 0
    for row in range(first_row, last_row + 1):
        if first > last:
            continue
        for one in range(posts.offsets[row * posts.columns + first], posts.offsets[row * posts.columns + last + 1]):
            wall = posts.walls[one]
            ax, ay, bx, by = wall[0] - x, wall[1] - y, wall[2] - x, wall[3] - y
            distance = _distance(ax, ay, bx, by)
            if AT_THE_EYE_M < distance < reach:
                walls[count, 0], walls[count, 1], walls[count, 2], walls[count, 3] = ax, ay, bx, by
                walls[count, 4], near[count] = wall[4], distance
                count += 1
    return walls[:count], near[:count]


@compiled
def _span(wall: FloatArray) -> tuple[float, float, float, float]:
    """Pseudo-angle where a wall begins and how far it spans, counter-clockwise; distance of its first and last end."""
    first, last = pseudo_angle(wall[0], wall[1]), pseudo_angle(wall[2], wall[3])
    a = math.sqrt(wall[0] * wall[0] + wall[1] * wall[1])
    b = math.sqrt(wall[2] * wall[2] + wall[3] * wall[3])
    width = (last - first) % 4.0
    if width > 2.0:
        return last, 4.0 - width, b, a
    return first, width, a, b


@compiled
def _distance_at(wall: FloatArray, angle: float, span: tuple[float, float, float, float]) -> float:
    """Distance of a wall in a direction, or of the end that is nearer in angle where the direction misses it."""
    begin, width, first, last = span
    if angle <= begin:
        return first
    if angle >= begin + width:
        return last
    ex, ey = direction(angle)
    dx, dy = wall[2] - wall[0], wall[3] - wall[1]
    across = ex * dy - ey * dx
    if across == 0.0:
        return max(first, last)
    return float(min((wall[0] * dy - wall[1] * dx) / across, max(first, last)))


@compiled
def _write(entry: AnyArray, wall: AnyArray, bounds: tuple[float, float], eye: float, sag: float) -> None:
    """Slopes from the eye to the roof between two distances: the lowest and the highest that a ray may meet."""
    near, far = bounds
    rise = wall[4] - eye
    entry[FAR] = far
    entry[LOW] = (rise / far if rise >= 0 else rise / near) - sag * far
    entry[HIGH] = (rise / near if rise >= 0 else rise / far) - sag * near


@compiled
def _sizes(walls: FloatArray) -> tuple[IntArray, int]:
    size, total = np.zeros(SECTORS, dtype=np.int64), 0
    for one in range(walls.shape[0]):
        begin, width, _, _ = _span(walls[one])
        for sector in range(
            math.floor((begin - EDGE) / PER_SECTOR), math.floor((begin + width + EDGE) / PER_SECTOR) + 1
        ):
            size[sector % SECTORS] += 1
            total += 1
    return size, total


@compiled
def _enter(fence: Fence, one: int, nearest: float, eye: float, sag: float) -> None:
    """Enter one wall in each sector it touches, except where a nearer curtain already hides all that it could hide."""
    wall = fence.walls[one]
    span = _span(wall)
    begin, end = span[0], span[0] + span[1]
    first, last = math.floor((begin - EDGE) / PER_SECTOR), math.floor((end + EDGE) / PER_SECTOR)
    here = _distance_at(wall, first * PER_SECTOR, span)
    for cut in range(first, last + 1):
        beyond = _distance_at(wall, (cut + 1) * PER_SECTOR, span)
        near, far = max(nearest, min(here, beyond) * INSIDE_SECTOR), max(here, beyond)
        here = beyond
        sector = cut % SECTORS
        entry = fence.entry[fence.start[sector] + fence.size[sector]]
        _write(entry, wall, (near, far), eye, sag)
        curtain = fence.curtain[sector]
        if near > curtain[0] and entry[HIGH] + CLOSE < curtain[1]:
            continue
        whole = cut * PER_SECTOR >= begin + EDGE and (cut + 1) * PER_SECTOR <= end - EDGE
        if whole and entry[LOW] > curtain[1]:
            curtain[0], curtain[1] = far, entry[LOW]
        entry[NEAREST], entry[CROSSES] = nearest, 1.0 if whole else 0.0
        fence.entry_wall[fence.start[sector] + fence.size[sector]] = one
        fence.size[sector] += 1


@compiled
def fence_around(posts: WallPosts, place: tuple[float, float, float], reach: float, sag: float) -> Fence:
    """The walls within reach of an eye at `place` (x, y, elevation)."""
    x, y, eye = place
    found, distance = _near_walls(posts, x, y, reach)
    order = np.argsort(distance)
    walls, near = found[order], distance[order]
    size, total = _sizes(walls)
    start = np.zeros(SECTORS, dtype=np.int64)
    for sector in range(1, SECTORS):
        start[sector] = start[sector - 1] + size[sector - 1]
    curtain = np.empty((SECTORS, 2))
    curtain[:, 0], curtain[:, 1] = np.inf, -np.inf
    fence = Fence(walls, start, np.zeros(SECTORS, dtype=np.int64), np.empty(total, dtype=np.int64),
                  np.empty((total, 5)), curtain)  # fmt: skip
    for one in range(walls.shape[0]):
        _enter(fence, one, near[one], eye, sag)
    return fence


@compiled
def walls_leave(fence: Fence, row: Row, count: int, dy: float, heights: tuple[float, float]) -> int:
    """Keep, at the front of a row's places (at `dy` from the eye), those that no wall hides; gives how many are left.

    `heights` is the eye's elevation and the sag per square metre.

    Source: intersection of segments by cross products; both ends of a wall belong to it, a grazing ray sees.
    """
    kept, (eye, sag) = 0, heights
    for at in range(count):
        dx, distance, slope = row.dx[at], row.distance[at], row.slope[at]
        sector = min(int(pseudo_angle(dx, dy) / PER_SECTOR), SECTORS - 1)
        if distance > fence.curtain[sector, 0] and slope < fence.curtain[sector, 1] - CLOSE:
            continue
        hidden = False
        for one in range(fence.start[sector], fence.start[sector] + fence.size[sector]):
            if fence.entry[one, NEAREST] >= distance:
                break
            if slope > fence.entry[one, HIGH] + CLOSE:
                continue
            beyond = distance > fence.entry[one, FAR] + AT_THE_EYE_M and slope < fence.entry[one, LOW] - CLOSE
            if (fence.entry[one, CROSSES] > 0 and beyond) or _meets(
                fence.walls, fence.entry_wall[one], dx, dy, (distance, slope, eye, sag)
            ):
                hidden = True
                break
        if not hidden:
            row.dx[kept], row.distance[kept], row.slope[kept] = dx, distance, slope
            row.column[kept] = row.column[at]
            kept += 1
    return kept


@inlined
def _meets(walls: FloatArray, one: int, px: float, py: float, ray: tuple[float, float, float, float]) -> bool:
    """The exact test: the ray (distance, slope, eye, sag) crosses the wall, and the roof is above it there."""
    ax, ay, dx, dy = walls[one, 0], walls[one, 1], walls[one, 2] - walls[one, 0], walls[one, 3] - walls[one, 1]
    across = px * dy - py * dx
    if across == 0.0:
        return False
    along_ray, along_wall = (ax * dy - ay * dx) / across, (ax * py - ay * px) / across
    if not (0.0 < along_ray < 1.0 and 0.0 <= along_wall <= 1.0):
        return False
    run = along_ray * ray[0]
    return bool(walls[one, 4] - ray[3] * run * run > ray[2] + run * ray[1] + GRAZING_M)
