"""Features on their way out: shapes from nested numbers, properties as columns of one type each."""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import shapely

from . import shapes
from .columns import with_others
from .refusal import Refusal

MOST_COLUMNS = 200
LONGEST_TEXT = 10_000
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # signs that make a text look other than it is


def write_features(
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


def build_shape(kind: str, coordinates: Any) -> Any:
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


def scalar(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)[:LONGEST_TEXT]
    return value


def text_fault(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        return "text_too_long"
    if "\0" in text:
        return "nul"
    if not text.isascii() and DIRECTIONS.search(text):
        return "direction"
    return None if text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text) else "surrogate"


def columns_of(properties: list[dict[str, Any]], instruction: dict[str, Any]) -> dict[str, pa.Array]:
    """One column per property name, typed by what it holds."""
    wanted: list[str] | None = instruction["columns"]
    names: dict[str, None] = {}
    for row in properties:
        names.update(dict.fromkeys(row))
        if len(names) > MOST_COLUMNS:
            raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    if wanted is not None:
        missing = [name for name in wanted if name not in names]
        if missing and properties:
            raise Refusal("column_missing", column=missing[0][:100], header=", ".join(names)[:500])
        wanted = with_others(wanted, names, instruction["also"])
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
