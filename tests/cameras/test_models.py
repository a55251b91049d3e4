"""What the database itself says about cameras and viewsheds."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from cameras.models import Camera, Viewshed
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.factories.geo import BuildingFactory, CommuneFactory, PublicSpaceFactory, point, square

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"azimuth_deg": 360.0},
        {"azimuth_deg": -1.0},
        {"azimuth_deg": float("nan")},
        {"field_of_view_deg": 0.0},
        {"field_of_view_deg": 361.0},
        {"height_m": 0.0},
        {"height_m": float("inf")},
        {"range_m": 0.0},
        {"range_m": 1001.0},
        {"owner": "nadie"},
        {"kind": "drone"},
        {"status": "rota"},
        {"code": ""},
    ],
)
def test_database_refuses_a_camera_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        CameraFactory(**wrong)


def test_code_is_unique_inside_a_commune_only() -> None:
    camera = CameraFactory(code="C-1")
    CameraFactory(code="C-1", commune=CommuneFactory())
    with pytest.raises(IntegrityError):
        CameraFactory(code="C-1", commune=camera.commune)


def test_only_one_viewshed_of_a_camera_is_current() -> None:
    seen = ViewshedFactory()
    ViewshedFactory(camera=seen.camera, current=False)
    with pytest.raises(IntegrityError):
        ViewshedFactory(camera=seen.camera)


def test_only_live_monitored_operative_cameras_count() -> None:
    counting = CameraFactory()
    CameraFactory(commune=counting.commune, monitored_live=False)
    CameraFactory(commune=counting.commune, status="fuera_de_servicio")
    CameraFactory(commune=counting.commune, status="retirada")
    assert list(Camera.objects.for_commune(counting.commune).counting_as_coverage()) == [counting]


def _is_current(seen: Viewshed) -> bool:
    return bool(Viewshed.objects.get(pk=seen.pk).current)


def test_new_building_in_reach_outdates_the_viewshed() -> None:
    seen = ViewshedFactory(camera__point=point(0, 0))
    BuildingFactory(commune=seen.commune, footprint=square(40, 0, 10))
    assert not _is_current(seen)


def test_changed_and_removed_buildings_outdate_the_viewshed() -> None:
    camera = CameraFactory(point=point(0, 0))
    building = BuildingFactory(commune=camera.commune, footprint=square(40, 0, 10))
    changed = ViewshedFactory(camera=camera)
    building.height_m = 9.0
    building.save()
    assert not _is_current(changed)
    removed = ViewshedFactory(camera=camera)
    building.delete()
    assert not _is_current(removed)


def test_far_building_and_other_communes_building_leave_the_viewshed() -> None:
    seen = ViewshedFactory(camera__point=point(0, 0))
    BuildingFactory(commune=seen.commune, footprint=square(400, 0, 10))
    BuildingFactory(commune=CommuneFactory(), footprint=square(40, 0, 10))
    assert _is_current(seen)


def test_changed_public_space_outdates_the_viewshed() -> None:
    seen = ViewshedFactory(camera__point=point(0, 0))
    PublicSpaceFactory(commune=seen.commune, area=square(-10, -10, 100))
    assert not _is_current(seen)
