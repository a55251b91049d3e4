"""A proof of placing on real doors: a fifth of the numbers and a tenth of the streets hidden, the rest known, and what
is hidden asked for as people write. What counts as findable and as right is decided here, from the true doors alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from analysis.placing.gazetteer import Gazetteer
from analysis.placing.search import Question, find_place
from tests.analysis.misspelling import write_address

FILE = "geo/valdivia_direcciones/direcciones_valdivia.gpkg"
HIDDEN_NUMBERS, HIDDEN_STREETS = 0.2, 10
RIGHT_M = 50.0
NEIGHBOUR_M, ELSEWHERE_M, TOGETHER_M = 100.0, 75.0, 60.0


@dataclass
class Score:
    """What came of the questions."""

    asked: int = 0
    placed: int = 0
    placed_right: int = 0
    findable: int = 0
    found: int = 0
    of_absent_streets: int = 0
    guessed: int = 0


def read_doors(path: Any) -> gpd.GeoDataFrame:
    """The official doors of Valdivia in metres: street, number, kind of street."""
    doors = gpd.read_file(path).to_crs(32718)
    return doors.rename(columns={"via": "street", "numero": "number", "clase_urbana": "kind"})


def split(doors: gpd.GeoDataFrame, draw: np.random.Generator) -> tuple[Any, Any, Any]:
    """Known doors, doors with hidden numbers of known streets, doors of hidden streets."""
    names = sorted(doors.street.unique())
    absent = doors.street.isin(draw.choice(names, size=len(names) // HIDDEN_STREETS, replace=False))
    address = doors.street + "|" + doors.number
    hidden = address.isin(set(address[draw.random(len(doors)) < HIDDEN_NUMBERS])) & ~absent
    numbered = doors.number.str.isdigit()
    once = ~doors.duplicated(["street", "number"])
    return doors[~hidden & ~absent], doors[hidden & numbered & once], doors[absent & numbered & once]


def findable(known: Any, x: float, y: float, number: int) -> bool:
    """True where a careful person could find the house: of the known doors of its street and side one with a lower
    and one with a higher number stand within 100 m of it, and no such pair stands together anywhere else."""
    chosen = (known[2] > 0) & (known[2] % 2 == number % 2)
    away = np.hypot(known[0][chosen] - x, known[1][chosen] - y)
    numbers, east, north = known[2][chosen], known[0][chosen], known[1][chosen]
    near, far = away <= NEIGHBOUR_M, away > ELSEWHERE_M
    low, high = far & (numbers < number), far & (numbers > number)
    apart = np.hypot(east[low][:, None] - east[high][None, :], north[low][:, None] - north[high][None, :])
    here = bool((near & (numbers < number)).any() and (near & (numbers > number)).any())
    return here and not bool((apart <= TOGETHER_M).any())


def prove(doors: gpd.GeoDataFrame, *, seed: int, absent_at_most: int = 400) -> Score:
    """Ask for what is hidden and count."""
    draw = np.random.default_rng(seed)
    known, hidden, absent = split(doors, draw)
    gazetteer = Gazetteer(doors=known)
    streets = {name: _columns(group) for name, group in known.groupby("street")}
    places = {key: _columns(group) for key, group in doors.groupby(["street", "number"])}
    score = Score()
    for row in hidden.itertuples():
        text = write_address(row.kind, row.street, row.number, draw)
        outcome = find_place(gazetteer, Question(text))
        x, y, _numbers = places[row.street, row.number]
        best = outcome.best
        placed = outcome.state == "placed" and best is not None
        right = placed and float(np.hypot(x - best.x, y - best.y).min()) <= RIGHT_M
        street = streets.get(row.street)
        can = street is not None and findable(street, row.geometry.x, row.geometry.y, int(row.number))
        score.asked, score.placed, score.placed_right = (
            score.asked + 1,
            score.placed + placed,
            score.placed_right + right,
        )
        score.findable, score.found = score.findable + can, score.found + (can and right)
    for row in absent.head(absent_at_most).itertuples():
        text = write_address(row.kind, row.street, row.number, draw)
        score.of_absent_streets += 1
        score.guessed += find_place(gazetteer, Question(text)).state == "placed"
    return score


def _columns(group: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbers = np.array([int(one) if one.isdigit() else 0 for one in group.number])
    return group.geometry.x.to_numpy(), group.geometry.y.to_numpy(), numbers
