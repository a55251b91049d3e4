"""The demo's files are what an office would bring, and the truth lies apart."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from config.demo import profiles
from config.demo.files import HOTSPOTS, LAYERS, write_demo
from config.demo.geography import METRIC_SRID
from config.demo.tables import BAD_ROWS, TWICE

from .conftest import LAST_DAY


@pytest.fixture(scope="module")
def register(demo_files):
    return pd.read_csv(demo_files["incidentes.csv"], sep=";", encoding="cp1252", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def truth(demo_files):
    return json.loads((demo_files.folder / "verdad" / "truth.json").read_text(encoding="utf-8"))


def test_register_speaks_the_chilean_dialect(demo_files):
    raw = demo_files["incidentes.csv"].read_bytes()
    header, first = raw.split(b"\r\n")[:2]
    assert header.startswith(b"FOLIO;FECHA;HORA;")
    assert "dirección exacta".encode("cp1252") in raw
    assert first.split(b";")[1] == b"01-01-2023"
    assert b"," in first.split(b";")[7]


def test_register_holds_what_must_never_be_imported_and_no_profile_names_it(register):
    personal = {"SOLICITANTE", "TELEFONO", "OBSERVACIONES", "DIRECCION"}
    assert personal <= set(register.columns)
    assert personal.isdisjoint(profiles.INCIDENTS["settings"]["columns"].values())


def test_every_row_has_an_address_and_two_per_cent_no_coordinates(register):
    assert (register["DIRECCION"] != "").all()
    assert (register["ESTE"] == "").mean() == pytest.approx(0.02, abs=0.001)


def test_register_has_slips(register, truth):
    assert len(register) == truth["incidents"] + TWICE + BAD_ROWS
    assert register["FOLIO"].nunique() == truth["incidents"] + BAD_ROWS


def test_truth_names_folios_of_the_register(register, truth):
    folios = set(register["FOLIO"])
    assert len(truth["hotspots"]) == HOTSPOTS
    named = [folio for spot in truth["hotspots"] for folio in spot["incidents"]]
    assert len(named) == len(set(named)) > 1000
    assert folios.issuperset(named)


def test_truth_is_in_no_file_that_is_imported(demo_files):
    for path in demo_files.folder.iterdir():
        assert path.is_dir() or b"planted" not in path.read_bytes()
    header = demo_files["incidentes.csv"].read_bytes().split(b"\r\n")[0].lower()
    assert b"hotspot" not in header


def test_every_layer_is_there_in_metres_and_inside_the_commune(demo_files):
    commune = gpd.read_file(demo_files["comuna.geojson"]).to_crs(METRIC_SRID).geometry[0].buffer(1)
    for name in LAYERS:
        layer = gpd.read_file(demo_files[f"{name}.gpkg"])
        assert layer.crs.to_epsg() == METRIC_SRID
        assert len(layer) > 0
        assert shapely.covers(commune, layer.geometry.values).mean() > 0.995


def test_cameras_and_events_are_as_many_as_promised(demo_files):
    cameras = pd.read_csv(demo_files["camaras.csv"], sep=";", encoding="cp1252", decimal=",")
    events = pd.read_csv(demo_files["eventos.csv"], sep=";", encoding="cp1252", decimal=",")
    assert len(cameras) == 70
    assert len(events) == 40
    assert set(cameras["PROPIETARIO"]) == {"municipal", "comunitaria", "privada"}
    assert cameras.loc[cameras["TIPO"] == "fija", "AZIMUT"].notna().all()


def test_terrain_lies_under_the_whole_commune(demo_files):
    west, south, east, north = gpd.read_file(demo_files["comuna.geojson"]).to_crs(METRIC_SRID).total_bounds
    with rasterio.open(demo_files["terreno.tif"]) as raster:
        assert raster.crs.to_epsg() == METRIC_SRID
        assert raster.bounds.left < west < east < raster.bounds.right
        assert raster.bounds.bottom < south < north < raster.bounds.top
        heights = raster.read(1)
    assert np.isfinite(heights).all()
    assert heights.min() < 5
    assert heights.max() > 40


def test_no_two_doors_share_street_and_number(demo_files):
    doors = gpd.read_file(demo_files["direcciones.gpkg"])
    assert not doors.duplicated(["calle", "numero"]).any()


def test_same_seed_writes_the_same_bytes(demo_files, tmp_path):
    again = write_demo(tmp_path, seed=1, last_day=LAST_DAY)
    for name in ("incidentes.csv", "camaras.csv", "eventos.csv", "factores.csv", "percepcion.csv", "comuna.geojson"):
        assert again[name].read_bytes() == demo_files[name].read_bytes()
    assert (again.folder / "verdad" / "truth.json").read_bytes() == (
        demo_files.folder / "verdad" / "truth.json"
    ).read_bytes()
