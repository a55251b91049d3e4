"""The canary: a year of patrols sent by the score. Fed with what people report, an early error heals; fed with what
patrols discover, it does not. The real score function is plugged in."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
from shapely import MultiPolygon, box, points

from analysis.score_scheme import Scale, Scheme
from analysis.scoring import undisturbed_scores
from analysis.sector_measures import MeasureRules, sector_measures
from analysis.shrinkage import Prior

CRS = "EPSG:32718"
CELLS, WEEKS, RUNS = 20, 52, 5
PATROLLED = CELLS // 4
WEEKLY_RATE = 2.0  # incidents that really happen in every cell, the same everywhere
REPORTED = 0.6  # share that people report
SEEN_BY_A_PATROL = 1.5  # incidents that a patrol discovers in a week where it stands
WINDOW_WEEKS = 26
MOST_FOR_TWO = 0.13  # patrols of two of twenty cells: 0.10 is fair
SIDE_M = 300.0
SECTORS = gpd.GeoDataFrame(
    {"residents": np.full(CELLS, 500.0)},
    index=[f"S-{cell:02d}" for cell in range(CELLS)],
    geometry=[box(1000 * cell, 0, 1000 * cell + SIDE_M, SIDE_M) for cell in range(CELLS)],
    crs=CRS,
)
NOTHING = gpd.GeoDataFrame({"severity": [], "person_hours": []}, geometry=[], crs=CRS)
NO_READINGS = gpd.GeoDataFrame({"value": [], "n": [], "age_days": [], "sector": []}, geometry=[], crs=CRS)
HOURS = 24 * 7 * WINDOW_WEEKS * (500 + 500 * SIDE_M**2 / 1e6)
MEAN_RATE = WEEKLY_RATE * WINDOW_WEEKS / HOURS
SCHEME = Scheme(
    sub_weights={"concentration": 0.5, "perception": 0.2, "vulnerability": 0.3},
    part_weights={
        "concentration": {"incidents": 0.5, "harm": 0.5},
        "perception": {"readings": 1.0},
        "vulnerability": {"factors": 0.5, "harm_uncovered": 0.25, "ground_uncovered": 0.25},
    },
    prior=Prior(shape=2.0, exposure=2.0 / MEAN_RATE),
    mean_harm_days=100.0,
    scales={
        "incidents": Scale(MEAN_RATE, 0.0, 2.5),
        "harm": Scale(MEAN_RATE * 100.0, 0.0, 2.5),
        "factors": Scale(1.0, 0.0, 1.4),
    },
    draws=1,
)


@dataclass(frozen=True)
class Outcome:
    """Inequality of the patrols over the cells, and share of them that the first two cells got, in the second half of
    the year: by then the wrong counts of the start have left the window, and what remains is the loop's own."""

    gini: float
    first_two: float


def scores_of(counts: np.ndarray) -> np.ndarray:
    """The real score of cells that differ in nothing but these counts."""
    where = np.repeat(np.arange(CELLS), counts)
    incidents = gpd.GeoDataFrame(
        {"harm_days": np.full(where.size, 100.0)},
        geometry=points(1000.0 * where + SIDE_M / 2, np.full(where.size, SIDE_M / 2)),
        crs=CRS,
    )
    measures = sector_measures(
        SECTORS,
        incidents=incidents,
        events=NOTHING,
        factors=NOTHING,
        readings=NO_READINGS,
        covered=MultiPolygon(),
        rules=MeasureRules(window_days=7.0 * WINDOW_WEEKS),
    )
    return undisturbed_scores(measures, scheme=SCHEME)[3]


def year(*, fed_with_discoveries: bool, seed: int) -> Outcome:
    """One year: each week the quarter of the cells that scores highest is patrolled.

    At the start the first two cells carry an error: half a year of counts half as high again as the others'.
    """
    generator = np.random.default_rng(seed)
    start = np.full(CELLS, WEEKLY_RATE * REPORTED)
    start[:2] *= 1.5
    history = [generator.poisson(start) for _ in range(WINDOW_WEEKS)]
    patrols = np.zeros(CELLS)
    for week in range(WEEKS):
        scores = scores_of(np.sum(history[-WINDOW_WEEKS:], axis=0))
        sent = np.argsort(-(scores + 1e-9 * generator.random(CELLS)))[:PATROLLED]
        patrols[sent] += week >= WINDOW_WEEKS
        counted = generator.poisson(WEEKLY_RATE * REPORTED, CELLS)
        discovered = np.zeros(CELLS, dtype=np.int64)
        discovered[sent] = generator.poisson(SEEN_BY_A_PATROL, PATROLLED)
        history.append(counted + discovered if fed_with_discoveries else counted)
    return Outcome(gini=_gini(patrols), first_two=float(patrols[:2].sum() / patrols.sum()))


def _gini(values: np.ndarray) -> float:
    ordered = np.sort(values)
    shares = np.cumsum(ordered) / ordered.sum()
    return float(1 - 2 * (shares.sum() - 0.5) / ordered.size)


@pytest.fixture(scope="module")
def reported() -> list[Outcome]:
    return [year(fed_with_discoveries=False, seed=seed) for seed in range(RUNS)]


@pytest.fixture(scope="module")
def discovered() -> list[Outcome]:
    return [year(fed_with_discoveries=True, seed=seed) for seed in range(RUNS)]


def test_an_early_error_heals_when_the_score_reads_what_people_report(reported: list[Outcome]) -> None:
    assert np.mean([one.first_two for one in reported]) <= MOST_FOR_TWO


def test_an_early_error_stays_when_discoveries_feed_the_score(discovered: list[Outcome]) -> None:
    """The canary sings: with the rule broken, the very same test would fail."""
    assert np.mean([one.first_two for one in discovered]) > MOST_FOR_TWO


def test_discoveries_would_crowd_the_patrols(reported: list[Outcome], discovered: list[Outcome]) -> None:
    fair, fed = (np.mean([one.gini for one in runs]) for runs in (reported, discovered))
    assert fed > fair
