"""Indicators are computed from the database, their baselines frozen, their readings repeatable."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from access.models import User
from access.roles import Role
from analysis.progress import silent
from cameras.services.coverage import compute_coverage
from geo.errors import RefusedError
from geo.geometry import as_multi
from geo.models import Commune, TerritorialUnit
from incidents.models import Incident, OffenceType
from incidents.services.undoing import take_back
from plan.models import Indicator, SectorStrategy
from plan.services.indicators import Goal, attainment, change_indicator, create_indicator, read_indicator, read_plan
from plan.tasks import run_readings
from sectors.errors import StaleVersionError
from sectors.services.catalogue import redraw_sector
from tests.factories.access import JobRunFactory
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.factories.geo import PublicSpaceFactory, point, square
from tests.factories.incidents import IncidentFactory
from tests.factories.plan import IndicatorFactory
from tests.factories.sectors import PerceptionReadingFactory
from tests.sectors.conftest import drawing
from tests.sectors.scene import Scene

pytestmark = pytest.mark.django_db
END_OF_YEAR = date(2025, 12, 31)


def make(strategy: SectorStrategy, author: User, formula: str = "incidentes", **options: Any) -> Indicator:
    return create_indicator(
        **{
            "strategy": strategy,
            "name": "Indicador",
            "formula": formula,
            "parameters": {},
            "baseline_on": END_OF_YEAR,
            "goal": Goal(0.0, date(2026, 12, 31)),
            "created_by": author,
            "role": Role.PLANNER,
        }
        | options
    )


def told(indicator: Indicator) -> dict[str, Any]:
    return json.loads(indicator.baseline_query)


def test_baseline_counts_the_sectors_reported_incidents_of_whole_weeks(strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author)
    assert indicator.baseline_value == indicator.baseline_n == 60
    assert (told(indicator)["from"], told(indicator)["until"]) == ("2024-12-30", "2025-12-28")
    assert told(indicator)["sector"] == {"code": "A", "version": 1}


def test_points_that_stand_for_an_area_are_left_out_as_in_the_score_and_it_is_said(
    scene: Scene, strategy: SectorStrategy, author: User
) -> None:
    batch = Incident.objects.for_commune(scene.commune).first().batch  # type: ignore[union-attr]
    IncidentFactory(commune=scene.commune, batch=batch, point=point(50, 50), place_class="area")
    indicator = make(strategy, author)
    assert indicator.baseline_value == 60
    assert told(indicator)["place_classes"] == ["exact", "interpolated", "block"]


def test_types_narrow_the_count(strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author, parameters={"types": [["cead-2024-b", "60401"]]}, role=Role.ANALYST)
    assert indicator.baseline_value == 20


def test_unknown_type_is_refused(strategy: SectorStrategy, author: User) -> None:
    with pytest.raises(RefusedError):
        make(strategy, author, parameters={"types": [["cead-2024-b", "99999"]]})


def test_windows_move_by_whole_weeks_only(strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author, parameters={"weeks": 4})
    days = [date(2025, 6, 2 + offset) for offset in range(7)]  # Monday to Sunday
    values = {read_indicator(indicator=indicator, on=day).value for day in days[:6]}
    windows = {json.loads(read_indicator(indicator=indicator, on=day).query)["until"] for day in days}
    assert len(values) == 1
    assert windows == {"2025-06-01", "2025-06-08"}


def test_discovered_incidents_change_nothing_unless_asked_for(
    scene: Scene, strategy: SectorStrategy, author: User
) -> None:
    scene.bring([(f"D-{n}", 50 + n / 10, 50, "Hurto", "descubierto") for n in range(100)])
    assert make(strategy, author).baseline_value == 60
    assert make(strategy, author, parameters={"origins": ["discovered"]}).baseline_value == 100


def test_reading_at_an_older_sequence_gives_the_older_value(
    scene: Scene, strategy: SectorStrategy, author: User
) -> None:
    indicator = make(strategy, author)
    batch = scene.bring([("N-1", 50, 50, "Hurto", "reportado")])
    assert read_indicator(indicator=indicator, on=END_OF_YEAR).value == 61
    take_back(batch=batch, undone_by=author)
    assert read_indicator(indicator=indicator, on=END_OF_YEAR).value == 60
    assert read_indicator(indicator=indicator, on=END_OF_YEAR, sequence=indicator.baseline_sequence).value == 60


def test_reading_twice_with_nothing_changed_keeps_one(strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author)
    first = read_indicator(indicator=indicator, on=END_OF_YEAR)
    assert read_indicator(indicator=indicator, on=END_OF_YEAR) == first


def test_redrawn_sector_leaves_the_ground_of_the_baseline(scene: Scene, strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author)
    redraw_sector(
        sector=scene.sectors["A"], boundary=drawing(1000, 0, 300), expected_version=1, reason="x", edited_by=author
    )
    assert read_indicator(indicator=indicator, on=END_OF_YEAR).value == 60


def test_harm_adds_the_days_of_the_weights_and_counts_what_has_none(strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author, "dano")
    assert indicator.baseline_value > 0
    assert (indicator.baseline_n, told(indicator)["without_weight"]) == (40, 20)
    assert indicator.parameters["harm_table"] == told(indicator)["harm_table"] == 1


def test_rate_is_per_thousand_residents(scene: Scene, strategy: SectorStrategy, author: User) -> None:
    TerritorialUnit.objects.for_commune(scene.commune).update(residents=1000)
    indicator = make(strategy, author, "tasa_1000")
    residents = told(indicator)["residents"]  # a unit of 500 m a side holds the sector of 300 m
    assert residents == pytest.approx(360, rel=0.02)
    assert indicator.baseline_value == pytest.approx(60_000 / residents, rel=1e-3)


def test_rate_for_too_few_residents_is_missing(scene: Scene, strategy: SectorStrategy, author: User) -> None:
    TerritorialUnit.objects.for_commune(scene.commune).update(residents=20)
    with pytest.raises(RefusedError):
        make(strategy, author, "tasa_1000")


def test_open_factors_are_those_not_solved_on_the_day(strategy: SectorStrategy, author: User) -> None:
    assert make(strategy, author, "factores_abiertos").baseline_value == 2


def test_perception_takes_the_units_readings_where_the_sector_has_none(
    scene: Scene, strategy: SectorStrategy, author: User
) -> None:
    assert make(strategy, author, "percepcion").baseline_value == pytest.approx(60)
    PerceptionReadingFactory(
        commune=scene.commune, unit=None, sector=scene.sectors["A"], value=80, n=50, measured_on=date(2025, 10, 1)
    )
    own = make(strategy, author, "percepcion")
    assert (own.baseline_value, told(own)["readings_of"]) == (80, "sector")


def test_perception_without_readings_is_missing_not_zero(strategy: SectorStrategy, author: User) -> None:
    with pytest.raises(RefusedError):
        make(strategy, author, "percepcion", baseline_on=date(2025, 1, 1))


def test_uncovered_harm_falls_with_coverage(scene: Scene, strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author, "dano_sin_cobertura", role=Role.ANALYST)
    assert indicator.baseline_value == 1.0
    PublicSpaceFactory(commune=scene.commune, area=square(0, 0, 300))
    CameraFactory(commune=scene.commune, point=point(150, 150), range_m=100)
    compute_coverage(commune=scene.commune)
    assert 0 < read_indicator(indicator=indicator, on=END_OF_YEAR).value < 1  # type: ignore[operator]


def test_harm_behind_the_edge_of_covered_ground_is_seen_as_in_the_score(
    scene: Scene, strategy: SectorStrategy, author: User
) -> None:
    """The covered ground leaves out five metres around each incident, as a street leaves out the houses."""
    ground = scene.sectors["A"].boundary
    for incident in Incident.objects.for_commune(scene.commune).within(ground):
        ground = ground.difference(incident.point.buffer(0.00005))
    camera = CameraFactory(commune=scene.commune, point=point(150, 150))
    ViewshedFactory(commune=scene.commune, camera=camera, area=as_multi(ground))
    indicator = make(strategy, author, "dano_sin_cobertura", role=Role.ANALYST)
    assert indicator.baseline_value == 0.0


def test_planner_cannot_make_or_see_an_indicator_of_coverage(strategy: SectorStrategy, author: User) -> None:
    with pytest.raises(PermissionDenied):
        make(strategy, author, "dano_sin_cobertura")
    hidden = make(strategy, author, "dano_sin_cobertura", role=Role.DIRECTOR)
    assert hidden not in Indicator.objects.visible_to(Role.PLANNER)
    assert hidden in Indicator.objects.visible_to(Role.DIRECTOR)


def test_small_count_of_a_reserved_type_is_withheld(scene: Scene, strategy: SectorStrategy, author: User) -> None:
    OffenceType.objects.with_key("cead-2024-b", "60401").update(reserved=True)
    asked = {"weeks": 4, "types": [["cead-2024-b", "60401"]]}
    indicator = make(strategy, author, parameters=asked | {"weeks": 52}, role=Role.ANALYST)
    assert indicator.baseline_value == 20
    narrow = make(strategy, author, baseline_on=END_OF_YEAR, parameters=asked | {"weeks": 13}, role=Role.ANALYST)
    reading = read_indicator(indicator=narrow, on=date(2025, 1, 12))  # four of them lie in the first days of January
    assert (reading.withheld, reading.value, reading.n) == (True, None, None)
    assert make(strategy, author).baseline_value == 40


def test_small_counts_of_two_reserved_types_are_withheld_although_their_sum_is_none(
    strategy: SectorStrategy, author: User
) -> None:
    for code in ("60401", "10501"):
        OffenceType.objects.with_key("cead-2024-b", code).update(reserved=True)
    types = [["cead-2024-b", "60401"], ["cead-2024-b", "10501"]]
    both = make(strategy, author, parameters={"types": types}, role=Role.ANALYST)
    assert both.baseline_value == 40
    assert read_indicator(indicator=both, on=date(2025, 1, 12)).withheld


def test_the_query_of_a_withheld_reading_tells_no_count(strategy: SectorStrategy, author: User) -> None:
    types = [["cead-2024-b", "10501"]]
    harm = make(strategy, author, formula="dano", parameters={"types": types}, role=Role.ANALYST)
    OffenceType.objects.with_key("cead-2024-b", "10501").update(reserved=True)
    reading = read_indicator(indicator=harm, on=date(2025, 1, 12))
    assert (reading.withheld, "without_weight" in json.loads(reading.query)) == (True, False)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.MANAGER])
def test_single_types_are_neither_asked_by_nor_told_to_planners(
    strategy: SectorStrategy, author: User, role: Role
) -> None:
    asked = {"types": [["cead-2024-b", "60401"]], "fine": False}
    with pytest.raises(RefusedError):
        make(strategy, author, parameters=asked, role=role)
    fine = make(strategy, author, parameters=asked, role=Role.ANALYST)
    group = make(strategy, author, parameters={"types": [["cead-2024-b", "604"]]}, role=role)
    assert list(Indicator.objects.visible_to(role)) == [group]
    assert set(Indicator.objects.visible_to(Role.DIRECTOR)) == {fine, group}


def test_planners_ask_for_groups_that_hold_reserved_types_over_calendar_years_only(
    strategy: SectorStrategy, author: User
) -> None:
    OffenceType.objects.with_key("cead-2024-b", "60401").update(reserved=True)
    asked = {"types": [["cead-2024-b", "604"]]}
    with pytest.raises(RefusedError):
        make(strategy, author, parameters=asked)
    yearly = make(strategy, author, parameters=asked | {"calendar_year": True})
    assert (told(yearly)["from"], told(yearly)["until"]) == ("2025-01-01", "2025-12-31")
    assert yearly in Indicator.objects.visible_to(Role.PLANNER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": Goal(90.0, date(2026, 12, 31))},
        {"goal": Goal(float("nan"), date(2026, 12, 31))},
        {"goal": Goal(0.0, END_OF_YEAR)},
        {"goal": Goal(10.0, date(2026, 12, 31), "subir")},
        {"formula": "otra"},
        {"name": " "},
        {"parameters": {"weeks": 3}},
        {"parameters": {"origins": []}},
        {"parameters": {"sql": "x"}},
        {"baseline_on": date(2999, 1, 1)},
    ],
)
def test_indicator_refuses_what_cannot_be(strategy: SectorStrategy, author: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        make(strategy, author, **wrong)


def test_goal_is_changed_by_a_save_that_names_its_version(strategy: SectorStrategy, author: User) -> None:
    indicator = make(strategy, author)
    change_indicator(indicator=indicator, changes={"goal": 20.0}, expected_version=1, changed_by=author)
    with pytest.raises(StaleVersionError):
        change_indicator(indicator=indicator, changes={"goal": 10.0}, expected_version=1, changed_by=author)


def test_whole_plan_is_read_with_progress(strategy: SectorStrategy, author: User) -> None:
    make(strategy, author)
    make(strategy, author, "factores_abiertos")
    seen: list[tuple[int, int]] = []
    read = read_plan(
        plan=strategy.plan,
        on=END_OF_YEAR,
        taken_by=author,
        report=lambda _stage, done, total: seen.append((done, total)),
    )
    assert (read, seen[-1]) == (2, (2, 2))


def test_the_job_reads_on_the_calendar_of_its_commune(
    strategy: SectorStrategy, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past one in Santiago it is still the day before on Rapa Nui, where tomorrow cannot be read."""
    indicator = make(strategy, author)
    Commune.objects.filter(pk=strategy.commune_id).update(timezone="Pacific/Easter")
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 1, 15, 4, 30, tzinfo=UTC))
    commune = Commune.objects.get(pk=strategy.commune_id)
    run_readings(JobRunFactory(commune=commune, parameters={"plan": strategy.plan_id}), silent)
    assert indicator.readings.get().on == date(2026, 1, 14)


def test_attainment_is_the_share_of_the_road_walked() -> None:
    indicator = IndicatorFactory.build(strategy=None, sector_version=None, created_by=None)
    assert [attainment(indicator, value) for value in (40.0, 35.0, 30.0, 45.0, None)] == [0.0, 0.5, 1.0, -0.5, None]
