"""Files that leave the house can be read back, and tell what they lose."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.crs import CHILEAN_SRIDS, crs_of, is_metric
from geo.decoder import ROW_ERROR, decode_layer
from geo.writers import (
    ExportField,
    equal_within,
    export_file_name,
    inert_cell,
    write_geopackage,
    write_shapefile_zip,
)

FIELDS = [
    ExportField("code", "codigo", "Código", "text"),
    ExportField("name", "nombre", "Nombre del sector", "text"),
    ExportField("rank", "puesto", "Puesto", "integer"),
    ExportField("score", "puntaje", "Puntaje", "decimal"),
    ExportField("decided_on", "fecha", "Fecha de la resolución", "date"),
    ExportField("active", "activo", "Activo", "boolean"),
]


def frame(srid: int = 32718) -> gpd.GeoDataFrame:
    shapes = [
        shapely.Polygon([(650_000, 5_591_000), (650_100.123456, 5_591_000), (650_100, 5_591_100)]),
        shapely.MultiPolygon([
            shapely.box(651_000, 5_591_000, 651_200, 5_591_200) - shapely.box(651_050, 5_591_050, 651_060, 5_591_060),
            shapely.box(652_000, 5_591_000, 652_010, 5_591_010),
        ]),
        shapely.box(653_000, 5_591_000, 653_010, 5_591_010),
    ]  # fmt: skip
    columns = {
        "code": ["S-01", "S-02", "S-03"],
        "name": ["Ñuñoa – Peñalolén", "=SUMA(A1)", None],
        "rank": [1, 2, None],
        "score": [71.123456789, 3.0, None],
        "decided_on": [date(2026, 11, 24), datetime(2025, 1, 2, 13, 30, tzinfo=UTC), None],
        "active": [True, False, None],
    }
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs=32718).to_crs(crs_of(srid))


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("srid", sorted(CHILEAN_SRIDS))
def test_shapes_read_back_from_a_shapefile_are_the_same(tmp_path: Path, srid: int) -> None:
    written = frame(srid)
    write_shapefile_zip(written, tmp_path / "a.zip", name="sectores", fields=FIELDS, readme_lines=[])
    read = gpd.read_file(f"zip://{tmp_path / 'a.zip'}!sectores.shp")
    tolerance = 1e-6 if is_metric(srid) else 1e-11
    assert equal_within(read.geometry, written.geometry, tolerance_m=tolerance).all()
    assert read.crs.to_epsg(min_confidence=20) == srid or read.crs.equals(written.crs, ignore_axis_order=True)


def test_attributes_read_back_from_a_shapefile(tmp_path: Path) -> None:
    write_shapefile_zip(frame(), tmp_path / "a.zip", name="sectores", fields=FIELDS, readme_lines=[])
    read = gpd.read_file(f"zip://{tmp_path / 'a.zip'}!sectores.shp")
    assert list(read.columns) == [*(field.short_name for field in FIELDS), "geometry"]
    assert read.nombre.tolist()[:2] == ["Ñuñoa – Peñalolén", "=SUMA(A1)"]
    assert read.puesto.tolist()[:2] == [1, 2]
    assert read.puntaje[0] == pytest.approx(71.123456789, abs=1e-12)
    assert [pd.Timestamp(value).date() for value in read.fecha[:2]] == [date(2026, 11, 24), date(2025, 1, 2)]
    assert read.activo.tolist()[:2] == [1, 0]
    assert read.iloc[2][["nombre", "puesto", "puntaje", "fecha", "activo"]].isna().all()


def test_dates_are_dates_in_both_formats(tmp_path: Path) -> None:
    write_geopackage(frame(), tmp_path / "a.gpkg", layer="a", fields=FIELDS)
    write_shapefile_zip(frame(), tmp_path / "a.zip", name="a", fields=FIELDS, readme_lines=[])
    for path, column in ((tmp_path / "a.gpkg", "decided_on"), (f"zip://{tmp_path / 'a.zip'}!a.shp", "fecha")):
        described = pyogrio.read_info(path)
        assert described["dtypes"][list(described["fields"]).index(column)] == "datetime64[D]"


def test_the_zip_carries_system_encoding_and_dictionary(tmp_path: Path) -> None:
    write_shapefile_zip(frame(), tmp_path / "a.zip", name="sectores", fields=FIELDS, readme_lines=["Fuente: prueba"])
    entries = unzipped(tmp_path / "a.zip")
    assert set(entries) == {
        "sectores.shp", "sectores.shx", "sectores.dbf", "sectores.prj", "sectores.cpg", "LEEME.txt", "campos.csv",
    }  # fmt: skip
    assert entries["sectores.cpg"].strip() == b"UTF-8"
    assert b"UTM_Zone_18S" in entries["sectores.prj"]
    readme = entries["LEEME.txt"].decode()
    assert readme.startswith("Fuente: prueba")
    assert "EPSG:32718" in readme
    for field in FIELDS:
        assert f"{field.short_name}" in readme
        assert f"{field.title}" in readme
    rows = list(csv.reader(io.StringIO(entries["campos.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [field.short_name for field in FIELDS]


def test_every_loss_is_listed(tmp_path: Path) -> None:
    written = frame()
    written["name"] = ["ñ" * 200, "x" * 254, "y" * 255]
    losses = write_shapefile_zip(written, tmp_path / "a.zip", name="a", fields=FIELDS, readme_lines=[])
    readme = unzipped(tmp_path / "a.zip")["LEEME.txt"].decode()
    assert all(loss in readme for loss in losses)
    cut = next(loss for loss in losses if loss.startswith("nombre"))
    assert "1, 3" in cut
    assert "2" in cut
    assert any(loss.startswith("fecha") for loss in losses)
    assert any("decided_on → fecha" in loss for loss in losses)
    read = gpd.read_file(f"zip://{tmp_path / 'a.zip'}!a.shp")
    assert read.nombre.tolist() == ["ñ" * 127, "x" * 254, "y" * 254]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_shapefile_zip(frame(), tmp_path / name, name="s", fields=FIELDS, readme_lines=[])
    assert unzipped(tmp_path / "a.zip") == unzipped(tmp_path / "b.zip")


@pytest.mark.parametrize("names", [("puntaje_riesgo", "b"), ("a", "a"), ("ñ", "b"), ("A", "b"), ("", "b")])
def test_short_names_are_checked(tmp_path: Path, names: tuple[str, str]) -> None:
    fields = [ExportField("code", names[0], "", "text"), ExportField("name", names[1], "", "text")]
    with pytest.raises(ValueError, match="short names"):
        write_shapefile_zip(frame(), tmp_path / "a.zip", name="a", fields=fields, readme_lines=[])


def test_an_export_without_rows_is_still_a_file(tmp_path: Path) -> None:
    write_shapefile_zip(frame().iloc[:0], tmp_path / "a.zip", name="a", fields=FIELDS, readme_lines=[])
    assert len(gpd.read_file(f"zip://{tmp_path / 'a.zip'}!a.shp")) == 0
    write_geopackage(frame().iloc[:0], tmp_path / "a.gpkg", layer="a", fields=FIELDS)
    assert len(gpd.read_file(tmp_path / "a.gpkg")) == 0


@pytest.mark.parametrize("srid", [4326, 5361, 24878, 20049])
def test_a_geopackage_reads_back_the_same(tmp_path: Path, srid: int) -> None:
    written = frame(srid)
    write_geopackage(written, tmp_path / "a.gpkg", layer="sectores", fields=FIELDS)
    read = gpd.read_file(tmp_path / "a.gpkg", layer="sectores")
    assert read.crs.to_epsg() == srid
    assert equal_within(read.geometry, written.geometry, tolerance_m=1e-6 if is_metric(srid) else 1e-11).all()
    assert list(read.columns) == [*(field.name for field in FIELDS), "geometry"]
    assert read.name.tolist()[:2] == ["Ñuñoa – Peñalolén", "=SUMA(A1)"]
    assert read.active.tolist()[:2] == [True, False]


def test_the_style_stands_where_qgis_looks_for_it(tmp_path: Path) -> None:
    write_geopackage(frame(), tmp_path / "a.gpkg", layer="sectores", fields=FIELDS, style_qml="<qgis/>")
    with sqlite3.connect(tmp_path / "a.gpkg") as connection:
        found = connection.execute("SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles")
        assert found.fetchall() == [("sectores", "geom", "<qgis/>", 1)]
        kinds = connection.execute("SELECT table_name, data_type FROM gpkg_contents ORDER BY 1").fetchall()
    assert kinds == [("layer_styles", "attributes"), ("sectores", "features")]


def test_our_own_geopackage_passes_our_own_door(tmp_path: Path) -> None:
    write_geopackage(frame(), tmp_path / "a.gpkg", layer="sectores", fields=FIELDS, style_qml="<qgis/>")
    decoded = decode_layer(tmp_path / "a.gpkg")
    assert (decoded.srid, decoded.layers, len(decoded.frame)) == (32718, ["sectores"], 3)
    assert decoded.frame[ROW_ERROR].isna().all()


def test_a_failed_export_leaves_no_file(tmp_path: Path) -> None:
    mixed = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[shapely.Point(0, 0), shapely.box(0, 0, 1, 1)], crs=32718)
    fields: list[ExportField] = FIELDS[:1]
    with pytest.raises(ValueError, match="one type"):
        write_geopackage(mixed, tmp_path / "a.gpkg", layer="a", fields=fields)
    with pytest.raises(ValueError, match="one type"):
        write_shapefile_zip(mixed, tmp_path / "a.zip", name="a", fields=fields, readme_lines=[])
    assert list(tmp_path.iterdir()) == []


def test_file_names_are_plain() -> None:
    name = export_file_name(commune="Ñuñoa Norte", layer="Sectores", on=date(2026, 11, 24), srid=32718, extension="zip")
    assert name == "nunoa-norte_sectores_2026-11-24_epsg32718.zip"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-1+1", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_formulas_are_made_inert(text: str) -> None:
    assert inert_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-73.2", "+5", "-39,81", "texto", "", "2026-11-24", -73.2])
def test_numbers_and_words_stay_as_they_are(value: Any) -> None:
    assert inert_cell(value) == str(value)
