"""Which name of a list a label most likely means: by the likeness of their words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from analysis.sniffing.words import plain

LEAST_SCORE = 60.0
SURE_SCORE = 88.0
_EMPTY = frozenset(
    {"de", "del", "la", "el", "los", "las", "en", "a", "al", "y", "o", "con", "sin", "por", "un", "una", "su"}
)


@dataclass(frozen=True)
class Likeness:
    """A name of the list and how alike it is (0 to 100)."""

    key: str
    score: float

    @property
    def is_sure(self) -> bool:
        return self.score >= SURE_SCORE


def most_alike(label: str, names: Mapping[str, Sequence[str]], *, limit: int = 3) -> list[Likeness]:
    """Keys whose names are most like a label, best first; none below 60. A key may have several names (synonyms).

    Words are compared without accents, endings of number and gender and little words; the order of words counts
    little, words that only one of the two has count against it. Method: ratios of the library rapidfuzz.
    """
    told = _core(label)
    if not told:
        return []
    scored = [
        Likeness(key, max((_score(told, _core(name)) for name in given), default=0.0)) for key, given in names.items()
    ]
    alike = sorted((one for one in scored if one.score >= LEAST_SCORE), key=lambda one: (-one.score, one.key))
    return alike[:limit]


def _score(one: str, other: str) -> float:
    if one == other:
        return 100.0
    by_words = fuzz.token_sort_ratio(one, other)
    shared = fuzz.token_set_ratio(one, other)
    return max(by_words, 0.5 * shared + 0.5 * by_words if set(one.split()) & set(other.split()) else 0.0)


@lru_cache(maxsize=50_000)
def _core(text: str) -> str:
    """The words that carry meaning, in singular and without their ending of gender."""
    words = [word for word in plain(text).split() if word not in _EMPTY]
    return " ".join(_stem(word) for word in words)


def _stem(word: str) -> str:
    if len(word) > 5:
        word = re.sub(r"(?<=[^aeiou])es$|(?<=[aeiou])s$", "", word)
    return re.sub(r"[ao]$", "", word) if len(word) > 4 else word
