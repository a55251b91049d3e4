"""Root of the errors that analysis functions raise: a sentence that says what was got and what is wanted.

The sentence is kept apart from its values (`template`, `values`), so that a floor above may translate it:
`gettext(error.template).format(**error.values)`.
"""

from __future__ import annotations


class AnalysisError(ValueError):
    """An analysis function was given something it cannot work with."""

    def __init__(self, template: str = "", **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values) if values else template)


class UnprojectedCoordinatesError(AnalysisError):
    """Coordinates are not metres of a projected reference system."""


class NotFiniteError(AnalysisError):
    """A coordinate, time or weight is NaN or infinite."""


class EmptyInputError(AnalysisError):
    """There is nothing to compute with: no rows, no study area, an empty period."""


class EmptyPeriodError(EmptyInputError):
    """The period asked for holds no incident."""


class OutsideMaskError(EmptyInputError):
    """There are incidents, but none of them lies where the study mask says that one is possible."""


class ZeroExposureError(EmptyInputError):
    """A rate or a relative risk is asked for where nobody and nothing is exposed."""


class NoSpreadError(AnalysisError):
    """All points are the same place where a pattern in space is asked for."""


class ParameterError(AnalysisError):
    """A parameter is outside what the method allows."""


class NegativeWeightError(ParameterError):
    """A weight is below zero."""


class FutureDateError(ParameterError):
    """An incident lies after the end of the window it is counted in."""


class TooFewUnitsError(ParameterError):
    """A comparison between places is asked for where there is a single place, or hardly more."""


class TooLargeForMethodError(AnalysisError):
    """The input would need more memory or time than the method may take."""


class TooFewDwellingsError(AnalysisError):
    """There are not enough dwellings to hide one among them."""


class NotCanonicalError(AnalysisError):
    """A value has no canonical JSON form."""


class CancelledError(Exception):
    """The person who asked for the work cancelled it; raised by a `report` callback."""
