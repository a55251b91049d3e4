"""What the computations must keep to: seconds on a city, and how well hot spots are found."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely
from django.conf import settings
from pyproj import Transformer

from analysis.accuracy import ProposalAccuracy, accuracy_index, inside_any, proposal_accuracy
from analysis.hotspots import find_hotspots
from analysis.masking import snap_points
from tests.analysis.towns import X0, Y0, make_town
from tests.bench import Measure, bench

SEEDS = (1, 2, 3, 4, 5)


def seconds(work: Callable[[], object]) -> float:
    """Best of three, the first of which also warms up."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def planted(spots: int) -> list[ProposalAccuracy]:
    results = []
    for seed in SEEDS:
        town = make_town(seed, spots=spots)
        found = find_hotspots(town.x, town.y, town.days, area=town.area, seed=seed, exposures=[town.dwellings])
        shapes = list(found.territories.geometry)
        results.append(proposal_accuracy(shapes, x=town.x, y=town.y, planted=town.planted, area=town.area))
    return results


def buenos_aires() -> tuple[pd.DataFrame, np.ndarray, np.ndarray, shapely.Geometry]:
    folder = Path(settings.ATALAYA_DATA) / "incidents" / "buenos_aires_2016_2017"
    rows = pd.read_csv(folder / "delitos_2016_2017.csv.gz")
    rows = rows[rows["latitud"] != 0].reset_index(drop=True)
    metres = Transformer.from_crs(4326, 32721, always_xy=True)
    x, y = metres.transform(rows["longitud"].to_numpy(), rows["latitud"].to_numpy())
    comunas = geopandas.read_file(folder / "comunas.gpkg").to_crs(32721)
    rows["day"] = (pd.to_datetime(rows["fecha"]) - pd.Timestamp("2016-01-01")).dt.days
    return rows, x, y, shapely.union_all(comunas.geometry.to_numpy())


@bench("hotspots-recall", what="mean recall of planted hot spots, five uneven towns", unit="ratio", limit=0.8,
       at_least=True)  # fmt: skip
def hotspots_recall(workspace: Path) -> Measure:
    return Measure(float(np.mean([result.recall for result in planted(10)])))


@bench("hotspots-area", what="largest share of the study area proposed, five uneven towns", unit="ratio", limit=0.05)
def hotspots_area(workspace: Path) -> Measure:
    return Measure(max(result.area_ratio for result in planted(10)))


@bench("hotspots-null", what="most proposals on a town without hot spots, five towns", unit="proposals", limit=1)
def hotspots_null(workspace: Path) -> Measure:
    return Measure(max(result.proposals for result in planted(0)))


@bench("hotspots-buenos-aires", what="hot spots of Buenos Aires 2016–2017 (237,445 incidents)", unit="s", limit=20)
def hotspots_buenos_aires(workspace: Path) -> Measure:
    rows, x, y, area = buenos_aires()
    start = time.perf_counter()
    find_hotspots(x, y, rows["day"].to_numpy(), area=area, seed=1)
    return Measure(time.perf_counter() - start)


@bench("hotspots-later-incidents", what="PAI on the half-year after the proposals, Buenos Aires; peer: the fullest "
       "cells of the same ground", unit="PAI", limit=1.0, at_least=True)  # fmt: skip
def hotspots_later_incidents(workspace: Path) -> Measure:
    rows, x, y, area = buenos_aires()
    past, later = (rows["day"] < 548).to_numpy(), (rows["day"] >= 548).to_numpy()
    found = find_hotspots(x[past], y[past], rows["day"].to_numpy()[past], area=area, seed=1)
    shapes = list(found.territories.geometry)
    ground = shapely.union_all(shapes).area
    grid, hits = found.grid, int(inside_any(shapes, x[later], y[later]).sum())
    counts, held_out = grid.bin(x[past], y[past]).counts, grid.bin(x[later], y[later]).counts
    order = np.argsort(-counts, axis=None, kind="stable")[: round(ground / grid.cell_area_m2)]
    whole = {"incidents": float(later.sum()), "area_m2": ground, "study_area_m2": grid.mask_area_m2}
    peer = accuracy_index(hits=float(held_out.flat[order].sum()), **whole)
    return Measure(accuracy_index(hits=hits, **whole), peer="fullest cells", peer_value=peer)


@bench("snap-points", what="snap points of 72,000 dwellings among 8,000 street places", unit="s", limit=20)
def snap_points_of_a_town(workspace: Path) -> Measure:
    generator = np.random.default_rng(3)
    homes = generator.normal(0, 1500, (72_000, 2)) + np.array([X0, Y0])
    streets = generator.normal(0, 2200, (8_000, 2)) + np.array([X0, Y0])
    start = time.perf_counter()
    snap_points(homes[:, 0], homes[:, 1], candidates_x=streets[:, 0], candidates_y=streets[:, 1])
    return Measure(time.perf_counter() - start)
