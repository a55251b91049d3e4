"""Real files for the analysis tests, read without the decoder: these tests know no Django."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely
from django.conf import settings
from pyproj import Transformer


def real_folder(name: str) -> Path:
    folder = Path(settings.ATALAYA_DATA) / "incidents" / name
    if not folder.is_dir():
        pytest.skip(f"ATALAYA_DATA has no folder incidents/{name}")
    return folder


@pytest.fixture
def memphis_january():
    folder = real_folder("memphis_robberies_2019")
    rows = pd.read_csv(folder / "memphis_robberies_jan.csv")
    x, y = Transformer.from_crs(4326, 32615, always_xy=True).transform(rows["longitude"], rows["latitude"])
    tables = json.loads((folder / "published_results.json").read_text())["tables"]
    return x, y, next(table for table in tables if table["id"] == "jan_500m")


@pytest.fixture
def buenos_aires():
    folder = real_folder("buenos_aires_2016_2017")
    rows = pd.read_csv(folder / "delitos_2016_2017.csv.gz", usecols=["latitud", "longitud", "fecha"])
    rows = rows[rows["latitud"] != 0]
    metres = Transformer.from_crs(4326, 32721, always_xy=True)
    x, y = metres.transform(rows["longitud"].to_numpy(), rows["latitud"].to_numpy())
    days = (pd.to_datetime(rows["fecha"]) - pd.Timestamp("2016-01-01")).dt.days.to_numpy()
    comunas = geopandas.read_file(folder / "comunas.gpkg").to_crs(32721)
    return x, y, days, shapely.union_all(comunas.geometry.to_numpy())


@pytest.fixture
def buenos_aires_2017_violent():
    """Robberies of 2017 other than of vehicles, in metres, and the city."""
    folder = real_folder("buenos_aires_2016_2017")
    rows = pd.read_csv(folder / "delitos_2016_2017.csv.gz")
    rows = rows[(rows["latitud"] != 0) & rows["fecha"].astype(str).str.startswith("2017")]
    rows = rows[rows["tipo_delito"] == "Robo (Con violencia)"]
    x, y = Transformer.from_crs(4326, 32721, always_xy=True).transform(
        rows["longitud"].to_numpy(), rows["latitud"].to_numpy()
    )
    comunas = geopandas.read_file(folder / "comunas.gpkg").to_crs(32721)
    return x, y, shapely.union_all(comunas.geometry.to_numpy())
