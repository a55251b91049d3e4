"""From the words of an address to a place, with method, score, class and the reasons; or to candidates; or to nothing.

A place is taken by itself only where its score is high and no other place comes near it; a street that is not known is
never guessed. The score is the likeness of the names times what the number adds: it orders candidates and is not a
probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely

from analysis.errors import ParameterError
from analysis.placing.gazetteer import Gazetteer, Street
from analysis.placing.numbers import Piece, find_houses
from analysis.placing.words import Reading, name_tokens, readings

ACCEPT, MARGIN = 0.77, 0.05
SHOW, LIKE = 0.50, 0.60  # candidates worth showing; names worth looking at
SAME_PLACE_M = 50.0
CORNER_M, CORNER_OF_DOORS_M = 30.0, 70.0
SHORT_STREET_M = 50.0
IN_AREA_M = 150.0
MOST_CANDIDATES, MOST_STREETS = 9, 12
OTHER_AREA = 0.85
KNOWN = {"door": 1.0, "between": 0.99, "between_sides": 0.96, "between_runs": 0.90, "beyond": 0.98}
STREET_ALONE, NUMBER_ELSEWHERE, AREA_ALONE, AT_KILOMETRE = 0.90, 0.70, 0.60, 0.60
AUTOMATIC = ("exact", "interpolated", "block")


@dataclass(frozen=True)
class Candidate:
    """One place that an address may mean. `facts` are the reasons as plain values, for words made by the caller."""

    x: float
    y: float
    place_class: str
    method: str
    score: float
    label: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a search came to: `placed` (the first candidate is it), `ambiguous` (a person must choose) or `unknown`."""

    state: str
    candidates: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The first candidate."""
        return self.candidates[0] if self.candidates else None


@dataclass(frozen=True)
class Question:
    """What a source wrote about a place; a source that keeps street and number apart leaves `address` empty."""

    address: str = ""
    street: str = ""
    number: str = ""
    corner: str = ""
    place_name: str = ""

    def readings(self) -> list[Reading]:
        """Every way of reading it, the likeliest first."""
        return readings(self.address, street=self.street, number=self.number, corner=self.corner)


def find_place(gazetteer: Gazetteer, question: Question, *, accept: float = ACCEPT, margin: float = MARGIN) -> Outcome:
    """The place of a question among those of a gazetteer, in the gazetteer's metres.

    `accept` (0 to 1) is the least score that is taken without a person, `margin` how far the next other place (more
    than 50 m away) must stay behind. Areas are never taken by themselves. Raises ParameterError for shares outside
    0 to 1.
    """
    if not (0 < accept <= 1 and 0 <= margin <= 1):
        raise ParameterError(
            "accept and margin must lie between 0 and 1, got {accept} and {margin}", accept=accept, margin=margin
        )
    read = question.readings()
    found = [*_named_places(gazetteer, question, read)]
    for position, reading in enumerate(read):
        found.extend(_weaker(one, position) for one in _candidates(gazetteer, reading))
    apart = _apart(one for one in found if one.score >= SHOW)
    if not apart:
        return Outcome("unknown")
    first = apart[0]
    rival = apart[1].score if len(apart) > 1 else 0.0
    sure = first.score >= accept and first.score - rival >= margin and first.place_class in AUTOMATIC
    return Outcome("placed" if sure else "ambiguous", tuple(apart[:MOST_CANDIDATES]))


def _weaker(candidate: Candidate, position: int) -> Candidate:
    """A later reading of the same text counts a little less than the first."""
    if position == 0:
        return candidate
    return _scored(candidate, candidate.score - 0.02)


def _scored(candidate: Candidate, score: float) -> Candidate:
    told = candidate.__dict__ | {"score": round(max(0.0, min(1.0, score)), 4)}
    return Candidate(**told)


def _apart(found: Iterable[Candidate]) -> list[Candidate]:
    """Candidates by score, leaving out those that name a better one's place again."""
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda c: (-c.score, c.label, c.x, c.y)):
        if all(math.hypot(one.x - other.x, one.y - other.y) > SAME_PLACE_M for other in kept):
            kept.append(one)
    return kept


def _candidates(gazetteer: Gazetteer, reading: Reading) -> Iterator[Candidate]:
    if reading.street and reading.kilometre is not None:
        yield from _at_kilometre(gazetteer, reading)
    elif reading.street and reading.corner:
        yield from _corners(gazetteer, reading)
    if reading.street and reading.kilometre is None:
        yield from _in_area(gazetteer, reading, _houses(gazetteer, reading))
    if reading.area:
        yield from _areas(gazetteer, reading.area)


# --- houses -----------------------------------------------------------------------------------------


def _houses(gazetteer: Gazetteer, reading: Reading) -> Iterator[Candidate]:
    for alike, street in _like(gazetteer, reading.kind, reading.street):
        if reading.number is None:
            yield from _whole_street(street, alike * (STREET_ALONE if not reading.corner else NUMBER_ELSEWHERE))
            continue
        houses = find_houses(street.pieces, reading.number, _line_at(street))
        for house in houses:
            yield Candidate(
                house.x, house.y, house.place_class, house.method, round(alike * KNOWN[house.method] * house.fit, 4),
                f"{street.name} {reading.number}",
                {"street": street.name, "alike": alike, "number": reading.number, "low": house.low,
                 "high": house.high, "gap_m": round(house.gap_m, 1)},
            )  # fmt: skip
        if not houses:
            yield from _whole_street(street, alike * NUMBER_ELSEWHERE, number=reading.number)


def _like(gazetteer: Gazetteer, kind: str, tokens: tuple[str, ...]) -> list[tuple[float, Street]]:
    return [one for one in gazetteer.streets_like(kind, tokens)[:MOST_STREETS] if one[0] >= LIKE]


def _line_at(street: Street) -> Any:
    return street.line if street.line is not None and street.line.geom_type == "LineString" else None


def _whole_street(street: Street, score: float, *, number: int | None = None) -> Iterator[Candidate]:
    """The middle of a street: a block where the street is short, else an area."""
    facts = {"street": street.name, "alike": round(score, 4)} | ({} if number is None else {"number": number})
    for piece in street.pieces:
        (x, y), short = piece.centre, piece.reach_m <= SHORT_STREET_M
        told = "block" if short and number is None else "area"
        yield Candidate(x, y, told, "street", round(score, 4), street.name, facts)
    if not street.pieces and street.line is not None:
        middle = shapely.point_on_surface(street.line)
        short = street.line.length <= 2 * SHORT_STREET_M
        told = "block" if short and number is None else "area"
        yield Candidate(middle.x, middle.y, told, "street", round(score, 4), street.name, facts)


def _in_area(gazetteer: Gazetteer, reading: Reading, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Houses of streets of one name: those in the settlement that the address names count more than the others."""
    areas = gazetteer.areas_like(reading.area, least=0.8)[:3] if reading.area else []
    for one in found:
        inside = [name for _alike, name in areas if shapely.dwithin(name.shape, shapely.Point(one.x, one.y), IN_AREA_M)]
        if areas and not inside:
            yield _scored(one, one.score * OTHER_AREA)
        elif inside:
            yield Candidate(**(one.__dict__ | {"facts": one.facts | {"area": inside[0].name}}))
        else:
            yield one


# --- corners, kilometres, places --------------------------------------------------------------------


def _corners(gazetteer: Gazetteer, reading: Reading) -> Iterator[Candidate]:
    others = _like(gazetteer, reading.corner_kind, reading.corner)
    for alike, first in _like(gazetteer, reading.kind, reading.street):
        for other_alike, second in others:
            if first is second:
                continue
            score = round(math.sqrt(alike * other_alike), 4)
            for x, y, method, gap in _meetings(first, second):
                yield Candidate(
                    x, y, "exact" if method == "corner" else "block", method, score, f"{first.name} / {second.name}",
                    {"street": first.name, "corner": second.name, "alike": round(min(alike, other_alike), 4),
                     "gap_m": round(gap, 1)},
                )  # fmt: skip


def _meetings(first: Street, second: Street) -> Iterator[tuple[float, float, str, float]]:
    """Where two streets meet: by their lines, else where their doors come nearest to each other."""
    if first.line is not None and second.line is not None:
        crossing = shapely.intersection(first.line, second.line)
        if not crossing.is_empty:
            for part in shapely.get_parts(crossing):
                yield part.centroid.x, part.centroid.y, "corner", 0.0
            return
        nearest = shapely.shortest_line(first.line, second.line)
        if nearest.length <= CORNER_M:
            yield nearest.centroid.x, nearest.centroid.y, "corner", float(nearest.length)
        return
    for piece in first.pieces:
        for other in second.pieces:
            yield from _doors_meet(piece, other)


def _doors_meet(piece: Piece, other: Piece) -> Iterator[tuple[float, float, str, float]]:
    apart = (piece.x[:, None] - other.x[None, :]) ** 2 + (piece.y[:, None] - other.y[None, :]) ** 2
    i, j = divmod(int(apart.argmin()), len(other.x))
    gap = math.sqrt(float(apart[i, j]))
    if gap <= CORNER_OF_DOORS_M:
        yield (float(piece.x[i] + other.x[j]) / 2, float(piece.y[i] + other.y[j]) / 2, "corner_of_doors", gap)


def _at_kilometre(gazetteer: Gazetteer, reading: Reading) -> Iterator[Candidate]:
    """A kilometre from each end of a road: nobody loaded where the count begins, so a person chooses the end."""
    for alike, street in _like(gazetteer, reading.kind, reading.street):
        along = (reading.kilometre or 0.0) * 1000.0
        if street.line is None or street.line.geom_type != "LineString" or along > street.line.length:
            continue
        for at in (along, street.line.length - along):
            place = shapely.line_interpolate_point(street.line, at)
            yield Candidate(
                place.x, place.y, "area", "kilometre", round(alike * AT_KILOMETRE, 4), street.name,
                {"street": street.name, "alike": alike, "kilometre": reading.kilometre},
            )  # fmt: skip


def _named_places(gazetteer: Gazetteer, question: Question, read: list[Reading]) -> Iterator[Candidate]:
    """Places by name: what the source calls so, or an address without number and corner."""
    texts = [question.place_name]
    if not any(one.number or one.corner for one in read):
        texts.append(question.address.split(",")[0])
    for text in texts:
        kind, words = name_tokens(text)
        tokens = (kind, *words) if kind else words
        if not text.strip() or not tokens:
            continue
        for alike, place in gazetteer.places_like(tokens, least=LIKE)[:MOST_CANDIDATES]:
            middle = place.shape.centroid
            yield Candidate(middle.x, middle.y, "exact", "place", alike, place.name, {"alike": alike})
        yield from _areas(gazetteer, tokens)


def _areas(gazetteer: Gazetteer, tokens: tuple[str, ...]) -> Iterator[Candidate]:
    for alike, area in gazetteer.areas_like(tokens, least=0.75)[:3]:
        middle = shapely.point_on_surface(area.shape)
        yield Candidate(middle.x, middle.y, "area", "area", round(alike * AREA_ALONE, 4), area.name, {"alike": alike})
