"""What a camera of the register is made of: its fields, their limits, and what is taken where nobody told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from cameras.models import HIGHEST_MOUNT_M, LONGEST_RANGE_M, Camera, CameraKind, CameraStatus, Night, Owner
from geo.errors import RefusedError
from geo.geometry import parse_geometry

if TYPE_CHECKING:
    from geo.models import Commune

# What a register that is silent about it is taken to mean, by kind (mount height m, field of view degrees, range m).
ASSUMED = {
    CameraKind.DOME: {"height_m": 8.0, "range_m": 100.0, "tele_field_of_view_deg": 4.0},
    CameraKind.FIXED: {"height_m": 5.0, "field_of_view_deg": 68.0, "range_m": 60.0},
    CameraKind.PLATE_READER: {"height_m": 6.0, "field_of_view_deg": 30.0, "range_m": 25.0},
}
CONTENT = (
    "name", "owner", "monitored_live", "kind", "point", "height_m", "elevation_m", "azimuth_deg", "field_of_view_deg",
    "focal_length_mm", "sensor_width_mm", "tilt_deg", "tele_field_of_view_deg", "pixels_wide", "pixels_high", "night",
    "range_m", "status", "brand", "installed_on", "retired_on",
)  # fmt: skip
DECIDES_THE_VIEW = frozenset(
    {
        "point", "kind", "height_m", "elevation_m", "azimuth_deg", "field_of_view_deg", "focal_length_mm",
        "sensor_width_mm", "tilt_deg", "tele_field_of_view_deg", "pixels_wide", "pixels_high", "range_m",
    }
)  # fmt: skip
NUMBERS = {  # a value lies above the first and is at most the second
    "height_m": (0.0, HIGHEST_MOUNT_M),
    "elevation_m": (-100.0, 7000.0),
    "azimuth_deg": (0.0, 360.0),
    "field_of_view_deg": (0.0, 360.0),
    "focal_length_mm": (0.0, 2000.0),
    "sensor_width_mm": (0.0, 100.0),
    "tilt_deg": (-30.0, 90.0),
    "tele_field_of_view_deg": (0.0, 360.0),
    "pixels_wide": (159, 20000),
    "pixels_high": (119, 20000),
    "range_m": (0.0, LONGEST_RANGE_M),
}
REQUIRED_NUMBERS = frozenset({"height_m", "range_m"})
WHOLE_NUMBERS = frozenset({"pixels_wide", "pixels_high"})
CHOICES = {
    "owner": Owner.values, "kind": CameraKind.values, "status": CameraStatus.values, "night": ["", *Night.values],
}  # fmt: skip
TEXTS = {"name": 200, "brand": 120}
WIDEST_FIXED_DEG = 180.0  # no lens whose picture is flat sees half the world


def told_of(camera: Camera) -> dict[str, Any]:
    """A camera as plain values, with the version that a save must name."""
    told = {name: getattr(camera, name) for name in CONTENT}
    return {"code": camera.code, "assumed": list(camera.assumed), "version": camera.version} | plain(told)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Point):
            plain[name] = {"type": "Point", "coordinates": [value.x, value.y]}
        else:
            plain[name] = value.isoformat() if isinstance(value, date) else value
    return plain


def checked(content: dict[str, Any], *, commune: Commune) -> dict[str, Any]:
    unknown = sorted(set(content) - set(CONTENT))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    if "point" in content and not isinstance(content["point"], Point):
        content["point"] = parse_geometry(content["point"], commune=commune, kinds={"Point"})
    for name, known in CHOICES.items():
        if name in content and content[name] not in known:
            raise RefusedError(
                _("“%(value)s” is not known. Choose one of: %(known)s.")
                % {"value": str(content[name])[:40], "known": ", ".join(known)}
            )
    for name, (above, most) in NUMBERS.items():
        if name in content:
            content[name] = _checked_number(name, content[name], above, most)
    for name, length in TEXTS.items():
        if name in content:
            content[name] = str(content[name]).strip()[:length]
    return with_optics(content)


def _checked_number(name: str, value: Any, above: float, most: float) -> float | None:
    if value is None and name not in REQUIRED_NUMBERS:
        return None
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        raise RefusedError(_("%(field)s must be a number.") % {"field": _title(name)})
    if name == "azimuth_deg" and 0 <= value <= 360:
        return float(value) % 360.0
    if name in WHOLE_NUMBERS and value != int(value):
        raise RefusedError(_("%(field)s must be a whole number.") % {"field": _title(name)})
    if not above < value <= most:
        raise RefusedError(
            _("%(field)s must lie above %(above)s and be at most %(most)s.")
            % {"field": _title(name), "above": f"{above:g}", "most": f"{most:g}"}
        )
    return int(value) if name in WHOLE_NUMBERS else float(value)


def _title(name: str) -> str:
    return str(getattr(Camera._meta.get_field(name), "verbose_name", name))


def with_optics(content: dict[str, Any]) -> dict[str, Any]:
    """The field of view that sensor and lens give, where they are told and it is not.

    HFOV = 2·atan(sensor width / (2·focal length)). Source: the rectilinear lens, `docs/methods/quality.md`.
    """
    focal, sensor = content.get("focal_length_mm"), content.get("sensor_width_mm")
    if focal and sensor and content.get("field_of_view_deg") is None:
        opening = round(float(np.degrees(2 * np.arctan(sensor / (2 * focal)))), 2)
        return content | {"field_of_view_deg": opening}
    return content


def with_defaults(content: dict[str, Any]) -> dict[str, Any]:
    """The content with documented defaults where nobody told, and the list of what was assumed."""
    filled = {name: value for name, value in content.items() if value is not None}
    assumed = []
    for name, value in ASSUMED[CameraKind(content["kind"])].items():
        if name not in filled:
            filled[name] = value
            assumed.append(name)
    return filled | {"assumed": sorted(assumed)}
