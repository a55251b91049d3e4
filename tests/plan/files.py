"""Exported files for tests, made by the service itself."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from access.roles import Role
from plan.models import ExportFile
from plan.services.exporting import export_sectors
from tests.factories.access import MembershipFactory
from tests.factories.sectors import RiskSectorFactory


def an_export(commune: Any, **options: Any) -> ExportFile:
    """A GeoPackage in the commune's own system by its planner, unless told otherwise."""
    if not options.pop("as_it_is", False):
        RiskSectorFactory(commune=commune)
    user = MembershipFactory(commune=commune, role=Role.PLANNER).user
    return export_sectors(
        **{
            "commune": commune,
            "file_format": "gpkg",
            "srid": 32718,
            "exported_by": user,
            "role": Role.PLANNER,
        }
        | options
    )


def layer_of(path: Path, layer: str = "sectores") -> gpd.GeoDataFrame:
    """A layer of an exported file, read by the same library as a stranger's GIS."""
    if path.suffix == ".zip":
        return pyogrio.read_dataframe(f"/vsizip/{path}/{layer}.shp")
    return pyogrio.read_dataframe(path, layer=layer)


def entries(path: Path) -> dict[str, bytes]:
    """Files inside a zip."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(raw: bytes) -> list[dict[str, str]]:
    """Rows of a CSV of the export."""
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
