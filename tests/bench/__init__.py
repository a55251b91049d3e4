"""Measured promises: each bench gives a figure, the limit it must keep, and the peer it is compared with.

Each area keeps its own in `tests/bench/<area>.py`:

    @bench("import-buenos-aires", what="Buenos Aires 2016–2017, file to commit", unit="s", limit=30)
    def import_buenos_aires(workspace: Path) -> Measure:
        ...
        return Measure(seconds)                                    # or Measure(value, peer="pandas", peer_value=41.2)

`make bench` runs every bench in a process and a database of its own; `python -m tests.bench import` those so named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measure:
    """What one bench found; `peer` is the program or method that did the same work."""

    value: float
    peer: str = ""
    peer_value: float | None = None


@dataclass(frozen=True)
class Bench:
    """One promise and the function that measures it."""

    id: str
    what: str
    unit: str
    limit: float | None
    at_least: bool
    run: Callable[[Path], Measure]


BENCHES: dict[str, Bench] = {}


def bench(
    id: str,
    *,
    what: str,
    unit: str,
    limit: float | None = None,
    at_least: bool = False,
) -> Callable[[Callable[[Path], Measure]], Callable[[Path], Measure]]:
    """Register a bench. `limit` is the most the value may be, or the least with `at_least`."""

    def register(run: Callable[[Path], Measure]) -> Callable[[Path], Measure]:
        BENCHES[id] = Bench(id, what, unit, limit, at_least, run)
        return run

    return register
