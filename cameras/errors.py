"""Named refusals of this app."""

from __future__ import annotations

from typing import Any

from geo.errors import ConflictError


class StaleVersionError(ConflictError):
    """Somebody saved meanwhile; `extra` carries what stands now and what was sent, for the person to choose."""

    def __init__(self, message: str, *, current: dict[str, Any], yours: dict[str, Any]) -> None:
        super().__init__(message)
        self.extra = {"current": current, "yours": yours}
