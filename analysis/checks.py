"""What must hold before a computation starts: metres, finite numbers, a boundary that is a boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.arrays import FloatArray, Numbers, flat_floats
from analysis.errors import (
    EmptyInputError,
    FutureDateError,
    NegativeWeightError,
    NoSpreadError,
    NotFiniteError,
    ParameterError,
    UnprojectedCoordinatesError,
)

if TYPE_CHECKING:
    import geopandas

METRE = "metre"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a boundary, and where (metres of the boundary's own reference system)."""

    code: str
    sentence: str
    x: float | None = None
    y: float | None = None


def require_projected(frame: geopandas.GeoDataFrame | geopandas.GeoSeries) -> None:
    """Refuse a frame whose coordinates are not metres on a plane.

    Raises `UnprojectedCoordinatesError` without a reference system, with degrees, or with feet.
    """
    crs: Any = frame.crs
    if crs is None:
        raise UnprojectedCoordinatesError(
            "The layer has no coordinate reference system; a projected one in metres is needed."
        )
    if not crs.is_projected:
        raise UnprojectedCoordinatesError(
            "The layer is in {name}, which is not projected; a reference system in metres is needed.", name=crs.name
        )
    units = {axis.unit_name for axis in crs.axis_info}
    if units != {METRE}:
        raise UnprojectedCoordinatesError(
            "The layer is in {name}, whose unit is {units}; metres are needed.",
            name=crs.name,
            units=", ".join(sorted(units)),
        )


def require_finite(name: str, values: Numbers) -> FloatArray:
    """Give the values as a flat float array; raises `NotFiniteError` naming the first bad row."""
    array = flat_floats(values)
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise NotFiniteError(
            "{name} has {count} values that are not finite numbers, the first in row {row}.",
            name=name,
            count=int(bad.size),
            row=int(bad[0]),
        )
    return array


def require_points(x: Numbers, y: Numbers, *, spread: bool = False) -> tuple[FloatArray, FloatArray]:
    """Give x and y as flat float arrays of one length, in metres.

    Raises `EmptyInputError` without points, `NotFiniteError`, `ParameterError` for unequal lengths,
    `UnprojectedCoordinatesError` when every point could be longitude and latitude, and, where `spread` is asked for,
    `NoSpreadError` when all points are the same place.
    """
    east, north = require_finite("x", x), require_finite("y", y)
    if east.size != north.size:
        raise ParameterError("x has {x} values and y has {y}; they must be pairs.", x=int(east.size), y=int(north.size))
    if not east.size:
        raise EmptyInputError("There are no points.")
    if np.abs(east).max() <= 180 and np.abs(north).max() <= 90:
        raise UnprojectedCoordinatesError(
            "All coordinates lie within ±180 and ±90: they look like degrees; metres are needed."
        )
    if spread and np.ptp(east) == 0 and np.ptp(north) == 0:
        raise NoSpreadError(
            "All {count} points are the same place; a pattern needs at least two.", count=int(east.size)
        )
    return east, north


def require_weights(weights: Numbers | None, count: int) -> FloatArray:
    """Give one finite weight of at least zero for each of `count` rows; ones when none are given."""
    if weights is None:
        return np.ones(count)
    array = require_finite("weights", weights)
    if array.size != count:
        raise ParameterError("There are {rows} rows but {weights} weights.", rows=count, weights=int(array.size))
    if array.size and array.min() < 0:
        raise NegativeWeightError("A weight is below zero: {value}.", value=float(array.min()))
    return array


def require_not_after(name: str, times: Numbers, until: float) -> FloatArray:
    """Give the times as a flat float array; raises `FutureDateError` for one after `until`, the end of the window."""
    array = require_finite(name, times)
    late = np.flatnonzero(array > until)
    if late.size:
        raise FutureDateError(
            "{name} has {count} dates after the end of the window, the first in row {row}.",
            name=name,
            count=int(late.size),
            row=int(late[0]),
        )
    return array


def require_positive(name: str, value: float) -> float:
    """Give the value; raises `ParameterError` unless it is a finite number above zero."""
    if not (np.isfinite(value) and value > 0):
        raise ParameterError("{name} is {value}; it must be a finite number above zero.", name=name, value=value)
    return float(value)


def require_area(area: BaseGeometry) -> BaseGeometry:
    """Give the study area as a valid polygonal geometry in metres; refuse an empty one and one in degrees."""
    if area is None or area.is_empty:
        raise EmptyInputError("The study area is empty.")
    bounds = np.asarray(area.bounds)
    if not np.isfinite(bounds).all():
        raise NotFiniteError("The study area has coordinates that are not finite numbers.")
    if np.abs(bounds[[0, 2]]).max() <= 180 and np.abs(bounds[[1, 3]]).max() <= 90:
        raise UnprojectedCoordinatesError("The study area looks like degrees; metres are needed.")
    mended = area if area.is_valid else shapely.make_valid(area, method="structure", keep_collapsed=False)
    if mended.area == 0:
        raise EmptyInputError("The study area has no surface.")
    return mended


def boundary_problems(boundary: BaseGeometry, *, min_area_m2: float, min_width_m: float = 0.0) -> list[Problem]:
    """Everything that keeps a drawn boundary from being a territory; an empty list when it is one.

    `boundary` is in metres. `min_width_m` is the diameter of the widest circle that must fit inside.
    """
    if boundary is None or boundary.is_empty:
        return [Problem("empty", "The boundary is empty.")]
    if boundary.geom_type not in ("Polygon", "MultiPolygon"):
        return [Problem("not_a_polygon", f"The boundary is a {boundary.geom_type}; a polygon is needed.")]
    if not np.isfinite(shapely.get_coordinates(boundary, include_z=boundary.has_z)).all():
        return [Problem("not_finite", "The boundary has coordinates that are not finite numbers.")]
    if not boundary.is_valid:
        return [_invalidity(boundary)]
    problems = []
    if boundary.area < min_area_m2:
        sentence = f"The boundary covers {boundary.area:.1f} m²; at least {min_area_m2:.1f} m² are needed."
        problems.append(Problem("too_small", sentence, *_somewhere(boundary)))
    if min_width_m and boundary.buffer(-min_width_m / 2).is_empty:
        sentence = f"The boundary is nowhere {min_width_m:.1f} m wide."
        problems.append(Problem("too_narrow", sentence, *_somewhere(boundary)))
    return problems


def _somewhere(boundary: BaseGeometry) -> tuple[float, float]:
    point = boundary.representative_point()
    return float(point.x), float(point.y)


def _invalidity(boundary: BaseGeometry) -> Problem:
    """Name the first crossing GEOS reports; it writes the place as `Self-intersection[x y]`."""
    reason = shapely.is_valid_reason(boundary)
    kind, _, place = reason.partition("[")
    try:
        x, y = (float(part) for part in place.rstrip("]").split()[:2])
    except ValueError:
        return Problem("not_valid", f"The boundary is not valid: {kind.strip().lower()}.")
    return Problem("not_valid", f"The boundary is not valid: {kind.strip().lower()} at ({x:.1f}, {y:.1f}).", x, y)
