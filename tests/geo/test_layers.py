"""Layers of files become rows: every row is accounted for, the same file twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from django.core.management import CommandError, call_command

from geo import models
from geo.crs import crs_of, geometry_to_metric
from geo.errors import RefusedError, RefusedFileError
from geo.services.layers import LayerImport, import_layer
from geo.services.targets import TARGETS, suggest_mapping
from tests.factories import geo as factories

pytestmark = pytest.mark.django_db
Import = Callable[..., LayerImport]


@pytest.fixture
def load(commune: Any) -> Import:
    def run(path: Path, target: str, mapping: dict[str, str] | None = None, **options: Any) -> LayerImport:
        return import_layer(
            commune=commune, path=path, file_name=path.name, target=target, mapping=mapping, source="prueba", **options
        )

    return run


def squares(count: int, *, side_m: float = 100.0, start: int = 0) -> list[Any]:
    return [
        shapely.from_wkb(bytes(factories.square(side_m * 1.1 * n, 0, side_m).wkb)).geoms[0]
        for n in range(start, start + count)
    ]


def units(count: int = 3, srid: int = 4326, **columns: Any) -> gpd.GeoDataFrame:
    told = {"codigo": [f"U{n}" for n in range(count)], "nombre": [f"Ñuble {n}" for n in range(count)], **columns}
    return gpd.GeoDataFrame(told, geometry=squares(count), crs=4326).to_crs(crs_of(srid))


def geopackage(folder: Path, frame: gpd.GeoDataFrame, layer: str = "capa") -> Path:
    path = folder / "capa.gpkg"
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    return path


def geojson(folder: Path, content: Any, name: str = "capa.geojson") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def figures(result: LayerImport) -> tuple[int, int, int, int]:
    return result.read, result.accepted, result.repeated, result.refused


def test_units_come_in_with_their_figures(tmp_path: Path, load: Import, commune: Any) -> None:
    path = geopackage(tmp_path, units(personas=[10, 20, 30], viviendas=[1, 2, 3]))
    assert figures(load(path, "unidad_vecinal")) == (3, 3, 0, 0)
    unit = models.TerritorialUnit.objects.for_commune(commune).of_kind("unidad_vecinal").get(code="U1")
    assert (unit.name, unit.residents, unit.dwellings, unit.source) == ("Ñuble 1", 20, 2, "prueba")


@pytest.mark.parametrize("srid", [4326, 4674, 32718, 32719, 5362, 24878])
def test_every_chilean_system_lands_in_the_same_place(tmp_path: Path, load: Import, srid: int) -> None:
    load(geopackage(tmp_path, units(1, srid=srid)), "barrio")
    stored = models.TerritorialUnit.objects.get()
    truth = geometry_to_metric(squares(1)[0], commune=stored.commune)
    assert geometry_to_metric(stored.boundary, commune=stored.commune).hausdorff_distance(truth) < 0.01


@pytest.mark.parametrize("target", ["unidad_vecinal", "buildings", "masks", "public_space"])
def test_the_same_file_twice_changes_nothing(tmp_path: Path, load: Import, target: str) -> None:
    path = geopackage(tmp_path, units(tipo=["agua", "humedal", "bosque"], altura=[3.5, None, 9.0]))
    assert figures(load(path, target)) == (3, 3, 0, 0)
    before = list(TARGETS[target].model.objects.values_list())
    for replace in (False, True):
        assert figures(load(path, target, replace=replace)) == (3, 0, 3, 0)
        assert list(TARGETS[target].model.objects.values_list()) == before


def test_points_and_lines_come_in_too(tmp_path: Path, load: Import) -> None:
    frame = gpd.GeoDataFrame(
        {"via": ["Uno", "Dos"], "numero": ["?", 25]},
        geometry=gpd.points_from_xy([-73.25, -73.24], [-39.8] * 2),
        crs=4326,
    )
    assert load(geopackage(tmp_path, frame.astype({"numero": str})), "addresses").accepted == 2
    assert set(models.AddressPoint.objects.values_list("street", "number")) == {("Uno", ""), ("Dos", "25")}
    (tmp_path / "capa.gpkg").unlink()
    lines = gpd.GeoDataFrame(
        {"name": ["x"]}, geometry=[shapely.LineString([(-73.25, -39.8), (-73.24, -39.8)])], crs=4326
    )
    assert load(geopackage(tmp_path, lines), "streets").accepted == 1


def test_rows_repeated_in_the_file_are_counted_as_repeated(tmp_path: Path, load: Import) -> None:
    frame = units(2)
    doubled = gpd.GeoDataFrame(gpd.pd.concat([frame, frame], ignore_index=True), crs=4326)
    assert figures(load(geopackage(tmp_path, doubled), "barrio")) == (4, 2, 2, 0)


def test_one_code_with_two_contents_in_the_file_is_refused_on_both_rows(tmp_path: Path, load: Import) -> None:
    frame = units(3)
    frame.loc[2, "codigo"] = "U0"
    result = load(geopackage(tmp_path, frame), "barrio")
    assert figures(result) == (3, 1, 0, 2)
    assert [one.row for one in result.refusals] == [1, 3]


def test_a_code_with_new_content_is_refused_unless_replacing_is_asked(tmp_path: Path, load: Import) -> None:
    load(geopackage(tmp_path, units()), "barrio")
    (tmp_path / "capa.gpkg").unlink()
    path = geopackage(tmp_path, units(nombre=["otro", "Ñuble 1", "Ñuble 2"]))
    assert figures(load(path, "barrio")) == (3, 0, 2, 1)
    result = load(path, "barrio", replace=True)
    assert (figures(result), result.replaced) == ((3, 1, 2, 0), 1)
    history = models.TerritorialUnit.objects.filter(code="U0").order_by("pk")
    assert [unit.valid_until is None for unit in history] == [False, True]


def test_replacing_things_removes_what_the_file_no_longer_holds(tmp_path: Path, load: Import, commune: Any) -> None:
    factories.PlaceFactory(commune=commune, kind="bar")
    factories.PlaceFactory(commune=commune, kind="plaza")
    frame = gpd.GeoDataFrame(
        {"tipo": ["bar"], "nombre": ["Nuevo"]}, geometry=gpd.points_from_xy([-73.25], [-39.8]), crs=4326
    )
    result = load(geopackage(tmp_path, frame), "places", replace=True)
    assert (result.accepted, result.replaced) == (1, 1)
    assert set(models.Place.objects.values_list("kind", flat=True)) == {"bar", "plaza"}


def test_bad_cells_refuse_their_row_with_the_column(tmp_path: Path, load: Import) -> None:
    frame = units(5, personas=["12", "-3", "muchas", "1.5", "nan"])
    frame.loc[4, "codigo"] = " "
    result = load(geopackage(tmp_path, frame), "barrio")
    assert figures(result) == (5, 1, 0, 4)
    assert [one.row for one in result.refusals] == [2, 3, 4, 5]
    assert all("personas" in one.reason for one in result.refusals[:3])


def test_codes_are_text_and_lose_no_zero(tmp_path: Path, load: Import) -> None:
    load(geopackage(tmp_path, units(2, codigo=["05404", "007"])), "barrio")
    assert set(models.TerritorialUnit.objects.values_list("code", flat=True)) == {"05404", "007"}


def test_whole_numbers_as_codes_have_no_decimals(tmp_path: Path, load: Import) -> None:
    load(geopackage(tmp_path, units(2, codigo=[14101.0, None])), "barrio")
    assert list(models.TerritorialUnit.objects.values_list("code", flat=True)) == ["14101"]


def bow_tie() -> Any:
    a, b, c, d = list(squares(1)[0].exterior.coords)[:4]
    return shapely.Polygon([a, c, b, d])


def test_an_invalid_shape_is_refused_with_its_reason_or_mended_when_asked(tmp_path: Path, load: Import) -> None:
    frame = units(2)
    frame.loc[[1], "geometry"] = gpd.GeoSeries([bow_tie()], index=[1], crs=4326)
    path = geopackage(tmp_path, frame)
    refused = load(path, "barrio")
    assert figures(refused) == (2, 1, 0, 1)
    assert refused.refusals[0].row == 2
    mended = load(path, "barrio", repair=True)
    assert (figures(mended), mended.repaired) == ((2, 1, 1, 0), [2])
    assert mended.notes


def test_shapes_outside_the_commune_are_refused(tmp_path: Path, load: Import) -> None:
    frame = units(2)
    frame.loc[[1], "geometry"] = frame.geometry.iloc[[1]].translate(xoff=0.2)
    assert figures(load(geopackage(tmp_path, frame), "barrio")) == (2, 1, 0, 1)


def test_another_family_of_geometry_is_refused(tmp_path: Path, load: Import) -> None:
    frame = gpd.GeoDataFrame({"codigo": ["a"]}, geometry=gpd.points_from_xy([-73.25], [-39.8]), crs=4326)
    assert figures(load(geopackage(tmp_path, frame), "barrio")) == (1, 0, 0, 1)


def test_missing_geometry_is_refused(tmp_path: Path, load: Import) -> None:
    frame = units(2)
    frame.loc[[1], "geometry"] = None
    assert figures(load(geopackage(tmp_path, frame), "barrio")) == (2, 1, 0, 1)


# --- reference systems ------------------------------------------------------------------------------------------------


def without_system(folder: Path, srid: int) -> Path:
    frame = units(2, srid=srid).set_crs(None, allow_override=True)
    return geopackage(folder, frame)


def test_a_file_without_system_is_refused_with_a_question_and_a_hint(tmp_path: Path, load: Import) -> None:
    path = without_system(tmp_path, 32718)
    with pytest.raises(RefusedFileError) as caught:
        load(path, "barrio")
    assert caught.value.extra["code"] == "which_srid"
    assert caught.value.extra["suggested"] == 32718
    assert "capa.gpkg" in str(caught.value)
    assert load(path, "barrio", srid=32718).accepted == 2


def test_the_wrong_zone_is_refused_with_the_right_one(tmp_path: Path, load: Import) -> None:
    frame = units(2, srid=32718).set_crs(32719, allow_override=True)
    with pytest.raises(RefusedFileError) as caught:
        load(geopackage(tmp_path, frame), "barrio")
    assert caught.value.extra == {"code": "outside", "suggested": 32718, "choices": caught.value.extra["choices"]}
    assert "32718" in str(caught.value)
    assert models.TerritorialUnit.objects.count() == 0


def test_overruling_the_declared_system_is_noted(tmp_path: Path, load: Import) -> None:
    frame = units(2, srid=32718).set_crs(32719, allow_override=True)
    result = load(geopackage(tmp_path, frame), "barrio", srid=32718)
    assert (result.accepted, result.srid) == (2, 32718)
    assert sum("EPSG:32719" in note for note in result.notes) == 1


def test_a_layer_in_psad56_with_a_modern_name_is_warned_about(tmp_path: Path, load: Import, commune: Any) -> None:
    whole = gpd.GeoDataFrame(
        {"codigo": ["a"]}, geometry=[shapely.from_wkb(bytes(commune.boundary.wkb)).geoms[0]], crs=4326
    )
    frame = whole.to_crs(24878).set_crs(32718, allow_override=True)
    result = load(geopackage(tmp_path, frame), "barrio")
    assert any("24878" in note for note in result.notes)


# --- GeoJSON ----------------------------------------------------------------------------------------------------------


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def test_geojson_is_longitude_and_latitude(tmp_path: Path, load: Import) -> None:
    content = {"type": "FeatureCollection", "features": [feature(squares(1)[0], codigo="a")]}
    assert figures(load(geojson(tmp_path, content), "barrio")) == (1, 1, 0, 0)


# --- mapping ----------------------------------------------------------------------------------------------------------


def test_columns_are_found_by_their_usual_names() -> None:
    assert suggest_mapping(TARGETS["manzana"], ["fid", "MANZENT_I", "TOTAL_PERS", "TOTAL_VIVI"]) == {
        "code": "MANZENT_I",
        "residents": "TOTAL_PERS",
        "dwellings": "TOTAL_VIVI",
    }


def test_a_value_may_stand_in_place_of_a_column(tmp_path: Path, load: Import) -> None:
    load(geopackage(tmp_path, units(1)), "masks", {"kind": "=water"})
    assert models.MaskArea.objects.get().kind == "water"


def test_words_of_kinds_are_understood(tmp_path: Path, load: Import) -> None:
    frame = gpd.GeoDataFrame(
        {"amenity": ["pub", "restaurant", "Café", "car_wash"]},
        geometry=gpd.points_from_xy([-73.25 + 0.001 * n for n in range(4)], [-39.8] * 4), crs=4326,
    )  # fmt: skip
    load(geopackage(tmp_path, frame), "places", {"kind": "amenity"})
    assert sorted(models.Place.objects.values_list("kind", flat=True)) == ["bar", "cafe", "otro", "restaurante"]


@pytest.mark.parametrize("mapping", [{}, {"code": "codigo", "colour": "x"}])
def test_a_mapping_must_fit_the_target(tmp_path: Path, load: Import, mapping: dict[str, str]) -> None:
    with pytest.raises(RefusedError):
        load(geopackage(tmp_path, units(1)), "barrio", mapping)


def test_a_column_that_is_not_there_is_told(tmp_path: Path, load: Import) -> None:
    with pytest.raises(RefusedFileError) as caught:
        load(geopackage(tmp_path, units(1)), "barrio", {"code": "no_hay"})
    assert caught.value.extra["code"] == "column_missing"


def test_an_unknown_target_is_told(tmp_path: Path, load: Import) -> None:
    with pytest.raises(RefusedError):
        load(geopackage(tmp_path, units(1)), "sectores")


# --- commands ---------------------------------------------------------------------------------------------------------


def test_a_commune_and_a_layer_by_command(tmp_path: Path, capsys: Any) -> None:
    whole = shapely.box(-73.3, -39.86, -73.2, -39.76)
    outline = {"type": "FeatureCollection", "features": [feature(whole, cut="14101"), feature(squares(1)[0], cut="x")]}
    path = geojson(tmp_path, outline, "comuna.geojson")
    call_command("add_commune", str(path), code="14101", name="Valdivia", where="cut=14101", json=True)
    assert json.loads(capsys.readouterr().out) == {"code": "14101", "name": "Valdivia", "metric_srid": 32718}
    layer = str(geopackage(tmp_path, units()))
    call_command("import_layer", layer, commune="14101", target="barrio", dry_run=True, json=True)
    assert json.loads(capsys.readouterr().out)["accepted"] == 3
    assert models.TerritorialUnit.objects.count() == 0
    call_command("import_layer", layer, commune="14101", target="barrio", map=["code=codigo"], json=True)
    assert json.loads(capsys.readouterr().out)["accepted"] == 3
    with pytest.raises(CommandError):
        call_command("add_commune", str(path), code="14101", name="Valdivia", where="cut=14101")
    with pytest.raises(CommandError):
        call_command("import_layer", layer, commune="no", target="barrio")
