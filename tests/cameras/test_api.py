"""What machines get and send: shape, permission, versions; tiles by role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import Role
from geo.models import Commune
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.geo.grid import ids_of, tile_of

pytestmark = pytest.mark.django_db


def patch(client: Client, code: str, body: dict[str, Any]) -> Any:
    return client.patch(f"/api/cameras/{code}", body, content_type="application/json")


def test_patch_changes_a_field_and_raises_the_version(analyst: Client, commune: Commune) -> None:
    camera = CameraFactory(commune=commune)
    answer = patch(analyst, camera.code, {"version": 1, "range_m": 45})
    assert (answer.status_code, answer.json()["range_m"], answer.json()["version"]) == (200, 45, 2)


def test_patch_without_version_gives_428(analyst: Client, commune: Commune) -> None:
    assert patch(analyst, CameraFactory(commune=commune).code, {"range_m": 45}).status_code == 428


def test_stale_patch_gives_409_with_both_sides(analyst: Client, commune: Commune) -> None:
    camera = CameraFactory(commune=commune, version=3)
    answer = patch(analyst, camera.code, {"version": 2, "name": "Otra"})
    assert answer.status_code == 409
    assert {"current", "yours"} <= set(answer.json())


def test_patch_of_an_unknown_field_gives_422(analyst: Client, commune: Commune) -> None:
    assert patch(analyst, CameraFactory(commune=commune).code, {"version": 1, "patente": "x"}).status_code == 422


def test_post_enters_a_camera(analyst: Client, commune: Commune) -> None:
    body = {"code": "N-1", "kind": "fija", "point": {"type": "Point", "coordinates": [-73.246, -39.814]}}
    answer = analyst.post("/api/cameras", body, content_type="application/json")
    assert (answer.status_code, answer.json()["assumed"]) == (201, ["field_of_view_deg", "height_m", "range_m"])


def test_coverage_says_whether_it_can_be_trusted(director: Client, commune: Commune) -> None:
    CameraFactory(commune=commune)
    told = director.get("/api/cameras/coverage").json()
    assert (told["counting"], told["outdated"], told["complete"]) == (1, 1, False)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.MANAGER, Role.READER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("layer", ["camaras", "cobertura"])
def test_tiles_are_kept_from_roles_without_the_right(
    client_as: Callable[..., Client], commune: Commune, role: Role, layer: str
) -> None:
    camera = ViewshedFactory(camera__commune=commune).camera
    address = reverse("cameras:tiles", kwargs={"layer": layer, **tile_of(camera.point, zoom=15)})
    assert client_as(role).get(address).status_code == 403


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DIRECTOR, Role.CAMERA_OPERATOR])
def test_tiles_draw_the_communes_own_cameras(client_as: Callable[..., Client], commune: Commune, role: Role) -> None:
    camera = CameraFactory(commune=commune)
    CameraFactory(point=camera.point)
    address = reverse("cameras:tiles", kwargs={"layer": "camaras", **tile_of(camera.point, zoom=15)})
    assert ids_of(client_as(role).get(address).content) == {"camaras": [camera.pk]}


def test_coverage_tile_leaves_out_what_does_not_count(director: Client, commune: Commune) -> None:
    seen = ViewshedFactory(camera__commune=commune)
    ViewshedFactory(camera__commune=commune, camera__monitored_live=False)
    ViewshedFactory(camera__commune=commune, current=False)
    address = reverse("cameras:tiles", kwargs={"layer": "cobertura", **tile_of(seen.area.centroid, zoom=15)})
    assert ids_of(director.get(address).content) == {"cobertura": [seen.pk]}


def test_tile_tag_changes_when_a_camera_changes(analyst: Client, commune: Commune) -> None:
    camera = CameraFactory(commune=commune)
    address = reverse("cameras:tiles", kwargs={"layer": "camaras", **tile_of(camera.point, zoom=15)})
    tag = analyst.get(address)["ETag"]
    assert analyst.get(address, headers={"If-None-Match": tag}).status_code == 304
    patch(analyst, camera.code, {"version": 1, "name": "Otra"})
    assert analyst.get(address, headers={"If-None-Match": tag}).status_code == 200
