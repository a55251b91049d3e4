"""Input that no method can work with is refused by name, with a sentence that says what was got."""

from __future__ import annotations

import inspect
import subprocess
import sys
from datetime import date

import geopandas
import numpy as np
import pytest
from shapely.geometry import Point, Polygon, box

from analysis import errors
from analysis.aoristic import aoristic_weights
from analysis.bandwidth import choose_bandwidth
from analysis.change import change_classes, two_periods
from analysis.chile_days import chile_days
from analysis.clustering import dbscan_clusters, required_minimum, suggest_radius
from analysis.concentration import concentration
from analysis.correlogram import moran_correlogram
from analysis.density import exact_density, kernel_density
from analysis.grid import Grid, decay_weights, study_grid
from analysis.relative_risk import relative_risk
from analysis.sensitivity import sensitivity_map
from analysis.significance import hot_cells, local_moran
from analysis.street_density import street_density
from analysis.units import hot_units, neighbours_touching

AREA = box(1000, 1000, 3000, 3000)
GRID = study_grid(AREA, cell_m=100)
NOWHERE = Grid(1000, 1000, 100, 20, 20, np.zeros((20, 20), dtype=bool))
X, Y = np.random.default_rng(1).uniform(1000, 3000, (2, 200))
DEGREES = ([-73.2, -73.3], [-39.8, -39.9])
PLACE = ([2000.0] * 50, [2000.0] * 50)
NOT_A_NUMBER = ([2000.0, np.nan], [2000.0, 2000.0])
SQUARES = geopandas.GeoSeries([box(1000 + 100 * k, 1000, 1100 + 100 * k, 1100) for k in range(5)], crs=32718)

REFUSED = {
    "empty period, density": (lambda: kernel_density(GRID.bin([], []), bandwidth_m=200), errors.EmptyPeriodError),
    "empty period, exact density": (lambda: exact_density([], [], grid=GRID, bandwidth_m=200), errors.EmptyPeriodError),
    "empty period, hot cells": (lambda: hot_cells(GRID.bin([], []), radius_m=200), errors.EmptyPeriodError),
    "empty period, local Moran": (lambda: local_moran(GRID.bin([], []), radius_m=200), errors.EmptyPeriodError),
    "empty period, correlogram": (lambda: moran_correlogram(GRID.bin([], [])), errors.EmptyPeriodError),
    "empty period, counts": (lambda: GRID.periods(X, Y, np.zeros(200), [10, 20]), errors.EmptyPeriodError),
    "empty period, risk": (
        lambda: relative_risk(GRID.bin([], []), GRID.bin(X, Y), bandwidth_m=200, seed=1),
        errors.EmptyPeriodError,
    ),
    "empty period, change": (lambda: change_classes([0], [0]), errors.EmptyPeriodError),
    "empty period, two periods": (lambda: two_periods([0], [0]), errors.EmptyPeriodError),
    "empty period, days": (lambda: chile_days(date(2026, 2, 1), date(2026, 1, 1)), errors.EmptyPeriodError),
    "empty period, concentration": (lambda: concentration([0, 0], seed=1), errors.EmptyPeriodError),
    "no points, clusters": (lambda: dbscan_clusters([], [], radius_m=10, minimum=2), errors.EmptyInputError),
    "all points equal, radius": (lambda: suggest_radius(*PLACE, minimum=5), errors.NoSpreadError),
    "all points equal, bandwidth": (lambda: choose_bandwidth(*PLACE, grid=GRID, seed=1), errors.NoSpreadError),
    "all points equal, sensitivity": (lambda: sensitivity_map(*PLACE, area=AREA), errors.NoSpreadError),
    "all cells equal": (
        lambda: hot_cells(GRID.bin(*[axis.ravel() for axis in np.meshgrid(*GRID.centres())]), radius_m=200),
        errors.NoSpreadError,
    ),
    "one sector, neighbours": (lambda: neighbours_touching(SQUARES[:1]), errors.TooFewUnitsError),
    "one sector, hot": (lambda: hot_units([3], neighbours_touching(SQUARES)[:1, :1], seed=1), errors.TooFewUnitsError),
    "one sector, concentration": (lambda: concentration([3], seed=1), errors.TooFewUnitsError),
    "one cell": (
        lambda: hot_cells(study_grid(box(1000, 1000, 1099, 1099), cell_m=100).bin([1050], [1050]), radius_m=200),
        errors.TooFewUnitsError,
    ),
    "zero population, risk": (
        lambda: relative_risk(GRID.bin(X, Y), GRID.bin(X, Y, np.zeros(200)), bandwidth_m=200, seed=1),
        errors.ZeroExposureError,
    ),
    "zero population, two periods": (lambda: two_periods([1], [2], exposure_before=0), errors.ZeroExposureError),
    "zero population, concentration": (
        lambda: concentration([1, 2], seed=1, exposure=[0, 0]),
        errors.ZeroExposureError,
    ),
    "mask without cells, density": (
        lambda: kernel_density(NOWHERE.bin(X, Y), bandwidth_m=200),
        errors.OutsideMaskError,
    ),
    "mask without cells, hot cells": (lambda: hot_cells(NOWHERE.bin(X, Y), radius_m=200), errors.OutsideMaskError),
    "mask without cells, bandwidth": (lambda: choose_bandwidth(X, Y, grid=NOWHERE, seed=1), errors.OutsideMaskError),
    "mask elsewhere, exact density": (
        lambda: exact_density(X + 9e4, Y, grid=GRID, bandwidth_m=200),
        errors.OutsideMaskError,
    ),
    "streets elsewhere": (
        lambda: street_density(
            SQUARES.to_frame("geometry").boundary.to_frame("geometry"), [9e5], [9e5], bandwidth_m=99
        ),
        errors.OutsideMaskError,
    ),
    "negative weight, counts": (lambda: GRID.bin(X, Y, np.full(200, -1)), errors.NegativeWeightError),
    "negative weight, clusters": (
        lambda: dbscan_clusters(X, Y, np.full(200, -1), radius_m=10, minimum=2),
        errors.NegativeWeightError,
    ),
    "negative count, change": (lambda: change_classes([-1], [3]), errors.NegativeWeightError),
    "negative value, sectors": (
        lambda: hot_units([-1, 2, 3, 4, 5], neighbours_touching(SQUARES), seed=1),
        errors.NegativeWeightError,
    ),
    "degrees, counts": (lambda: GRID.bin(*DEGREES), errors.UnprojectedCoordinatesError),
    "degrees, clusters": (
        lambda: dbscan_clusters(*DEGREES, radius_m=10, minimum=2),
        errors.UnprojectedCoordinatesError,
    ),
    "degrees, area": (lambda: study_grid(Point(-73, -39).buffer(0.1), cell_m=50), errors.UnprojectedCoordinatesError),
    "degrees, sectors": (
        lambda: neighbours_touching(SQUARES.set_crs(4326, allow_override=True)),
        errors.UnprojectedCoordinatesError,
    ),
    "feet, sectors": (
        lambda: neighbours_touching(SQUARES.set_crs(2913, allow_override=True)),
        errors.UnprojectedCoordinatesError,
    ),
    "NaN, counts": (lambda: GRID.bin(*NOT_A_NUMBER), errors.NotFiniteError),
    "NaN, clusters": (lambda: dbscan_clusters(*NOT_A_NUMBER, radius_m=10, minimum=2), errors.NotFiniteError),
    "NaN, weights": (lambda: GRID.bin([2000], [2000], [np.nan]), errors.NotFiniteError),
    "NaN, change": (lambda: change_classes([np.nan], [1]), errors.NotFiniteError),
    "NaN, intervals": (lambda: aoristic_weights([np.nan], [1], [0, 60]), errors.NotFiniteError),
    "future dates, decay": (lambda: decay_weights([101], until_days=100, half_life_days=9), errors.FutureDateError),
    "future dates, counts": (lambda: GRID.periods(X, Y, np.full(200, 20), [10, 20]), errors.FutureDateError),
    "radius of zero": (lambda: dbscan_clusters(X, Y, radius_m=0, minimum=2), errors.ParameterError),
    "harm density of zero": (lambda: required_minimum(per_km2=0, radius_m=50), errors.ParameterError),
    "area without surface": (lambda: study_grid(Polygon(), cell_m=50), errors.EmptyInputError),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_it_is_refused_by_name_with_a_sentence(case):
    work, error = REFUSED[case]
    with pytest.raises(error) as caught:
        work()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence.split()) >= 4
    assert "{" not in sentence


def test_every_error_of_the_package_is_an_analysis_error():
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == "analysis.errors"]
    assert all(issubclass(kind, errors.AnalysisError) or kind is errors.CancelledError for kind in kinds)


def test_the_package_works_without_django_database_or_display():
    code = (
        "import sys, pkgutil, importlib, analysis;"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(analysis.__path__, 'analysis.')];"
        "import numpy as np; from analysis.grid import Grid; from analysis.significance import hot_cells;"
        "g = Grid(1000, 1000, 50, 20, 20, np.ones((20, 20), dtype=bool));"
        "hot_cells(g.bin(*np.random.default_rng(1).uniform(1000, 2000, (2, 500))), radius_m=100);"
        "bad = {'django', 'psycopg', 'tkinter', 'matplotlib'} & set(sys.modules); assert not bad, bad"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
