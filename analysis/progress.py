"""How long work tells how far it is and learns that it was cancelled."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """Called as `report(stage, done, total)`; raises `analysis.errors.CancelledError` when the work was cancelled."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """A report that tells nobody."""
