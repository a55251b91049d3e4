"""GeoJSON, read without GDAL: `json` with caps on size, depth and numbers, and no reference system but a plain name."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import shapely

from .features import build_shape, columns_of, scalar, text_fault, write_features
from .refusal import Refusal

DEEPEST = 32
TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
SYSTEM = re.compile(r"(?:urn:ogc:def:crs:EPSG:[0-9.]*:|EPSG:)([0-9]{4,6})|(?:urn:ogc:def:crs:OGC:[0-9.]*:|OGC:)CRS84")
NESTING = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}


def prepare() -> None:
    """Load what must load before the limits."""
    shapely.Point(0, 0)


def geojson(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the features of a file: number, error, family, nested coordinates, properties."""
    document = _document(instruction["path"], instruction["most_bytes"])
    features = _features(document)
    if len(features) > instruction["most_rows"]:
        raise Refusal("too_many_rows", limit=instruction["most_rows"])
    srid = _system(document)
    errors: list[str | None] = [None] * len(features)
    geometry = np.empty(len(features), dtype=object)
    for index, feature in enumerate(features):
        geometry[index], errors[index] = _geometry(feature)
    properties = [_properties(feature, errors, index) for index, feature in enumerate(features)]
    _reject_twins(features, errors)
    columns = columns_of(properties, instruction)
    write_features(output, instruction, geometry, errors, columns)
    return {"srid": srid, "layer": "", "layers": [], "rows": len(features), "fields": list(columns)}


def _document(path: str, most_bytes: int) -> dict[str, Any]:
    raw = Path(path).read_bytes()
    if len(raw) > most_bytes:
        raise Refusal("too_many_bytes", limit_mb=most_bytes // 1_000_000)
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Refusal("not_geojson", found="utf16")
    if raw[:2] == b"\x1f\x8b":
        raise Refusal("not_geojson", found="gzip")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("not_geojson", found="encoding") from None
    _refuse_depth(text)
    try:
        document = json.loads(text, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        raise Refusal("not_geojson", found="json") from None
    if not isinstance(document, dict):
        raise Refusal("not_geojson", found="json")
    return document


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in TOKENS.finditer(text):
        sign = token.group()
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Refusal("too_deep", limit=DEEPEST)
        elif sign in "]}":
            depth -= 1


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal("repeated_key")
    return members


def _features(document: dict[str, Any]) -> list[Any]:
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        features: list[Any] = document["features"]
        return features
    if kind == "Feature":
        return [document]
    if isinstance(kind, str) and kind in NESTING:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise Refusal("not_geojson", found="json")


def _system(document: dict[str, Any]) -> int:
    """WGS 84 by the standard; older files name another system, and only a plain name is let in, never a link."""
    if document.get("crs") is None:
        return 4326
    try:
        told = document["crs"]
        match = SYSTEM.fullmatch(told["properties"]["name"]) if told["type"] == "name" else None
    except (TypeError, KeyError):
        match = None
    if match is None:
        raise Refusal("crs_not_allowed")
    return int(match.group(1) or 4326)


# --- one feature -----------------------------------------------------------------------------------------------------


def _geometry(feature: Any) -> tuple[Any, str | None]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if geometry is None:
        return None, "no_geometry"
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or kind not in NESTING:
        return None, "kind"
    try:
        return build_shape(kind, _numbers(geometry.get("coordinates"), NESTING[kind])), None
    except (ValueError, TypeError, OverflowError, shapely.GEOSException):
        return None, "coordinates"


def _numbers(item: Any, level: int) -> Any:
    """The nested lists with two finite numbers in each position; heights are left behind. Raises ValueError."""
    if not isinstance(item, list) or not item:
        raise ValueError("not a list")
    if level > 0:
        return [_numbers(child, level - 1) for child in item]
    if not 2 <= len(item) <= 3:
        raise ValueError("not a position")
    for number in item:
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise ValueError("not a finite number")
    return (float(item[0]), float(item[1]))


def _properties(feature: Any, errors: list[str | None], index: int) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return {}
    flat = {name: scalar(value) for name, value in properties.items()}
    for value in flat.values():
        if isinstance(value, str) and errors[index] is None:
            errors[index] = text_fault(value)
    if errors[index] is not None:
        return {}
    if "id" in feature and "id" not in flat and isinstance(feature["id"], int | str):
        flat["id"] = feature["id"]
    return flat


def _reject_twins(features: list[Any], errors: list[str | None]) -> None:
    """A repeated feature id leaves open which of the two is meant."""
    seen: set[Any] = set()
    for index, feature in enumerate(features):
        identity = feature.get("id") if isinstance(feature, dict) else None
        if not isinstance(identity, int | str):
            continue
        if identity in seen and errors[index] is None:
            errors[index] = "repeated_id"
        seen.add(identity)
