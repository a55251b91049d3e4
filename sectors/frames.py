"""Rows of sectors, and what a score reads about them, as frames in the commune's metres: the only door to analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import STORAGE_SRID, as_shapely, crs_of, to_metric
from geo.models import Commune
from sectors.models import PerceptionReading, RiskFactor, RiskSector, RiskSectorVersion

CONTENT = ["name", "typology", "status", "act", "valid_from", "valid_until", "version"]


def sectors_frame(commune: Commune, *, on: date | None = None) -> gpd.GeoDataFrame:
    """Sectors of the catalogue as it stands (in force on a day, when one is given), indexed by code."""
    sectors = RiskSector.objects.for_commune(commune).select_related("responsible").order_by("code")
    if on is not None:
        sectors = sectors.in_force(on)
    return versions_frame(sectors, commune=commune)


def versions_frame(contents: Iterable[RiskSector | RiskSectorVersion], *, commune: Commune) -> gpd.GeoDataFrame:
    """Sectors or versions of sectors, indexed by code: name, typology, status, act, validity, version, responsible."""
    rows = list(contents)
    codes = [row.sector.code if isinstance(row, RiskSectorVersion) else row.code for row in rows]
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in CONTENT}
    columns["responsible"] = [row.responsible.get_username() if row.responsible else None for row in rows]
    return _frame(columns, [row.boundary for row in rows], commune=commune, index=pd.Index(codes, name="code"))


def factors_frame(commune: Commune, *, on: date, severities: Mapping[str, float]) -> gpd.GeoDataFrame:
    """Risk factors seen and not solved on a day: kind (code) and severity as the scheme froze it."""
    factors = RiskFactor.objects.for_commune(commune).unsolved(on).order_by("pk")
    rows = list(factors.values_list("kind__code", "kind__severity", "point"))
    columns = {
        "kind": [row[0] for row in rows],
        "severity": np.array([severities.get(row[0], row[1]) for row in rows], dtype=float),
    }
    return _frame(columns, [row[2] for row in rows], commune=commune)


def readings_frame(commune: Commune, *, on: date) -> gpd.GeoDataFrame:
    """Perception readings up to a day: value, n, age_days, sector (code, None for a unit's), shape of the place."""
    readings = list(
        PerceptionReading.objects.for_commune(commune)
        .measured_by(on)
        .select_related("unit", "sector")
        .order_by("measured_on", "pk")
    )
    columns = {
        "value": np.array([reading.value for reading in readings], dtype=float),
        "n": np.array([reading.n for reading in readings], dtype=float),
        "age_days": np.array([(on - reading.measured_on).days for reading in readings], dtype=float),
        "sector": [reading.sector.code if reading.sector else None for reading in readings],
    }
    shapes = [(reading.sector or reading.unit).boundary for reading in readings]
    return _frame(columns, shapes, commune=commune)


def _frame(
    columns: Mapping[str, Any], shapes: list[Any], *, commune: Commune, index: pd.Index | None = None
) -> gpd.GeoDataFrame:
    series = gpd.GeoSeries([as_shapely(shape) for shape in shapes], index=index, crs=crs_of(STORAGE_SRID))
    return to_metric(gpd.GeoDataFrame(pd.DataFrame(dict(columns), index=index), geometry=series), commune=commune)
