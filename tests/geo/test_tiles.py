"""Tiles: what lies in the box, with ids, capped, per commune, tagged."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.test import Client
from django.urls import reverse

from geo import tiles
from geo.models import Place, StreetSegment, TerritorialUnit
from tests.factories import geo as factories
from tests.geo.grid import ids_of, tile_of

pytestmark = pytest.mark.django_db


def draw(queryset: Any, point: Any, zoom: int = 14, **options: Any) -> dict[str, list[int]]:
    return ids_of(tiles.vector_tile(queryset, **tile_of(point, zoom=zoom), layer="capa", **options))


def test_a_tile_holds_what_lies_in_it_with_its_id() -> None:
    near = factories.PlaceFactory(point=factories.point(0, 0))
    factories.PlaceFactory(commune=near.commune, point=factories.point(40_000, 0))
    assert draw(Place.objects.all(), near.point, fields=["name"], geometry="point") == {"capa": [near.pk]}


def test_an_empty_tile_has_no_bytes() -> None:
    assert tiles.vector_tile(Place.objects.all(), zoom=3, column=0, row=0, layer="capa", geometry="point") == b""


@pytest.mark.parametrize("address", [(30, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_an_address_outside_the_grid_is_refused_without_a_query(
    address: tuple[int, int, int], django_assert_num_queries: Any
) -> None:
    zoom, column, row = address
    with django_assert_num_queries(0), pytest.raises(tiles.NoSuchTileError):
        tiles.vector_tile(Place.objects.all(), zoom=zoom, column=column, row=row, layer="capa", geometry="point")


def test_names_never_reach_sql() -> None:
    with pytest.raises(ValueError, match="plain name"):
        tiles.vector_tile(Place.objects.all(), zoom=0, column=0, row=0, layer="a'b", geometry="point")


def test_features_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "MOST_FEATURES", 3)
    commune = factories.CommuneFactory()
    places = [factories.PlaceFactory(commune=commune, point=factories.point(n, 0)) for n in range(5)]
    found = draw(Place.objects.all(), places[0].point, fields=[], geometry="point")
    assert found == {"capa": [place.pk for place in places[:3]]}


def test_bytes_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    commune = factories.CommuneFactory()
    places = [factories.PlaceFactory(commune=commune, name=f"{n}" * 150, point=factories.point(n, 0)) for n in range(9)]
    monkeypatch.setattr(tiles, "MOST_FEATURES", 8)
    monkeypatch.setattr(tiles, "MOST_BYTES", 900)
    found = draw(Place.objects.all(), places[0].point, fields=["name"], geometry="point")
    assert len(found["capa"]) == 2


def test_bounds_are_the_web_mercator_ones() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_Extent(ST_Transform(ST_TileEnvelope(12, 1214, 2555), 4326))::text")
        (box,) = cursor.fetchone()
    west, south, east, north = tiles.tile_bounds(12, 1214, 2555)
    numbers = [float(number) for number in box[4:-1].replace(",", " ").split()]
    assert (west, south, east, north) == pytest.approx(numbers, abs=1e-9)


def test_the_spatial_index_answers() -> None:
    commune = factories.CommuneFactory()
    TerritorialUnit.objects.bulk_create(
        factories.TerritorialUnitFactory.build(
            commune=commune, code=str(n), boundary=factories.square(200 * (n % 60), 200 * (n // 60), 150)
        )
        for n in range(3000)
    )
    box = Polygon.from_bbox(tiles.tile_bounds(17, *list(tile_of(factories.point(0, 0), zoom=17).values())[1:]))
    box.srid = 4326
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE geo_territorialunit")
    plan = TerritorialUnit.objects.filter(boundary__bboverlaps=box).explain()
    assert "boundary" in plan
    assert "Index" in plan


def test_streets_and_areas_are_drawn_too() -> None:
    street = factories.StreetSegmentFactory()
    assert draw(StreetSegment.objects.all(), factories.point(0, 0), zoom=11, geometry="line", fields=["name"]) == {
        "capa": [street.pk]
    }


# --- the address ------------------------------------------------------------------------------------------------------


def address(layer: str, point: Any, zoom: int = 14) -> str:
    return reverse("geo:tiles", kwargs={"layer": layer, **tile_of(point, zoom=zoom)})


def test_every_layer_answers_with_the_rows_of_the_person_s_commune(
    client_as: Any, commune: Any, other_commune: Any
) -> None:
    reader = client_as("lectora")
    makers: dict[str, Any] = {
        "unidades": (factories.TerritorialUnitFactory, {"boundary": factories.square(0, 0, 50)}),
        "manzanas": (factories.TerritorialUnitFactory, {"kind": "manzana", "boundary": factories.square(0, 0, 50)}),
        "calles": (factories.StreetSegmentFactory, {"line": factories.line((0, 0), (50, 0))}),
        "mascara": (factories.MaskAreaFactory, {"area": factories.square(0, 0, 50)}),
        "lugares": (factories.PlaceFactory, {"point": factories.point()}),
        "edificios": (factories.BuildingFactory, {"footprint": factories.square(0, 0, 50)}),
        "espacio-publico": (factories.PublicSpaceFactory, {"area": factories.square(0, 0, 50)}),
    }
    for layer, (factory, columns) in makers.items():
        mine = factory(commune=commune, **columns)
        factory(commune=other_commune, **columns)
        answer = reader.get(address(layer, factories.point(10, 10)))
        assert ids_of(answer.content) == {layer.replace("-", "_"): [mine.pk]}, layer
        assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"


def test_an_unknown_layer_is_not_found(reader: Client) -> None:
    assert reader.get(address("secretos", factories.point())).status_code == 404


def test_an_address_outside_the_grid_is_not_found(reader: Client) -> None:
    assert reader.get("/archivos/geografia/teselas/unidades/3/9/0.mvt").status_code == 404


def test_an_unchanged_tile_is_not_sent_again(reader: Client, commune: Any) -> None:
    factories.PlaceFactory(commune=commune, point=factories.point())
    first = reader.get(address("lugares", factories.point()))
    again = reader.get(address("lugares", factories.point()), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    factories.PlaceFactory(commune=commune, point=factories.point(1, 1))
    changed = reader.get(address("lugares", factories.point()), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_unit_that_ended_is_no_longer_drawn(reader: Client, commune: Any) -> None:
    factories.TerritorialUnitFactory(commune=commune, boundary=factories.square(0, 0, 50), valid_until="2024-01-01")
    assert reader.get(address("unidades", factories.point())).status_code == 204


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(address("unidades", factories.point())).status_code == 302
