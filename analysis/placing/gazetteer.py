"""What is known of a town's places, made ready for searching: streets with their doors and lines, places, areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from analysis.placing.numbers import Piece
from analysis.placing.spelling import Rarity, names_alike, sound, surname_of, words_alike
from analysis.placing.words import area_tokens, name_tokens, whole_number

if TYPE_CHECKING:
    import geopandas

PIECE_M = 160.0  # doors of one name farther apart than this are two streets of the same name
WORD_CUTOFF = 0.55
MOST_WORDS, MOST_STREETS = 40, 60
EXACT_START = 4
SAME_NAME, CALLED = 0.95, 0.9
OTHER_KIND, OTHER_KIND_OF_NUMBER = 0.06, 0.30


@dataclass
class Street:
    """A name with all that carries it: kind, pieces of doors, line (None where no streets are loaded)."""

    name: str
    kind: str
    tokens: tuple[str, ...]
    pieces: list[Piece] = field(default_factory=list)
    line: BaseGeometry | None = None


@dataclass(frozen=True)
class Named:
    """A place or an area with its name."""

    name: str
    tokens: tuple[str, ...]
    shape: BaseGeometry


class Gazetteer:
    """Everything that a search may answer with. Coordinates are metres of one projected system.

    `doors` has the columns street, number and geometry (points), `streets` name and geometry (lines), `places` and
    `areas` name and geometry; each may be None. `street_aliases` gives, for the words of a spelling, the name of the
    street that is meant; it must be one of those loaded, else it is ignored.
    """

    def __init__(
        self,
        *,
        doors: geopandas.GeoDataFrame | None = None,
        streets: geopandas.GeoDataFrame | None = None,
        places: geopandas.GeoDataFrame | None = None,
        areas: geopandas.GeoDataFrame | None = None,
        street_aliases: Mapping[str, str] | None = None,
    ) -> None:
        """Group by street, cut streets of one name into pieces, index the words of the names."""
        self.streets: list[Street] = _streets(doors, streets)
        self.places = _named(places, _whole_name)
        self.areas = _named(areas, area_tokens)
        self._rarity = Rarity(one.tokens for one in self.streets)
        self._by_word = _by_word(self.streets)
        self._words = list(self._by_word)
        self._near_words: dict[str, list[str]] = {}
        self._found: dict[tuple[str, tuple[str, ...]], list[tuple[float, Street]]] = {}
        by_name = {one.name: one for one in self.streets}
        self._aliases = {
            name_tokens(written): by_name[name] for written, name in (street_aliases or {}).items() if name in by_name
        }
        self._place_rarity = Rarity(one.tokens for one in (*self.places, *self.areas))

    def streets_like(self, kind: str, tokens: tuple[str, ...]) -> list[tuple[float, Street]]:
        """Streets whose name is like the asked one, with their likeness, most alike first; an alias is fully alike."""
        known = self._found.get((kind, tokens))
        if known is None:
            known = self._found[kind, tokens] = self._search(kind, tokens)
        return known

    def places_like(self, tokens: tuple[str, ...], *, least: float) -> list[tuple[float, Named]]:
        """Places whose name is like the asked one, most alike first."""
        return _alike(self.places, tokens, self._place_rarity, least)

    def areas_like(self, tokens: tuple[str, ...], *, least: float) -> list[tuple[float, Named]]:
        """Areas whose name is like the asked one, most alike first."""
        return _alike(self.areas, tokens, self._place_rarity, least)

    def _search(self, kind: str, tokens: tuple[str, ...]) -> list[tuple[float, Street]]:
        alias = self._aliases.get((kind, tokens)) or self._aliases.get(("", tokens))
        if alias is not None:
            return [(1.0, alias)]
        near = sorted(self._within_reach(tokens))
        scored = [(round(names_alike(tokens, self.streets[number].tokens, self._rarity), 4), number) for number in near]
        scored = self._by_surname(tokens, scored)
        kept = sorted(((alike, number) for alike, number in scored if alike > 0), key=lambda one: (-one[0], one[1]))
        told = [(_with_kind(alike, kind, self.streets[number]), number) for alike, number in kept[:MOST_STREETS]]
        return [(alike, self.streets[number]) for alike, number in sorted(told, key=lambda one: (-one[0], one[1]))]

    def _by_surname(self, tokens: tuple[str, ...], scored: list[tuple[float, int]]) -> list[tuple[float, int]]:
        """Likeness raised for the one street that is called by its last words: "Schneider" is "General Schneider"."""
        told = [(surname_of(tokens, self.streets[number].tokens), number) for _alike, number in scored]
        called = [(alike, number) for alike, number in told if alike]
        if len(called) != 1 or max(scored)[0] >= SAME_NAME:
            return scored
        [(called_alike, called_number)] = called
        return [
            (max(alike, round(CALLED * called_alike, 4)) if number == called_number else alike, number)
            for alike, number in scored
        ]

    def _within_reach(self, tokens: tuple[str, ...]) -> set[int]:
        """Streets that share a word with the asked name, or one like it; or the whole name in one piece."""
        found: set[int] = set()
        for word in (*tokens, "".join(tokens)):
            for near in self._words_near(word):
                found.update(self._by_word[near])
        return found

    def _words_near(self, word: str) -> list[str]:
        known = self._near_words.get(word)
        if known is None:
            if word.isdigit() or len(word) == 1:
                known = [one for one in self._words if one == word or (len(word) == 1 and one.startswith(word))]
                known += [one for one in self._words if words_alike(one, word)] if word.isdigit() else []
            else:
                alike = process.cdist([sound(word)], self._words, scorer=OSA.normalized_similarity)[0]
                best = [n for n in np.argsort(-alike, kind="stable")[:MOST_WORDS] if alike[n] >= WORD_CUTOFF]
                hits = [self._words[n] for n in best]
                cut_off = [one for one in self._words if len(word) >= EXACT_START and one.startswith(sound(word))]
                counted = [one for one in self._words if one.isdigit() and words_alike(word, one)]
                known = list(dict.fromkeys(hits + cut_off + counted))
            self._near_words[word] = known
        return known


def _with_kind(alike: float, kind: str, street: Street) -> float:
    """A named kind that is another one counts against a street; much where the name is only a number."""
    if not kind or not street.kind or kind == street.kind:
        return alike
    bare = all(word.isdigit() or len(word) == 1 for word in street.tokens)
    return round(alike - (OTHER_KIND_OF_NUMBER if bare else OTHER_KIND), 4)


def _by_word(streets: list[Street]) -> dict[str, list[int]]:
    """Numbers of the streets by the sound of each word of their names, and of the whole name in one piece."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, street in enumerate(streets):
        for word in {*map(sound, street.tokens), sound("".join(street.tokens))}:
            found[word].append(number)
    return dict(found)


def _alike(named: list[Named], tokens: tuple[str, ...], rarity: Rarity, least: float) -> list[tuple[float, Named]]:
    scored = ((round(names_alike(tokens, one.tokens, rarity), 4), position) for position, one in enumerate(named))
    kept = sorted(
        ((alike, position) for alike, position in scored if alike >= least), key=lambda one: (-one[0], one[1])
    )
    return [(alike, named[position]) for alike, position in kept]


def _whole_name(text: str) -> tuple[str, ...]:
    kind, tokens = name_tokens(text)
    return (kind, *tokens) if kind else tokens


def _named(frame: geopandas.GeoDataFrame | None, words: Callable[[str], tuple[str, ...]]) -> list[Named]:
    if frame is None or frame.empty:
        return []
    told = zip(frame["name"].fillna("").astype(str), frame.geometry, strict=True)
    found = [Named(name, words(name), shape) for name, shape in told if name.strip()]
    return sorted((one for one in found if one.tokens), key=lambda one: (one.name, one.shape.wkb))


def _streets(doors: geopandas.GeoDataFrame | None, lines: geopandas.GeoDataFrame | None) -> list[Street]:
    streets: dict[str, Street] = {}
    for name, group in _grouped(doors, "street"):
        _street(streets, name).pieces.extend(_pieces(group))
    for name, group in _grouped(lines, "name"):
        one = _street(streets, name)
        line = shapely.line_merge(shapely.union_all(group.geometry.to_numpy()))
        one.line = line if one.line is None else shapely.union(one.line, line)
    return sorted((one for one in streets.values() if one.tokens), key=lambda one: (one.name, one.kind))


def _grouped(frame: geopandas.GeoDataFrame | None, column: str) -> Iterable[tuple[str, Any]]:
    if frame is None or frame.empty:
        return []
    named = frame[frame[column].fillna("").str.strip() != ""]
    return [(str(name), group) for name, group in named.groupby(column, sort=True)]


def _street(streets: dict[str, Street], name: str) -> Street:
    """The street of a name; spellings that read the same ("Av. Picarte", "AVENIDA PICARTE") are one street."""
    kind, tokens = name_tokens(name)
    return streets.setdefault(f"{kind} {' '.join(tokens)}", Street(name, kind, tokens))


def _pieces(doors: Any) -> list[Piece]:
    numbers = np.array([whole_number(str(one)) or 0 for one in doors["number"]], dtype=np.int64)
    known = numbers > 0
    if not known.any():
        return []
    numbers = numbers[known]
    x, y = doors.geometry.x.to_numpy()[known], doors.geometry.y.to_numpy()[known]
    labels = _together(x, y)
    pieces = []
    for label in range(labels.max() + 1):
        chosen = np.flatnonzero(labels == label)
        order = chosen[np.lexsort((y[chosen], x[chosen], numbers[chosen]))]
        pieces.append(Piece(numbers[order], x[order], y[order]))
    return pieces


def _together(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Number of the piece of each door: doors within `PIECE_M` of each other, through others too, are one piece."""
    pairs = cKDTree(np.column_stack([x, y])).query_pairs(PIECE_M, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(x), len(x)))
    labels: np.ndarray = connected_components(links, directed=False)[1]
    return labels
