"""A small map as SVG: shapes in degrees in, a picture out. Text is escaped; colours come from the style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join

Bounds = tuple[float, float, float, float]


class Picture:
    """A frame of degrees drawn into pixels, north up, one scale in both directions."""

    def __init__(self, bounds: Bounds, *, width: int = 360, height: int = 240, margin_share: float = 0.15) -> None:
        west, south, east, north = bounds
        middle = math.radians((south + north) / 2)
        across, up = (east - west) * math.cos(middle), north - south
        span = max(across / width, up / height, 1e-7) * (1 + 2 * margin_share)
        self.width, self.height = width, height
        self.per_degree_x, self.per_degree_y = math.cos(middle) / span, 1 / span
        self.west = (west + east) / 2 - width / 2 / self.per_degree_x
        self.north = (south + north) / 2 + height / 2 / self.per_degree_y
        self._parts: list[str] = []

    @property
    def bounds(self) -> Bounds:
        """The degrees that the frame really shows."""
        return (
            self.west,
            self.north - self.height / self.per_degree_y,
            self.west + self.width / self.per_degree_x,
            self.north,
        )

    @property
    def metres_wide(self) -> float:
        """Ground width of the frame."""
        return self.height / self.per_degree_y * 111_195 * self.width / self.height

    def areas(self, geometries: Iterable[Any], style: str) -> None:
        """Polygons of one style, as one path."""
        path = "".join(self._ring(ring) for geometry in geometries for rings in _polygons(geometry) for ring in rings)
        if path:
            self._parts.append(format_html('<path class="{}" fill-rule="evenodd" d="{}"/>', style, path))

    def lines(self, geometries: Iterable[Any], style: str) -> None:
        """Lines of one style, as one path."""
        path = "".join(self._line(line) for geometry in geometries for line in _lines(geometry))
        if path:
            self._parts.append(format_html('<path class="{}" d="{}"/>', style, path))

    def label(self, geometry: Any, words: str) -> None:
        """Words at a place inside a shape."""
        place = geometry.point_on_surface if geometry.geom_type != "Point" else geometry
        x, y = self._place(place.coords)
        self._parts.append(format_html('<text x="{}" y="{}">{}</text>', f"{x:.1f}", f"{y + 4:.1f}", words))

    def mark(self, point: Any, words: str) -> None:
        """A numbered dot."""
        x, y = self._place(point.coords)
        self._parts.append(
            format_html(
                '<circle class="mark" cx="{0}" cy="{1}" r="9"/><text class="mark" x="{0}" y="{2}">{3}</text>',
                f"{x:.1f}",
                f"{y:.1f}",
                f"{y + 4:.1f}",
                words,
            )
        )

    def svg(self, *, title: str) -> str:
        """The whole picture with its name for screen readers and a bar of scale."""
        bar_m = _round_length(self.metres_wide / 4)
        bar = self.width * bar_m / self.metres_wide
        words = f"{bar_m:,.0f} m".replace(",", ".") if bar_m < 1000 else f"{bar_m / 1000:g} km"
        scale = format_html(
            '<path class="border" d="M8 {}v6h{}v-6"/><text x="{}" y="{}">{}</text>',
            str(self.height - 14),
            f"{bar:.1f}",
            f"{8 + bar / 2:.1f}",
            str(self.height - 16),
            words,
        )
        return format_html(
            '<svg class="picture" viewBox="0 0 {w} {h}" role="img" aria-label="{title}">'
            '<rect class="ground" width="{w}" height="{h}"/>{parts}{scale}</svg>',
            w=str(self.width),
            h=str(self.height),
            title=title,
            parts=format_html_join("", "{}", ((part,) for part in self._parts)),
            scale=scale,
        )

    def _place(self, position: Sequence[float]) -> tuple[float, float]:
        return (position[0] - self.west) * self.per_degree_x, (self.north - position[1]) * self.per_degree_y

    def _line(self, positions: Sequence[Sequence[float]]) -> str:
        places = [f"{x:.1f} {y:.1f}" for x, y in map(self._place, positions)]
        thinned = [place for index, place in enumerate(places) if index == 0 or place != places[index - 1]]
        return f"M{'L'.join(thinned)}" if len(thinned) > 1 else ""

    def _ring(self, positions: Sequence[Sequence[float]]) -> str:
        line = self._line(positions)
        return f"{line}z" if line else ""


def joined_bounds(geometries: Iterable[Any]) -> Bounds:
    """The box around shapes."""
    extents = [geometry.extent for geometry in geometries]
    return (
        min(extent[0] for extent in extents),
        min(extent[1] for extent in extents),
        max(extent[2] for extent in extents),
        max(extent[3] for extent in extents),
    )


def _polygons(geometry: Any) -> list[Any]:
    return [geometry.coords] if geometry.geom_type == "Polygon" else list(geometry.coords)


def _lines(geometry: Any) -> list[Any]:
    return [geometry.coords] if geometry.geom_type == "LineString" else list(geometry.coords)


def _round_length(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not longer."""
    power = 10 ** math.floor(math.log10(max(metres, 1)))
    return float(next(step * power for step in (5, 2, 1) if step * power <= metres or step == 1))
