"""Harm that cameras see and harm they do not: shares over a window, and the parts of hot spots that no camera sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.gaps import coverage_gaps
from cameras.services.ground import Ground
from cameras.services.shares import Views, count_of, inside_cells, seen_places
from geo.crs import geometry_to_metric
from incidents.frames import incidents_frame
from incidents.models import Cluster, HotspotRun, Incident, Origin
from incidents.services.harm import harm_days

if TYPE_CHECKING:
    from geo.models import Commune

FINE = ("exact", "interpolated")  # places precise enough to say whether a camera saw them
LEAST_M2 = 25.0
COLUMNS = ("rank", "cluster", "harm", "share", "area_m2", "geometry")


@dataclass(frozen=True)
class HarmShare:
    """Reported incidents of a window whose place is fine: how many, their harm, and what cameras see of both."""

    incidents: int
    seen: int
    harm_days: float
    seen_days: float
    placed_coarsely: int
    without_harm: int

    @property
    def ratio(self) -> float | None:
        """Share (0 to 1) of the harm that happened in view; None without harm."""
        return None if self.harm_days <= 0 else self.seen_days / self.harm_days


def harm_share(commune: Commune, *, window: tuple[date, date], views: Views) -> HarmShare:
    """Share of a window's harm that happened where a camera sees, by the places of reported incidents.

    What patrols and cameras discovered is left out: it happens where somebody looks.
    """
    incidents = reported_incidents(commune, window=window)
    fine = incidents[incidents["place_class"].isin(FINE) & incidents.geometry.notna()]
    harm = fine["harm_days"].fillna(0.0).to_numpy()
    seen = seen_places(views, fine.geometry.x.to_numpy(), fine.geometry.y.to_numpy()) > 0
    return HarmShare(
        incidents=len(fine),
        seen=int(seen.sum()),
        harm_days=float(harm.sum()),
        seen_days=float(harm[seen].sum()),
        placed_coarsely=len(incidents) - len(fine),
        without_harm=int(fine["harm_days"].isna().sum()),
    )


def reported_incidents(commune: Commune, *, window: tuple[date, date]) -> gpd.GeoDataFrame:
    """Reported incidents of a window with their harm, each event once, in the commune's metres."""
    rows = (
        Incident.objects.for_commune(commune)
        .current()
        .counted_once()
        .of_origins([Origin.REPORTED])
        .between(*window, timezone=commune.timezone)
    )
    return incidents_frame(rows, commune=commune, harm=harm_days(commune=commune, accept_fallback=True).days)


def latest_hotspots(commune: Commune) -> HotspotRun | None:
    """The newest search for hot spots."""
    newest: HotspotRun | None = HotspotRun.objects.for_commune(commune).newest_first().first()
    return newest


def gap_list(run: HotspotRun, *, views: Views, ground: Ground, step: int = 1) -> gpd.GeoDataFrame:
    """Parts of a run's hot spots that no camera sees in a class or better, the most harm first.

    The harm of a hot spot (its count, where no harm is known) is spread evenly over its public ground. Columns: rank,
    cluster (its rank in the run), harm, share (of the hot spot's), area_m2; geometry in the commune's metres.
    """
    tables = [_gaps_of(cluster, views=views, ground=ground, step=step) for cluster in Cluster.objects.of_run(run)]
    filled = [table for table in tables if len(table)]
    if not filled:
        return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry="geometry")
    every = pd.concat(filled, ignore_index=True).sort_values(
        ["harm", "area_m2", "cluster"], ascending=[False, False, True], ignore_index=True
    )
    every["rank"] = np.arange(1, len(every) + 1)
    return gpd.GeoDataFrame(every[list(COLUMNS)], geometry="geometry")


def _gaps_of(cluster: Cluster, *, views: Views, ground: Ground, step: int) -> pd.DataFrame:
    area = geometry_to_metric(cluster.boundary, commune=cluster.commune)
    grid = ground.public_grid(area.bounds)
    hot = grid.mask & inside_cells(area, grid)
    if not hot.any():
        return pd.DataFrame(columns=list(COLUMNS))
    total: Any = cluster.harm if cluster.harm else cluster.n
    weights = np.where(hot, float(total) / hot.sum(), 0.0)
    covered = count_of(views.over(grid), grid, step=step) > 0
    found = coverage_gaps(covered, weights, grid, min_area_m2=LEAST_M2)
    told = pd.DataFrame(found).rename(columns={"weight": "harm"})
    return told.assign(cluster=cluster.rank, share=told["harm"] / float(total))
