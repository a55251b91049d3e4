"""The detection alone, on simulated frames without a database: what the five-seed test and the benchmark run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity

from analysis.background import Exposure
from analysis.block_territories import Blocks
from analysis.blocks import block_mesh
from analysis.hotspots import HotspotParameters, Hotspots, find_hotspots, on_street_blocks
from analysis.simulation.frames import incidents_frame, study_area, truth_frame
from analysis.simulation.incidents import History
from analysis.simulation.streets import is_street_ground
from analysis.simulation.town import Town
from analysis.stability import CORE
from config.demo.geography import EAST_M, METRIC_SRID, NORTH_M

LOOKED_AT = timedelta(days=365)
RESAMPLES = 10
PLACE_KINDS = {"bar": ["bar"], "comercio": ["shop", "pharmacy", "bank", "fuel_station"], "paradero": ["bus_stop"],
               "establecimiento_educacional": ["school"]}  # fmt: skip
"""Kinds of place of the ground floor, and the venues of the simulation that become one."""


@dataclass(frozen=True)
class Detection:
    """What was found in the last year of a simulated history, the planted truth and the ground looked at."""

    found: Hotspots
    truth: gpd.GeoDataFrame
    area: shapely.Geometry


def detect(town: Town, history: History, *, seed: int = 1) -> Detection:
    """Reported incidents of the last year against dwellings, places and streets, as the product looks at them."""
    shift = {"east_m": EAST_M, "north_m": NORTH_M}
    frame = incidents_frame(history, srid=METRIC_SRID, **shift)
    recent = frame[(frame["time_days"] >= history.days - LOOKED_AT.days) & ~frame["discovered"]]
    area = study_area(town, **shift)
    x, y, days = recent.geometry.x.to_numpy(), recent.geometry.y.to_numpy(), recent["time_days"].to_numpy()
    parameters = HotspotParameters(bootstrap_runs=RESAMPLES, least_core_ratio=CORE)
    cells = find_hotspots(x, y, days, area=area, seed=seed, parameters=parameters, exposures=exposures(town))
    blocks = street_blocks(town, ground=area)
    found = on_street_blocks(cells, x, y, area=area, blocks=blocks, parameters=parameters)
    return Detection(found, truth_frame(history, srid=METRIC_SRID, **shift), area)


def street_blocks(town: Town, *, ground: shapely.Geometry) -> Blocks:
    """The town's blocks with their residents, each in its neighbourhood unit."""
    plots = [affinity.translate(plot, EAST_M, NORTH_M) for plot in town.blocks.plots]
    units = [str(unit) for unit in town.neighbourhood_units.of_block]
    return Blocks(block_mesh(plots, population=town.blocks.residents, ground=ground), units)


def exposures(town: Town) -> list[Exposure]:
    """Dwellings at their doors, street metres and places by kind."""
    doors, venues = town.addresses, town.venues
    lines = np.array(town.network.lines)[is_street_ground(town.network)]
    middles = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    made = [
        Exposure("dwellings", doors.x + EAST_M, doors.y + NORTH_M, doors.dwellings),
        Exposure("streets", middles[:, 0] + EAST_M, middles[:, 1] + NORTH_M, shapely.length(lines)),
    ]
    for name, kinds in PLACE_KINDS.items():
        mine = np.isin(venues.kind, kinds)
        made.append(Exposure(name, venues.x[mine] + EAST_M, venues.y[mine] + NORTH_M))
    return made
