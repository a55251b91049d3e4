"""What cameras see, computed through the services on tiny scenes that can be checked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from access.models import JobRun
from access.roles import Role
from access.services.jobs import request_job, run_job
from cameras.models import Camera, Viewshed
from cameras.services.cells import classes_of
from cameras.services.coverage import compute_coverage, coverage_status, covered_area, ensure_coverage, ground_share
from cameras.services.rules import set_rules
from geo.crs import geometry_to_metric
from geo.errors import RefusedError
from geo.models import Commune
from tests.factories.access import MembershipFactory, UserFactory
from tests.factories.cameras import CameraFactory, PresetFactory
from tests.factories.geo import BuildingFactory, CommuneFactory, PublicSpaceFactory, VegetationFactory, point, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(commune: Commune) -> Commune:
    """A commune whose public space is one square of 400 m around the centre."""
    PublicSpaceFactory(commune=commune, area=square(-200, -200, 400))
    return commune


def seen_by(camera: Camera) -> Viewshed:
    compute_coverage(commune=camera.commune)
    return Viewshed.objects.get(camera=camera, current=True)


def place(commune: Commune, east: float, north: float) -> shapely.Point:
    return geometry_to_metric(point(east, north), commune=commune)


def test_dome_on_open_ground_sees_its_circle(plain: Commune) -> None:
    seen = seen_by(CameraFactory(commune=plain, point=point(0, 0), range_m=60))
    assert seen.area_m2 == pytest.approx(math.pi * 60**2, rel=0.02)


def test_fixed_camera_sees_its_wedge_and_nothing_behind(plain: Commune) -> None:
    camera = CameraFactory(
        commune=plain, kind="fija", point=point(0, 0), azimuth_deg=90, field_of_view_deg=60, range_m=60
    )
    seen = seen_by(camera)
    area = geometry_to_metric(seen.area, commune=plain)
    assert seen.area_m2 == pytest.approx(math.pi * 60**2 / 6, rel=0.04)
    assert area.contains(place(plain, 40, 0))
    assert not area.intersects(place(plain, -20, 0))


def test_wedge_wraps_through_north(plain: Commune) -> None:
    camera = CameraFactory(
        commune=plain, kind="fija", point=point(0, 0), azimuth_deg=350, field_of_view_deg=60, range_m=60
    )
    area = geometry_to_metric(seen_by(camera).area, commune=plain)
    assert area.contains(place(plain, 5, 40))
    assert area.contains(place(plain, -15, 40))


def test_building_throws_a_shadow(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(20, -10, 20), height_m=12)
    area = geometry_to_metric(seen_by(CameraFactory(commune=plain, point=point(0, 0))).area, commune=plain)
    assert not area.intersects(place(plain, 50, 0))
    assert area.contains(place(plain, -50, 0))


def test_trees_throw_a_shadow_and_their_change_outdates_the_view(plain: Commune) -> None:
    camera = CameraFactory(commune=plain, point=point(0, 0))
    first = seen_by(camera)
    VegetationFactory(commune=plain, area=square(20, -10, 20))
    first.refresh_from_db()
    area = geometry_to_metric(seen_by(camera).area, commune=plain)
    assert not first.current
    assert not area.intersects(place(plain, 50, 0))


def test_a_camera_may_hang_among_branches(plain: Commune) -> None:
    VegetationFactory(commune=plain, area=square(-5, -5, 10))
    assert "problem" not in seen_by(CameraFactory(commune=plain, point=point(0, 0), height_m=5)).parameters


def test_only_public_space_is_seen(commune: Commune) -> None:
    PublicSpaceFactory(commune=commune, area=square(0, -200, 400))
    area = geometry_to_metric(seen_by(CameraFactory(commune=commune, point=point(0, 0))).area, commune=commune)
    assert not area.intersects(place(commune, -20, 0))
    assert area.contains(place(commune, 20, 0))


def test_without_public_space_the_ground_between_buildings_counts_and_roofs_do_not(commune: Commune) -> None:
    BuildingFactory(commune=commune, footprint=square(20, -10, 20), height_m=2)
    area = geometry_to_metric(seen_by(CameraFactory(commune=commune, point=point(0, 0))).area, commune=commune)
    assert not area.intersects(place(commune, 30, 0))
    assert area.contains(place(commune, 10, 0))


def test_camera_drawn_just_inside_its_wall_hangs_outside_it(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(0, -10, 20), height_m=12)
    seen = seen_by(CameraFactory(commune=plain, point=point(0.5, 0), height_m=5))
    area = geometry_to_metric(seen.area, commune=plain)
    assert seen.parameters["moved_m"] == pytest.approx(0.8, abs=0.05)
    assert area.contains(place(plain, -30, 0))
    assert not area.intersects(place(plain, 40, 0))


def test_camera_deep_inside_a_building_has_no_view_and_says_why(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(-10, -10, 20), height_m=12)
    seen = seen_by(CameraFactory(commune=plain, point=point(0, 0), height_m=5))
    assert (seen.area, seen.parameters["problem"]) == (None, "inside_a_building")


def test_fixed_camera_without_heading_claims_no_ground(plain: Commune) -> None:
    seen = seen_by(CameraFactory(commune=plain, kind="fija", point=point(0, 0), azimuth_deg=None))
    assert (seen.area, seen.parameters["problem"]) == (None, "without_heading")


def test_buildings_without_height_take_their_levels_else_the_default_and_are_counted(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(20, -10, 5), height_m=None, levels=4)
    BuildingFactory(commune=plain, footprint=square(30, -10, 5), height_m=None, levels=None)
    parameters = seen_by(CameraFactory(commune=plain, point=point(0, 0))).parameters
    assert (parameters["buildings"], parameters["buildings_of_assumed_height"]) == (2, 1)


def test_only_live_monitored_operative_cameras_cover(plain: Commune) -> None:
    CameraFactory(commune=plain, point=point(0, 0), range_m=20)
    CameraFactory(commune=plain, point=point(100, 0), range_m=20, monitored_live=False)
    CameraFactory(commune=plain, point=point(-100, 0), range_m=20, status="fuera_de_servicio")
    compute_coverage(commune=plain)
    assert covered_area(plain).area == pytest.approx(math.pi * 400, rel=0.05)
    assert covered_area(plain, live_only=False).area == pytest.approx(3 * math.pi * 400, rel=0.05)


def test_two_cameras_on_the_same_ground_count_once(plain: Commune) -> None:
    for _number in range(2):
        CameraFactory(commune=plain, point=point(0, 0), range_m=30)
    compute_coverage(commune=plain)
    assert covered_area(plain).area == pytest.approx(math.pi * 900, rel=0.04)


def test_ground_share_is_of_public_ground(plain: Commune) -> None:
    CameraFactory(commune=plain, point=point(0, 0), range_m=60)
    compute_coverage(commune=plain)
    assert ground_share(plain) == pytest.approx(math.pi * 3600 / 160_000, rel=0.03)


def test_ground_share_of_an_area_without_public_ground_is_unknown(plain: Commune) -> None:
    assert ground_share(plain, area=place(plain, 2000, 0).buffer(50)) is None


def test_second_computation_has_nothing_to_do(plain: Commune) -> None:
    CameraFactory(commune=plain, point=point(0, 0))
    first, second = compute_coverage(commune=plain), compute_coverage(commune=plain)
    assert (first.computed, second.computed, second.up_to_date) == (1, 0, 1)


def test_again_repeats_every_view_exactly(plain: Commune) -> None:
    BuildingFactory(commune=plain, footprint=square(20, -10, 20), height_m=12)
    camera = CameraFactory(commune=plain, point=point(0, 0))
    first = seen_by(camera)
    compute_coverage(commune=plain, again=True)
    second = Viewshed.objects.get(camera=camera, current=True)
    assert second.pk != first.pk
    assert second.area.equals_exact(first.area)


def test_outdated_views_do_not_count_until_they_are_computed(plain: Commune) -> None:
    CameraFactory(commune=plain, point=point(0, 0))
    compute_coverage(commune=plain)
    BuildingFactory(commune=plain, footprint=square(20, -10, 20), height_m=12)
    assert (coverage_status(plain).outdated, covered_area(plain).is_empty) == (1, True)
    ensure_coverage(commune=plain)
    assert coverage_status(plain).complete
    assert not covered_area(plain).intersects(place(plain, 50, 0))


def test_other_communes_cameras_stay_out(plain: Commune) -> None:
    other = CommuneFactory()
    PublicSpaceFactory(commune=other, area=square(-200, -200, 400))
    CameraFactory(commune=other, point=point(0, 0))
    assert compute_coverage(commune=plain).computed == 0
    assert covered_area(plain).is_empty


@pytest.mark.django_db(transaction=True)
def test_job_computes_coverage_and_tells_how_much(plain: Commune) -> None:
    CameraFactory(commune=plain, point=point(0, 0))
    analyst = MembershipFactory(commune=plain, role=Role.ANALYST).user
    asked = request_job(commune=plain, kind="cameras.coverage", parameters={}, requested_by=analyst)
    job = run_job(job_id=asked.pk)
    assert (job.state, job.error) == (JobRun.State.DONE, "")
    assert job.result["computed"] == 1
    assert job.result["covered_m2"] > 10_000


def test_a_dome_with_a_tour_keeps_what_it_could_see_and_what_it_catches_apart(plain: Commune) -> None:
    camera = CameraFactory(commune=plain, point=point(0, 0), range_m=50)
    common = {"commune": plain, "camera": camera, "field_of_view_deg": 60.0, "move_s": 2.0}
    for position, (azimuth, dwell) in enumerate([(0.0, 10.0), (180.0, 28.0)], start=1):
        PresetFactory(**common, position=position, azimuth_deg=azimuth, dwell_s=dwell)
    compute_coverage(commune=plain)
    view, tour = (Viewshed.objects.get(camera=camera, current=True, layer=layer) for layer in ("vista", "ronda"))
    chances = classes_of(tour) / 255
    assert view.area_m2 == pytest.approx(math.pi * 2500, rel=0.03)
    assert tour.area_m2 == pytest.approx(math.pi * 2500 / 3, rel=0.05)
    assert set(np.unique(chances[chances > 0].round(2))) == {1.0}  # an event of a minute outlasts this tour


def test_the_tour_of_a_dome_is_no_coverage(plain: Commune) -> None:
    camera = CameraFactory(commune=plain, point=point(0, 0), range_m=50)
    PresetFactory(commune=plain, camera=camera)
    compute_coverage(commune=plain)
    assert covered_area(plain).area == pytest.approx(math.pi * 2500, rel=0.03)


def test_each_class_holds_the_better_ones(plain: Commune) -> None:
    seen = seen_by(CameraFactory(commune=plain, point=point(0, 0), range_m=100))
    areas = [one.area_m2 for one in seen.pictures.all()]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] == seen.area_m2


def test_new_rules_outdate_every_view_and_count_another_class(plain: Commune) -> None:
    camera = CameraFactory(
        commune=plain, kind="fija", point=point(0, 0), azimuth_deg=0, field_of_view_deg=68, range_m=60
    )
    wide = seen_by(camera).area_m2
    content = {
        "edition": "2014", "weakest": "observe", "target_height_m": 0.0, "building_height_m": 6.0, "curvature": False,
    }  # fmt: skip
    set_rules(commune=plain, content=content, set_by=UserFactory())
    assert coverage_status(plain).outdated == 1
    assert seen_by(camera).area_m2 == pytest.approx(wide * (22.8 / 56.9) ** 2, rel=0.1)


def test_a_class_of_the_other_table_is_refused(plain: Commune) -> None:
    content = {
        "edition": "2025", "weakest": "observe", "target_height_m": 0.0, "building_height_m": 6.0, "curvature": False,
    }  # fmt: skip
    with pytest.raises(RefusedError, match="otra tabla"):
        set_rules(commune=plain, content=content, set_by=UserFactory())
