"""Rows of sectors as frames in the commune's metres."""

from __future__ import annotations

from datetime import date

import pytest

from geo.models import Commune
from sectors.frames import factors_frame, readings_frame, sectors_frame
from tests.factories.geo import CommuneFactory, TerritorialUnitFactory, square
from tests.factories.sectors import PerceptionReadingFactory, RiskFactorFactory, RiskSectorFactory

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
