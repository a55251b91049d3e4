"""When each cluster is hot: its week against the week of everything else, as for territories."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Numbers
from analysis.checks import require_finite
from analysis.clustering import Clusters
from analysis.errors import EmptyPeriodError, ParameterError
from analysis.timing import WeekWindow, weekday_hours


def cluster_windows(
    clusters: Clusters, weekday: Numbers, hour: Numbers, *, seed: int, known: Numbers | None = None
) -> list[WeekWindow | None]:
    """The window of the week (weekday × hour) in which each cluster concentrates, None where it does not.

    `weekday` (n,) 0 to 6 and `hour` (n,) [0, 24) of the clustered incidents on the local clock; `known` (n,) whether
    the hour is known: default hours such as 00:00 would pass for a peak, so the others are left out. Each cluster is
    compared with all incidents outside it; p holds for the search over windows, not over clusters.

    Raises `EmptyPeriodError` when no hour is known, `ParameterError`.

    Source: see `analysis.timing.weekday_hours`.
    """
    day, at = require_finite("weekday", weekday), require_finite("hour", hour)
    if not day.size == at.size == clusters.labels.size:
        raise ParameterError("There are {rows} points but {times} times.", rows=clusters.labels.size, times=day.size)
    usable = np.ones(day.size, dtype=np.bool_) if known is None else np.asarray(known, dtype=np.bool_).reshape(-1)
    if usable.size != day.size:
        raise ParameterError("There are {rows} points but {times} times.", rows=day.size, times=usable.size)
    if not usable.any():
        raise EmptyPeriodError("The hour of none of the {count} incidents is known.", count=day.size)
    windows: list[WeekWindow | None] = []
    for number in range(len(clusters)):
        inside = usable & (clusters.labels == number)
        elsewhere = usable & (clusters.labels != number)
        if not elsewhere.any():
            windows.append(None)
            continue
        windows.append(
            weekday_hours(
                day[inside],
                at[inside],
                elsewhere_weekday=day[elsewhere],
                elsewhere_hour=at[elsewhere],
                seed=seed,
            )
        )
    return windows
