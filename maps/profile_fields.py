"""The fields that a table of each kind may bring, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class ProfileField:
    """One field of a table: its name in a profile's `columns`, its words."""

    name: str
    label: str | _StrPromise
    required: bool = False


X = ProfileField("x", _("X, east or longitude"))
Y = ProfileField("y", _("Y, north or latitude"))
BOTH = ProfileField("coordinates", _("Both coordinates in one column"))
FIELDS: dict[str, tuple[ProfileField, ...]] = {
    "incidents": (
        ProfileField("record_id", _("Identifier in the source")),
        ProfileField("date", _("Date"), required=True),
        ProfileField("time", _("Time")),
        ProfileField("until_date", _("End: date")),
        ProfileField("until_time", _("End: time")),
        ProfileField("label", _("Type, as the source writes it")),
        ProfileField("origin", _("Origin")),
        X, Y, BOTH,
        ProfileField("address", _("Address or corner, as written")),
        ProfileField("street", _("Street")),
        ProfileField("number", _("House number")),
        ProfileField("corner", _("Corner with")),
        ProfileField("place_name", _("Name of the place")),
        ProfileField("place_class", _("How well the place is known")),
    ),
    "mass_events": (
        ProfileField("code", _("Code"), required=True),
        ProfileField("name", _("Name"), required=True),
        ProfileField("type", _("Type")),
        ProfileField("organiser", _("Organising institution")),
        ProfileField("starts_at", _("Starts"), required=True),
        ProfileField("ends_at", _("Ends"), required=True),
        X, Y,
        ProfileField("footprint", _("Footprint (WKT)")),
        ProfileField("expected_attendance", _("Expected attendance")),
        ProfileField("actual_attendance", _("Actual attendance")),
        ProfileField("capacity", _("Capacity")),
        ProfileField("state", _("State")),
        ProfileField("resolution", _("Resolution number")),
    ),
    "cameras": (
        ProfileField("code", _("Code"), required=True),
        ProfileField("name", _("Name")),
        ProfileField("owner", _("Owner")),
        ProfileField("monitored_live", _("Monitored live")),
        ProfileField("kind", _("Kind")),
        X, Y,
        ProfileField("height_m", _("Height (m)")),
        ProfileField("azimuth_deg", _("Azimuth (degrees)")),
        ProfileField("field_of_view_deg", _("Field of view (degrees)")),
        ProfileField("tilt_deg", _("Tilt (degrees)")),
        ProfileField("range_m", _("Range (m)")),
        ProfileField("elevation_m", _("Absolute elevation (m)")),
        ProfileField("sensor_width_mm", _("Sensor width (mm)")),
        ProfileField("focal_length_mm", _("Focal length (mm)")),
        ProfileField("tele_field_of_view_deg", _("Narrowest field of view (degrees)")),
        ProfileField("pixels_wide", _("Pixels across")),
        ProfileField("pixels_high", _("Pixels down")),
        ProfileField("night", _("At night")),
        ProfileField("brand", _("Brand and model")),
        ProfileField("installed_on", _("Installed on")),
        ProfileField("retired_on", _("Retired on")),
        ProfileField("status", _("Status")),
    ),
    "risk_factors": (
        ProfileField("record_id", _("Identifier in the source")),
        ProfileField("kind", _("Kind"), required=True),
        ProfileField("name", _("Name")),
        X, Y,
        ProfileField("state", _("State")),
        ProfileField("observed_on", _("Observed on"), required=True),
        ProfileField("solved_on", _("Solved on")),
    ),
    "perception": (
        ProfileField("unit", _("Unit (code)")),
        ProfileField("unit_kind", _("Kind of unit")),
        ProfileField("sector", _("Sector (code)")),
        ProfileField("value", _("Perceived insecurity (0 to 100)"), required=True),
        ProfileField("measured_on", _("Measured on"), required=True),
        ProfileField("n", _("People who answered"), required=True),
        ProfileField("instrument", _("Instrument")),
    ),
}  # fmt: skip


def told_columns(kind: str, columns: dict[str, str]) -> list[tuple[Any, str]]:
    """A profile's columns in words, in the order of the fields: (words of the field, heading of the file)."""
    return [(field.label, columns[field.name]) for field in FIELDS[kind] if columns.get(field.name)]
