"""Real files of real communes, each with the trap its notes tell of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command

from geo import models
from geo.crs import geometry_to_metric
from geo.errors import RefusedFileError
from geo.frames import study_area, units_frame
from geo.services.communes import create_commune, read_boundary
from geo.services.layers import LayerImport, import_layer

pytestmark = [pytest.mark.django_db, pytest.mark.real_data]
Find = Callable[[str], Path]


def commune_of(path: Path, code: str, name: str, *, layer: str | None = None, **options: Any) -> models.Commune:
    return create_commune(cut_code=code, name=name, boundary=read_boundary(path, layer=layer), **options)


@pytest.fixture
def valdivia(db: None, real_data: Find) -> models.Commune:
    path = real_data("geo/valdivia_limites/valdivia_limites.gpkg")
    return commune_of(path, "14101", "Valdivia", layer="comuna_dpa2023")


def load(commune: models.Commune, path: Path, target: str, **options: Any) -> LayerImport:
    return import_layer(commune=commune, path=path, file_name=path.name, target=target, source="prueba", **options)


def figures(result: LayerImport) -> tuple[int, int, int, int]:
    return result.read, result.accepted, result.repeated, result.refused


def test_valdivia_has_the_area_of_its_source(valdivia: models.Commune) -> None:
    assert valdivia.metric_srid == 32718
    assert geometry_to_metric(valdivia.boundary, commune=valdivia).area / 1e6 == pytest.approx(1023.0, abs=0.5)


@pytest.mark.parametrize(("layer", "km2"), [("comuna_bcn", 951.2), ("comuna_ine2017", 965.4)])
def test_three_sources_give_three_areas(real_data: Find, layer: str, km2: float) -> None:
    commune = commune_of(real_data("geo/valdivia_limites/valdivia_limites.gpkg"), "14101", "Valdivia", layer=layer)
    assert geometry_to_metric(commune.boundary, commune=commune).area / 1e6 == pytest.approx(km2, abs=0.5)


def test_a_file_of_several_layers_asks_which(real_data: Find) -> None:
    with pytest.raises(RefusedFileError) as caught:
        read_boundary(real_data("geo/valdivia_limites/valdivia_limites.gpkg"))
    assert "agua_derivada" in caught.value.extra["layers"]


def test_census_blocks_come_in_with_their_people(valdivia: models.Commune, real_data: Find) -> None:
    path = real_data("geo/valdivia_manzanas/valdivia_manzanas.gpkg")
    assert figures(load(valdivia, path, "manzana", layer="manzanas_censo2017")) == (1601, 1601, 0, 0)
    blocks = units_frame(valdivia, kind="manzana")
    assert (blocks.residents.sum(), blocks.dwellings.sum(), blocks.residents.max()) == (153_993, 55_893, 1_309)
    assert (blocks.residents == 0).sum() == 6
    assert blocks.code.str.fullmatch("14101[0-9]{9}").all()
    assert figures(load(valdivia, path, "manzana", layer="manzanas_censo2017")) == (1601, 0, 1601, 0)


def test_zones_written_twice_count_once_and_those_of_other_communes_are_refused(
    valdivia: models.Commune, real_data: Find
) -> None:
    result = load(valdivia, real_data("geo/valdivia_limites/zonas_r14_original_duplicadas.geojson"), "zona_censal")
    assert figures(result) == (174, 44, 44, 86)
    assert set(units_frame(valdivia, kind="zona_censal").code.str[:5]) == {"14101"}
    assert any("44" in note and "dos veces" in note for note in result.notes)


def test_water_is_taken_off_the_study_area(valdivia: models.Commune, real_data: Find) -> None:
    path = real_data("geo/valdivia_limites/valdivia_limites.gpkg")
    result = load(valdivia, path, "masks", layer="agua_derivada", mapping={"kind": "=water"})
    assert figures(result) == (9, 9, 0, 0)
    whole = geometry_to_metric(valdivia.boundary, commune=valdivia).area
    water = sum(geometry_to_metric(one.area, commune=valdivia).area for one in models.MaskArea.objects.all())
    assert whole - study_area(valdivia).area == pytest.approx(water, rel=0.02)


def test_addresses_that_repeat_keep_their_own_points(valdivia: models.Commune, real_data: Find) -> None:
    path = real_data("geo/valdivia_direcciones/direcciones_valdivia.gpkg")
    assert figures(load(valdivia, path, "addresses")) == (6449, 6449, 0, 0)
    addresses = models.AddressPoint.objects.for_commune(valdivia)
    assert addresses.filter(street="RENE SCHNEIDER", number="2755").count() == 67
    assert not addresses.filter(number__in=["?", "SN"]).exists()
    assert figures(load(valdivia, path, "addresses")) == (6449, 0, 6449, 0)


def test_bars_and_restaurants_of_the_open_map(valdivia: models.Commune, real_data: Find) -> None:
    path = real_data("geo/valdivia_osm_gastronomia/osm_gastronomia_valdivia.geojson")
    result = load(valdivia, path, "places")
    assert result.accepted + result.refused == 276
    assert result.accepted >= 270
    assert models.Place.objects.filter(kind="bar").exists()


@pytest.mark.parametrize(
    ("layer", "rows", "placeless", "far"),
    [("establecimientos_educacionales", 132, 13, 1), ("establecimientos_salud", 83, 3, 0)],
)
def test_schools_and_health_come_in_without_those_that_have_no_place(
    valdivia: models.Commune, real_data: Find, layer: str, rows: int, placeless: int, far: int
) -> None:
    path = real_data("geo/valdivia_equipamiento/valdivia_equipamiento.gpkg")
    kind = "=establecimiento_educacional" if far else "=establecimiento_salud"
    mapping = {"kind": kind, "name": "nombre_establecimiento"}
    result = load(valdivia, path, "places", layer=layer, mapping=mapping)
    assert (result.read, result.refused) == (rows, placeless + far)
    assert any(f"Filas sin coordenadas, rechazadas: {placeless}" in note for note in result.notes)
    assert any("casa central" in note for note in result.notes) is (far == 0)


def test_petorca_lies_in_zone_19_and_keeps_its_neighbours_slivers(real_data: Find) -> None:
    path = real_data("geo/petorca_unidades_vecinales/petorca.gpkg")
    commune = commune_of(path, "05404", "Petorca", layer="comuna")
    assert commune.metric_srid == 32719
    result = load(commune, path, "unidad_vecinal", layer="unidades_vecinales_2017", mapping={"code": "ID_UV"})
    assert figures(result) == (32, 21, 0, 11)
    assert any("otras comunas" in note and "11" in note for note in result.notes)
    assert any("T_COM" in one.reason for one in result.refusals)
    assert (
        load(commune, path, "places", layer="carabineros_unidades", mapping={"kind": "=unidad_policial"}).accepted == 2
    )
    assert load(commune, path, "streets", layer="red_caminera_pre2018", mapping={}).accepted > 900


def test_six_invalid_settlements_are_refused_or_mended_when_asked(real_data: Find) -> None:
    path = real_data("geo/petorca_unidades_vecinales/petorca.gpkg")
    commune = commune_of(path, "05404", "Petorca", layer="comuna")
    mapping = {"code": "id_orig", "name": "Nombre"}
    refused = load(commune, path, "barrio", layer="poblados", mapping=mapping)
    assert refused.read == 32
    invalid = [one for one in refused.refusals if "not valid" in one.reason or "válid" in one.reason]
    assert len(invalid) == 6
    mended = load(commune, path, "barrio", layer="poblados", mapping=mapping, repair=True)
    assert sorted(mended.repaired) == sorted(one.row for one in invalid)


def test_a_layer_of_another_country_is_refused(valdivia: models.Commune, real_data: Find) -> None:
    with pytest.raises(RefusedFileError) as caught:
        load(valdivia, real_data("geo/delft_edificios_3d/edificios.gpkg"), "buildings")
    assert caught.value.extra["code"] == "outside"
    assert caught.value.extra["suggested"] is None


def test_communes_of_los_rios_carry_codes_without_leading_zero(real_data: Find, capsys: Any) -> None:
    path = real_data("geo/chile_comunas/comunas_los_rios_bcn.geojson")
    call_command("add_commune", str(path), code="14108", name="Panguipulli", where="cod_comuna=14108")
    commune = models.Commune.objects.get()
    assert commune.metric_srid == 32719 if commune.boundary.centroid.x > -72 else 32718


def test_buenos_aires_joins_its_comunas_into_one_city(real_data: Find) -> None:
    path = real_data("incidents/buenos_aires_2016_2017/comunas.gpkg")
    boundary = read_boundary(path)
    commune = create_commune(
        cut_code="CABA", name="Buenos Aires", boundary=boundary, timezone="America/Argentina/Buenos_Aires",
        metric_srid=32721,
    )  # fmt: skip
    assert geometry_to_metric(commune.boundary, commune=commune).area / 1e6 == pytest.approx(204, abs=4)
    result = load(commune, path, "macrosector", mapping={"code": "comuna", "name": "barrios"})
    assert result.accepted + result.refused == 15
    assert models.TerritorialUnit.objects.filter(code="1").exists()


def test_blocks_lie_in_the_zone_their_code_names(valdivia: models.Commune, real_data: Find) -> None:
    load(valdivia, real_data("geo/valdivia_manzanas/valdivia_manzanas.gpkg"), "manzana", layer="manzanas_censo2017")
    path = real_data("geo/valdivia_limites/valdivia_limites.gpkg")
    load(valdivia, path, "zona_censal", layer="zonas_ine2017", mapping={"code": "GEOCODIGO", "residents": "pob_total"})
    blocks, zones = units_frame(valdivia, kind="manzana"), units_frame(valdivia, kind="zona_censal").set_index("code")
    named = zones.geometry.reindex(blocks.code.str[:11])
    inside = shapely.contains(named.to_numpy(), shapely.point_on_surface(blocks.geometry.to_numpy()))
    assert inside.mean() > 0.98
