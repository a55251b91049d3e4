"""Territories and tilings on Valdivia's real blocks: from hot cells to polygons, with and without street blocks."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from django.conf import settings
from scipy import ndimage

from analysis.block_territories import Blocks
from analysis.blocks import block_mesh
from analysis.contiguity import standardised
from analysis.districts import max_p_districts, skater_districts, ward_districts
from analysis.evidence import Evidence
from analysis.grid import Grid
from analysis.territories import Incidents, Outline, clean_cells, label_outlines, territories
from tests.bench import Measure, bench

CELL_M, SIDE, REGIONS, HOT_CELLS, INCIDENTS = 20.0, 500, 42, 24_000, 1_000_000


@cache
def manzanas() -> geopandas.GeoDataFrame:
    """The 1,601 census blocks of Valdivia with their residents."""
    path = Path(settings.ATALAYA_DATA) / "geo" / "valdivia_manzanas" / "valdivia_manzanas.gpkg"
    return geopandas.read_file(path, layer="manzanas_censo2017").to_crs(32718)


@cache
def hot_town() -> dict[str, Any]:
    """24,000 hot cells in 42 regions over the town, one million incidents, most of them in the hot cells."""
    generator = np.random.default_rng(18)
    middles = shapely.get_coordinates(shapely.centroid(manzanas().geometry.to_numpy()))
    x0, y0 = np.floor(np.median(middles, axis=0) / CELL_M) * CELL_M - SIDE * CELL_M / 2
    inside = middles[(np.abs(middles - [x0 + 5_000, y0 + 5_000]) < 4_500).all(axis=1)]
    grid = Grid(float(x0), float(y0), CELL_M, SIDE, SIDE, np.ones((SIDE, SIDE), dtype=bool))
    seeds = inside[np.linspace(0, len(inside) - 1, REGIONS).astype(int)]
    rows, columns = np.mgrid[:SIDE, :SIDE]
    apart = [np.hypot(x0 + (columns + 0.5) * CELL_M - x, y0 + (rows + 0.5) * CELL_M - y) for x, y in seeds]
    nearest = np.min(apart, axis=0) + generator.normal(0, 15, (SIDE, SIDE))
    hot = nearest <= np.sort(nearest, axis=None)[HOT_CELLS]
    row, column = np.nonzero(hot)
    at = generator.integers(0, row.size, INCIDENTS * 6 // 10)
    x = np.r_[x0 + (column[at] + 0.5) * CELL_M, generator.uniform(x0, x0 + SIDE * CELL_M, INCIDENTS * 4 // 10)]
    y = np.r_[y0 + (row[at] + 0.5) * CELL_M, generator.uniform(y0, y0 + SIDE * CELL_M, INCIDENTS * 4 // 10)]
    x, y = np.round(x / 10) * 10 + 3, np.round(y / 10) * 10 + 3
    return {"grid": grid, "hot": hot, "x": x, "y": y}


def raw_territories() -> tuple[np.ndarray, float]:
    town = hot_town()
    start = time.perf_counter()
    cleaned = clean_cells(town["hot"], town["grid"].mask, cell_m=CELL_M, width_m=60.0)
    labels, count = ndimage.label(cleaned, structure=np.ones((3, 3)))
    counts = town["grid"].bin(town["x"], town["y"]).counts
    outlines = label_outlines(labels, town["grid"])
    totals = ndimage.sum_labels(counts, labels, np.arange(1, count + 1))
    areas = shapely.area(np.array(outlines))
    assert len(totals) == len(areas) == count
    return labels, time.perf_counter() - start


@bench("territories-cells", what="24,000 hot cells, 1 million incidents → cleaned, labelled, polygons with n and area",
       unit="s", limit=0.1)  # fmt: skip
def territories_cells(workspace: Path) -> Measure:
    return Measure(min(raw_territories()[1] for _ in range(3)))


@bench("territories-blocks", what="the same, rounded and grown over the 1,601 blocks of Valdivia, mesh included",
       unit="s", limit=2.0)  # fmt: skip
def territories_blocks(workspace: Path) -> Measure:
    town, frame = hot_town(), manzanas()
    labels, first = raw_territories()
    grid = town["grid"]
    ones, zeros = np.ones(grid.shape), np.zeros(grid.shape, dtype=np.int64)
    evidence = Evidence(ones, ones, ones, ones, ones, ones, zeros, grid.mask, {})
    outline = Outline(minimum_area_m2=7_500, minimum_width_m=50, minimum_incidents=10)
    area = shapely.box(grid.x0, grid.y0, grid.x0 + SIDE * CELL_M, grid.y0 + SIDE * CELL_M)
    incidents = Incidents(town["x"], town["y"], np.ones(INCIDENTS))
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        blocks = Blocks(block_mesh(frame.geometry.to_numpy(), population=frame["TOTAL_PERS"].to_numpy()))
        plan = blocks.plan(incidents, ground=area, outline=outline)
        found = territories(
            labels, grid=grid, area=area, incidents=incidents, evidence=evidence, outline=outline, plan=plan
        )
        best = min(best, time.perf_counter() - start)
    assert found["snapped"].any()
    return Measure(first + best)


def _tiling_input() -> dict[str, Any]:
    frame = manzanas()
    mesh = block_mesh(frame.geometry.to_numpy(), population=frame["TOTAL_PERS"].to_numpy())
    values = standardised([mesh.population / mesh.area_m2, np.sqrt(frame["TOTAL_VIVI"].to_numpy(dtype=float))])
    centres = shapely.get_coordinates(shapely.centroid(mesh.shapes))
    return {"values": values, "pairs": mesh.pairs(), "loads": mesh.population, "centres": centres}


@bench("tiling-ward", what="30 districts of 1,601 blocks, contiguous Ward", unit="s", limit=1.0)
def tiling_ward(workspace: Path) -> Measure:
    given = _tiling_input()
    start = time.perf_counter()
    ward_districts(given.pop("values"), given.pop("pairs"), districts=30, **given)
    return Measure(time.perf_counter() - start)


@bench("tiling-skater", what="30 districts of 1,601 blocks, SKATER", unit="s", limit=1.0)
def tiling_skater(workspace: Path) -> Measure:
    given = _tiling_input()
    start = time.perf_counter()
    skater_districts(given.pop("values"), given.pop("pairs"), districts=30, **given)
    return Measure(time.perf_counter() - start)


@bench("tiling-max-p", what="most districts of 4,000 residents of 1,601 blocks, best of 8 starts", unit="s", limit=5.0)
def tiling_max_p(workspace: Path) -> Measure:
    given = _tiling_input()
    start = time.perf_counter()
    max_p_districts(given.pop("values"), given.pop("pairs"), least_load=4_000.0, seed=1, **given)
    return Measure(time.perf_counter() - start)
