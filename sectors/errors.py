"""Named refusals of this app."""

from __future__ import annotations

from typing import Any

from geo.errors import ConflictError, RefusedError, RefusedGeometryError


class StaleVersionError(ConflictError):
    """Somebody saved meanwhile; `extra` carries what stands now and what was sent, for the person to choose."""

    def __init__(self, message: str, *, current: dict[str, Any], yours: dict[str, Any]) -> None:
        super().__init__(message)
        self.extra = {"current": current, "yours": yours}


class RefusedBoundaryError(RefusedGeometryError):
    """A boundary that is too small, too narrow, not valid, or outside the commune."""


class WrongStateError(ConflictError):
    """A proposal, a sector or a territory is not in the state that the act needs."""


class RefusedSchemeError(RefusedError):
    """Weights or rules of a scoring scheme that do not make a score."""
