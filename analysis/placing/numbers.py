"""Where a house stands among its neighbours: known door, between two doors of its side, or beyond the last one.

Linear interpolation between known numbers, as in address-range geocoding (Zandbergen 2008, "A comparison of address
point, parcel and street geocoding techniques"), but between doors and not between corners; even and odd numbers are
the two sides of a Chilean street, so neighbours of the same side are asked first. One name often covers several
branches with numbers that interleave: doors are chained into runs, each the doors that follow one another both in
number and on the ground, and a number may have a place on more than one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

SAME_DOOR_M = 60.0  # one number at doors this near is one address (blocks of flats)
NEAR_GAP_M = 100.0  # neighbours this near: the house is between them, within half of it
BLOCK_GAP_M = 260.0  # neighbours a long block apart: the block is known
RUN_STEP_M, RUN_STEP_NUMBERS, LEAST_STEP_M = 65.0, 120, 12.0  # the next door of a run is no farther than this
BEYOND_NUMBERS, BEYOND_SHARE = 60, 3
ON_LINE_M = 60.0
ROOM = 1.5  # a gap of this many usual steps has room for a house that is not known
NO_ROOM, ROOM_OFF_STEP, NEXT, NEXT_OFF_STEP = 0.88, 0.96, 0.88, 0.80
NEXT_STEPS = 2
SURE_ANYHOW_M = {"between_sides": 0.0, "between_runs": 45.0}
SURE_ANYHOW_NUMBERS = 400
OWN_SIDE_M, OWN_SIDE_NUMBERS = 45.0, 30  # a door of its own side that bears out what the other side says
SURE_GAP_M = {"between_sides": 30.0, "between_runs": 130.0}  # they tell the place only where they are this tight
UNSURE = 0.75


@dataclass(frozen=True)
class Run:
    """Doors of one side that follow one another: numbers, places in metres, the usual step of the numbers."""

    numbers: np.ndarray
    x: np.ndarray
    y: np.ndarray

    @cached_property
    def step(self) -> float:
        """The usual difference of neighbouring numbers."""
        steps = np.diff(np.unique(self.numbers))
        return float(np.median(steps)) if len(steps) else float("inf")


@dataclass(frozen=True)
class Piece:
    """Doors of one street that lie together: numbers, places in metres, in the order of the numbers."""

    numbers: np.ndarray
    x: np.ndarray
    y: np.ndarray

    @cached_property
    def centre(self) -> tuple[float, float]:
        """The door nearest to the middle of all doors."""
        nearest = np.argmin(np.hypot(self.x - np.median(self.x), self.y - np.median(self.y)))
        return float(self.x[nearest]), float(self.y[nearest])

    @cached_property
    def reach_m(self) -> float:
        """Distance from the centre to the farthest door."""
        x, y = self.centre
        return float(np.hypot(self.x - x, self.y - y).max())

    @cached_property
    def sides(self) -> tuple[list[Run], list[Run]]:
        """Runs of the even numbers and of the odd ones."""
        even = self.numbers % 2 == 0
        return runs_of(self.numbers[even], self.x[even], self.y[even]), runs_of(
            self.numbers[~even], self.x[~even], self.y[~even]
        )


@dataclass(frozen=True)
class House:
    """Where a number lies on a piece of street, how it was found, how well it fits there beside other places."""

    x: float
    y: float
    method: str  # door, between, between_sides, beyond
    place_class: str  # exact, interpolated, block
    low: int
    high: int
    gap_m: float
    fit: float = 1.0


def runs_of(numbers: np.ndarray, x: np.ndarray, y: np.ndarray) -> list[Run]:
    """Doors chained in the order of their numbers: each follows the run whose last door is nearest, or starts one.

    How far the next door may be follows from how many numbers lie between: three times the usual metres per number.
    """
    per_number = _metres_per_number(numbers, x, y)
    chains: list[list[int]] = []
    for door in range(len(numbers)):
        best, nearest = None, RUN_STEP_M
        for chain in chains:
            last = chain[-1]
            apart, between = float(np.hypot(x[door] - x[last], y[door] - y[last])), int(numbers[door] - numbers[last])
            if between <= RUN_STEP_NUMBERS and apart <= min(nearest, LEAST_STEP_M + 3.0 * per_number * between):
                best, nearest = chain, apart
        if best is None:
            chains.append([door])
        else:
            best.append(door)
    return [Run(numbers[chain], x[chain], y[chain]) for chain in map(np.array, chains)]


def _metres_per_number(numbers: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """Metres of street per number: the median over doors and their nearest door with another number."""
    if len(numbers) < 2:
        return 1.0
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    between = np.abs(numbers[:, None] - numbers[None, :]).astype(np.float64)
    apart[between == 0] = np.inf
    nearest = apart.argmin(axis=1)
    each = apart.min(axis=1) / np.maximum(between[np.arange(len(numbers)), nearest], 1.0)
    return float(np.clip(np.median(each[np.isfinite(each)]) if np.isfinite(each).any() else 1.0, 0.3, 3.0))


def find_houses(pieces: list[Piece], number: int, line: BaseGeometry | None = None) -> list[House]:
    """Every place of a number on the pieces of one street, the best fitting first; none where no number reaches it.

    Known doors come before places between doors, those before places beyond the last door.
    """
    found = [house for piece in pieces for house in _doors(piece, number)]
    if not found:
        own, other = ([run for piece in pieces for run in piece.sides[(number + n) % 2]] for n in (0, 1))
        between = [house for run in own if (house := _between(run, number, "between", line))]
        beyond = [house for run in own if (house := _beyond(run, number, rival=bool(between)))]
        found = _relative(between, beyond) if between else []
        across = [house for run in other if (house := _between(run, number, "between_sides", line))]
        found = found or [_borne_out(house, own, number) for house in across]
        found = found or [house for piece in pieces if (house := _between_runs(piece, number, line))]
        found = found or beyond
    return sorted(found, key=lambda one: (-one.fit, one.gap_m, one.x, one.y))


def _doors(piece: Piece, number: int) -> list[House]:
    """The known doors of a number: one place where they are near each other, else each."""
    first, last = np.searchsorted(piece.numbers, [number, number + 1])
    left = list(zip(piece.x[first:last].tolist(), piece.y[first:last].tolist(), strict=True))
    found = []
    while left:
        x, y = left[0]
        near = [one for one in left if np.hypot(one[0] - x, one[1] - y) <= SAME_DOOR_M]
        middle = np.median(np.array(near), axis=0)
        place = min(near, key=lambda one: float(np.hypot(*(np.array(one) - middle))))
        found.append(House(place[0], place[1], "door", "exact", number, number, 0.0))
        left = [one for one in left if one not in near]
    return found


def _relative(between: list[House], beyond: list[House]) -> list[House]:
    """Fits that only compare places with each other: a number with one place fits there. A run that ends before the
    number can cast doubt on a place between doors, but not beat it."""
    best = max(one.fit for one in between)
    return [House(**(one.__dict__ | {"fit": min(1.0, one.fit / best)})) for one in (*between, *beyond)]


def _between(run: Run, number: int, method: str, line: BaseGeometry | None) -> House | None:
    above = int(np.searchsorted(run.numbers, number))
    if above in {0, len(run.numbers)}:
        return None
    house = _interpolated(run, above - 1, above, number, method, line)
    if house is None or method != "between":
        return house and _doubted(house)
    apart = int(run.numbers[above] - run.numbers[above - 1])
    room = 1.0 if _on_step(run, number, above - 1) else ROOM_OFF_STEP
    return House(**(house.__dict__ | {"fit": room if apart >= ROOM * run.step else NO_ROOM}))


def _on_step(run: Run, number: int, door: int) -> bool:
    """True where the number continues the usual steps of the run from one of its doors."""
    return not np.isfinite(run.step) or (number - int(run.numbers[door])) % run.step == 0


def _borne_out(house: House, own: list[Run], number: int) -> House:
    """Less fit where no door of the number's own side stands near what the other side of the street tells,
    though some are known."""
    if not own:
        return house
    for run in own:
        near = np.abs(run.numbers - number) <= OWN_SIDE_NUMBERS
        if near.any() and np.hypot(run.x[near] - house.x, run.y[near] - house.y).min() <= OWN_SIDE_M:
            return house
    return House(**(house.__dict__ | {"fit": min(house.fit, UNSURE)}))


def _doubted(house: House) -> House:
    """Less fit where the doors that tell the place are far apart, on the ground or in number."""
    apart = house.high - house.low
    tight = house.gap_m <= SURE_GAP_M[house.method] and apart <= RUN_STEP_NUMBERS
    anyhow = house.gap_m <= SURE_ANYHOW_M[house.method] and apart <= SURE_ANYHOW_NUMBERS
    return house if tight or anyhow else House(**(house.__dict__ | {"fit": UNSURE}))


def _interpolated(run: Run, low: int, high: int, number: int, method: str, line: BaseGeometry | None) -> House | None:
    first, second = (run.x[low], run.y[low]), (run.x[high], run.y[high])
    gap = float(np.hypot(second[0] - first[0], second[1] - first[1]))
    if gap > BLOCK_GAP_M:
        return None
    share = (number - run.numbers[low]) / (run.numbers[high] - run.numbers[low])
    x, y = _along(line, first, second, float(share))
    kind = "interpolated" if gap <= NEAR_GAP_M else "block"
    return House(x, y, method, kind, int(run.numbers[low]), int(run.numbers[high]), gap)


def _between_runs(piece: Piece, number: int, line: BaseGeometry | None) -> House | None:
    """Between the end of one run and the start of another, on either side of the street."""
    everything = Run(piece.numbers, piece.x, piece.y)
    above = int(np.searchsorted(piece.numbers, number))
    if above in {0, len(piece.numbers)}:
        return None
    house = _interpolated(everything, above - 1, above, number, "between_runs", line)
    return house and _doubted(house)


def _along(
    line: BaseGeometry | None, first: tuple[float, float], second: tuple[float, float], share: float
) -> tuple[float, float]:
    """The place a share of the way between two doors: along the street's bends where its line is known."""
    straight = tuple(a + share * (b - a) for a, b in zip(first, second, strict=True))
    if line is None:
        return float(straight[0]), float(straight[1])
    ends = [shapely.Point(first), shapely.Point(second)]
    at = [shapely.line_locate_point(line, one) for one in ends]
    feet = [shapely.line_interpolate_point(line, one) for one in at]
    if max(shapely.distance(one, foot) for one, foot in zip(ends, feet, strict=True)) > ON_LINE_M:
        return float(straight[0]), float(straight[1])
    foot = shapely.line_interpolate_point(line, at[0] + share * (at[1] - at[0]))
    aside = [
        (1 - share) * (end - low) + share * (other - high)
        for end, low, other, high in zip(first, feet[0].coords[0], second, feet[1].coords[0], strict=True)
    ]
    return float(foot.x + aside[0]), float(foot.y + aside[1])


def _beyond(run: Run, number: int, *, rival: bool) -> House | None:
    """At the last door, where the number follows soon after it and the run is long enough to tell its step; as a
    rival of places between doors also farther on."""
    if len(run.numbers) < (2 if rival else BEYOND_SHARE):
        return None
    end = 0 if number < run.numbers[0] else len(run.numbers) - 1
    away = abs(number - int(run.numbers[end]))
    share = 1 if rival else BEYOND_SHARE
    if away > min(BEYOND_NUMBERS, (int(run.numbers[-1]) - int(run.numbers[0])) / share):
        return None
    place = int(run.numbers[end])
    fit = NEXT if _on_step(run, number, end) and away <= NEXT_STEPS * run.step else NEXT_OFF_STEP
    return House(float(run.x[end]), float(run.y[end]), "beyond", "block", place, place, float(away), fit)
