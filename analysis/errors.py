"""Root of the errors that analysis functions raise: a sentence that says what was got and what is wanted."""


class AnalysisError(ValueError):
    """An analysis function was given something it cannot work with."""


class UnprojectedCoordinatesError(AnalysisError):
    """Coordinates are not metres of a projected reference system."""


class CancelledError(Exception):
    """The person who asked for the work cancelled it; raised by a `report` callback."""
