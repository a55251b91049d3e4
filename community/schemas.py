"""What machines get about boards and managers."""

from __future__ import annotations

from ninja import Schema


class TerritoryGap(Schema):
    """A focal territory and what it lacks."""

    id: int
    name: str
    has_board: bool
    has_manager: bool


class GapList(Schema):
    """Focal territories in force that lack a board or a manager."""

    gaps: list[TerritoryGap]
