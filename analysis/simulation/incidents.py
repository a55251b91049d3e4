"""Years of incidents in a town: counts by month, places, hours, near repeats, planted hot spots, and bad records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from .patrols import Patrols, ride
from .places import Pool, draw_places, gather_pools
from .planting import PlantedHotspot, draw_planted_places, plant_hotspots
from .processes import Behaviour, Process, Rhythm, monthly_counts
from .randomness import Flags, Floats, Integers, choose, stream
from .town import Town

Days = npt.NDArray[np.datetime64]
MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class History:
    """What happened (one row an incident, oldest first), the planted truth, and where patrols rode.

    Columns of `incidents`: code, minute (of local time since the first day), lasting_minutes, x, y (true place),
    recorded_x, recorded_y (NaN where unplaced), placement (exact, street_centre, police_station, hospital, none),
    address (row of the town's addresses), discovered, hotspot (-1 where not planted), parent (row, -1 where none).
    """

    first_day: np.datetime64
    days: int
    incidents: pd.DataFrame
    hotspots: list[PlantedHotspot]
    patrols: Patrols


@dataclass(frozen=True)
class _Draw:
    """Incidents of one source before they are put in order."""

    code: str
    minute: Integers
    lasting: Integers
    x: Floats
    y: Floats
    discovered: bool
    hotspot: int
    parent: Integers  # within the draw


def simulate_incidents(
    town: Town, behaviour: Behaviour, *, first_day: np.datetime64, days: int, hotspots: int, seed: int
) -> History:
    """Everything that happens in `days` days from `first_day` (local dates); `hotspots=0` gives the null world."""
    patrols = ride(town, routes=90, pieces_each=70, seed=seed)
    pools = gather_pools(town, patrols, seed=seed)
    planted = plant_hotspots(town, behaviour.plants, count=hotspots, days=days, seed=seed)
    draws = [_planted(town, spot, pools, first_day, days, seed) for spot in planted]
    every = [part for parts in draws for part in parts]
    for process in behaviour.processes:
        share = sum(len(part.minute) for part in every if part.hotspot >= 0 and part.code == process.code)
        expected = process.mean_per_month * days / 30.4375
        background = max(0.0, 1.0 - share / expected)
        every.append(_background(town, process, background, pools, behaviour, first_day, days, seed))
    frame = _in_order(every)
    return History(first_day, days, _record(frame, town, behaviour, seed), planted, patrols)


def _calendar(first_day: np.datetime64, days: int) -> tuple[Integers, Integers, Integers]:
    """For each day: month index since the first, month of the year (0 = January), weekday (0 = Monday)."""
    dates = first_day.astype("datetime64[D]") + np.arange(days)
    month = dates.astype("datetime64[M]").astype(np.int64)
    weekday = (dates.astype(np.int64) + 3) % 7
    return month - month[0], month % 12, weekday


def _times(
    generator: np.random.Generator, rhythm: Rhythm, candidates: Integers, weekday: Integers, size: int
) -> Integers:
    """Minutes since the first day for incidents on some of the candidate days."""
    day = candidates[choose(generator, rhythm.days()[weekday[candidates]], size)]
    hour = choose(generator, rhythm.hours(), size)
    # after midnight belongs to the night before: a Friday night goes on at 2 a.m. of Saturday
    late = (hour < 6) & (day < candidates[-1])
    minute: Integers = (day + late) * MINUTES_A_DAY + hour * 60 + generator.integers(0, 60, size)
    return minute


def _background(
    town: Town, process: Process, scale: float, pools: dict[str, Pool], behaviour: Behaviour,
    first_day: np.datetime64, days: int, seed: int,
) -> _Draw:  # fmt: skip
    generator = stream(seed, "process", process.code)
    month, season, weekday = _calendar(first_day, days)
    minutes: list[Integers] = []
    for number in range(int(month[-1]) + 1):
        own = np.flatnonzero(month == number)
        share = process.month_shares[int(season[own[0]])] * 12.0 / sum(process.month_shares)
        mean = np.array([process.mean_per_month * share * scale * len(own) / 30.4375])
        count = int(monthly_counts(generator, mean, process.dispersion)[0])
        minutes.append(_times(generator, process.rhythm, own, weekday, count))
    minute = np.sort(np.concatenate(minutes))
    x, y = draw_places(generator, pools, process.setting, len(minute), town.ground.water)
    parent = np.full(len(minute), -1, dtype=np.int64)
    if process.near_repeat_ratio > 0:
        parent = _repeat_nearby(generator, minute, x, y, process, behaviour, town)
    lasting = _lasting(generator, process, len(minute))
    return _Draw(process.code, minute, lasting, x, y, process.discovered, -1, parent)


def _lasting(generator: np.random.Generator, process: Process, size: int) -> Integers:
    if process.lasting_hours <= 0:
        return np.zeros(size, dtype=np.int64)
    spans = generator.gamma(1.3, process.lasting_hours / 1.3, size) * 60.0
    return np.where(generator.random(size) < 0.3, 0, np.minimum(spans, 6000.0)).astype(np.int64)


def _repeat_nearby(
    generator: np.random.Generator, minute: Integers, x: Floats, y: Floats, process: Process, behaviour: Behaviour,
    town: Town,
) -> Integers:  # fmt: skip
    """Move a share of the incidents near an earlier one, the likelier the fresher; returns each one's parent."""
    parent = np.full(len(minute), -1, dtype=np.int64)
    tree = shapely.STRtree(shapely.points(town.addresses.x, town.addresses.y))
    fading = behaviour.near_repeat_days * MINUTES_A_DAY
    for child in np.flatnonzero(generator.random(len(minute)) < process.near_repeat_ratio):
        before = np.searchsorted(minute, minute[child] - 6 * fading)
        age = minute[child] - minute[before:child]
        if len(age) == 0:
            continue
        origin = int(before + choose(generator, np.exp(-age / fading), 1)[0])
        shift = generator.normal(0.0, behaviour.near_repeat_m, 2)
        door = int(tree.nearest(shapely.Point(x[origin] + shift[0], y[origin] + shift[1])))
        x[child], y[child], parent[child] = town.addresses.x[door], town.addresses.y[door], origin
    return parent


def _planted(
    town: Town, hotspot: PlantedHotspot, pools: dict[str, Pool], first_day: np.datetime64, days: int, seed: int
) -> list[_Draw]:
    generator = stream(seed, "planted", hotspot.number)
    _, _, weekday = _calendar(first_day, days)
    active = np.arange(hotspot.starts_day, days)
    drawn: list[_Draw] = []
    total = sum(hotspot.plant.codes.values())
    for code, weight in hotspot.plant.codes.items():
        mean = hotspot.per_year * weight / total * len(active) / 365.25
        count = int(monthly_counts(generator, np.array([mean]), 1.6)[0])
        minute = np.sort(_times(generator, hotspot.plant.rhythm, active, weekday, count))
        x, y = draw_planted_places(generator, hotspot, pools, count)
        none = np.full(count, -1, dtype=np.int64)
        drawn.append(_Draw(code, minute, np.zeros(count, dtype=np.int64), x, y, False, hotspot.number, none))
    return drawn


def _in_order(draws: list[_Draw]) -> pd.DataFrame:
    """All draws in one frame, oldest first; parents point to rows of the frame."""
    start = np.concatenate([[0], np.cumsum([len(draw.minute) for draw in draws])])
    parent = np.concatenate([np.where(draw.parent >= 0, draw.parent + start[n], -1) for n, draw in enumerate(draws)])
    frame = pd.DataFrame(
        {
            "code": np.repeat([draw.code for draw in draws], np.diff(start)),
            "minute": np.concatenate([draw.minute for draw in draws]),
            "lasting_minutes": np.concatenate([draw.lasting for draw in draws]),
            "x": np.concatenate([draw.x for draw in draws]),
            "y": np.concatenate([draw.y for draw in draws]),
            "discovered": np.repeat([draw.discovered for draw in draws], np.diff(start)),
            "hotspot": np.repeat([draw.hotspot for draw in draws], np.diff(start)),
        }
    )
    order = np.argsort(frame["minute"].to_numpy(), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    frame["parent"] = np.where(parent >= 0, place[parent], -1)
    return frame.iloc[order].reset_index(drop=True)


def _record(frame: pd.DataFrame, town: Town, behaviour: Behaviour, seed: int) -> pd.DataFrame:
    """How the incidents end up in the register: exact, piled on a default place, or without a place."""
    generator = stream(seed, "records")
    spots = shapely.points(frame["x"].to_numpy(), frame["y"].to_numpy())
    doors = shapely.STRtree(shapely.points(town.addresses.x, town.addresses.y))
    address = doors.query_nearest(spots, all_matches=False)[1].astype(np.int64)
    placement = np.full(len(frame), "exact", dtype=object)
    luck = generator.random(len(frame))
    low = 0.0
    reported = ~frame["discovered"].to_numpy(dtype=bool)
    for name, ratio in behaviour.pile_ratios.items():
        placement[reported & (luck >= low) & (luck < low + ratio)] = name
        low += ratio
    count = round(behaviour.unplaced_ratio * len(frame))
    placement[generator.permutation(len(frame))[:count]] = "none"
    x, y = np.round(frame["x"].to_numpy(), 1), np.round(frame["y"].to_numpy(), 1)
    _pile_up(x, y, placement, town, address)
    return frame.assign(recorded_x=x, recorded_y=y, placement=placement, address=address)


def _pile_up(x: Floats, y: Floats, placement: npt.NDArray[np.object_], town: Town, address: Integers) -> None:
    """Replace coordinates by the default place each bad record was given."""
    middles = shapely.line_interpolate_point(town.network.courses, 0.5, normalized=True)
    centres = shapely.get_coordinates(middles)[town.addresses.street[address]]
    at_centre: Flags = placement == "street_centre"
    x[at_centre], y[at_centre] = np.round(centres[at_centre, 0], 1), np.round(centres[at_centre, 1], 1)
    for kind in ("police_station", "hospital"):
        venue = town.venues.kind.index(kind)
        mine: Flags = placement == kind
        x[mine], y[mine] = np.round(town.venues.x[venue], 1), np.round(town.venues.y[venue], 1)
    unplaced: Flags = placement == "none"
    x[unplaced], y[unplaced] = np.nan, np.nan
