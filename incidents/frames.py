"""Rows of this app as frames in the commune's metres: the only door from here to analysis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from access.services.history import rows_as_of
from geo.crs import STORAGE_SRID, as_shapely, crs_of, to_metric, xy_to_metric
from incidents.models import MassEvent
from incidents.models.incident import TimePrecision
from incidents.querysets import local_day_start

VENUE_RADIUS_M = 100.0  # an event without footprint is taken as a circle of this radius around its venue
KNOWN_HOURS = frozenset({TimePrecision.MINUTE, TimePrecision.HOUR})


def incidents_frame(queryset: Any, *, commune: Any, harm: Mapping[int, float] | None = None) -> gpd.GeoDataFrame:
    """Incidents of a queryset, indexed by id, in an order that does not depend on how the file was sorted.

    Columns: occurred_from, occurred_until (UTC), day (local date), weekday (0 Monday), hour (local, with fraction; NaN
    where unknown), origin, type_id, type (code), group (code), enforcement_driven, reserved, harm_days (NaN where the
    type has no value; from `harm`, days by type id), place_class, geometry (None where unplaced).
    """
    rows = queryset.in_reading_order().values_list(
        "pk", "occurred_from", "occurred_until", "time_precision", "origin", "offence_type_id", "offence_type__code",
        "offence_type__level", "offence_type__parent__code", "offence_type__enforcement_driven",
        "offence_type__reserved", "place_class", "point",
    )  # fmt: skip
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * 13
    (ids, begins, ends, precisions, origins, type_ids, codes, levels, parents, driven, reserved, classes, points) = (
        columns
    )
    frame = pd.DataFrame(
        {
            "occurred_from": pd.to_datetime(pd.Series(begins, dtype="object"), utc=True),
            "occurred_until": pd.to_datetime(pd.Series(ends, dtype="object"), utc=True),
            "origin": pd.Series(origins, dtype="object"),
            "type_id": np.array(type_ids, dtype=np.int64),
            "type": pd.Series(codes, dtype="object"),
            "group": pd.Series(
                [parent if level == "subgroup" and parent else code
                 for code, level, parent in zip(codes, levels, parents, strict=True)], dtype="object"
            ),
            "enforcement_driven": np.array(driven, dtype=bool),
            "reserved": np.array(reserved, dtype=bool),
            "place_class": pd.Series(classes, dtype="object"),
        }
    )  # fmt: skip
    _add_local_time(frame, precisions, ZoneInfo(commune.timezone))
    values = harm or {}
    frame["harm_days"] = np.array([values.get(one, np.nan) for one in type_ids], dtype=np.float64)
    frame.index = pd.Index(np.array(ids, dtype=np.int64), name="id")
    shapes = np.full(len(frame), None, dtype=object)
    for position, point in enumerate(points):
        shapes[position] = None if point is None else shapely.Point(point.x, point.y)
    geometry = gpd.GeoSeries(shapes, index=frame.index, crs=crs_of(STORAGE_SRID))
    return to_metric(gpd.GeoDataFrame(frame, geometry=geometry), commune=commune)


def records_frame(queryset: Any, *, commune: Any) -> pd.DataFrame:
    """Placed incidents whose hour is known, as records to link: x, y (metres), start, end (minutes since 1970),
    source, type, group, scheme (taxonomy), key. Indexed by id, in an order that does not depend on the file."""
    rows = queryset.placed().filter(time_precision__in=sorted(KNOWN_HOURS)).in_reading_order().values_list(
        "pk", "source", "record_key", "occurred_from", "occurred_until", "offence_type__code", "offence_type__level",
        "offence_type__parent__code", "offence_type__taxonomy__version", "point",
    )  # fmt: skip
    ids, sources, keys, begins, ends, codes, levels, parents, schemes, points = (
        list(zip(*rows, strict=True)) or [()] * 10
    )
    x, y = xy_to_metric(
        np.array([one.x for one in points], dtype=float), np.array([one.y for one in points], dtype=float),
        commune=commune,
    )  # fmt: skip
    groups = [
        parent if level == "subgroup" and parent else code
        for code, level, parent in zip(codes, levels, parents, strict=True)
    ]
    return pd.DataFrame(
        {
            "x": x, "y": y, "start": [one.timestamp() / 60 for one in begins],
            "end": [one.timestamp() / 60 for one in ends], "source": sources, "type": codes, "group": groups,
            "scheme": schemes, "key": keys,
        },
        index=pd.Index(np.array(ids, dtype=np.int64), name="id"),
    )  # fmt: skip


def _add_local_time(frame: pd.DataFrame, precisions: tuple[str, ...], zone: ZoneInfo) -> None:
    local = frame["occurred_from"].dt.tz_convert(zone)
    known = np.array([one in KNOWN_HOURS for one in precisions], dtype=bool)
    hour = (local.dt.hour + local.dt.minute / 60).to_numpy(dtype=np.float64)
    frame["day"] = local.dt.date
    frame["weekday"] = local.dt.day_of_week.to_numpy(dtype=np.int64)
    frame["hour"] = np.where(known, hour, np.nan)


def events_frame(
    *, commune: Any, first_day: dt.date, last_day: dt.date, sequence: int | None = None
) -> gpd.GeoDataFrame:
    """Mass events that took or take place in a window of local days, with the exposure they add inside it, as they
    stood at a sequence of kept rows (now, when none is given).

    Columns: code, name, state, starts_at, ends_at, attendance (NaN where nobody knows), person_hours (attendance times
    the hours inside the window; NaN where attendance is not known), geometry (footprint, or a circle of 100 m around
    the venue). Refused and suspended events are left out. Indexed by id.
    """
    start = local_day_start(first_day, commune.timezone)
    end = local_day_start(last_day + dt.timedelta(days=1), commune.timezone)
    known = rows_as_of(MassEvent, commune=commune, sequence=sequence)
    events = [one for one in known if one.takes_place and one.starts_at < end and one.ends_at > start]
    hours = [(min(one.ends_at, end) - max(one.starts_at, start)).total_seconds() / 3600 for one in events]
    attendance = np.array([np.nan if one.attendance is None else one.attendance for one in events], dtype=np.float64)
    frame = pd.DataFrame(
        {
            "code": pd.Series([one.code for one in events], dtype="object"),
            "name": pd.Series([one.name for one in events], dtype="object"),
            "state": pd.Series([one.state for one in events], dtype="object"),
            "starts_at": pd.to_datetime(pd.Series([one.starts_at for one in events], dtype="object"), utc=True),
            "ends_at": pd.to_datetime(pd.Series([one.ends_at for one in events], dtype="object"), utc=True),
            "attendance": attendance,
            "person_hours": attendance * np.array(hours, dtype=np.float64),
        }
    )
    frame.index = pd.Index([one.pk for one in events], name="id", dtype="int64")
    shapes = np.full(len(frame), None, dtype=object)
    for position, one in enumerate(events):
        shapes[position] = as_shapely(one.footprint or one.venue)
    geometry = gpd.GeoSeries(shapes, index=frame.index, crs=crs_of(STORAGE_SRID))
    metric = to_metric(gpd.GeoDataFrame(frame, geometry=geometry), commune=commune)
    is_point = metric.geometry.geom_type == "Point"
    metric.loc[is_point, metric.geometry.name] = metric.geometry[is_point].buffer(VENUE_RADIUS_M)
    return metric
