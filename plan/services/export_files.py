"""The two formats of the export: written, read back, and their losses told."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from django.utils.translation import gettext as _

from geo.writers import FIXED_TIME, inert_cell, write_geopackage, write_shapefile_zip
from geo.writers_readback import read_back, value_losses
from plan.services.export_fields import SECTOR_FIELDS
from plan.services.styles import sectors_style

STRATEGIES = "estrategias"


def write_checked_shapefile(
    sectors: gpd.GeoDataFrame, strategies: pd.DataFrame, path: Path, *, layer: str, readme_lines: Sequence[str]
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Zipped shapefile with `estrategias.csv`. What reading it back shows beyond the known losses is told in LEEME.txt.

    Returns what came back and every loss.
    """
    known = write_shapefile_zip(sectors, path, name=layer, fields=SECTOR_FIELDS, readme_lines=readme_lines)
    read = read_back(path, layer=layer)
    found = value_losses(sectors, read, SECTOR_FIELDS, shapefile=True)
    if found:
        told = [*readme_lines, "", _("FOUND BY READING THE FILE BACK"), *(f"- {one}" for one in found)]
        write_shapefile_zip(sectors, path, name=layer, fields=SECTOR_FIELDS, readme_lines=told)
        read = read_back(path, layer=layer)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"{STRATEGIES}.csv", FIXED_TIME)
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, _as_csv(strategies), zipfile.ZIP_DEFLATED)
    return read, [*known, *found]


def write_checked_geopackage(
    sectors: gpd.GeoDataFrame, strategies: pd.DataFrame, path: Path, *, layer: str, readme_lines: Sequence[str]
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """GeoPackage with the layer, its style, and strategies and notes as tables. Returns what came back, the losses."""
    write_geopackage(sectors, path, layer=layer, fields=SECTOR_FIELDS, style_qml=sectors_style())
    read = read_back(path, layer=layer)
    found = value_losses(sectors, read, SECTOR_FIELDS, shapefile=False)
    pyogrio.write_dataframe(_typed(strategies), path, layer=STRATEGIES, driver="GPKG", use_arrow=True)
    notes = pd.DataFrame({"leeme": [*readme_lines, *(f"- {one}" for one in found)]}, dtype=object)
    pyogrio.write_dataframe(notes, path, layer="leeme", driver="GPKG", use_arrow=True)
    return read, found


def _typed(strategies: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers that may be missing, and dates, in types that a file can hold even where the table is empty."""
    whole = ["version_sector", "objetivo", "presupuesto_clp"]
    days = ["desde", "hasta"]
    typed = strategies.copy()
    for name in whole:
        typed[name] = pd.to_numeric(typed[name]).astype("Int64")
    for name in days:
        typed[name] = pd.to_datetime(typed[name]).astype("datetime64[ms]").astype("date32[pyarrow]")
    for name in typed.columns.difference([*whole, *days]):
        typed[name] = typed[name].astype(object)
    return typed


def _as_csv(strategies: pd.DataFrame) -> bytes:
    told = io.StringIO()
    writer = csv.writer(told, delimiter=";", lineterminator="\r\n")
    writer.writerow(strategies.columns)
    for row in _typed(strategies).itertuples(index=False):
        writer.writerow(["" if pd.isna(cell) else inert_cell(cell) for cell in row])
    return told.getvalue().encode("utf-8-sig")
