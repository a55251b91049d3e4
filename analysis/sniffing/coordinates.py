"""Which columns hold the place of a row, and in which reference system: tried against where the rows must lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import Transformer
from scipy.spatial import cKDTree

from analysis.sniffing.words import plain

GEOGRAPHIC = 4326
X_WORDS = ("x", "este", "longitud", "longitude", "lng", "lon", "long", "coord x", "coordenada x", "utm e", "utm este")
Y_WORDS = ("y", "norte", "latitud", "latitude", "lat", "coord y", "coordenada y", "utm n", "utm norte")
BOTH_WORDS = ("coordenadas", "coordenada", "ubicacion gps", "gps", "georreferencia", "georeferencia", "latlong", "geo")
LEAST_INSIDE = 0.5  # share of points inside the area that makes a system believable
LEAST_FOR_DATUM = 20  # points needed to tell a datum shift of some 400 m from the streets
TWINS = {32718: 24878, 32719: 24879}  # systems whose numbers both fall inside: WGS 84 and PSAD56 of the same zone
_NUMBER = re.compile(r"[-+]?\d{1,9}(?:[.,]\d{1,15})?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3}){1,2}(?:,\d+)?")
_PAIR = re.compile(r"\(?\s*([-+]?\d{1,9}(?:[.,]\d{1,15})?)(?:\s*[;,]\s*|\s+)([-+]?\d{1,9}(?:[.,]\d{1,15})?)\s*\)?")


@dataclass(frozen=True)
class Area:
    """Where rows must lie: a box in degrees (west, south, east, north), systems to try, best first, and how to get

    points (n, 2) in degrees along the streets, asked for only where one datum must be told from another."""

    box: tuple[float, float, float, float]
    systems: tuple[int, ...]
    streets: Callable[[], np.ndarray | None] = lambda: None


@dataclass(frozen=True)
class CoordinateGuess:
    """The columns of x and y, or the one with both; the system; the share of points inside the area (0 to 1).

    `order` is for the column with both. `swapped`: the headings name them the other way round. `unsigned`: the minus
    signs are missing. `why`: `inside` (they fall inside), `datum` (and nearer to the streets than in the twin system),
    `datum_open` (both systems of the zone fall inside and nothing tells which), `outside` (headings alone).
    """

    x: str
    y: str
    both: str
    srid: int
    share: float
    why: str
    order: str = "latitude_first"
    swapped: bool = False
    unsigned: bool = False


def number_of(text: str) -> float:
    """A coordinate however it is written (decimal comma, grouped by points); NaN where it is none."""
    cell = text.strip()
    if _GROUPED.fullmatch(cell) and ("," in cell or cell.count(".") > 1):
        cell = cell.replace(".", "")
    return float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else float("nan")


def guess_coordinates(columns: Mapping[str, Sequence[str]], *, area: Area) -> CoordinateGuess | None:
    """The most believable columns and system of a table's rows; None where nothing looks like a place."""
    numbers = {name: np.array([number_of(cell) for cell in cells], dtype=float) for name, cells in columns.items()}
    usable = {name: values for name, values in numbers.items() if _mostly_numbers(values, columns[name])}
    tries = [*_from_two_columns(usable, area), *_from_one_column(columns, area)]
    best = max(tries, key=_belief, default=None)
    if best is not None and best.share >= LEAST_INSIDE:
        return _with_datum(best, columns, numbers, area)
    return _by_headings(usable, area)


def _belief(guess: CoordinateGuess) -> tuple[float, bool, bool, bool]:
    named = (_named(guess.x, X_WORDS) and _named(guess.y, Y_WORDS)) or _named(guess.both, BOTH_WORDS)
    crossed = _named(guess.x, Y_WORDS) and _named(guess.y, X_WORDS)
    return round(guess.share, 2), not guess.unsigned, named or crossed, not guess.swapped


def _from_two_columns(usable: Mapping[str, np.ndarray], area: Area) -> list[CoordinateGuess]:
    found = []
    for x_name, x in usable.items():
        for y_name, y in usable.items():
            if x_name == y_name:
                continue
            swapped = _named(x_name, Y_WORDS) and _named(y_name, X_WORDS)
            for srid, share, unsigned in _systems_inside(x, y, area):
                one = CoordinateGuess(x_name, y_name, "", srid, share, "inside", swapped=swapped, unsigned=unsigned)
                found.append(one)
    return found


def _from_one_column(columns: Mapping[str, Sequence[str]], area: Area) -> list[CoordinateGuess]:
    found = []
    for name, cells in columns.items():
        pairs = [_PAIR.fullmatch(cell.strip()) for cell in cells if cell.strip()]
        told = [one for one in pairs if one]
        if not pairs or 2 * len(told) < len(pairs):
            continue
        first = np.array([number_of(one[1]) for one in told])
        second = np.array([number_of(one[2]) for one in told])
        for order, x, y in (("latitude_first", second, first), ("longitude_first", first, second)):
            for srid, share, unsigned in _systems_inside(x, y, area):
                found.append(CoordinateGuess("", "", name, srid, share, "inside", order=order, unsigned=unsigned))
    return found


def _systems_inside(x: np.ndarray, y: np.ndarray, area: Area) -> list[tuple[int, float, bool]]:
    """(system, share inside, signs missing) for the first system, in the order given, that fits best."""
    there = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    if not there.any():
        return []
    x, y = x[there], y[there]
    best: tuple[int, float, bool] | None = None
    for srid in area.systems:
        for unsigned in (False, True) if srid == GEOGRAPHIC else (False,):
            share = _inside(-np.abs(x) if unsigned else x, -np.abs(y) if unsigned else y, srid, area)
            if share > 0 and (best is None or share > best[1] + 1e-9):
                best = srid, share, unsigned
    return [best] if best else []


def _inside(x: np.ndarray, y: np.ndarray, srid: int, area: Area) -> float:
    if srid == GEOGRAPHIC:
        lng, lat = x, y
    else:
        if not (1e4 < np.median(np.abs(x)) < 2e7 and 1e4 < np.median(np.abs(y)) < 2e7):
            return 0.0
        lng, lat = _to_degrees(srid).transform(x, y)
    west, south, east, north = area.box
    return float(np.mean((lng >= west) & (lng <= east) & (lat >= south) & (lat <= north)))


@lru_cache(maxsize=32)
def _to_degrees(srid: int) -> Transformer:
    return Transformer.from_crs(srid, GEOGRAPHIC, always_xy=True)


def _with_datum(
    guess: CoordinateGuess, columns: Mapping[str, Sequence[str]], numbers: Mapping[str, np.ndarray], area: Area
) -> CoordinateGuess:
    """Ask the streets, where the twin system of the same zone fits as well: rows lie beside streets in the true one."""
    pair = next(((one, other) for one, other in TWINS.items() if guess.srid in (one, other)), None)
    if pair is None or guess.both or pair[1] not in area.systems:
        return guess
    x, y = numbers[guess.x], numbers[guess.y]
    there = np.isfinite(x) & np.isfinite(y) & (x != 0)
    streets = area.streets() if there.sum() >= LEAST_FOR_DATUM else None
    if streets is None or len(streets) < LEAST_FOR_DATUM:
        return _replaced(guess, pair[0], "datum_open")
    tree, stretch = _tree(streets, area)
    apart = [float(np.median(tree.query(np.column_stack(_to_degrees(srid).transform(x[there], y[there])) * stretch)[0]))
             for srid in pair]  # fmt: skip
    if min(apart) > 0.7 * max(apart):
        return _replaced(guess, pair[0], "datum_open")
    return _replaced(guess, pair[int(np.argmin(apart))], "datum")


def _replaced(guess: CoordinateGuess, srid: int, why: str) -> CoordinateGuess:
    return CoordinateGuess(guess.x, guess.y, guess.both, srid, guess.share, why, guess.order, guess.swapped, False)


def _tree(streets: np.ndarray, area: Area) -> tuple[cKDTree, np.ndarray]:
    """Street points in degrees stretched so that both axes have the same length on the ground."""
    stretch = np.array([np.cos(np.radians((area.box[1] + area.box[3]) / 2)), 1.0])
    return cKDTree(np.asarray(streets) * stretch), stretch


def _by_headings(usable: Mapping[str, np.ndarray], area: Area) -> CoordinateGuess | None:
    """Columns whose headings alone say that they are coordinates; they lie outside in every system tried."""
    x = next((name for name in usable if _named(name, X_WORDS)), "")
    y = next((name for name in usable if _named(name, Y_WORDS)), "")
    return CoordinateGuess(x, y, "", area.systems[0], 0.0, "outside") if x and y else None


def _named(heading: str, words: Sequence[str]) -> bool:
    return plain(heading) in words


def _mostly_numbers(values: np.ndarray, cells: Sequence[str]) -> bool:
    filled = sum(bool(cell.strip()) for cell in cells)
    return bool(filled) and 2 * int(np.isfinite(values).sum()) > filled
