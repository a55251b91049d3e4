"""Clusters of incidents and tilings of the town, as runs of methods."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from analysis.blocks import block_mesh
from analysis.cluster_windows import cluster_windows
from analysis.clustering import Clusters, dbscan_clusters, hdbscan_clusters, suggest_radius
from analysis.contiguity import Districts, standardised
from analysis.districts import max_p_districts, skater_districts, ward_districts
from analysis.territories import Outline, cluster_outlines
from geo.errors import RefusedError
from geo.frames import units_frame
from geo.models import UnitKind
from incidents.services.methods import Inputs, Outcome, Shape

LEAST_MINIMUM, MOST_RADIUS_M, LEAST_RADIUS_M = 10, 300.0, 40.0
TIMES_MEAN = 8.0
"""A cluster must be this many times as dense as the study area on the mean, unless somebody asks otherwise."""
TILED_KINDS = (UnitKind.MANZANA, UnitKind.UNIDAD_VECINAL, UnitKind.ZONA_CENSAL)
USUAL_DISTRICTS = 12
COMPACT = 2.0  # how much more lying close counts than being alike: a district that winds through the town serves nobody
M2_PER_KM2 = 1e6


def clusters(given: Inputs) -> Outcome:
    """Dense groups of incidents with their outline and the part of the week in which they gather."""
    asked = given.parameters
    mean_per_km2 = len(given.incidents) / (given.area.area / M2_PER_KM2)
    minimum = max(float(asked.get("minimum") or LEAST_MINIMUM), 2.0)
    choices: list[dict[str, Any]] = []
    curve: list[dict[str, Any]] = []
    if asked.get("algorithm") == "hdbscan":
        found = hdbscan_clusters(given.x, given.y, minimum=int(minimum))
        choices.append({"code": "hdbscan", "values": {"minimum": minimum}})
    else:
        radius_m, curve, why = _radius(given, minimum)
        dense = TIMES_MEAN * mean_per_km2 * math.pi * radius_m**2 / M2_PER_KM2
        needed = minimum if asked.get("minimum") else max(minimum, float(math.ceil(dense)))
        found = dbscan_clusters(given.x, given.y, radius_m=radius_m, minimum=needed)
        choices.append({"code": f"dbscan_{why}", "values": {"radius_m": radius_m, "minimum": needed}})
    return _told(given, found, choices, curve)


def _radius(given: Inputs, minimum: float) -> tuple[float, list[dict[str, Any]], str]:
    asked = given.parameters.get("radius_m")
    if asked:
        return float(asked), [], "asked"
    suggestion = suggest_radius(given.x, given.y, minimum=minimum)
    at = np.unique(np.linspace(0, suggestion.distances_m.size - 1, 40).astype(int))
    curve = [
        {"x": float(100 * position / max(suggestion.distances_m.size - 1, 1)),
         "y": float(suggestion.distances_m[position]), "mark": False}
        for position in at.tolist()
    ]  # fmt: skip
    knee = float(100 * suggestion.knee / max(suggestion.distances_m.size - 1, 1))
    curve.append({"x": knee, "y": float(suggestion.radius_m), "mark": True})
    radius_m = min(max(suggestion.radius_m, LEAST_RADIUS_M), MOST_RADIUS_M)
    return (
        float(radius_m),
        sorted(curve, key=lambda one: one["x"]),
        "knee" if radius_m == suggestion.radius_m else "bounded",
    )


def _told(given: Inputs, found: Clusters, choices: list[dict[str, Any]], curve: list[dict[str, Any]]) -> Outcome:
    outline = Outline(minimum_area_m2=2_500.0, minimum_width_m=40.0, minimum_incidents=LEAST_MINIMUM)
    outlines = cluster_outlines(found.labels, given.x, given.y, area=given.area, outline=outline)
    hours = given.incidents["hour"].to_numpy(dtype=float)
    known = np.isfinite(hours)
    windows: list[Any] = [None] * len(found)
    if known.any() and len(found):
        weekday = given.incidents["weekday"].to_numpy()
        windows = cluster_windows(found, weekday, np.nan_to_num(hours), seed=given.seed, known=known)
    shapes, rows = [], []
    for number, row in enumerate(outlines.itertuples(index=False), start=1):
        window = windows[int(row.label)]
        inside = found.labels == row.label
        rows.append(
            {
                "number": number, "n": int(row.n), "per_km2": float(row.per_km2),
                "km2": float(row.area_m2) / M2_PER_KM2,
                "core_share": float(found.core[inside].mean()),
                "window": None if window is None else asdict(window) | {"days": list(window.days)},
            }
        )  # fmt: skip
        shapes.append(Shape(row.geometry, 1, str(number)))
    return Outcome(shapes, rows, choices, curve)


def tiling(given: Inputs) -> Outcome:
    """The whole town in contiguous districts of about equal load, alike inside."""
    units = _units(given)
    shapes = units.geometry.to_numpy()
    residents = np.nan_to_num(units["residents"].to_numpy(dtype=float))
    mesh = block_mesh(shapes, population=residents, ground=given.area, street_m=60.0)
    counts = _counts(shapes, given)
    loads = counts if given.parameters.get("load") == "incidents" else residents
    if loads.sum() <= 0:
        raise RefusedError(_("The load of the units is not known: choose the other one."))
    wanted = int(given.parameters.get("districts") or USUAL_DISTRICTS)
    centres = shapely.get_coordinates(shapely.point_on_surface(shapes))
    alike = standardised([np.log1p(counts / mesh.area_m2 * 1e4), np.log1p(residents / mesh.area_m2 * 1e4)])
    values = np.hstack([alike, COMPACT * standardised([centres[:, 0], centres[:, 1]])])
    found, code = _tiled(given, values, mesh.pairs(), wanted=wanted, loads=loads, centres=centres)
    rows, drawn = [], []
    for number in range(found.loads.size):
        mine = found.labels == number
        rows.append(
            {"number": number + 1, "units": int(mine.sum()), "residents": float(residents[mine].sum()),
             "n": int(counts[mine].sum()), "km2": float(shapely.area(shapes[mine]).sum()) / M2_PER_KM2}
        )  # fmt: skip
        drawn.append(Shape(shapely.union_all(shapes[mine]).buffer(0), number % 5 + 1, str(number + 1)))
    values_told = {"districts": found.loads.size, "explained": found.explained_ratio, "bridges": len(found.bridges)}
    choices = [
        {"code": f"tiling_{code}", "values": values_told},
        {"code": "tiled_units", "values": {"units": len(units), "kind": str(units.attrs["kind"])}},
    ]
    return Outcome(drawn, rows, choices)


def _tiled(given: Inputs, values: Any, pairs: Any, *, wanted: int, loads: Any, centres: Any) -> tuple[Districts, str]:
    """By equal load where nothing else is asked: each district carries at least 80 % of an even share."""
    how = given.parameters.get("algorithm", "max_p")
    if how == "ward":
        return ward_districts(values, pairs, districts=wanted, loads=loads, centres=centres), "ward"
    if how == "skater":
        return skater_districts(values, pairs, districts=wanted, loads=loads, centres=centres), "skater"
    least = 0.8 * float(loads.sum()) / wanted
    found = max_p_districts(
        values, pairs, loads=loads, least_load=least, seed=given.seed, centres=centres, report=given.report
    )
    return found, "max_p"


def _units(given: Inputs) -> Any:
    asked = given.parameters.get("units")
    for kind in [asked] if asked else TILED_KINDS:
        frame = units_frame(given.commune, kind=kind)
        if len(frame) > 1:
            frame.attrs["kind"] = kind
            return frame
    raise RefusedError(_("There are no blocks or neighbourhood units to tile: load them in the geography."))


def _counts(shapes: Any, given: Inputs) -> Any:
    """Incidents of each unit; what lies in a street belongs to the nearest unit within 20 m."""
    points = shapely.points(given.x, given.y)
    _row, unit = shapely.STRtree(shapes).query_nearest(points, max_distance=20.0, all_matches=False)
    return np.bincount(unit, minlength=len(shapes)).astype(np.float64)
