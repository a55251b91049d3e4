"""What lies under the shapes of a small map: water, and the streets where they are not too many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext as _

from geo.models import MaskArea, StreetSegment
from maps.figures.picture import Picture, joined_bounds

MOST_STREETS, MOST_LABELS = 1500, 60
LEAST_SPAN_DEG = 0.004  # about 400 m


def draw_ground(picture: Picture, commune: Any) -> None:
    """Water, wetlands and streets of the commune inside the picture's frame."""
    frame = Polygon.from_bbox(picture.bounds)
    frame.srid = 4326
    masks = list(MaskArea.objects.for_commune(commune).filter(area__bboverlaps=frame).values_list("kind", "area"))
    picture.areas([area for kind, area in masks if kind == "water"], "water")
    picture.areas([area for kind, area in masks if kind != "water"], "wet")
    streets = StreetSegment.objects.for_commune(commune).filter(line__bboverlaps=frame)
    lines = list(streets.values_list("line", flat=True)[: MOST_STREETS + 1])
    if len(lines) <= MOST_STREETS:
        picture.lines(lines, "street")


def shape_picture(commune: Any, geometry: Any, *, title: str, style: str = "shape", width: int = 360) -> str:
    """One shape on its ground, with room around it."""
    picture = Picture(geometry.extent, width=width, height=width * 2 // 3, margin_share=0.35)
    draw_ground(picture, commune)
    picture.areas([geometry], style)
    return picture.svg(title=title)


def classed_picture(
    commune: Any, areas: Iterable[tuple[Any, int, str]], *, title: str, labelled: bool = False, width: int = 760
) -> str:
    """Areas in classes (their step, below zero too) on their ground; with their words where there is room for them."""
    areas = list(areas)
    picture = Picture(
        joined_bounds([area for area, _step, _words in areas]), width=width, height=width * 2 // 3, margin_share=0.06
    )
    draw_ground(picture, commune)
    for step in sorted({step for _area, step, _words in areas}):
        style = f"step-{step}" if step >= 0 else f"step-below-{-step}"
        picture.areas([area for area, mine, _words in areas if mine == step], style)
    if labelled and len(areas) <= MOST_LABELS:
        for area, _step, words in areas:
            picture.label(area, words)
    return picture.svg(title=title)


def points_picture(commune: Any, points: Iterable[tuple[Any, str]], *, title: str, width: int = 520) -> str:
    """Numbered places on their ground, with room around them."""
    points = list(points)
    west, south, east, north = joined_bounds([point for point, _words in points])
    room = LEAST_SPAN_DEG / 2
    bounds = (min(west, east - room), min(south, north - room), max(east, west + room), max(north, south + room))
    picture = Picture(bounds, width=width, height=width * 2 // 3, margin_share=0.2)
    draw_ground(picture, commune)
    for point, words in points:
        picture.mark(point, words)
    return picture.svg(title=title)


def board_picture(commune: Any, *, sectors: Iterable[tuple[Any, str, int | None]], hotspots: Iterable[Any]) -> str:
    """The commune with its sectors by class and the hot spots of the newest run. `sectors`: shape, code, class."""
    sectors, hotspots = list(sectors), list(hotspots)
    shapes = [shape for shape, _code, _step in sectors] + hotspots
    bounds = joined_bounds(shapes) if shapes else commune.boundary.extent
    picture = Picture(bounds, width=720, height=520, margin_share=0.06)
    draw_ground(picture, commune)
    for shape, _code, step in sectors:
        picture.areas([shape], f"sector class-{step if step is not None else 'none'}")
    picture.areas(hotspots, "foco")
    for shape, code, _step in sectors:
        picture.label(shape, code)
    return picture.svg(title=_("Map of sectors by score class and of hot spots"))
