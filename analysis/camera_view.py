"""One camera as rays need it: where the eye is, which way it looks, through which lens; and the rules of judging."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.checks import require_finite, require_positive
from analysis.errors import NotFiniteError, ParameterError
from analysis.optics import (
    FULL_TURN_DEG,
    QualityClass,
    classes_from,
    far_edge_m,
    focal_pixels,
    ground_reach_m,
    near_edge_m,
    require_azimuth,
    require_opening,
    steep_within_m,
    vertical_opening_deg,
)

DEFAULT_OPENING_DEG = 68.0
TERRAIN_MODES = ("auto", "exact")
DENSITIES = ("arc", "chord")
STEEPEST_TILT_DEG = 90.0


@dataclass(frozen=True)
class CameraView:
    """A camera: plan place, height of the eye, practical range (plan distance), metres; headings in degrees.

    The eye is `height_m` above the ground at its point, or at `elevation_m` where that is given. `azimuth_deg` is the
    middle of the picture, clockwise from north; None turns all round. `field_of_view_deg` is the lens (for a turning
    head: at its tele end); None is taken as 68. `pan_deg` is the sector a head can turn through about the azimuth;
    None is the lens' own. `tilt_deg` is positive downwards; None: not known, no vertical limit. `steepest_deg` is how
    far down a turning head can look.

    Raises `AzimuthError`, `OpeningError`, `ParameterError`, `NotFiniteError`.
    """

    x: float
    y: float
    height_m: float
    range_m: float
    elevation_m: float | None = None
    azimuth_deg: float | None = None
    field_of_view_deg: float | None = None
    pan_deg: float | None = None
    tilt_deg: float | None = None
    steepest_deg: float | None = None
    pixels_across: int = 1920
    pixels_down: int = 1080

    def __post_init__(self) -> None:
        require_finite("camera", [self.x, self.y])
        require_positive("height_m", self.height_m)
        require_positive("range_m", self.range_m)
        require_positive("pixels_across", float(self.pixels_across))
        require_positive("pixels_down", float(self.pixels_down))
        for opening in (self.field_of_view_deg, self.pan_deg):
            if opening is not None:
                require_opening(opening)
        if self.azimuth_deg is not None:
            require_azimuth(self.azimuth_deg)
        if self.elevation_m is not None and not math.isfinite(self.elevation_m):
            raise NotFiniteError("The elevation of the camera is not a finite number.")
        for angle in (self.tilt_deg, self.steepest_deg):
            if angle is not None and not -STEEPEST_TILT_DEG <= angle <= STEEPEST_TILT_DEG:
                raise ParameterError("The tilt is {value}°; it lies between −90° and 90°, positive down.", value=angle)

    @property
    def opening_deg(self) -> float:
        """Field of view of the lens, by default 68 degrees."""
        return DEFAULT_OPENING_DEG if self.field_of_view_deg is None else self.field_of_view_deg

    @property
    def width_deg(self) -> float:
        """Width of the sector it can see: all round, what the head can turn through, or the lens' own."""
        if self.azimuth_deg is None:
            return FULL_TURN_DEG
        return self.opening_deg if self.pan_deg is None else self.pan_deg

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return focal_pixels(self.opening_deg, self.pixels_across)

    @property
    def vertical_deg(self) -> float:
        """Vertical field of view."""
        return vertical_opening_deg(self.opening_deg, self.pixels_across, self.pixels_down)

    @property
    def assumed(self) -> tuple[str, ...]:
        """Names of what nobody told and a default stands in for."""
        silent = {"field_of_view_deg": self.field_of_view_deg, "tilt_deg": self.tilt_deg}
        if self.azimuth_deg is None:
            del silent["tilt_deg"]
        return tuple(name for name, value in silent.items() if value is None)


@dataclass(frozen=True)
class SightRules:
    """How sight is judged: part of every stored result.

    `edition` and `weakest` give the quality classes that count. `target_height_m`: 0 for ground, 1.7 for a head, 0.5
    for a plate. `refraction`: None leaves the curve of the Earth out, 1/7 is usual air. `terrain`: "exact" sends every
    ray over the ground; "auto" does so out to `exact_m` and takes, beyond it, the horizon of the nearest of many rays.
    `density`: "arc" takes the slant distance, "chord" the depth along the axis.

    Raises `UnknownClassError`, `ParameterError`.
    """

    edition: str = "2014"
    weakest: str = "detect"
    target_height_m: float = 0.0
    refraction: float | None = None
    terrain: str = "auto"
    density: str = "arc"
    exact_m: float = 300.0

    def __post_init__(self) -> None:
        classes_from(self.edition, self.weakest)
        if self.terrain not in TERRAIN_MODES or self.density not in DENSITIES:
            raise ParameterError(
                "Terrain is {terrain} and density is {density}; there are auto, exact and arc, chord.",
                terrain=self.terrain,
                density=self.density,
            )
        if not (math.isfinite(self.target_height_m) and self.target_height_m >= 0):
            raise ParameterError(
                "The target height is {value} m; it must be a finite number of at least zero.",
                value=self.target_height_m,
            )

    @property
    def classes(self) -> tuple[QualityClass, ...]:
        """The classes that count, ascending."""
        return classes_from(self.edition, self.weakest)


@dataclass(frozen=True)
class QualityRing:
    """Where on level ground one class begins and ends, and out to where heads are seen from steeply above."""

    code: str
    px_per_m: float
    near_m: float
    far_m: float
    steep_to_m: float

    @property
    def reachable(self) -> bool:
        """False where the mast is too high, or the tilt too flat, for the class to be reached anywhere."""
        return self.far_m > self.near_m


def quality_rings(view: CameraView, rules: SightRules | None = None) -> list[QualityRing]:
    """The rings of each class on level ground, ascending, capped by the camera's practical range.

    Source: rho = f / D with D the slant distance; edges (h − target) / tan(tilt ± vertical opening / 2).
    """
    rules = rules or SightRules()
    drop = max(view.height_m - rules.target_height_m, 0.0)
    near, far = 0.0, math.inf
    if view.tilt_deg is not None:
        near = near_edge_m(drop, view.tilt_deg, view.vertical_deg)
        far = far_edge_m(drop, view.tilt_deg, view.vertical_deg)
    rings = []
    for one in rules.classes:
        reach = min(ground_reach_m(view.focal_px / one.px_per_m, drop), far, view.range_m)
        rings.append(QualityRing(one.code, one.px_per_m, near, reach, min(steep_within_m(drop), reach)))
    return rings
