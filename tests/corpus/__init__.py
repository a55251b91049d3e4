"""The corpus of bad inputs: files that a municipality or an attacker may send, each with the answer it must get.

Every file is made at test time from one seed; nothing hostile is stored. `python -m tests.corpus FOLDER` writes all of
them for somebody who wants to look at them or send them through the pages.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SEED = 20261125
Make = Callable[[Path, random.Random], Path]


@dataclass(frozen=True)
class Answer:
    """What must become of a file: refused for one of `codes`; or read, with `row_codes` by row and `kept` good rows.

    `row_codes` are codes of the decoder or of the import, or part of the sentence; `notes` are parts of what people are
    told; `texts` must stand among the values that came out.
    """

    codes: tuple[str, ...] = ()
    row_codes: dict[int, str] = field(default_factory=dict)
    kept: int | None = None
    notes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One file of a row of the corpus and the door it is sent through."""

    row: str
    name: str
    door: str
    make: Make
    answer: Answer

    @property
    def id(self) -> str:
        return f"{self.row}-{self.name}"


CASES: list[Case] = []


def refused(*codes: str, message: str = "") -> Answer:
    """The whole file is refused for a named reason."""
    return Answer(codes=codes, message=message)


def read(
    kept: int | None = None,
    rows: dict[int, str] | None = None,
    *,
    notes: tuple[str, ...] = (),
    texts: tuple[str, ...] = (),
) -> Answer:
    """The file is read; the rows named are not."""
    return Answer(row_codes=rows or {}, kept=kept, notes=notes, texts=texts)


def case(row: str, door: str, answer: Answer) -> Callable[[Make], Make]:
    """Register the maker of a file."""

    def register(make: Make) -> Make:
        CASES.append(Case(row, make.__name__.strip("_"), door, make, answer))
        return make

    return register


def cases_of(*doors: str) -> list[Case]:
    """The cases that go through the named doors."""
    discover()
    return [one for one in CASES if one.door in doors]


def written(one: Case, folder: Path, *, port: int = 9) -> Path:
    """The file of a case in a folder of its own, the same at every run; addresses in it point to a port of loopback."""
    place = folder / one.id
    place.mkdir(parents=True)
    path = one.make(place, random.Random(f"{SEED} {one.id}"))
    raw = path.read_bytes()
    if len(raw) < 100_000 and b"{port}" in raw:
        path.write_bytes(raw.replace(b"{port}", str(port).encode()))
    return path


def discover() -> None:
    """Load every module of cases."""
    from tests.corpus import archives, geojson, geopackages, markup, rasters, shapefiles, tables, workbooks  # noqa: F401


def all_written(folder: Path) -> Iterator[tuple[Case, Path]]:
    """Write every file of the corpus."""
    discover()
    for one in CASES:
        yield one, written(one, folder)
