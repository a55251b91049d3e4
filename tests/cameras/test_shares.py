"""How much of areas, streets and harm is covered, on scenes that can be counted by hand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import geopandas as gpd
import pytest

from cameras.models import Camera
from cameras.services.coverage import compute_coverage
from cameras.services.exporting import coverage_frame, export_coverage
from cameras.services.gaps import gap_list, harm_share
from cameras.services.ground import read_ground
from cameras.services.logs import record_outage
from cameras.services.shares import area_shares, counting_views, segment_shares, street_shares
from geo.crs import geometry_to_metric
from geo.models import Commune
from incidents.models import SameEventMember
from tests.factories.access import MembershipFactory, UserFactory
from tests.factories.cameras import CameraFactory
from tests.factories.geo import PublicSpaceFactory, StreetSegmentFactory, line, point, square
from tests.factories.incidents import ClusterFactory, HotspotRunFactory, IncidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(commune: Commune) -> Commune:
    """Public space is one square of 400 m; a dome of 40 m reach stands in its middle."""
    PublicSpaceFactory(commune=commune, area=square(-200, -200, 400))
    return commune


@pytest.fixture
def dome(plain: Commune) -> Camera:
    made = CameraFactory(commune=plain, point=point(0, 0), range_m=40)
    compute_coverage(commune=plain)
    return made


def share(commune: Commune, area: Any, **asked: Any) -> Any:
    ground = read_ground(commune, building_height_m=6.0)
    views = counting_views(commune, **asked)
    return area_shares({"a": geometry_to_metric(area, commune=commune)}, views=views, ground=ground)["a"]


def test_share_of_an_area_is_seen_cells_over_public_cells(plain: Commune, dome: Camera) -> None:
    told = share(plain, square(-100, -100, 200))
    assert told.public_m2 == pytest.approx(40_000, rel=0.01)
    assert told.ratio("detect") == pytest.approx(math.pi * 1600 / 40_000, rel=0.02)


def test_ground_that_two_cameras_see_is_told_apart(plain: Commune, dome: Camera) -> None:
    CameraFactory(commune=plain, point=point(0, 0), range_m=20)
    compute_coverage(commune=plain)
    assert share(plain, square(-100, -100, 200)).twice_m2 == pytest.approx(math.pi * 400, rel=0.03)


def test_area_without_public_ground_has_no_share(plain: Commune, dome: Camera) -> None:
    assert share(plain, square(1000, 1000, 100)).ratio("detect") is None


def test_an_outage_takes_its_camera_out_of_the_coverage_of_that_time(plain: Commune, dome: Camera) -> None:
    start = datetime.now(tz=UTC) - timedelta(days=2)
    record_outage(
        camera=dome, starts_at=start, ends_at=start + timedelta(hours=5), cause="energia", recorded_by=UserFactory()
    )
    during = counting_views(plain, moment=start + timedelta(hours=1))
    after = counting_views(plain, moment=start + timedelta(hours=6))
    assert (len(during.cameras), len(after.cameras)) == (0, 1)


def test_a_camera_counts_from_the_day_it_was_installed(plain: Commune) -> None:
    CameraFactory(commune=plain, point=point(0, 0), range_m=40, installed_on=date(2026, 5, 1))
    compute_coverage(commune=plain)
    before, after = (counting_views(plain, moment=datetime(2026, month, 1, 12, tzinfo=UTC)) for month in (4, 6))
    assert (len(before.cameras), len(after.cameras)) == (0, 1)


def test_a_camera_that_moved_covers_an_earlier_moment_from_where_it_stood(plain: Commune, dome: Camera) -> None:
    moment = datetime.now(tz=UTC)
    Camera.objects.filter(pk=dome.pk).update(point=point(150, 0))
    dome.viewsheds.filter(current=True).update(current=False)
    compute_coverage(commune=plain)
    area = square(-60, -60, 120)
    assert share(plain, area, moment=moment).seen_m2["detect"] > 4000
    assert share(plain, area).seen_m2["detect"] == 0


def test_street_is_seen_where_its_middle_is(plain: Commune, dome: Camera) -> None:
    StreetSegmentFactory(commune=plain, name="Larga", line=line((-100, 0), (100, 0)))
    segments = segment_shares(plain, views=counting_views(plain))
    assert segments.loc[0, "share"] == pytest.approx(0.4, abs=0.03)


def test_segments_of_a_street_are_added_up_and_nameless_ones_left_out(plain: Commune, dome: Camera) -> None:
    for name, ends in (("Larga", ((-40, 0), (0, 0))), ("Larga", ((60, 0), (180, 0))), ("", ((0, 0), (0, 40)))):
        StreetSegmentFactory(commune=plain, name=name, line=line(*ends))
    streets = street_shares(segment_shares(plain, views=counting_views(plain)))
    assert streets["name"].tolist() == ["Larga"]
    assert streets.loc[0, "share"] == pytest.approx(0.25, abs=0.03)


def test_a_geopackage_holds_the_street_segments_too(plain: Commune, dome: Camera, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    StreetSegmentFactory(commune=plain, name="Larga", line=line((-100, 0), (100, 0)))
    analyst = MembershipFactory(commune=plain, role="analista").user
    file = export_coverage(commune=plain, file_format="gpkg", srid=32718, exported_by=analyst, reason="Prueba")
    streets = gpd.read_file(tmp_path / file.stored_as, layer="calles")
    assert streets.loc[0, "visto_pct"] == pytest.approx(40, abs=3)


def test_harm_in_view_is_that_of_reported_incidents_with_a_fine_place(plain: Commune, dome: Camera) -> None:
    when = datetime(2026, 3, 4, 15, tzinfo=UTC)
    common = {"commune": plain, "occurred_from": when, "occurred_until": when}
    IncidentFactory(**common, point=point(10, 0))
    IncidentFactory(**common, point=point(90, 0))
    IncidentFactory(**common, point=point(10, 5), origin="discovered")
    IncidentFactory(**common, point=point(10, 5), place_class="area")
    told = harm_share(plain, window=(date(2026, 3, 1), date(2026, 3, 31)), views=counting_views(plain))
    assert (told.incidents, told.seen, told.placed_coarsely) == (2, 1, 1)


def test_two_records_of_one_event_are_one_harm(plain: Commune, dome: Camera) -> None:
    when = datetime(2026, 3, 4, 15, tzinfo=UTC)
    event = uuid4()
    for rank in (0, 1):
        told = IncidentFactory(commune=plain, occurred_from=when, occurred_until=when, point=point(10, 0))
        SameEventMember.objects.create(
            commune=plain, event=event, source=told.source, record_key=told.record_key, rank=rank, recorded_in=1
        )
    share = harm_share(plain, window=(date(2026, 3, 1), date(2026, 3, 31)), views=counting_views(plain))
    assert (share.incidents, share.seen) == (1, 1)


def test_gap_is_the_hot_ground_that_nobody_sees(plain: Commune, dome: Camera) -> None:
    run = HotspotRunFactory(commune=plain)
    ClusterFactory(run=run, commune=plain, boundary=square(-40, -40, 80), harm=100.0)
    gaps = gap_list(
        run,
        views=counting_views(plain),
        ground=read_ground(plain, building_height_m=6.0),
    )
    unseen = 6400 - math.pi * 1600
    assert gaps["area_m2"].sum() == pytest.approx(unseen, rel=0.06)
    assert gaps["harm"].sum() == pytest.approx(100 * unseen / 6400, rel=0.06)
    assert gaps["harm"].is_monotonic_decreasing


def test_exported_rows_are_classes_and_gaps(plain: Commune, dome: Camera) -> None:
    ClusterFactory(run=HotspotRunFactory(commune=plain), commune=plain, boundary=square(-40, -40, 80), harm=100.0)
    frame = coverage_frame(plain)
    assert set(frame["tipo"]) == {"cobertura", "brecha"}
    assert frame[frame["tipo"] == "cobertura"]["area_m2"].max() == pytest.approx(math.pi * 1600, rel=0.03)
