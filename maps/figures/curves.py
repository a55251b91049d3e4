"""A curve as SVG: what was tried across, how it did upwards, the chosen points marked. Its table stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join

LEFT, BOTTOM, TOP, RIGHT = 52, 34, 28, 26
TICKS = 4


def curve_picture(
    points: Sequence[dict[str, Any]], *, title: str, across: str, up: str, width: int = 520, height: int = 240
) -> str:
    """Points {x, y, error, mark} joined from left to right; an error is a bar, a marked point a larger dot."""
    xs = [point["x"] for point in points]
    lows = [point["y"] - point.get("error", 0.0) for point in points]
    highs = [point["y"] + point.get("error", 0.0) for point in points]
    frame = _Frame(min(xs), max(xs), min(lows), max(highs), width, height)
    path = "L".join(f"{frame.x(point['x']):.1f} {frame.y(point['y']):.1f}" for point in points)
    bars = format_html_join("", '<path class="border" d="M{0} {1}V{2}"/>', (
        (f"{frame.x(point['x']):.1f}", f"{frame.y(point['y'] - point['error']):.1f}",
         f"{frame.y(point['y'] + point['error']):.1f}")
        for point in points if point.get("error")
    ))  # fmt: skip
    dots = format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="{}"/>', (
        ("mark" if point["mark"] else "dot", f"{frame.x(point['x']):.1f}", f"{frame.y(point['y']):.1f}",
         "6" if point["mark"] else "2.5")
        for point in points
    ))  # fmt: skip
    return format_html(
        '<svg class="chart curve" viewBox="0 0 {w} {h}" role="img" aria-label="{title}">{axes}{bars}'
        '<path class="curve-line" d="M{path}"/>{dots}<text x="{middle}" y="{base}" text-anchor="middle">{across}</text>'
        '<text x="4" y="10">{up}</text></svg>',
        w=str(width), h=str(height), title=title, axes=frame.axes(), bars=bars, path=path, dots=dots,
        middle=str((LEFT + width - RIGHT) // 2), base=str(height - 4), across=across, up=up,
    )  # fmt: skip


class _Frame:
    """From values to places on the picture."""

    def __init__(self, west: float, east: float, low: float, high: float, width: int, height: int) -> None:
        self.west, self.low, self.width, self.height = west, low, width, height
        self.across = (east - west) or 1.0
        self.up = (high - low) or 1.0

    def x(self, value: float) -> float:
        return LEFT + (value - self.west) / self.across * (self.width - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return self.height - BOTTOM - (value - self.low) / self.up * (self.height - BOTTOM - TOP)

    def axes(self) -> str:
        """A line below, and ticks with their values."""
        shares = [tick / TICKS for tick in range(TICKS + 1)]
        base = self.height - BOTTOM
        ticks = [self.west + share * self.across for share in shares]
        across = format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', (
            (f"{self.x(tick):.1f}", str(base + 14), _written(tick)) for tick in ticks
        ))  # fmt: skip
        up = format_html_join("", '<text x="{}" y="{}" text-anchor="end">{}</text>', (
            (str(LEFT - 6), f"{self.y(self.low + share * self.up) + 4:.1f}", _written(self.low + share * self.up))
            for share in shares[1:]
        ))  # fmt: skip
        line = format_html('<path class="border" d="M{} {}H{}"/>', str(LEFT), str(base), str(self.width - RIGHT))
        return format_html("{}{}{}", line, across, up)


def _written(value: float) -> str:
    decimals = 0 if abs(value) >= 20 else 1 if abs(value) >= 1 else 2
    return str(number_format(round(value, decimals), decimals))
