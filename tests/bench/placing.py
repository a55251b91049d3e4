"""Benches of placing and of linking: addresses a second, how many are found and right, precision and recall."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.bench import Measure, bench

SEED = 20_602


def _proof() -> Any:
    from django.conf import settings

    from tests.analysis.placing_proof import FILE, prove, read_doors

    return prove(read_doors(settings.ATALAYA_DATA / FILE), seed=SEED, absent_at_most=1_000)


@bench("placing-found", what="Valdivia, 20 % of the numbers hidden: findable within 50 m", unit="%", limit=95,
       at_least=True)  # fmt: skip
def placing_found(workspace: Path) -> Measure:
    score = _proof()
    return Measure(100 * score.found / score.findable)


@bench("placing-right", what="automatic placements of that proof that are right", unit="%", limit=98, at_least=True)
def placing_right(workspace: Path) -> Measure:
    score = _proof()
    return Measure(100 * score.placed_right / score.placed)


@bench("placing-absent", what="addresses of streets not loaded that were placed all the same", unit="%", limit=1)
def placing_absent(workspace: Path) -> Measure:
    score = _proof()
    return Measure(100 * score.guessed / score.of_absent_streets)


@bench("placing-speed", what="addresses searched in a gazetteer of 6,449 doors", unit="1/s", limit=200, at_least=True)
def placing_speed(workspace: Path) -> Measure:
    import numpy as np
    from django.conf import settings

    from analysis.placing.gazetteer import Gazetteer
    from analysis.placing.search import Question, find_place
    from tests.analysis.misspelling import write_address
    from tests.analysis.placing_proof import FILE, read_doors

    doors = read_doors(settings.ATALAYA_DATA / FILE)
    gazetteer, draw = Gazetteer(doors=doors), np.random.default_rng(SEED)
    asked = doors[doors.number.str.isdigit()].sample(3_000, random_state=SEED)
    texts = [write_address(row.kind, row.street, row.number, draw) for row in asked.itertuples()]
    started = time.perf_counter()
    for text in texts:
        find_place(gazetteer, Question(text))
    return Measure(len(texts) / (time.perf_counter() - started))


def _linking(events: int) -> tuple[float, float, float]:
    from analysis.linkage import propose_links
    from tests.analysis.linkage_truth import precision_and_recall, records_of_events

    records = records_of_events(events=events, days=365, seed=SEED)
    started = time.perf_counter()
    found = propose_links(records)
    seconds = time.perf_counter() - started
    return *precision_and_recall(records, found.pairs), seconds


@bench("linking-precision", what="40,000 events told by four sources: proposed pairs that are one event", unit="%",
       limit=95, at_least=True)  # fmt: skip
def linking_precision(workspace: Path) -> Measure:
    return Measure(100 * _linking(40_000)[0])


@bench("linking-recall", what="pairs of one event among them that are proposed", unit="%", limit=90, at_least=True)
def linking_recall(workspace: Path) -> Measure:
    return Measure(100 * _linking(40_000)[1])


@bench("linking-speed", what="comparing the 58,000 records of a year", unit="s", limit=20)
def linking_speed(workspace: Path) -> Measure:
    return Measure(_linking(40_000)[2])
