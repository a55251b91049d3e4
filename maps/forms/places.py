"""A place typed by a person: latitude and longitude in one field, as people paste them from anywhere."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.contrib.gis.geos import MultiPolygon, Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NUMBER = r"-?\d{1,3}(?:[.,]\d+)?"
POINTED = r"-?\d{1,3}\.\d+"
PAIRS = (
    re.compile(rf"^\s*({NUMBER})(?:\s*;\s*|\s+)({NUMBER})\s*$"),
    re.compile(rf"^\s*({POINTED})\s*,\s*({POINTED})\s*$"),  # a comma parts the two only where decimals have points
)


def read_pair(written: str) -> tuple[float, float] | None:
    """Latitude and longitude of a written place; None where it is not one."""
    found = next((match for match in (pair.match(written) for pair in PAIRS) if match), None)
    if found is None:
        return None
    latitude, longitude = (float(part.replace(",", ".")) for part in found.groups())
    return latitude, longitude


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
        found = read_pair(written)
        if found is None:
            raise ValidationError(self.error_messages["pair"], code="pair")
        latitude, longitude = found
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise ValidationError(self.error_messages["range"], code="range")
        return Point(longitude, latitude, srid=4326)

    def prepare_value(self, value: Any) -> Any:
        """A stored point as it is typed."""
        if isinstance(value, Point):
            return _written(value.y, value.x)
        return value


class AreaField(forms.CharField):
    """One vertex in each line, “-39,8140; -73,2460”; an empty line parts two areas. → GeoJSON of a MultiPolygon.

    A stored area with holes is shown as GeoJSON, which is read back as it is.
    """

    default_error_messages = {
        "pair": _("Line %(line)s: write latitude and longitude, for example -39,8140; -73,2460."),
        "few": _("An area needs at least three vertices."),
        "json": _("This is not a GeoJSON geometry."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 4, "data-area": "", "autocomplete": "off", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.Textarea(attrs=attrs))
        kwargs.setdefault("help_text", _("One vertex in each line. You may draw it on the map below."))
        super().__init__(**kwargs)

    def clean(self, value: str) -> dict[str, Any] | None:
        """The geometry as GeoJSON, not yet checked against the commune; None where the field is empty."""
        written = super().clean(value)
        if not written:
            return None
        if written.startswith("{"):
            return self._read_json(written)
        areas: list[list[list[float]]] = [[]]
        for number, line in enumerate(written.splitlines(), start=1):
            if not line.strip():
                areas.append([])
                continue
            pair = read_pair(line)
            if pair is None:
                raise ValidationError(self.error_messages["pair"], code="pair", params={"line": number})
            areas[-1].append([pair[1], pair[0]])
        rings = [area for area in areas if area]
        if any(len(ring) < 3 for ring in rings):
            raise ValidationError(self.error_messages["few"], code="few")
        closed = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings]
        return {"type": "MultiPolygon", "coordinates": [[ring] for ring in closed]}

    def _read_json(self, written: str) -> dict[str, Any]:
        try:
            read: dict[str, Any] = json.loads(written)
        except ValueError as error:
            raise ValidationError(self.error_messages["json"], code="json") from error
        return read

    wide = True

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether somebody wrote another area than the one the form showed."""
        return _lines(self.prepare_value(initial)) != _lines(data)

    def prepare_value(self, value: Any) -> Any:
        """A stored area as it is typed."""
        if not isinstance(value, MultiPolygon):
            return value
        if any(len(polygon) > 1 for polygon in value):
            return value.geojson
        areas = (polygon[0].coords[:-1] for polygon in value)
        return "\n\n".join("\n".join(_written(y, x) for x, y in ring) for ring in areas)


def _written(latitude: float, longitude: float) -> str:
    return f"{latitude:.6f}; {longitude:.6f}".replace(".", ",")


def _lines(written: Any) -> list[str]:
    return [line.strip() for line in str(written or "").strip().splitlines()]
