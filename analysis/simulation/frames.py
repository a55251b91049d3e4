"""The simulated town and its history as frames in a projected system, the shape that analysis functions take."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from .incidents import MINUTES_A_DAY, History
from .town import Town


def incidents_frame(history: History, *, srid: int, east_m: float = 0.0, north_m: float = 0.0) -> gpd.GeoDataFrame:
    """Placed incidents as recorded: code, days since the first, discovered, placement, hotspot; points in metres."""
    placed = history.incidents[history.incidents["recorded_x"].notna()]
    points = shapely.points(placed["recorded_x"].to_numpy() + east_m, placed["recorded_y"].to_numpy() + north_m)
    frame = placed[["code", "minute", "discovered", "placement", "hotspot"]].copy()
    frame.insert(1, "time_days", frame.pop("minute") / MINUTES_A_DAY)
    return gpd.GeoDataFrame(frame, geometry=points, crs=f"EPSG:{srid}")


def truth_frame(history: History, *, srid: int, east_m: float = 0.0, north_m: float = 0.0) -> gpd.GeoDataFrame:
    """Planted hot spots: name, number of incidents, first day, heart and ellipse of two standard deviations."""
    planted = history.incidents["hotspot"].to_numpy()
    spots = history.hotspots
    areas = shapely.transform([spot.area for spot in spots], lambda place: place + np.array([east_m, north_m]))
    return gpd.GeoDataFrame(
        {
            "number": [spot.number for spot in spots],
            "name": [spot.plant.name for spot in spots],
            "n": [int((planted == spot.number).sum()) for spot in spots],
            "starts_day": [spot.starts_day for spot in spots],
        },
        geometry=list(areas),
        crs=f"EPSG:{srid}",
    )


def study_area(town: Town, *, east_m: float = 0.0, north_m: float = 0.0) -> shapely.Geometry:
    """Where incidents can happen: the commune without water, wetland and forest."""
    land = town.ground.boundary.difference(town.ground.masked)
    return shapely.transform(land, lambda place: place + np.array([east_m, north_m]))
