"""Where the next cameras should go, on ground that can be judged by eye."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cameras.models import Camera, SitingRun
from cameras.services.coverage import compute_coverage
from cameras.services.shares import counting_views
from cameras.services.siting import SitingQuestion, accept_choice, discard_choice, search_sites
from geo.errors import ConflictError, RefusedError
from geo.models import Commune
from tests.factories.access import UserFactory
from tests.factories.cameras import CameraFactory
from tests.factories.geo import PublicSpaceFactory, StreetSegmentFactory, line, point, square
from tests.factories.incidents import ClusterFactory, HotspotRunFactory, IncidentFactory

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 3, 31)
QUESTION = SitingQuestion(
    demand="focos", candidates=("malla",), limit="cantidad", amount=2, per_site=1, height_m=6.0, seconds=1.0,
    dome_cost=9.0, fixed_cost=3.0,
)  # fmt: skip


@pytest.fixture
def hot(commune: Commune) -> Commune:
    """Public space is one square of 600 m with two hot spots of 80 m, the eastern one with thrice the harm."""
    PublicSpaceFactory(commune=commune, area=square(-300, -300, 600))
    run = HotspotRunFactory(commune=commune)
    for rank, (east, harm) in enumerate([(160.0, 300.0), (-240.0, 100.0)], start=1):
        ClusterFactory(run=run, commune=commune, rank=rank, boundary=square(east, -40, 80), harm=harm)
    return commune


def search(commune: Commune, **asked: Any) -> SitingRun:
    return search_sites(
        commune=commune, question=replace(QUESTION, **asked), last_day=LAST_DAY, requested_by=UserFactory()
    )


def test_two_domes_cover_two_hot_spots_and_that_is_proven(hot: Commune) -> None:
    run = search(hot)
    assert run.gain == pytest.approx(400, rel=0.01)
    assert run.proven
    assert [round(one.gain) for one in run.choices.all()] == [300, 100]


def test_the_gain_after_each_camera_adds_up(hot: Commune) -> None:
    run = search(hot)
    gains = [one.gain for one in run.choices.order_by("rank")]
    assert run.curve == pytest.approx([gains[0], gains[0] + gains[1]])


def test_what_cameras_see_today_is_no_demand(hot: Commune) -> None:
    CameraFactory(commune=hot, point=point(200, 0), range_m=80)
    compute_coverage(commune=hot)
    run = search(hot, amount=1)
    assert run.demand_covered == pytest.approx(300, rel=0.01)
    assert run.choices.get().point.x < point(0, 0).x


def test_a_budget_is_kept(hot: Commune) -> None:
    run = search(hot, limit="presupuesto", amount=10)
    assert sum(one.cost for one in run.choices.all()) <= 10


def test_the_bound_is_never_below_the_gain(hot: Commune) -> None:
    run = search(hot, seconds=0.0, dome_cost=None)
    assert run.bound >= run.gain > 0
    assert run.gap_ratio == pytest.approx(1 - run.gain / run.bound, abs=1e-9)


def test_street_corners_can_hold_cameras(hot: Commune) -> None:
    for ends in (((-300, 0), (300, 0)), ((200, -300), (200, 300))):
        StreetSegmentFactory(commune=hot, line=line(*ends))
    place = search(hot, candidates=("esquinas",), amount=1).choices.get().point
    assert (place.x, place.y) == pytest.approx((point(200, 0).x, point(200, 0).y), abs=1e-5)


def test_incidents_of_a_year_can_be_the_demand(hot: Commune) -> None:
    when = datetime(2026, 3, 4, 15, tzinfo=UTC)
    IncidentFactory(commune=hot, occurred_from=when, occurred_until=when, point=point(0, 100))
    assert search(hot, demand="dano", amount=1).choices.count() == 1


def test_streets_can_be_the_demand_by_their_length(hot: Commune) -> None:
    StreetSegmentFactory(commune=hot, line=line((-50, 0), (50, 0)))
    assert search(hot, demand="calles", amount=1).gain == pytest.approx(100, rel=0.01)


def test_nothing_to_see_is_refused_in_words(commune: Commune) -> None:
    with pytest.raises(RefusedError, match="nada que ver"):
        search(commune)


def test_nowhere_to_hang_a_camera_is_refused_in_words(hot: Commune) -> None:
    with pytest.raises(RefusedError, match="dónde montar"):
        search(hot, candidates=("postes",))


def test_an_accepted_camera_is_planned_and_covers_nothing_yet(hot: Commune) -> None:
    choice = search(hot).choices.first()
    camera = accept_choice(choice=choice, reason="Aprobada en sesión", decided_by=UserFactory())
    compute_coverage(commune=hot)
    assert (camera.status, camera.point.equals_exact(choice.point, 1e-9)) == ("planificada", True)
    assert counting_views(hot).cameras == ()


def test_somebody_decides_once(hot: Commune) -> None:
    choice = search(hot).choices.first()
    discard_choice(choice=choice, reason="Sin poste", decided_by=UserFactory())
    with pytest.raises(ConflictError):
        accept_choice(choice=choice, reason="Sí", decided_by=UserFactory())
    assert not Camera.objects.for_commune(hot).exists()
