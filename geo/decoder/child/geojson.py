"""GeoJSON, read without GDAL: `json` with caps on size, depth and numbers, and no reference system but a plain name."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import shapely

from . import shapes
from .refusal import Refusal

DEEPEST = 32
MOST_COLUMNS = 200
LONGEST_TEXT = 10_000
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
    columns = _columns(properties, instruction["columns"])
    _write(output, instruction, geometry, errors, columns)
    return {"srid": srid, "layer": "", "layers": [], "rows": len(features), "fields": list(columns)}


def _write(
    output: BinaryIO,
    instruction: dict[str, Any],
    geometry: np.ndarray,
    errors: list[str | None],
    columns: dict[str, pa.Array],
) -> None:
    families, nested = shapes.encode(geometry, errors)
    fixed = {
        instruction["row_number"]: pa.array(range(1, len(geometry) + 1), pa.int64()),
        instruction["row_error"]: pa.array(errors, pa.string()),
        instruction["family"]: families,
        instruction["geometry"]: nested,
    }
    table = pa.table({**fixed, **columns})
    with pa.ipc.new_stream(output, table.schema) as stream:
        stream.write_table(table, max_chunksize=instruction["batch_rows"])


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
        return _build(kind, _numbers(geometry.get("coordinates"), NESTING[kind])), None
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


def _build(kind: str, coordinates: Any) -> Any:
    if kind == "Polygon":
        return _polygon(coordinates)
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([_polygon(part) for part in coordinates])
    builders = {
        "Point": shapely.Point,
        "LineString": shapely.LineString,
        "MultiLineString": shapely.MultiLineString,
        "MultiPoint": shapely.MultiPoint,
    }
    return builders[kind](coordinates)


def _polygon(rings: Any) -> Any:
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValueError("ring not closed")
    return shapely.Polygon(rings[0], rings[1:])


def _properties(feature: Any, errors: list[str | None], index: int) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return {}
    flat = {name: _scalar(value) for name, value in properties.items()}
    for value in flat.values():
        if isinstance(value, str) and errors[index] is None:
            errors[index] = _text_error(value)
    if errors[index] is not None:
        return {}
    if "id" in feature and "id" not in flat and isinstance(feature["id"], int | str):
        flat["id"] = feature["id"]
    return flat


def _scalar(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)[:LONGEST_TEXT]
    return value


def _text_error(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        return "text_too_long"
    if "\0" in text:
        return "nul"
    return None if text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text) else "surrogate"


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


def _columns(properties: list[dict[str, Any]], wanted: list[str] | None) -> dict[str, pa.Array]:
    """One column per property name, typed by what it holds."""
    names: dict[str, None] = {}
    for row in properties:
        names.update(dict.fromkeys(row))
        if len(names) > MOST_COLUMNS:
            raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    if wanted is not None:
        missing = [name for name in wanted if name not in names]
        if missing and properties:
            raise Refusal("column_missing", column=missing[0][:100], header=", ".join(names)[:500])
        names = dict.fromkeys(name for name in wanted if name in names)
    return {name: _column([row.get(name) for row in properties]) for name in names if _is_name(name)}


def _is_name(name: str) -> bool:
    """True for names that can be a column; those of the passage itself and of the geometry are left behind."""
    if name.startswith("__") or name == "geometry":
        return False
    return 0 < len(name) <= 100 and "\0" not in name and not any("\ud800" <= sign <= "\udfff" for sign in name)


def _column(values: list[Any]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    try:
        if kinds <= {bool}:
            return pa.array(values, pa.bool_())
        if kinds == {int}:
            return pa.array(values, pa.int64())
        if kinds <= {int, float}:
            return pa.array(values, pa.float64())
    except (OverflowError, pa.ArrowInvalid):
        pass
    return pa.array([None if value is None else str(value) for value in values], pa.string())
