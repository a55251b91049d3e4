"""A place typed by a person: latitude and longitude in one field, as people paste them from anywhere."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NUMBER = r"-?\d{1,3}(?:[.,]\d+)?"
POINTED = r"-?\d{1,3}\.\d+"
PAIRS = (
    re.compile(rf"^\s*({NUMBER})(?:\s*;\s*|\s+)({NUMBER})\s*$"),
    re.compile(rf"^\s*({POINTED})\s*,\s*({POINTED})\s*$"),  # a comma parts the two only where decimals have points
)


class PlaceField(forms.CharField):
    """“-39,8140; -73,2460” or “-39.8140, -73.2460” → Point in EPSG:4326."""

    default_error_messages = {
        "pair": _("Write latitude and longitude, for example -39,8140; -73,2460."),
        "range": _("Latitude goes from -90 to 90 and longitude from -180 to 180. Latitude comes first."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"data-place": "", "autocomplete": "off"}))
        kwargs.setdefault("help_text", _("Latitude; longitude in degrees. You may choose it on the map below."))
        super().__init__(**kwargs)

    def clean(self, value: str) -> Any:
        """The point; None where the field may stay empty and does."""
        written = super().clean(value)
        if not written:
            return None
        found = next((match for match in (pair.match(written) for pair in PAIRS) if match), None)
        if found is None:
            raise ValidationError(self.error_messages["pair"], code="pair")
        latitude, longitude = (float(part.replace(",", ".")) for part in found.groups())
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise ValidationError(self.error_messages["range"], code="range")
        return Point(longitude, latitude, srid=4326)

    def prepare_value(self, value: Any) -> Any:
        """A stored point as it is typed."""
        if isinstance(value, Point):
            return f"{value.y:.6f}; {value.x:.6f}".replace(".", ",")
        return value
