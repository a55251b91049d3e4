"""What a camera would see while somebody drags it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.test import Client

from cameras.models import Viewshed
from cameras.services.preview import preview_view
from geo.errors import RefusedError
from geo.models import Commune
from tests.factories.cameras import CameraFactory
from tests.factories.geo import BuildingFactory, PublicSpaceFactory, point, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(commune: Commune) -> Commune:
    PublicSpaceFactory(commune=commune, area=square(-200, -200, 400))
    return commune


def fixed(**told: Any) -> dict[str, Any]:
    at = told.pop("at", (0, 0))
    place = point(*at)
    content = {
        "kind": "fija", "point": {"type": "Point", "coordinates": [place.x, place.y]}, "height_m": 5.0,
        "azimuth_deg": 90.0, "field_of_view_deg": 60.0, "range_m": 50.0,
    }  # fmt: skip
    return content | told


def test_it_tells_ground_by_class_and_keeps_nothing(plain: Commune) -> None:
    told = preview_view(commune=plain, content=fixed())
    areas = [one["area_m2"] for one in told.classes]
    assert told.seen_m2 == areas[0] == pytest.approx(math.pi * 50**2 / 6, rel=0.03)
    assert areas == sorted(areas, reverse=True)
    assert not Viewshed.objects.exists()


def test_a_raised_camera_never_loses_ground_behind_a_low_wall(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(10, -3, 6), height_m=4)
    low, high = (preview_view(commune=plain, content=fixed(height_m=height)).seen_m2 for height in (5.0, 12.0))
    assert high > low


def test_a_camera_of_the_register_is_told_by_its_code(plain: Commune, analyst: Client) -> None:
    camera = CameraFactory(commune=plain, code="X-1", point=point(0, 0), range_m=40)
    answer = analyst.post("/api/cameras/preview", {"code": camera.code}, content_type="application/json")
    assert answer.json()["seen_m2"] == pytest.approx(math.pi * 1600, rel=0.03)


def test_a_camera_inside_a_building_says_what_to_do(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(-20, -20, 40), height_m=12)
    told = preview_view(commune=plain, content=fixed())
    assert (told.seen_m2, told.features["features"]) == (0.0, [])
    assert "fachada" in told.problem


def test_a_fixed_camera_without_heading_says_what_to_do(plain: Commune) -> None:
    assert "azimut" in preview_view(commune=plain, content=fixed(azimuth_deg=None)).problem


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"azimuth_deg": 725.0}, "azimut"),
        ({"focal_length_mm": 0.0, "sensor_width_mm": 5.0}, "focal"),
        ({"field_of_view_deg": 400.0}, "ángulo"),
        ({"height_m": 0.0}, "altura"),
        ({"range_m": 5000.0}, "alcance"),
    ],
)
def test_values_that_no_camera_has_are_refused_in_words(plain: Commune, wrong: dict[str, float], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        preview_view(commune=plain, content=fixed(**wrong))


def test_lens_and_sensor_give_the_field_of_view(plain: Commune) -> None:
    told = preview_view(commune=plain, content=fixed(field_of_view_deg=None, sensor_width_mm=5.37, focal_length_mm=4.0))
    assert told.camera["field_of_view_deg"] == pytest.approx(67.75, abs=0.05)


def test_tilt_leaves_a_blind_ring_under_the_mast(plain: Commune) -> None:
    told = preview_view(commune=plain, content=fixed(height_m=6.0, tilt_deg=30.0, field_of_view_deg=83.0))
    assert told.blind_m == pytest.approx(4.0, abs=0.1)
