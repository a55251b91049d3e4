"""From hot cells to territories: polygons inside the study area, wide enough to patrol, without slivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas
import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from analysis.arrays import BoolArray, FloatArray, IntArray, Numbers
from analysis.block_territories import BlockPlan
from analysis.checks import require_area, require_points
from analysis.density import M2_PER_KM2
from analysis.evidence import Evidence
from analysis.grid import Grid
from analysis.stability import CORE

COLUMNS = [
    "n",
    "expected",
    "ratio",
    "per_km2",
    "area_m2",
    "q",
    "p",
    "rise_period",
    "core_ratio",
    "steadiness",
    "snapped",
]
BLOCK_COLUMNS = ["blocks", "people", "limits", "shares"]
CORNER_SEGMENTS = 4
CONCAVITY = 0.3
WIDENING = 0.55
ROUNDING = 0.98
"""Opening gives back a little less than it took, so that rounding in the last digit leaves no slivers."""


@dataclass(frozen=True)
class Outline:
    """What a territory needs: surface, width of the widest circle inside, incidents (capped piles)."""

    minimum_area_m2: float
    minimum_width_m: float
    minimum_incidents: float


@dataclass(frozen=True, eq=False)
class Incidents:
    """x, y in metres, weight (piles capped) and harm (None: the weight) of each incident, (n,) each."""

    x: FloatArray
    y: FloatArray
    weights: FloatArray
    harm: FloatArray | None = None

    @property
    def burden(self) -> FloatArray:
        """What growth over street blocks gathers: harm where it is known."""
        return self.weights if self.harm is None else self.harm


def territories(
    labels: IntArray,
    *,
    grid: Grid,
    area: BaseGeometry,
    incidents: Incidents,
    evidence: Evidence,
    outline: Outline,
    steady: FloatArray | None = None,
    plan: BlockPlan | None = None,
) -> geopandas.GeoDataFrame:
    """One row per territory, the most certain first (by p, then by ratio, then from the south-west).

    `labels` (rows, columns) numbers hot cells, 0 elsewhere; `area` the study area in metres. Cells of a label
    become their outline, rounded by half the least width, clipped to the study area, holes filled where the area has
    none; parts on two sides of a river are territories of their own. Too small, too narrow or too empty ones are left
    out. `steady` (rows, columns) is the share of resamples in which each cell was hot. With a `plan`, each outline is
    replaced by the street blocks that hold its harm on the least ground (see `analysis.block_territories`).

    Columns: geometry (Polygon, metres), n (incidents, piles in full), expected, ratio (capped incidents over
    expected), per_km2, area_m2, q, p (chance that a town without hot spots holds one so clear), rise_period, core_ratio
    (share of its cells found in at least 70 % of the resamples), steadiness (mean share), snapped (to street blocks);
    then of snapped ones blocks (numbers), people, limits (what stopped the growth), shares (of units it lies in).
    """
    drawn = []
    for label, outlined in enumerate(label_outlines(labels, grid), start=1):
        for polygon in _rounded(outlined, area, outline):
            row = _describe(polygon, labels == label, grid, incidents, evidence)
            if row["capped"] >= outline.minimum_incidents:
                drawn.append((row, label))
    drawn.sort(key=lambda one: (one[0]["p"], -one[0]["ratio"], one[0]["geometry"].bounds[:2]))
    rows: list[dict[str, Any]] = []
    taken: set[int] = set()
    for row, label in drawn:
        cells = labels == label
        for snapped in [{"geometry": row["geometry"]}] if plan is None else plan.snap(row["geometry"], taken):
            snapped["geometry"] = _apart(snapped["geometry"], rows)
            told = _describe(snapped["geometry"], cells, grid, incidents, evidence)
            rows.append(told | _steadiness(cells, steady) | {"snapped": "blocks" in snapped} | snapped)
    rows.sort(key=lambda row: (row["p"], -row["ratio"], row["geometry"].bounds[:2]))
    columns = [*COLUMNS, *(BLOCK_COLUMNS if plan else []), "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry").reset_index(drop=True)


def label_outlines(labels: IntArray, grid: Grid) -> list[BaseGeometry]:
    """Outline of the cells of each label from 1 up, in metres: runs of a row joined, then rows united."""
    outlines = []
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:
            outlines.append(shapely.Polygon())
            continue
        top, left = box[0].start, box[1].start
        row, first, last = _runs(labels[box] == label)
        west, south = grid.x0 + (left + first) * grid.cell_m, grid.y0 + (top + row) * grid.cell_m
        runs = shapely.box(west, south, grid.x0 + (left + last) * grid.cell_m, south + grid.cell_m)
        outlines.append(shapely.union_all(runs))
    return outlines


def clean_cells(hot: BoolArray, mask: BoolArray, *, cell_m: float, width_m: float) -> BoolArray:
    """Hot cells after opening by a disc of the least width (what is thinner goes) and closing by it (gaps go).

    Where the width is not more than a cell, opening changes nothing and closing takes the eight neighbours. Never more
    than the mask.

    Source: mathematical morphology (Serra 1982).
    """
    reach = int(width_m / 2.0 // cell_m)
    if not reach:
        return np.asarray(ndimage.binary_closing(hot, structure=np.ones((3, 3))) & mask)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = rows**2 + columns**2 <= (width_m / 2.0 / cell_m) ** 2 + 1e-9
    opened = ndimage.binary_opening(hot, structure=disc)
    return np.asarray(ndimage.binary_closing(np.pad(opened, reach), structure=disc)[reach:-reach, reach:-reach] & mask)


def cluster_outlines(
    labels: IntArray, x: Numbers, y: Numbers, *, area: BaseGeometry, outline: Outline
) -> geopandas.GeoDataFrame:
    """One row per part of a cluster of points (DBSCAN, HDBSCAN), heaviest cluster first.

    `labels` (n,) as `analysis.clustering` gives them, -1 for noise; `x`, `y` (n,) in metres; `area` the study area. The
    concave hull of a cluster is widened by a little over half the least width, so that a street becomes a territory,
    rounded and clipped to the area; too small, too narrow or too empty parts are left out.

    Columns: geometry (Polygon, metres), label, n, per_km2, area_m2.

    Source: concave hull of GEOS (ratio 0.3) on the Delaunay triangulation (Duckham et al. 2008).
    """
    east, north = require_points(x, y)
    ground = require_area(area)
    rows = []
    for label in range(int(labels.max(initial=-1)) + 1):
        mine = np.unique(np.column_stack([east, north])[labels == label], axis=0)
        hull = shapely.concave_hull(shapely.MultiPoint(mine), ratio=CONCAVITY)
        widened = hull.buffer(WIDENING * outline.minimum_width_m, quad_segs=CORNER_SEGMENTS)
        for part in _clipped(_without_holes(widened), ground, outline):
            n = int(_within(part, east, north)[labels == label].sum())
            if n >= outline.minimum_incidents:
                told = {"label": label, "n": n, "per_km2": n / part.area * M2_PER_KM2, "area_m2": float(part.area)}
                rows.append({"geometry": part, **told})
    columns = ["geometry", "label", "n", "per_km2", "area_m2"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry")


def _runs(cells: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Row, first column and column after the last of every run of True cells."""
    edges = np.diff(np.pad(cells.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, first = np.nonzero(edges == 1)
    return row, first, np.nonzero(edges == -1)[1]


def _apart(shape: BaseGeometry, drawn: list[dict[str, Any]]) -> BaseGeometry:
    """The shape without ground that a stronger territory has already: two may face each other across one street."""
    earlier = [row["geometry"] for row in drawn if row["geometry"].intersects(shape)]
    left = shape.difference(shapely.union_all(earlier)) if earlier else shape
    parts = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon" and part.area > 1.0]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _steadiness(cells: BoolArray, steady: FloatArray | None) -> dict[str, float]:
    inside = np.ones(1) if steady is None else steady[cells]
    return {"core_ratio": float((inside >= CORE).mean()), "steadiness": float(inside.mean())}


def _rounded(outlined: BaseGeometry, area: BaseGeometry, outline: Outline) -> list[shapely.Polygon]:
    """Parts of an outline that stay after rounding, clipping and dropping what is too small or too narrow."""
    half = outline.minimum_width_m / 2
    joined = outlined.buffer(half, quad_segs=CORNER_SEGMENTS)
    rounded = (
        _without_holes(joined).buffer(-2 * half, quad_segs=CORNER_SEGMENTS).buffer(half, quad_segs=CORNER_SEGMENTS)
    )
    return _clipped(rounded, area, outline)


def _clipped(shape: BaseGeometry, area: BaseGeometry, outline: Outline) -> list[shapely.Polygon]:
    """The parts of a shape inside the area, without spikes and slivers, that are large and wide enough."""
    half = outline.minimum_width_m / 2
    clipped = shape.intersection(area)
    opened = clipped.buffer(-half).buffer(half * ROUNDING, quad_segs=CORNER_SEGMENTS).intersection(clipped)
    parts = [part for part in shapely.get_parts(opened) if part.geom_type == "Polygon"]
    return [
        part for part in parts if part.area >= outline.minimum_area_m2 and not part.buffer(-half * ROUNDING).is_empty
    ]


def _without_holes(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry with its holes filled; clipping takes out again what the study area does not have."""
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(geometry)])


def _describe(
    polygon: shapely.Polygon,
    cells: BoolArray,
    grid: Grid,
    incidents: Incidents,
    evidence: Evidence,
) -> dict[str, Any]:
    inside = _within(polygon, incidents.x, incidents.y)
    n, capped = int(inside.sum()), float(incidents.weights[inside].sum())
    expected = _expected_inside(polygon, grid, evidence.expected)
    best = np.argmin(np.where(cells, evidence.p, np.inf))
    return {
        "geometry": polygon,
        "n": n,
        "capped": capped,
        "expected": expected,
        "ratio": capped / max(expected, 1e-9),
        "per_km2": n / polygon.area * M2_PER_KM2,
        "area_m2": float(polygon.area),
        "q": float(evidence.q.flat[best]),
        "p": float(evidence.family_wise.flat[best]),
        "rise_period": int(evidence.rise.flat[best]),
    }


def _within(polygon: shapely.Polygon, x: FloatArray, y: FloatArray) -> BoolArray:
    west, south, east, north = polygon.bounds
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    shapely.prepare(polygon)
    inside[inside] = shapely.intersects_xy(polygon, x[inside], y[inside])
    return np.asarray(inside)


def _expected_inside(polygon: shapely.Polygon, grid: Grid, expected: FloatArray) -> float:
    """Expected incidents of the cells, each by the share of it that lies in the polygon."""
    west, south, east, north = polygon.bounds
    left, right = int((west - grid.x0) // grid.cell_m), int((east - grid.x0) // grid.cell_m) + 1
    bottom, top = int((south - grid.y0) // grid.cell_m), int((north - grid.y0) // grid.cell_m) + 1
    rows, columns = np.mgrid[max(bottom, 0) : min(top, grid.rows), max(left, 0) : min(right, grid.columns)]
    x, y = grid.x0 + columns * grid.cell_m, grid.y0 + rows * grid.cell_m
    cells = shapely.box(x, y, x + grid.cell_m, y + grid.cell_m)
    shapely.prepare(polygon)
    shares = np.where(shapely.covers(polygon, cells), 1.0, 0.0)
    border = (shares == 0) & shapely.intersects(polygon, cells)
    shares[border] = shapely.area(shapely.intersection(cells[border], polygon)) / grid.cell_area_m2
    return float((shares * expected[rows, columns]).sum())
