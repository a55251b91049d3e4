"""What scores cost, and what the duel of four editors loses."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from tests.bench import Measure, bench

CRS = "EPSG:32718"
SECTORS, INCIDENTS = 200, 40_000


@bench("score-sectors", what="Score of 200 sectors from 40,000 incidents, 1,000 draws", unit="s", limit=3.0)
def score(workspace: Path) -> Measure:
    """Measures and score, from frames to ranks with intervals."""
    from analysis.scoring import score_sectors
    from analysis.sector_measures import MeasureRules, sector_measures
    from tests.analysis.test_scoring import SCHEME

    town, covered = _town()
    start = time.perf_counter()
    measures = sector_measures(**town, covered=covered, rules=MeasureRules(window_days=365.0))
    score_sectors(measures, scheme=replace(SCHEME, draws=1000), placed_ratio=1.0, seed=1)
    return Measure(time.perf_counter() - start)


@bench("score-draws", what="Score of 1,000 sectors with 8 kinds of harm, 2,000 draws, what drives the ranks", unit="s",
       limit=1.5)  # fmt: skip
def score_draws(workspace: Path) -> Measure:
    """Ranks with intervals, chances of the first places and the split of their variance, from counted sectors."""
    from analysis.scoring import score_sectors
    from tests.analysis.test_scoring import SCHEME

    measures = _counted(1_000)
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        score_sectors(measures, scheme=replace(SCHEME, draws=2000), placed_ratio=1.0, seed=1)
        best = min(best, time.perf_counter() - start)
    return Measure(best)


def _counted(sectors: int) -> Any:
    import pandas as pd

    from analysis.sector_measures import Measures

    generator = np.random.default_rng(1)
    kinds = [(days, seen) for days in (61.0, 541.0, 1096.0, 1826.0) for seen in (True, False)]
    rows = [
        (sector, days, True, seen, int(n))
        for sector in range(sectors)
        for (days, seen), n in zip(kinds, generator.poisson(6, len(kinds)), strict=True)
    ]
    groups = pd.DataFrame(rows, columns=["sector", "harm_days", "weighted", "covered", "count"])
    n = np.bincount(groups["sector"], weights=groups["count"], minlength=sectors)
    table = pd.DataFrame({"area_m2": 9e4, "residents": generator.uniform(100, 800, sectors), "n": n})
    table["base_person_hours"] = table["residents"] * 24 * 365
    harm = groups["count"] * groups["harm_days"]
    table["harm_days"] = np.bincount(groups["sector"], weights=harm, minlength=sectors)
    table["factor_weight"], table["reading_value"] = (
        generator.poisson(3, sectors) * 1.0,
        generator.uniform(20, 80, sectors),
    )
    table["ground_uncovered_ratio"] = generator.uniform(0, 1, sectors)
    table[["event_person_hours", "reading_n"]] = [0.0, 60.0]
    table.index = pd.Index([f"S{number}" for number in range(sectors)])
    return Measures(table, groups)


@bench("sector-duel", what="Acknowledged saves lost: 4 editors, 300 saves each, one sector", unit="saves", limit=0)
def duel(workspace: Path) -> Measure:
    """Every save that was answered with a version must be in the history under that version."""
    import threading

    from sectors.models import RiskSectorVersion
    from tests.factories.access import MembershipFactory
    from tests.factories.sectors import RiskSectorFactory
    from tests.sectors.test_duel import CLIENTS, Client

    sector = RiskSectorFactory()
    user = MembershipFactory(commune=sector.commune).user
    clients = [Client(number, saves=300) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.save_all, args=(sector.pk, user.pk)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    acknowledged = {pair for client in clients for pair in client.acknowledged}
    written = set(RiskSectorVersion.objects.filter(sector=sector).values_list("version", "reason"))
    return Measure(len(acknowledged - written) + (CLIENTS * 300 - len(acknowledged)))


def _town() -> tuple[dict[str, Any], Any]:
    """Sectors on a regular plan, incidents anywhere, readings of square units, seventy round views."""
    generator = np.random.default_rng(1)
    column, row = np.arange(SECTORS) % 20 * 400.0, np.arange(SECTORS) // 20 * 400.0
    sectors = gpd.GeoDataFrame(
        {"residents": generator.uniform(100, 900, SECTORS)},
        index=[f"S-{number}" for number in range(SECTORS)],
        geometry=shapely.box(600_000 + column, 5_590_000 + row, 600_300 + column, 5_590_300 + row),
        crs=CRS,
    )
    units = np.arange(160)
    west, south = 600_000 + units % 40 * 200.0, 5_590_000 + units // 40 * 1000.0
    town = {
        "sectors": sectors,
        "incidents": _scattered(
            generator, INCIDENTS, harm_days=generator.choice([1.0, 61.0, 541.0, 1826.0], INCIDENTS)
        ),
        "events": gpd.GeoDataFrame({"person_hours": []}, geometry=[], crs=CRS),
        "factors": _scattered(generator, 260, severity=np.ones(260)),
        "readings": gpd.GeoDataFrame(
            {
                "value": generator.uniform(20, 80, 160),
                "n": np.full(160, 80.0),
                "age_days": generator.uniform(0, 400, 160),
                "sector": [None] * 160,
            },
            geometry=shapely.box(west, south, west + 200, south + 1000),
            crs=CRS,
        ),
    }
    views = _scattered(generator, 70).geometry.buffer(90)
    return town, shapely.union_all(views.to_numpy())


def _scattered(generator: np.random.Generator, count: int, **columns: Any) -> gpd.GeoDataFrame:
    x, y = 600_000 + generator.uniform(0, 8000, count), 5_590_000 + generator.uniform(0, 4000, count)
    return gpd.GeoDataFrame(columns, geometry=shapely.points(x, y), crs=CRS)
