"""Files that leave the house, read back at once: what came out otherwise than it went in is told or refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from django.utils.translation import gettext as _

from geo.crs import is_metric, srid_of
from geo.writers import LONGEST_SHAPEFILE_TEXT, TOLD_ROWS, ExportField, Kind, equal_within

TOLERANCE_M = 1e-6
METRES_PER_DEGREE = 111_000.0
DECIMALS_AGREE = 1e-12  # relative


class NotWhatWasWrittenError(Exception):
    """A file gives back other shapes, or another number of rows, than were written: it must not be handed out."""


def read_back(path: Path, *, layer: str) -> gpd.GeoDataFrame:
    """The layer of a GeoPackage or of a zipped shapefile that was just written here."""
    place = f"/vsizip/{path}/{layer}.shp" if path.suffix == ".zip" else str(path)
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(place, **({} if path.suffix == ".zip" else {"layer": layer}))
    return frame


def check_shapes(written: gpd.GeoDataFrame, read: gpd.GeoDataFrame) -> None:
    """Raise NotWhatWasWrittenError unless every shape came back within 1e-6 m, row by row."""
    if len(written) != len(read):
        raise NotWhatWasWrittenError(f"{len(written)} rows were written and {len(read)} came back")
    srid = srid_of(written.crs)
    tolerance = TOLERANCE_M if srid is None or is_metric(srid) else TOLERANCE_M / METRES_PER_DEGREE
    if len(written) and not equal_within(written.geometry, read.geometry, tolerance_m=tolerance).all():
        raise NotWhatWasWrittenError("a shape came back changed")


def value_losses(
    written: gpd.GeoDataFrame, read: gpd.GeoDataFrame, fields: Sequence[ExportField], *, shapefile: bool
) -> list[str]:
    """What came back otherwise, one sentence per field; of a shapefile, beside what `write_shapefile_zip` tells."""
    losses = []
    for field in fields:
        came = read[field.short_name if shapefile else field.name]
        rows = [
            number
            for number, (sent, got) in enumerate(zip(written[field.name], came, strict=True), start=1)
            if not _same(_plain(sent, field.kind), _plain(got, field.kind), shapefile=shapefile)
        ]
        if rows:
            losses.append(
                _("%(field)s: %(count)s values came back changed (rows %(rows)s).")
                % {
                    "field": field.short_name if shapefile else field.name,
                    "count": len(rows),
                    "rows": ", ".join(map(str, rows[:TOLD_ROWS])) + (" …" if len(rows) > TOLD_ROWS else ""),
                }
            )
    return losses


def _plain(value: Any, kind: Kind) -> Any:
    if value is None or value is pd.NaT or pd.isna(value):
        return None
    if kind == "date":
        return value if type(value) is date else pd.Timestamp(value).date()
    if kind == "boolean":
        return bool(value)
    if kind == "integer":
        return int(value)
    return float(value) if kind == "decimal" else str(value)


def _same(sent: Any, got: Any, *, shapefile: bool) -> bool:
    if isinstance(sent, float) and isinstance(got, float):
        return math.isclose(sent, got, rel_tol=DECIMALS_AGREE, abs_tol=1e-15)
    if shapefile and isinstance(sent, str):
        cut = sent.encode("utf-8")[:LONGEST_SHAPEFILE_TEXT].decode("utf-8", errors="ignore")
        return cut == (got or "")
    return bool(sent == got)
