"""Root of the errors of everything above analysis, with the HTTP status each means (table in `config.errors`)."""

from __future__ import annotations


class AtalayaError(Exception):
    """A named, expected refusal. The message is a translated sentence for people: what, where, what to do."""

    status = 400


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
