"""GeoParquet, read with pyarrow; its shapes are looked at before anything parses them."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from .columns import layer_batch, wanted_columns
from .refusal import Refusal

MOST_COLUMNS = 200
MOST_UNPACKED = 2_000_000_000
FLAGS = 0x1FFFFFFF  # the three upper bits say height, measure and system in one dialect of well-known binary
BROKEN = (pa.ArrowException, OSError, ValueError, KeyError, TypeError)


def prepare() -> None:
    """Load what must load before the limits."""
    CRS.from_epsg(4326)
    shapely.from_wkb(shapely.to_wkb(shapely.Point(0, 0)))


def parquet(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the rows: number, error, family, nested coordinates, attributes."""
    try:
        file = pq.ParquetFile(instruction["path"], memory_map=False, pre_buffer=False)
        described = _described(file)
        return _stream(file, described, instruction, output)
    except BROKEN:
        raise Refusal("broken_parquet") from None


def _described(file: pq.ParquetFile) -> dict[str, Any]:
    told = (file.schema_arrow.metadata or {}).get(b"geo")
    if told is None or len(told) > 1_000_000:
        raise Refusal("not_geoparquet")
    described = json.loads(told)
    name = described["primary_column"]
    column = described["columns"][name]
    if column.get("encoding") != "WKB":
        raise Refusal("not_geoparquet")
    return {"name": str(name), "srid": _system(column), "geometries": set(described["columns"])}


def _system(column: dict[str, Any]) -> int | None:
    """EPSG code of the shapes; longitude and latitude where nothing is said, as the standard has it."""
    if "crs" not in column:
        return 4326
    told = column["crs"]
    if told is None:
        return None
    identity = told.get("id", {}) if isinstance(told, dict) else {}
    if identity.get("authority") == "OGC" and identity.get("code") == "CRS84":
        return 4326
    try:
        return int(identity["code"]) if identity.get("authority") == "EPSG" else CRS.from_json_dict(told).to_epsg(70)
    except (CRSError, ValueError, TypeError, KeyError):
        return None


def _stream(
    file: pq.ParquetFile, described: dict[str, Any], instruction: dict[str, Any], output: BinaryIO
) -> dict[str, Any]:
    metadata = file.metadata
    if metadata.num_rows > instruction["most_rows"]:
        raise Refusal("too_many_rows", limit=instruction["most_rows"])
    if sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups)) > MOST_UNPACKED:
        raise Refusal("too_many_bytes", limit_mb=MOST_UNPACKED // 1_000_000)
    fields = [name for name in file.schema_arrow.names if name not in described["geometries"]]
    if len(fields) > MOST_COLUMNS:
        raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    columns = wanted_columns(fields, instruction)
    count = 0
    stream = None
    wanted = [*columns, described["name"]]
    for batch in file.iter_batches(batch_size=instruction["batch_rows"], columns=wanted, use_threads=False):
        rows = _rows(batch, described["name"], count, columns, instruction)
        stream = stream or pa.ipc.new_stream(output, rows.schema)
        stream.write_batch(rows)
        count += batch.num_rows
    if stream is None:
        raise Refusal("empty")
    stream.close()
    return {"srid": described["srid"], "layer": "", "layers": [], "rows": count, "fields": fields}


def _rows(
    batch: pa.RecordBatch, geometry_name: str, before: int, columns: list[str], instruction: dict[str, Any]
) -> pa.RecordBatch:
    encoded = np.array(batch.column(geometry_name).to_pylist(), dtype=object)
    errors: list[str | None] = [_binary_fault(one) for one in encoded]
    sound = np.array([one if error is None else None for one, error in zip(encoded, errors, strict=True)], dtype=object)
    geometry = shapely.from_wkb(sound, on_invalid="ignore")
    for index in np.flatnonzero(shapely.is_missing(geometry)):
        errors[index] = errors[index] or "coordinates"
    return layer_batch(batch, geometry, errors, range(before + 1, before + batch.num_rows + 1), columns, instruction)


def _binary_fault(encoded: Any) -> str | None:
    """Why a shape is not parsed: collections may be nested so deeply that the parser falls over."""
    if encoded is None:
        return "no_geometry"
    if not isinstance(encoded, bytes) or len(encoded) < 5 or encoded[0] not in {0, 1}:
        return "coordinates"
    kind = (int.from_bytes(encoded[1:5], "little" if encoded[0] else "big") & FLAGS) % 1000
    return None if 1 <= kind <= 6 else "kind"
