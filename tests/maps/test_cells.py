"""The classes of counted cells follow the counts, for each width of cell, in the table of the role's own precision."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse

from access.roles import Role
from geo.models import Commune
from maps.cell_classes import FEW, cell_classes, limits
from maps.periods import Period
from maps.report_layers import _class_words
from tests.factories.incidents import IncidentFactory

DAYS = Period(date(2025, 6, 1), date(2025, 6, 28))


@pytest.mark.parametrize("fewest", [1, FEW])
@pytest.mark.parametrize("counts", [[], [1], [1] * 50, [7, 8, 9, 30, 60, 400], [12_000] * 3, list(range(1, 300))])
def test_four_limits_rise_whatever_the_counts(counts: list[int], fewest: int) -> None:
    found = limits(np.array(counts, dtype=np.int64), fewest=fewest)
    assert len(found) == 4
    assert found == sorted(set(found))
    assert found[0] > 1


def test_withheld_counts_are_a_class_of_their_own() -> None:
    assert limits(np.arange(1, 100), fewest=FEW)[0] == FEW


def test_no_class_takes_nearly_all_the_cells() -> None:
    counts = np.round(np.random.default_rng(3).lognormal(2.0, 1.0, 400)).astype(np.int64) + 1
    number = np.searchsorted(limits(counts, fewest=1), counts, side="right")
    assert np.bincount(number, minlength=5).max() < 0.6 * counts.size


@pytest.fixture
def burglaries(commune: Commune) -> list[Any]:
    """Eight in one place, two in another three kilometres away, on the same day."""
    near, far = Point(-73.2459, -39.8142, srid=4326), Point(-73.2459, -39.8442, srid=4326)
    return [IncidentFactory(commune=commune, point=point) for point in [near] * 8 + [far] * 2]


def test_cells_are_joined_with_every_zoom_outwards(commune: Commune, burglaries: list[Any]) -> None:
    told = cell_classes(commune=commune, role=Role.ANALYST, period=DAYS)
    assert told["n"] == len(burglaries)
    assert set(told["classes"]) == {str(zoom) for zoom in range(6, 14)}
    assert told["classes"]["6"][0] > told["classes"]["13"][0]


def test_the_legend_tells_an_analyst_classes_count_period_and_source(
    analyst: Client, commune: Commune, burglaries: list[Any]
) -> None:
    told = analyst.get(reverse("maps:legend"), {"desde": "2025-06-01", "hasta": "2025-06-28"}).json()["incidentes"]
    assert (told["n"], told["from"], told["until"]) == (10, "2025-06-01", "2025-06-28")
    assert len(told["classes"]["13"]) == 4
    assert told["source"]


def test_a_masked_role_gets_no_count_under_five(director: Client, commune: Commune) -> None:
    IncidentFactory(commune=commune)
    told = director.get(reverse("maps:legend"), {"desde": "2025-06-01", "hasta": "2025-06-28"}).json()["incidentes"]
    assert told["n"] is None
    assert told["classes"]["13"][0] == FEW


def test_a_class_of_one_count_is_written_once() -> None:
    assert _class_words([5, 6, 8, 1500]) == ["menos de 5", "5", "6–7", "8–1.499", "1.500 o más"]
