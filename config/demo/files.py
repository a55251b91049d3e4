"""Write the demo commune as files into a folder, and what nobody is to import (the truth) into a file apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
from rasterio.transform import from_origin

from analysis.simulation.frames import truth_frame
from analysis.simulation.incidents import History, simulate_incidents
from analysis.simulation.town import Town, build_town
from config.demo import geography, tables
from config.demo.behaviour import BEHAVIOUR
from config.demo.geography import EAST_M, METRIC_SRID, NORTH_M

YEARS = 3
HOTSPOTS = 8
ENCODING = "cp1252"


@dataclass(frozen=True)
class DemoFiles:
    """Where the files of one simulated commune lie and which days they cover."""

    folder: Path
    seed: int
    first_day: date
    last_day: date

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def simulate(*, seed: int, last_day: date, hotspots: int = HOTSPOTS) -> tuple[Town, History]:
    """Town and three years of history that end on a day."""
    first = first_day_of(last_day)
    town = build_town(seed=seed)
    history = simulate_incidents(
        town,
        BEHAVIOUR,
        first_day=np.datetime64(first.isoformat()),
        days=(last_day - first).days + 1,
        hotspots=hotspots,
        seed=seed,
    )
    return town, history


def first_day_of(last_day: date) -> date:
    """First day of the years that end on a day."""
    return last_day - timedelta(days=round(365.25 * YEARS) - 1)


def write_demo(folder: Path, *, seed: int, last_day: date, hotspots: int = HOTSPOTS) -> DemoFiles:
    """Simulate a commune and write all its files; the same seed and day give the same content."""
    town, history = simulate(seed=seed, last_day=last_day, hotspots=hotspots)
    folder.mkdir(parents=True, exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2020-01-01T00:00:00.000Z"})
    _write_geography(folder, town)
    _write_terrain(folder / "terreno.tif", town)
    register = tables.incidents_table(town, history, seed=seed)
    _write_table(folder / "incidentes.csv", tables.with_slips(register, seed=seed))
    _write_table(folder / "camaras.csv", tables.cameras_table(town, seed=seed))
    _write_table(folder / "eventos.csv", tables.events_table(town, history, seed=seed))
    _write_table(folder / "factores.csv", tables.factors_table(town, history, seed=seed))
    _write_table(folder / "percepcion.csv", tables.perception_table(town, history, seed=seed))
    _write_truth(folder / "verdad" / "truth.json", town, history)
    return DemoFiles(folder, seed, first_day_of(last_day), last_day)


LAYERS = {
    "manzanas": geography.blocks_frame,
    "unidades_vecinales": geography.neighbourhood_units_frame,
    "cuadrantes": geography.beats_frame,
    "calles": geography.streets_frame,
    "direcciones": geography.addresses_frame,
    "lugares": geography.places_frame,
    "edificios": geography.buildings_frame,
    "mascaras": geography.masks_frame,
}


def _write_geography(folder: Path, town: Town) -> None:
    outline = folder / "comuna.geojson"
    outline.write_text(geography.commune_frame(town).to_json(), encoding="utf-8")
    for name, build in LAYERS.items():
        _write_layer(build(town), folder / f"{name}.gpkg", name)


def _write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    path.unlink(missing_ok=True)
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")


def _write_terrain(path: Path, town: Town) -> None:
    """Heights as a GeoTIFF: row 0 is the north there."""
    surface = town.ground.surface
    rows, columns = surface.heights_m.shape
    north = surface.y0 + rows * surface.cell_m + NORTH_M
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "width": columns, "height": rows,
        "compress": "deflate",
        "crs": f"EPSG:{METRIC_SRID}", "nodata": -9999.0,
        "transform": from_origin(surface.x0 + EAST_M, north, surface.cell_m, surface.cell_m),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(np.flipud(surface.heights_m).astype(np.float32), 1)


def _write_table(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, sep=";", index=False, encoding=ENCODING, lineterminator="\r\n")


def _write_truth(path: Path, town: Town, history: History) -> None:
    """What was planted, with the folio of every planted incident. No import reads this folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    planted = history.incidents["hotspot"].to_numpy()
    numbers = np.array(tables.folios(history))
    places = np.round(history.incidents[["x", "y"]].to_numpy() + np.array([EAST_M, NORTH_M]), 2)
    areas = truth_frame(history, srid=METRIC_SRID, east_m=EAST_M, north_m=NORTH_M)
    found = []
    for spot, area in zip(history.hotspots, areas.geometry, strict=True):
        rhythm = spot.plant.rhythm
        found.append(
            {
                "number": spot.number,
                "name": spot.plant.name,
                "codes": sorted(spot.plant.codes),
                "centre": [round(spot.x + EAST_M, 2), round(spot.y + NORTH_M, 2)],
                "area": json.loads(gpd.GeoSeries([area]).to_json())["features"][0]["geometry"],
                "starts_on": str(history.first_day.astype("datetime64[D]") + spot.starts_day),
                "per_year": round(spot.per_year, 2),
                "hours": [round(float(share), 5) for share in rhythm.hours()],
                "weekdays": [round(float(share), 5) for share in rhythm.days()],
                "incidents": numbers[planted == spot.number].tolist(),
                "places": places[planted == spot.number].tolist(),
            }
        )
    content = {
        "seed": town.seed, "srid": METRIC_SRID, "first_day": str(history.first_day), "days": history.days,
        "incidents": len(planted), "hotspots": found,
    }  # fmt: skip
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
