"""Incidents whose moment is known as an interval only: shared out over the hours in which they can have happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from scipy import sparse

from analysis.arrays import AnyArray, FloatArray, IntArray, Numbers
from analysis.checks import require_finite
from analysis.errors import EmptyPeriodError, ParameterError
from analysis.timing import WEEK_HOURS

HOUR_MIN = 60
DAY_MIN = 24 * HOUR_MIN
LONGEST_TOLD_MIN = DAY_MIN
MINUTES_OF_WEEK = WEEK_HOURS * HOUR_MIN


def aoristic_weights(start_minutes: Numbers, end_minutes: Numbers, edges_minutes: Numbers) -> sparse.csr_array:
    """Share of each event that falls in each bin: overlap over length of its interval, (events, bins).

    Minutes since any moment, of real time; bins lie between ascending edges. An end of NaN, or equal to the start,
    gives the whole weight to the bin of the start. Rows add to 1 where the interval lies within the edges.

    Raises `ParameterError` for an end before its start or edges that do not ascend, `NotFiniteError` for a start or
    edge.

    Source: Ratcliffe 2000.
    """
    start, edges = require_finite("start_minutes", start_minutes), require_finite("edges_minutes", edges_minutes)
    end = _ends(start, end_minutes)
    if edges.size < 2 or (np.diff(edges) <= 0).any():
        raise ParameterError("Bins need at least two edges in ascending order.")
    first = np.searchsorted(edges, start, side="right") - 1
    last = np.where(end > start, np.searchsorted(edges, end, side="left") - 1, first)
    first, last = np.maximum(first, 0), np.minimum(last, edges.size - 2)
    count = np.maximum(last - first + 1, 0)
    event = np.repeat(np.arange(start.size), count)
    number = np.arange(event.size) - np.repeat(np.cumsum(count) - count, count) + first[event]
    length = end - start
    overlap = np.minimum(end[event], edges[number + 1]) - np.maximum(start[event], edges[number])
    point = length[event] == 0
    inside = (start[event] >= edges[0]) & (start[event] < edges[-1])
    share = np.where(point, inside, np.maximum(overlap, 0.0) / np.where(point, 1.0, length[event]))
    return sparse.csr_array((share.astype(np.float64), (event, number)), shape=(start.size, edges.size - 1))


@dataclass(frozen=True, eq=False)
class AoristicWeek:
    """`hours` (168,) weight of each hour of the week, Monday 0:00 first, of events that are told at most a day apart;
    `uninformative` events whose interval is longer, `effective` (168,) how many whole events each hour's weights are
    worth in a test, `exact` events known to the minute, `on_the_hour` share of those at a whole or half hour."""

    hours: FloatArray
    told: int
    uninformative: int
    exact: int
    on_the_hour: float
    effective: FloatArray


def aoristic_week(start: Sequence[datetime], end: Sequence[datetime | None], *, zone: str) -> AoristicWeek:
    """The week of events on the local clock, with real durations.

    `start`, `end` are aware moments (end None: not known). An interval is cut at the hours of the clock in `zone`, so
    that a day of 23 or 25 hours has that many. Intervals over 24 hours say nothing of the hour and are only counted.

    Raises `EmptyPeriodError` without events, `ParameterError` for naive moments or an end before its start.

    Source: Ratcliffe 2000; the effective number of an hour is Kish's (Σw)²/Σw².
    """
    if len(start) != len(end):
        raise ParameterError("There are {rows} starts but {ends} ends.", rows=len(start), ends=len(end))
    if not len(start):
        raise EmptyPeriodError("There are no incidents in the period.")
    begin, finish = _minutes(start), _minutes([e or s for s, e in zip(start, end, strict=True)])
    if (finish < begin).any():
        raise ParameterError("An incident ends before it starts, the first in row {row}.",
                             row=int(np.flatnonzero(finish < begin)[0]))  # fmt: skip
    told = finish - begin <= LONGEST_TOLD_MIN
    hours, squares = np.zeros(WEEK_HOURS), np.zeros(WEEK_HOURS)
    if told.any():
        weights, slots = _by_clock(begin[told], finish[told], ZoneInfo(zone))
        np.add.at(hours, slots, weights)
        np.add.at(squares, slots, weights**2)
    exact = finish == begin
    heaped = float((begin[exact] % 30 == 0).mean()) if exact.any() else 0.0
    effective = np.where(squares > 0, hours**2 / np.where(squares > 0, squares, 1.0), 0.0)
    return AoristicWeek(hours, int(told.sum()), int((~told).sum()), int(exact.sum()), heaped, effective)


def _by_clock(begin: FloatArray, finish: FloatArray, zone: ZoneInfo) -> tuple[FloatArray, IntArray]:
    """Weight and hour of the local week of every piece: real hours from the first start on, Chile's clock in hours."""
    first = np.floor(begin.min() / HOUR_MIN) * HOUR_MIN
    edges = np.arange(first, finish.max() + 2 * HOUR_MIN, HOUR_MIN)
    shares = sparse.coo_array(aoristic_weights(begin, finish, edges))
    used, number = np.unique(shares.col, return_inverse=True)
    slots = np.array([_slot(minute, zone) for minute in edges[used].tolist()], dtype=np.int64)
    return np.asarray(shares.data), slots[number]


def _slot(minute: float, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(minute * 60.0, zone)
    return local.weekday() * 24 + local.hour


def _minutes(moments: Sequence[datetime]) -> FloatArray:
    if any(moment.tzinfo is None for moment in moments):
        raise ParameterError("A moment has no time zone; local times need one.")
    return np.array([moment.timestamp() for moment in moments]) / 60.0


def _ends(start: FloatArray, end_minutes: Numbers) -> FloatArray:
    end: AnyArray = np.array(end_minutes, dtype=np.float64).reshape(-1)
    if end.size != start.size:
        raise ParameterError("There are {rows} starts but {ends} ends.", rows=start.size, ends=end.size)
    end = np.where(np.isnan(end), start, end)
    late = np.flatnonzero(end < start)
    if late.size:
        raise ParameterError("An incident ends before it starts, the first in row {row}.", row=int(late[0]))
    return np.asarray(require_finite("end_minutes", end))
