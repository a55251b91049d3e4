"""GeoPackage, read with GDAL, whose other drivers were skipped before it was loaded."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from .columns import layer_batch, wanted_columns
from .refusal import Refusal

ONLY_DRIVER = "GPKG"
APPLICATION_IDS = {b"GPKG", b"GP10", b"GP11"}
OWN_TRIGGERS = re.compile(r"(?:rtree_|gpkg_|trigger_(?:insert|delete|update)_feature_count_).*", re.DOTALL)
VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE.*USING\s+(\w+)", re.IGNORECASE | re.DOTALL)
MOST_COLUMNS = 200
MOST_LAYERS = 200


def prepare() -> None:
    """Load what must load before the limits; refuse to run beside another driver."""
    drivers = set(pyogrio.list_drivers())
    if drivers != {ONLY_DRIVER}:
        raise Refusal("drivers", found=", ".join(sorted(drivers))[:200])
    CRS.from_epsg(4326)
    shapely.from_wkb(shapely.to_wkb(shapely.Point(0, 0)))


def geopackage(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the rows of one layer: number, error, family, nested coordinates, attributes."""
    path = instruction["path"]
    _refuse_foreign(path)
    _refuse_programs(path)
    layers = _layers(path)
    layer = choose_layer(layers, instruction)
    try:
        return _stream(path, layer, layers, instruction, output)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError, OSError):
        raise Refusal("broken_geopackage") from None
    except (pa.ArrowException, ValueError, RuntimeError):
        raise Refusal("broken_geopackage") from None


def _refuse_foreign(path: str) -> None:
    with Path(path).open("rb") as file:
        start = file.read(100)
    if not start.startswith(b"SQLite format 3\0"):
        raise Refusal("not_geopackage", found="other")
    if start[68:72] not in APPLICATION_IDS:
        raise Refusal("not_geopackage", found="sqlite")


def _refuse_programs(path: str) -> None:
    """Views, foreign triggers and virtual tables are programs that reading would run; a layer file needs none."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        connection.execute("PRAGMA trusted_schema=OFF")
        objects = connection.execute("SELECT type, name, sql FROM sqlite_master LIMIT 20000").fetchall()
        connection.close()
    except sqlite3.Error:
        raise Refusal("broken_geopackage") from None
    for kind, name, sql in objects:
        if kind == "view" or (kind == "trigger" and not OWN_TRIGGERS.fullmatch(str(name))):
            raise Refusal("program_inside", kind=str(kind), name=str(name)[:100])
        virtual = VIRTUAL.match(str(sql or ""))
        if virtual and virtual.group(1).lower() != "rtree":
            raise Refusal("program_inside", kind="virtual table", name=str(name)[:100])


def _layers(path: str) -> list[str]:
    try:
        found = pyogrio.list_layers(path)
    except (pyogrio.errors.DataSourceError, OSError):
        raise Refusal("broken_geopackage") from None
    layers = [str(name) for name, kind in found if kind is not None]
    if not layers:
        raise Refusal("no_layers")
    if len(layers) > MOST_LAYERS:
        raise Refusal("too_many_layers", limit=MOST_LAYERS)
    return layers


def choose_layer(layers: list[str], instruction: dict[str, Any]) -> str:
    """The layer that was asked for, or the only one. Raises Refusal with the names where a person must say."""
    asked = instruction["layer"]
    if asked is None and (len(layers) == 1 or instruction["may_take_first"]):
        return layers[0]
    if asked in layers:
        return str(asked)
    raise Refusal("which_layer" if asked is None else "layer_missing", layers=layers, layer=(asked or "")[:100])


def _stream(path: str, layer: str, layers: list[str], instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    described = pyogrio.read_info(path, layer=layer)
    fields = [str(name) for name in described["fields"]]
    if len(fields) > MOST_COLUMNS:
        raise Refusal("too_many_columns", limit=MOST_COLUMNS)
    columns = wanted_columns(fields, instruction)
    srid = system_of(described["crs"])
    count = 0
    with pyogrio.open_arrow(
        path, layer=layer, columns=columns, batch_size=instruction["batch_rows"], use_pyarrow=True
    ) as (described_rows, reader):
        stream = None
        name = described_rows["geometry_name"] or "wkb_geometry"
        for batch in reader:
            rows = _rows(batch, name, count, columns, instruction)
            if stream is None:
                stream = pa.ipc.new_stream(output, rows.schema)
            stream.write_batch(rows)
            count += batch.num_rows
            if count > instruction["most_rows"]:
                raise Refusal("too_many_rows", limit=instruction["most_rows"])
        if stream is None:
            raise Refusal("empty")
        stream.close()
    return {"srid": srid, "layer": layer, "layers": layers, "rows": count, "fields": fields}


def _rows(
    batch: pa.RecordBatch, geometry_name: str, before: int, columns: list[str], instruction: dict[str, Any]
) -> pa.RecordBatch:
    encoded = batch.column(geometry_name).to_numpy(zero_copy_only=False)
    geometry = shapely.from_wkb(encoded, on_invalid="ignore")
    errors: list[str | None] = [None] * batch.num_rows
    for index in np.flatnonzero(shapely.is_missing(geometry)):
        errors[index] = "no_geometry" if encoded[index] is None else "coordinates"
    return layer_batch(batch, geometry, errors, range(before + 1, before + batch.num_rows + 1), columns, instruction)


def system_of(told: str | None) -> int | None:
    """EPSG code of what the layer says about itself; None where it says nothing that has one."""
    if not told or len(told) > 20_000:
        return None
    plain = re.fullmatch(r"EPSG:([0-9]{4,6})", told)
    if plain:
        return int(plain.group(1))
    try:
        return CRS.from_wkt(told).to_epsg(min_confidence=70)
    except CRSError:
        return None
