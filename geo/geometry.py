"""The one door for geometry that comes from people: a drawing, a request, a pasted text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiLineString, MultiPoint, MultiPolygon
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geo.crs import as_stored, commune_box, geometry_to_metric
from geo.errors import RefusedGeometryError, TooLargeError

if TYPE_CHECKING:
    from geo.models import Commune

MOST_BYTES = 5 * 1024 * 1024
MOST_VERTICES = 20_000
MOST_PARTS = 100
DEEPEST_JSON = 32
TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)  # texts, and brackets outside of them
MARGIN_M = 20_000.0
NESTING = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
AREAS = frozenset({"Polygon", "MultiPolygon"})


def parse_geometry(value: str | dict[str, Any], *, commune: Commune, kinds: set[str]) -> GEOSGeometry:
    """A GeoJSON geometry from a person, checked, as GeoDjango geometry in EPSG:4326; it is never changed.

    Parameters: `value` is the GeoJSON text or the parsed object, in degrees; `kinds` the geometry types let in
    ("Polygon", "MultiPolygon" …). Raises TooLargeError past the size cap and RefusedGeometryError for every other rule;
    an invalid shape is refused with the reason and a repair in `error.extra` for the person to look at.
    """
    geometry = _read_json(value) if isinstance(value, str) else value
    if not isinstance(geometry, dict):
        raise RefusedGeometryError(_("A GeoJSON geometry was expected."))
    if "crs" in geometry:
        raise RefusedGeometryError(_("The member “crs” is not allowed: coordinates are longitude and latitude."))
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in kinds or kind not in NESTING:
        raise RefusedGeometryError(
            _("A geometry of type %(kinds)s was expected, not “%(kind)s”.")
            % {"kinds": ", ".join(sorted(kinds)), "kind": str(kind)[:40]}
        )
    coordinates = _checked_coordinates(geometry.get("coordinates"), kind=kind)
    shape = _build(kind, coordinates)
    _refuse_far(shape, commune=commune)
    _refuse_invalid(shape)
    _refuse_larger_than(commune, shape)
    return as_stored(shape)


def as_multi(geometry: GEOSGeometry) -> GEOSGeometry:
    """The same geometry as a collection of one, for columns that hold collections."""
    collections = {"Point": MultiPoint, "LineString": MultiLineString, "Polygon": MultiPolygon}
    collection = collections.get(geometry.geom_type)
    return collection(geometry, srid=geometry.srid) if collection else geometry


# --- text -----------------------------------------------------------------------------------------


def _read_json(text: str) -> Any:
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise TooLargeError(_("The geometry is larger than 5 MB. Simplify it."))
    if json_depth(text) > DEEPEST_JSON:
        raise RefusedGeometryError(_("The geometry is nested too deeply."))
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise RefusedGeometryError(_("The text is not GeoJSON.")) from error


def json_depth(text: str) -> int:
    """Deepest nesting of brackets in a JSON text, found before any parser recurses into it."""
    depth = deepest = 0
    for token in TOKENS.finditer(text):
        sign = token.group()
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _refuse_constant(constant: str) -> float:
    raise RefusedGeometryError(_("The coordinate “%(value)s” is not a number.") % {"value": constant})


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedGeometryError(_("A member of the GeoJSON is repeated."))
    return members


# --- coordinates ----------------------------------------------------------------------------------


def _checked_coordinates(coordinates: Any, *, kind: str) -> Any:
    """The nested lists as they came, once every level, number and count was looked at."""
    nesting = NESTING[kind]
    vertices = 0
    rings = 0
    for level, item in _walk(coordinates, nesting):
        if level == 0:
            vertices += 1
            _refuse_position(item)
        elif level == 1:
            rings += 1
        if vertices > MOST_VERTICES:
            raise RefusedGeometryError(
                _("The shape has more than %(limit)s vertices. Simplify it.") % {"limit": MOST_VERTICES}
            )
        if rings > MOST_PARTS:
            raise RefusedGeometryError(_("The shape has more than %(limit)s parts.") % {"limit": MOST_PARTS})
    if kind == "MultiPoint" and vertices > MOST_PARTS:
        raise RefusedGeometryError(_("The shape has more than %(limit)s parts.") % {"limit": MOST_PARTS})
    return coordinates


def _walk(item: Any, level: int) -> Iterator[tuple[int, Any]]:
    """Every list of the nest with its level: 0 a position, 1 a line or ring, 2 a polygon. At most three levels deep."""
    if not isinstance(item, list | tuple) or not item:
        raise RefusedGeometryError(_("The geometry is empty or its coordinates are nested wrongly."))
    yield level, item
    if level > 0:
        for child in item:
            yield from _walk(child, level - 1)


def _refuse_position(position: Any) -> None:
    for number in position:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise RefusedGeometryError(_("A coordinate is not a number."))
    if len(position) != 2:
        raise RefusedGeometryError(_("Coordinates must be longitude and latitude, without a third value."))
    longitude, latitude = position
    if not (_is_finite(longitude) and _is_finite(latitude)):
        raise RefusedGeometryError(_("A coordinate is not a finite number."))
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise RefusedGeometryError(
            _("A coordinate is out of range: longitude and latitude in degrees were expected, not metres.")
        )


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _build(kind: str, coordinates: Any) -> BaseGeometry:
    for ring in _rings(kind, coordinates):
        if len(ring) < 4 or list(ring[0]) != list(ring[-1]):
            raise RefusedGeometryError(_("A ring must have four positions or more and end where it starts."))
    try:
        if kind == "Polygon":
            return shapely.Polygon(coordinates[0], coordinates[1:])
        if kind == "MultiPolygon":
            return shapely.MultiPolygon([shapely.Polygon(part[0], part[1:]) for part in coordinates])
        builders = {
            "Point": shapely.Point,
            "LineString": shapely.LineString,
            "MultiPoint": shapely.MultiPoint,
            "MultiLineString": shapely.MultiLineString,
        }
        return builders[kind](coordinates)
    except (ValueError, shapely.GEOSException) as error:
        raise RefusedGeometryError(_("The coordinates do not make a shape.")) from error


def _rings(kind: str, coordinates: Any) -> Iterator[Any]:
    if kind == "Polygon":
        yield from coordinates
    elif kind == "MultiPolygon":
        for part in coordinates:
            yield from part


# --- place, validity, area ------------------------------------------------------------------------


def _refuse_far(shape: BaseGeometry, *, commune: Commune) -> None:
    west, south, east, north = commune_box(commune, margin_m=MARGIN_M)
    x0, y0, x1, y1 = shape.bounds
    if x0 >= west and x1 <= east and y0 >= south and y1 <= north:
        return
    swapped = y0 >= west and y1 <= east and x0 >= south and x1 <= north
    if swapped:
        raise RefusedGeometryError(_("Latitude comes before longitude: write longitude first."))
    raise RefusedGeometryError(_("The shape lies more than 20 km outside %(commune)s.") % {"commune": commune.name})


def _refuse_invalid(shape: BaseGeometry) -> None:
    if shape.is_valid:
        return
    repaired = repair(shape)
    raise RefusedGeometryError(
        _("The shape is not valid: %(reason)s. Look at the repaired shape and accept it, or correct the drawing.")
        % {"reason": invalidity(shape)},
        repair=None if repaired is None else shapely.geometry.mapping(repaired),
    )


def repair(shape: BaseGeometry) -> BaseGeometry | None:
    """A valid shape of the same dimension made from an invalid one; None where nothing is left. Only ever an offer."""
    mended = shapely.make_valid(shape)
    if shape.geom_type not in AREAS:
        return None if mended.is_empty else mended
    parts = [part for part in shapely.get_parts(shapely.get_parts(mended)) if part.geom_type in AREAS and part.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon([p for part in parts for p in shapely.get_parts(part)])


def invalidity(shape: BaseGeometry) -> str:
    """Why a shape is not valid, for people."""
    reasons = {
        "Self-intersection": _("its border crosses itself"),
        "Ring Self-intersection": _("a ring touches itself"),
        "Too few points": _("a ring or a line has too few distinct points"),
        "Hole lies outside shell": _("a hole lies outside its polygon"),
        "Holes are nested": _("a hole lies inside another hole"),
        "Nested shells": _("a part lies inside another part"),
        "Interior is disconnected": _("holes cut the polygon apart"),
        "Duplicate Rings": _("a ring is repeated"),
        "Invalid Coordinate": _("a coordinate is not a finite number"),
    }
    told = shapely.is_valid_reason(shape)
    return next((reason for start, reason in reasons.items() if told.startswith(start)), told.split("[")[0].strip())


def _refuse_larger_than(commune: Commune, shape: BaseGeometry) -> None:
    if shape.geom_type not in AREAS:
        return
    area_m2 = geometry_to_metric(shape, commune=commune).area
    if area_m2 <= 0:
        raise RefusedGeometryError(_("The shape has no area."))
    if area_m2 > geometry_to_metric(commune.boundary, commune=commune).area:
        raise RefusedGeometryError(_("The shape is larger than the whole commune."))
