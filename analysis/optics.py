"""How sharply a camera sees: pixels per metre, the classes made of them, the edges of its picture on level ground."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.checks import require_positive
from analysis.errors import ParameterError

EARTH_RADIUS_M = 6_371_009.0
REFRACTION = 1.0 / 7.0
STEEP_DEG = 13.0  # one maker's advice: a face seen further from above is hard to recognise
FULL_TURN_DEG = 360.0
WIDEST_PICTURE_DEG = 179.0  # a flat picture cannot be wider; beyond it the lens is a fisheye


class FocalLengthError(ParameterError):
    """A lens without a focal length above zero."""


class AzimuthError(ParameterError):
    """A heading that is not on the compass."""


class OpeningError(ParameterError):
    """A field of view that no lens has."""


class UnknownClassError(ParameterError):
    """A quality class or an edition that is not in the tables."""


@dataclass(frozen=True)
class QualityClass:
    """A class of the standard's table: *at least* so many pixels per metre. Classes nest."""

    code: str
    px_per_m: float


# IEC/EN 62676-4, ascending. Values as makers and planners print them; the standard itself was not read: no conformity
# is claimed. Sources disagree whether 2025 replaces or accompanies 2014.
EDITIONS: dict[str, tuple[QualityClass, ...]] = {
    "2014": (
        QualityClass("monitor", 12.5),
        QualityClass("detect", 25.0),
        QualityClass("observe", 62.5),
        QualityClass("recognise", 125.0),
        QualityClass("identify", 250.0),
        QualityClass("inspect", 1000.0),
    ),
    "2025": (
        QualityClass("overview", 20.0),
        QualityClass("outline", 40.0),
        QualityClass("discern", 80.0),
        QualityClass("perceive", 125.0),
        QualityClass("characterise", 250.0),
        QualityClass("validate", 500.0),
        QualityClass("scrutinise", 1500.0),
    ),
}


def classes_from(edition: str, weakest: str) -> tuple[QualityClass, ...]:
    """The classes of an edition from `weakest` up, ascending. Raises `UnknownClassError`."""
    if edition not in EDITIONS:
        raise UnknownClassError("The edition {edition} is not known; there are 2014 and 2025.", edition=edition)
    codes = [one.code for one in EDITIONS[edition]]
    if weakest not in codes:
        raise UnknownClassError("The edition {edition} has no class {code}.", edition=edition, code=weakest)
    return EDITIONS[edition][codes.index(weakest) :]


def lens_opening_deg(*, sensor_width_mm: float, focal_length_mm: float) -> float:
    """Horizontal field of view of a lens: 2·atan(sensor width / (2 · focal length)).

    Raises `FocalLengthError` unless the focal length is a finite number above zero.
    """
    if not (math.isfinite(focal_length_mm) and focal_length_mm > 0):
        raise FocalLengthError(
            "The focal length is {value} mm; it must be above zero: it stands on the lens or in the data sheet.",
            value=focal_length_mm,
        )
    return math.degrees(2 * math.atan(require_positive("sensor_width_mm", sensor_width_mm) / (2 * focal_length_mm)))


def require_azimuth(azimuth_deg: float) -> float:
    """Give the heading; raises `AzimuthError` unless it lies between 0 and 360 (360 is north again)."""
    if not (math.isfinite(azimuth_deg) and 0 <= azimuth_deg <= FULL_TURN_DEG):
        raise AzimuthError(
            "The azimuth is {value}°; it lies between 0° and 360°, clockwise from north.", value=azimuth_deg
        )
    return azimuth_deg % FULL_TURN_DEG


def require_opening(field_of_view_deg: float) -> float:
    """Give the field of view; raises `OpeningError` unless it lies above 0 and at most at 360 degrees."""
    if not (math.isfinite(field_of_view_deg) and 0 < field_of_view_deg <= FULL_TURN_DEG):
        raise OpeningError(
            "The field of view is {value}°; it lies above 0° and is at most 360°.", value=field_of_view_deg
        )
    return field_of_view_deg


def focal_pixels(field_of_view_deg: float, pixels_across: int) -> float:
    """Focal length in pixels, pixels / (2·tan(opening / 2)): at a distance of D metres a metre fills this / D pixels.

    A lens of 180 degrees and more has no flat picture: its pixels are spread evenly over the angle.
    """
    opening = math.radians(require_opening(field_of_view_deg))
    across = require_positive("pixels_across", float(pixels_across))
    if field_of_view_deg > WIDEST_PICTURE_DEG:
        return across / opening
    return across / (2 * math.tan(opening / 2))


def vertical_opening_deg(field_of_view_deg: float, pixels_across: int, pixels_down: int) -> float:
    """Vertical field of view of a flat picture: 2·atan(tan(opening / 2) · pixels down / pixels across)."""
    half = math.radians(min(require_opening(field_of_view_deg), WIDEST_PICTURE_DEG) / 2)
    return math.degrees(2 * math.atan(math.tan(half) * pixels_down / pixels_across))


def reach_m(field_of_view_deg: float, pixels_across: int, px_per_m: float) -> float:
    """Slant distance out to which a metre fills at least so many pixels."""
    return focal_pixels(field_of_view_deg, pixels_across) / require_positive("px_per_m", px_per_m)


def ground_reach_m(slant_m: float, drop_m: float) -> float:
    """Plan distance of a slant distance from an eye `drop_m` above the target; 0 where the drop alone is longer."""
    return math.sqrt(max(slant_m * slant_m - drop_m * drop_m, 0.0))


def near_edge_m(drop_m: float, tilt_deg: float, vertical_deg: float) -> float:
    """Where the bottom of the picture meets level ground `drop_m` below the eye; 0 where it looks straight down."""
    steepest = tilt_deg + vertical_deg / 2
    if steepest >= 90:
        return 0.0
    return math.inf if steepest <= 0 else drop_m / math.tan(math.radians(steepest))


def far_edge_m(drop_m: float, tilt_deg: float, vertical_deg: float) -> float:
    """Where the top of the picture meets level ground; infinite where it looks to the horizon or above."""
    flattest = tilt_deg - vertical_deg / 2
    if flattest <= 0:
        return math.inf
    return 0.0 if flattest >= 90 else drop_m / math.tan(math.radians(flattest))


def steep_within_m(drop_m: float, steep_deg: float = STEEP_DEG) -> float:
    """Plan distance within which a target `drop_m` below the eye is seen more than `steep_deg` from above."""
    return max(drop_m, 0.0) / math.tan(math.radians(steep_deg))


def sag_per_m2(refraction: float | None) -> float:
    """How far ground sinks below the plane of the eye, per square metre of distance; 0 without curvature.

    (1 − k) / (2 · radius of the Earth), k = 1/7 for usual air: 2.7 mm at 200 m, 67 mm at 1 km, 1.7 m at 5 km.
    """
    return 0.0 if refraction is None else (1.0 - refraction) / (2.0 * EARTH_RADIUS_M)
