"""Where a point falls in the grid of tiles, and what a tile holds."""

from __future__ import annotations

import math
from typing import Any


def tile_of(point: Any, *, zoom: int) -> dict[str, int]:
    """Address of the tile that holds a point."""
    side = 2**zoom
    latitude = math.radians(point.y)
    return {
        "zoom": zoom,
        "column": int((point.x + 180) / 360 * side),
        "row": int((1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * side),
    }


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _fields(raw: bytes) -> list[tuple[int, Any]]:
    """Numbered fields of a protocol-buffer message."""
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        if key & 7 == 0:
            value, at = _varint(raw, at)
            found.append((key >> 3, value))
        elif key & 7 == 2:
            length, at = _varint(raw, at)
            found.append((key >> 3, raw[at : at + length]))
            at += length
        else:
            size = 8 if key & 7 == 1 else 4
            found.append((key >> 3, raw[at : at + size]))
            at += size
    return found


def ids_of(tile: bytes) -> dict[str, list[int]]:
    """Feature ids of each layer of a tile, by the layer's name."""
    layers: dict[str, list[int]] = {}
    for number, layer in _fields(tile):
        if number == 3:
            parts = _fields(layer)
            name = next(value.decode() for field, value in parts if field == 1)
            features = [dict(_fields(value)) for field, value in parts if field == 2]
            layers[name] = [feature[1] for feature in features]
    return layers


def points_of(tile: bytes, *, zoom: int, column: int, row: int) -> list[tuple[float, float]]:
    """Longitude and latitude of every point that a tile holds."""
    found = []
    for number, layer in _fields(tile):
        if number != 3:
            continue
        parts = _fields(layer)
        extent = next((value for field, value in parts if field == 5), 4096)
        for feature in (dict(_fields(value)) for field, value in parts if field == 2):
            if feature.get(3) == 1:
                found += [_degrees(column + x / extent, row + y / extent, 2**zoom) for x, y in _corners(feature[4])]
    return found


def _corners(packed: bytes) -> list[tuple[int, int]]:
    """Corners of a point feature, in units of the tile."""
    numbers, at = [], 0
    while at < len(packed):
        value, at = _varint(packed, at)
        numbers.append(value)
    steps = [(value >> 1) ^ -(value & 1) for value in numbers[1:]]  # the first says how many corners there are
    x = y = 0
    corners = []
    for east, south in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + east, y + south
        corners.append((x, y))
    return corners


def _degrees(across: float, down: float, side: int) -> tuple[float, float]:
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down / side))))
    return across / side * 360 - 180, latitude
