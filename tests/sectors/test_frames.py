"""Rows of sectors as frames in the commune's metres."""

from __future__ import annotations

from datetime import date

import pytest

from access.roles import Role
from geo.models import Commune
from sectors.frames import factors_frame, readings_frame, scores_frame, sectors_frame
from sectors.services.score_views import scores_frame_for_role
from tests.factories.geo import CommuneFactory, TerritorialUnitFactory, square
from tests.factories.sectors import PerceptionReadingFactory, RiskFactorFactory, RiskSectorFactory
from tests.sectors.scene import Scene

pytestmark = pytest.mark.django_db


def test_sectors_come_in_metres_by_code(commune: Commune) -> None:
    RiskSectorFactory(commune=commune, code="B")
    RiskSectorFactory(commune=commune, code="A", boundary=square(0, 0, 300))
    RiskSectorFactory(commune=CommuneFactory(), code="C")
    frame = sectors_frame(commune)
    assert (list(frame.index), frame.crs.to_epsg()) == (["A", "B"], 32718)
    assert frame.area.loc["A"] == pytest.approx(90_000, rel=0.02)


def test_sectors_of_a_day_are_those_in_force(commune: Commune) -> None:
    RiskSectorFactory(commune=commune, code="A", valid_from=date(2024, 1, 1))
    RiskSectorFactory(commune=commune, code="B", valid_from=date(2025, 1, 1))
    assert list(sectors_frame(commune, on=date(2024, 6, 1)).index) == ["A"]


def test_frames_without_rows_keep_their_columns(commune: Commune) -> None:
    assert {"severity", "kind"} <= set(factors_frame(commune, on=date(2025, 1, 1), severities={}).columns)
    assert {"value", "n", "age_days", "sector"} <= set(readings_frame(commune, on=date(2025, 1, 1)).columns)


def test_frozen_severity_goes_before_todays(commune: Commune) -> None:
    RiskFactorFactory(commune=commune, observed_on=date(2025, 1, 1))
    frame = factors_frame(commune, on=date(2025, 6, 1), severities={"luminaria-apagada": 0.25})
    assert frame["severity"].tolist() == [0.25]


def test_reading_knows_its_age(commune: Commune) -> None:
    unit = TerritorialUnitFactory(commune=commune)
    PerceptionReadingFactory(commune=commune, unit=unit, measured_on=date(2025, 1, 1))
    assert readings_frame(commune, on=date(2025, 1, 31))["age_days"].tolist() == [30]


def test_scores_carry_the_shape_they_were_computed_on(scene: Scene) -> None:
    frame = scores_frame(scene.score())
    assert sorted(frame.index) == ["A", "B", "C"]
    assert frame.area.loc["A"] == pytest.approx(90_000, rel=0.02)


def test_missing_sub_index_is_empty_in_the_frame(scene: Scene) -> None:
    frame = scores_frame_for_role(scene.score(), Role.ANALYST)
    assert frame["perception"].isna().to_dict() == {"A": False, "B": False, "C": True}


def test_planners_frame_hides_what_subtraction_would_give_away(scene: Scene) -> None:
    frame = scores_frame_for_role(scene.score(), Role.PLANNER)
    assert frame.loc["C", ["concentration", "perception", "vulnerability"]].isna().all()
    assert frame.loc["A", "vulnerability"] > 0
