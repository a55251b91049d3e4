"""Rows of sectors, and what a score reads about them, as frames in the commune's metres: the only door to analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from django.db.models import prefetch_related_objects

from access.services.history import rows_as_of
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


def factors_frame(
    commune: Commune, *, on: date, severities: Mapping[str, float], sequence: int | None = None
) -> gpd.GeoDataFrame:
    """Risk factors seen and not solved on a day, as they stood at a sequence of kept rows (now, when none is given):
    kind (code) and severity as the scheme froze it."""
    factors = [one for one in rows_as_of(RiskFactor, commune=commune, sequence=sequence) if one.unsolved_on(on)]
    prefetch_related_objects(factors, "kind")
    columns = {
        "kind": [one.kind.code for one in factors],
        "severity": np.array([severities.get(one.kind.code, one.kind.severity) for one in factors], dtype=float),
    }
    return _frame(columns, [one.point for one in factors], commune=commune)


def readings_frame(
    commune: Commune, *, on: date, sequence: int | None = None, versions: Iterable[RiskSectorVersion] = ()
) -> gpd.GeoDataFrame:
    """Perception readings up to a day, as they stood at a sequence of kept rows (now, when none is given): value, n,
    age_days, sector (code, None for a unit's), shape of the place: that of the given version of its sector, if any."""
    known = rows_as_of(PerceptionReading, commune=commune, sequence=sequence)
    readings = sorted((one for one in known if one.measured_on <= on), key=lambda one: (one.measured_on, one.pk))
    prefetch_related_objects(readings, "unit", "sector")
    drawn = {version.sector_id: version.boundary for version in versions}
    columns = {
        "value": np.array([reading.value for reading in readings], dtype=float),
        "n": np.array([reading.n for reading in readings], dtype=float),
        "age_days": np.array([(on - reading.measured_on).days for reading in readings], dtype=float),
        "sector": [reading.sector.code if reading.sector else None for reading in readings],
    }
    shapes = [_place_of(one, drawn) for one in readings]
    return _frame(columns, shapes, commune=commune)


def _place_of(reading: PerceptionReading, drawn: dict[int, Any]) -> Any:
    """The given version of its sector, else the sector or unit itself."""
    if reading.sector_id is not None and reading.sector_id in drawn:
        return drawn[reading.sector_id]
    place = reading.sector or reading.unit
    assert place is not None  # the database lets no reading in that has neither
    return place.boundary


def _frame(
    columns: Mapping[str, Any], shapes: list[Any], *, commune: Commune, index: pd.Index | None = None
) -> gpd.GeoDataFrame:
    series = gpd.GeoSeries([as_shapely(shape) for shape in shapes], index=index, crs=crs_of(STORAGE_SRID))
    return to_metric(gpd.GeoDataFrame(pd.DataFrame(dict(columns), index=index), geometry=series), commune=commune)
