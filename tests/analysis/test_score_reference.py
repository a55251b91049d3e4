"""The frozen reference of a scheme."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import box, points

from analysis.errors import EmptyInputError
from analysis.score_reference import FACTOR_SCALE, Reference, frozen_reference
from analysis.sector_measures import MeasureRules, residents_of

CRS = "EPSG:32718"
AREA = box(600_000, 5_590_000, 604_000, 5_594_000)
RULES = MeasureRules(window_days=365.0)


def frame(shapes: object, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def reference(count: int = 3000, *, rules: MeasureRules = RULES) -> Reference:
    """Incidents that crowd towards one corner; people everywhere."""
    rng = np.random.default_rng(7)
    x, y = 600_000 + 4000 * rng.beta(1, 4, count), 5_590_000 + 4000 * rng.beta(1, 4, count)
    west, south = (grid.ravel() for grid in np.meshgrid(np.arange(8) * 500.0, np.arange(8) * 500.0))
    units = box(600_000 + west, 5_590_000 + south, 600_500 + west, 5_590_500 + south)
    return frozen_reference(
        AREA,
        incidents=frame(points(x, y), harm_days=rng.choice([61.0, 541.0], count)),
        events=frame([], person_hours=[]),
        factors=frame([], severity=[]),
        units=[frame(units, residents=np.full(64, 300.0))],
        rules=rules,
    )


def test_prior_mean_is_the_overall_rate() -> None:
    hours = (64 * 300 + 500 * 16) * 24 * 365
    assert reference().prior.mean_rate == pytest.approx(3000 / hours, rel=0.01)


def test_top_of_the_scale_lies_above_every_cell_that_is_not_extreme() -> None:
    scale = reference().scales["incidents"]
    assert scale.high > scale.low + 0.5


def test_reference_of_the_same_baseline_is_the_same() -> None:
    assert reference() == reference()


def test_without_factors_the_documented_scale_is_used() -> None:
    assert reference().scales["factors"] == FACTOR_SCALE


def test_exposure_by_area_counts_every_cell() -> None:
    assert reference(rules=MeasureRules(window_days=365.0, exposure="area")).cells == 400


def test_empty_baseline_is_refused() -> None:
    with pytest.raises(EmptyInputError):
        reference(count=0)


def test_residents_come_from_the_first_division_that_covers_most_of_a_place() -> None:
    places = frame([box(0, 0, 100, 100), box(1000, 0, 1100, 100), box(5000, 0, 5100, 100)])
    blocks = frame([box(0, 0, 100, 80), box(1000, 0, 1010, 10)], residents=[60.0, 20.0])
    wards = frame([box(0, 0, 1100, 100)], residents=[1100.0])
    assert np.array_equal(residents_of(places, [blocks, wards]), [60.0, 100.0, np.nan], equal_nan=True)
