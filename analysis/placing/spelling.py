"""How alike two names of streets are, for people who write by ear and in a hurry.

Each word is compared in a form that sounds the same in Chilean Spanish (b/v, s/c/z, silent h, ll/y, g/j, qu/k) by the
Damerau-Levenshtein similarity (Damerau 1964). Words are paired greedily and weighted by how rare they are among the
streets, as in the soft TF-IDF of Cohen, Ravikumar & Fienberg (2003, "A comparison of string distance metrics for
name-matching tasks"): that "LAGO" fits says little, that "PIRIHUEICO" fits says all. Numbers fit exactly or not at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from analysis.placing.words import COUNTED

WORD_ALIKE = 0.72  # words less alike than this are other words
INITIAL, PREFIX = 0.80, 0.90
SHORTEST_PREFIX = 4
ONLY_NUMBERS = 0.7  # names that share a number and no word
OTHER_NUMBER = 0.6  # names with different numbers or letters: "2 C" is not "2 N"
ONE_MORE_NUMBER = 0.85
EXACT = 3  # words this short are compared letter by letter, numbers always
SURNAME = 0.8
OTHER_STREET = frozenset({"NUEVA", "NUEVO", "SAN", "SANTA", "SANTO", "LAGO", "RIO", "ISLA", "VALLE", "CERRO", "VOLCAN"})
SPELT: dict[str, list[str]] = {}
for _word, _digits in COUNTED.items():
    SPELT.setdefault(_digits, []).append(_word)
_SOUNDS = (
    (re.compile(r"PH"), "F"), (re.compile(r"LL"), "Y"), (re.compile(r"QU(?=[EI])"), "K"), (re.compile(r"Q"), "K"),
    (re.compile(r"CH"), "1"), (re.compile(r"SH"), "1"), (re.compile(r"SC(?=[EI])"), "S"),
    (re.compile(r"C(?=[EI])"), "S"), (re.compile(r"C"), "K"), (re.compile(r"Z"), "S"), (re.compile(r"X"), "S"),
    (re.compile(r"V"), "B"), (re.compile(r"W"), "GU"), (re.compile(r"GU(?=[EI])"), "G"),
    (re.compile(r"G(?=[EI])"), "J"), (re.compile(r"HU(?=[AEI])"), "GU"), (re.compile(r"H"), ""),
    (re.compile(r"Y(?=$|[^AEIOU])"), "I"), (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """The word as it sounds; numbers and very short words as they are."""
    if any(sign.isdigit() for sign in word):
        return word
    heard = word
    for written, spoken in _SOUNDS:
        heard = written.sub(spoken, heard)
    return heard or word


@lru_cache(maxsize=500_000)
def words_alike(first: str, second: str) -> float:
    """Likeness of two words, 0 to 1: 1 for the same sound, 0.9 for a cut-off word, 0.8 for an initial."""
    if first == second:
        return 1.0
    if any(sign.isdigit() for sign in first + second):
        return _counted_alike(first, second)
    short, long = sorted((first, second), key=len)
    if len(short) == 1:
        return INITIAL if long.startswith(short) and len(long) >= EXACT else 0.0
    heard = sound(first), sound(second)
    if heard[0] == heard[1]:
        return 0.98
    if len(short) >= SHORTEST_PREFIX and long.startswith(short) and len(long) - len(short) > 1:
        return PREFIX
    alike = max(OSA.normalized_similarity(*heard), OSA.normalized_similarity(first, second))
    return float(alike) if alike >= WORD_ALIKE else 0.0


def _counted_alike(first: str, second: str) -> float:
    """Likeness of a number and a misspelt counted word: "CAUTRO" is 4. Two numbers are the same or are not."""
    number, word = (first, second) if first.isdigit() else (second, first)
    if not number.isdigit() or any(sign.isdigit() for sign in word) or len(word) < EXACT:
        return 0.0
    alike = max((OSA.normalized_similarity(word, told) for told in SPELT.get(number, ())), default=0.0)
    return float(alike) if alike >= WORD_ALIKE else 0.0


class Rarity:
    """Weight of each word: rare ones say which street is meant. Fitted on the names of the streets."""

    def __init__(self, names: Iterable[tuple[str, ...]]) -> None:
        """Count in how many names each word stands."""
        told = [set(name) for name in names]
        self._found = Counter(word for name in told for word in name)
        self._all = 1 + sum(self._found.values())
        self._scale = 2 * math.log(2 + len(told))
        self._weights: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """Between 0.15 for a word of every name and 1 for one that stands once or never; numbers weigh 0.8 or more."""
        known = self._weights.get(word)
        if known is None:
            share = math.log(self._all / (1 + self._found.get(word, 0))) / self._scale
            least = 0.8 if word.isdigit() or len(word) == 1 else 0.15
            known = self._weights[word] = min(1.0, max(least, share))
        return known


def names_alike(asked: tuple[str, ...], known: tuple[str, ...], rarity: Rarity) -> float:
    """Likeness of two names as tuples of words, 0 to 1. A name that lacks a known one's words, or has others, loses
    what those words weigh; names that differ only in how words are parted are compared in one piece."""
    if asked == known:
        return 1.0
    pairs = sorted(
        ((words_alike(one, other), -abs(i - j), i, j) for i, one in enumerate(asked) for j, other in enumerate(known)),
        reverse=True,
    )
    left, right = dict(enumerate(asked)), dict(enumerate(known))
    shared = total = 0.0
    worded = False
    for alike, _near, i, j in pairs:
        if alike and i in left and j in right and not _lone_letter(left[i], right[j]):
            word, other = left.pop(i), right.pop(j)
            both = 2 * rarity.weight(other) if len(word) == 1 else rarity.weight(word) + rarity.weight(other)
            shared, total = shared + alike * both, total + both
            worded = worded or not (other.isdigit() or len(word) == 1)
    total += sum(map(rarity.weight, left.values())) + sum(map(rarity.weight, right.values()))
    alike = shared / total
    if not worded and any(len(word) > 1 and not word.isdigit() for word in (*left.values(), *right.values())):
        alike *= ONLY_NUMBERS
    if _exact_words(left.values()):
        alike *= OTHER_NUMBER if _exact_words(right.values()) else ONE_MORE_NUMBER
    return max(alike, _in_one_piece(asked, known) if left or right else 0.0)


def surname_of(asked: tuple[str, ...], known: tuple[str, ...]) -> float:
    """How well the last words of a name fit what is asked, 0 to 1; 0 where they do not, where the words before them
    make another name of it ("Nueva San Martín"), or where only numbers and letters are asked."""
    before = known[: max(0, len(known) - len(asked))]
    if not before or any(word in OTHER_STREET or len(word) == 1 or word.isdigit() for word in before):
        return 0.0
    if not any(len(word) >= SHORTEST_PREFIX and not word.isdigit() for word in asked):
        return 0.0
    each = [words_alike(one, other) for one, other in zip(asked, known[len(before) :], strict=True)]
    return sum(each) / len(each) if min(each) >= SURNAME else 0.0


def _lone_letter(asked: str, known: str) -> bool:
    """True where a whole word is asked and the name has a letter: "Fernandez 2" is not "2 F"."""
    return len(known) == 1 and known.isalpha() and len(asked) > 1


def _in_one_piece(asked: tuple[str, ...], known: tuple[str, ...]) -> float:
    """Likeness of the names written without spaces, where their numbers and single letters are the same."""
    if _exact_words(asked) != _exact_words(known):
        return 0.0
    first, second = ("".join(map(sound, name)) for name in (asked, known))
    alike = float(OSA.normalized_similarity(first, second))
    return alike if alike >= 0.85 else 0.0


def _exact_words(name: Iterable[str]) -> list[str]:
    return sorted(word for word in name if len(word) == 1 or word.isdigit())
