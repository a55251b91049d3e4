"""One cell of a table as a typed value. What cannot be read raises CellError with a reason class, never the text."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django.contrib.gis.geos import GEOSGeometry

from geo.crs import convert
from geo.errors import RefusedGeometryError
from geo.geometry import as_multi, parse_geometry
from incidents.services.moments import read_date, read_time
from incidents.services.profile_settings import ProfileSettings
from incidents.services.reading import RawRow

YES = frozenset({"1", "si", "sí", "s", "true", "verdadero", "x", "yes"})
NO = frozenset({"0", "no", "n", "false", "falso"})
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?(?:[eE][-+]?\d{1,2})?")
# two numbers in one cell, for Python and PostgreSQL; where the comma is the decimal mark it alone does not part them
PAIRS = {
    ".": r"^\(?\s*([-+]?[0-9][0-9.]*)(?:\s*[;,]\s*|\s+)([-+]?[0-9][0-9.]*)\s*\)?$",
    ",": r"^\(?\s*([-+]?[0-9][0-9.]*(?:,[0-9]+)?)(?:\s*;\s*|,?\s+)([-+]?[0-9][0-9.]*(?:,[0-9]+)?)\s*\)?$",
}
PAIRS["any"] = PAIRS[","]
# the reader of WKT recurses into collections until the process dies; these two kinds it reads without recursion
_AREA_TEXT = re.compile(r"\s*(?:MULTI)?POLYGON\s*(?:Z\s*)?\(", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")


class CellError(Exception):
    """A cell cannot be read; `reason` is a class of `incidents.services.reasons`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def number(text: str, *, decimal: str, whole: bool = False) -> float | int:
    """A number written with the profile's decimal mark; thousands may be grouped by points where that is a comma."""
    plain = text.strip()
    if decimal == "," or (decimal == "any" and "," in plain):
        plain = plain.replace(".", "") if _GROUPED.fullmatch(plain) else plain
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise CellError("not_a_number")
    value = float(plain)
    if not math.isfinite(value):
        raise CellError("not_a_number")
    if whole:
        if value != int(value):
            raise CellError("not_an_integer")
        return int(value)
    return value


def in_range(value: float, minimum: float | None, maximum: float | None) -> float:
    """The number, where it lies inside its bounds."""
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        raise CellError("out_of_range")
    return value


def boolean(text: str) -> bool:
    """Yes or no, in Spanish, English or digits."""
    word = text.strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellError("not_yes_or_no")


def chosen(text: str, choices: Sequence[str] | None, maximum_length: int) -> str:
    """The text itself, where it is short enough and in the list."""
    if choices is not None and text not in choices:
        raise CellError("unknown_value")
    if len(text) > maximum_length:
        raise CellError("too_long")
    return text


def date(text: str, *, settings: ProfileSettings) -> dt.date:
    """A calendar day in one of the profile's formats."""
    read = read_date(text, settings.date_format)
    if read is None:
        raise CellError("bad_date")
    return read[0]


def moment(raw: RawRow, name: str, *, zone: ZoneInfo, settings: ProfileSettings) -> dt.datetime | None:
    """An instant from one column, or from a column of dates and one of hours; local wall time of the commune.

    A wall time that the clocks skip moves forward, one that they double takes the first.
    """
    day_text = raw.text(name) or raw.text(f"{name}_date")
    if day_text is None:
        return None
    read = read_date(day_text, settings.date_format)
    if read is None:
        raise CellError("bad_date")
    day, clock = read
    time_text = raw.text(f"{name}_time")
    if time_text is not None:
        clock = read_time(time_text, settings.time_format)
        if clock is None:
            raise CellError("bad_time")
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=clock.seconds if clock else 0)
    return wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def point(raw: RawRow, *, commune: Any, settings: ProfileSettings) -> GEOSGeometry | None:
    """The row's point: its feature's, or from two columns, or from one with both. (0, 0) is no point."""
    shape = raw.geometry
    if shape is None:
        pair = _coordinates(raw, settings)
        if pair is None or pair == (0.0, 0.0):
            return None
        if settings.unsigned:
            pair = (-abs(pair[0]), -abs(pair[1]))
        shape = shapely.Point(pair)
        shape = convert(shape, source_srid=settings.srid, target_srid=4326)
    elif shape.geom_type != "Point":
        shape = shape.representative_point()
    return _door(shape, commune=commune, kinds={"Point"})


def area(raw: RawRow, name: str, *, commune: Any, settings: ProfileSettings) -> GEOSGeometry | None:
    """The row's polygon: WKT in the named column, or its feature's geometry where that is a polygon."""
    text = raw.text(name, limit=1_000_000)
    if text is None:
        if raw.geometry is None or raw.geometry.geom_type not in {"Polygon", "MultiPolygon"}:
            return None
        return as_multi(_door(raw.geometry, commune=commune, kinds={"Polygon", "MultiPolygon"}))
    if not _AREA_TEXT.match(text):
        raise CellError("not_a_geometry")
    try:
        shape = shapely.from_wkt(text)
    except shapely.GEOSException as error:
        raise CellError("not_a_geometry") from error
    shape = convert(shape, source_srid=settings.srid, target_srid=4326)
    return as_multi(_door(shape, commune=commune, kinds={"Polygon", "MultiPolygon"}))


def _coordinates(raw: RawRow, settings: ProfileSettings) -> tuple[float, float] | None:
    both = raw.text("coordinates")
    if both is not None:
        match = re.fullmatch(PAIRS[settings.decimal], both)
        if match is None:
            raise CellError("coordinates_not_numbers")
        first, second = (number(part, decimal=settings.decimal) for part in match.groups())
        return (second, first) if settings.coordinates_order == "latitude_first" else (first, second)
    x_text, y_text = raw.text("x"), raw.text("y")
    if x_text is None and y_text is None:
        return None
    if x_text is None or y_text is None:
        raise CellError("incomplete_coordinates")
    try:
        return (number(x_text, decimal=settings.decimal), number(y_text, decimal=settings.decimal))
    except CellError as error:
        raise CellError("coordinates_not_numbers") from error


def _door(shape: Any, *, commune: Any, kinds: set[str]) -> GEOSGeometry:
    try:
        return parse_geometry(shapely.geometry.mapping(shapely.force_2d(shape)), commune=commune, kinds=kinds)
    except RefusedGeometryError as error:
        far = shape.is_valid and shape.geom_type in kinds
        raise CellError("far_outside" if far else "not_a_geometry") from error
