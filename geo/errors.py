"""Root of the errors of everything above analysis, with the HTTP status each means (table in `config.errors`)."""

from __future__ import annotations

from typing import Any


class AtalayaError(Exception):
    """A named, expected refusal. The message is a translated sentence for people: what, where, what to do.

    `extra` goes to machines beside it (the current version, the repair that is offered, the layers to choose from).
    """

    status = 400

    def __init__(self, message: str = "", **extra: Any) -> None:
        super().__init__(message)
        self.extra: dict[str, Any] = extra


class RefusedError(AtalayaError):
    """What was sent breaks a rule."""

    status = 422


class ConflictError(AtalayaError):
    """Somebody else changed the thing meanwhile."""

    status = 409


class MissingVersionError(AtalayaError):
    """A change came without the version it was made from."""

    status = 428


class TooLargeError(AtalayaError):
    """What was sent passes a size limit."""

    status = 413


class RefusedGeometryError(RefusedError):
    """A geometry from a person or a file breaks a rule of `geo.geometry.parse_geometry`."""


class RefusedFileError(RefusedError):
    """An uploaded file cannot be accepted; the message names the file and, where it can, row and column."""
