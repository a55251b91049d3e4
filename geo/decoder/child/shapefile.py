"""Zipped shapefiles: unpacked by our own rules, measured by our own eyes, then read with GDAL."""

from __future__ import annotations

import struct
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS

from . import archives
from .archives import Archive
from .columns import layer_batch, wanted_columns
from .dbase import Dbase
from .geopackage import choose_layer, system_of
from .refusal import Refusal

ONLY_DRIVER = "ESRI Shapefile"
UNPACKED_BYTES = 400_000_000
MOST_ENTRIES = 200
MOST_RATIO = 100
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
FILE_CODE, HEADER_BYTES, RECORD_HEADER = 9994, 100, 8
POLYGONS, MULTIPATCH = {5, 15, 25}, 31
MEASURED = {11, 13, 15, 18, 21, 23, 25, 28}  # kinds with heights or measures
MOST_RINGS_LOOKED_AT = 200_000


def prepare() -> None:
    """Load what must load before the limits; refuse to run beside another driver."""
    drivers = set(pyogrio.list_drivers())
    if drivers != {ONLY_DRIVER}:
        raise Refusal("drivers", found=", ".join(sorted(drivers))[:200])
    archives.prepare()
    CRS.from_epsg(4326)
    shapely.from_wkb(shapely.to_wkb(shapely.Point(0, 0)))


def unpack(instruction: dict[str, Any]) -> str:
    """Write the parts of one layer under names of ours; gives the path of the first. Raises Refusal."""
    archive = Archive(instruction["path"], most_entries=MOST_ENTRIES, most_bytes=UNPACKED_BYTES, most_ratio=MOST_RATIO)
    parts: dict[str, dict[str, str]] = {}
    for name in archive.names:
        path = PurePosixPath(name)
        if path.suffix.lower() in PARTS:
            parts.setdefault(str(path.with_suffix("")).casefold(), {})[path.suffix.lower()] = name
    layers = {PurePosixPath(found[".shp"]).stem: found for found in parts.values() if ".shp" in found}
    if not layers:
        raise Refusal("no_shapefile")
    instruction["layers"] = list(layers)
    layer = instruction["layer"] = choose_layer(list(layers), instruction)
    chosen = layers[layer]
    for suffix in (".shx", ".dbf"):
        if suffix not in chosen:
            raise Refusal("missing_part", found=f"{layer}{suffix}")
    known = {name for found in layers.values() for name in found.values()}
    instruction["ignored"] = [name for name in archive.names if name not in known] + archive.ignored
    target = Path(instruction["path"]).with_name("layer.shp")
    for suffix, name in chosen.items():
        archive.unpack(name, target.with_suffix(suffix))
    instruction["encoding"], instruction["encoding_told"] = Dbase(target.with_suffix(".dbf")).settle_encoding()
    return str(target)


def shapefile(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the rows of the layer: number, error, family, nested coordinates, attributes."""
    path = Path(instruction["path"])
    kind, inverted = _looked_at(path)
    table = Dbase(path.with_suffix(".dbf"))
    try:
        told = _stream(path, table, instruction, output)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError, OSError):
        raise Refusal("broken_shapefile") from None
    except (pa.ArrowException, ValueError, RuntimeError):
        raise Refusal("broken_shapefile") from None
    sample = "" if instruction["encoding_told"] else table.odd_sample(instruction["encoding"])
    return told | {
        "layer": instruction["layer"],
        "layers": instruction["layers"],
        "ignored": [name[:100] for name in instruction["ignored"][:20]],
        "inverted": inverted,
        "deleted": table.deleted,
        "notes": ["heights"] if kind in MEASURED else [],
        "sample": [instruction["encoding"], sample] if sample else [],
    }


def _looked_at(path: Path) -> tuple[int, int]:
    """Kind of the shapes, and how many have their outer ring the wrong way round. Raises Refusal for false lengths."""
    size = path.stat().st_size
    index = np.fromfile(path.with_suffix(".shx"), dtype=">i4")[HEADER_BYTES // 4 :]
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or struct.unpack(">i", header[:4])[0] != FILE_CODE:
            raise Refusal("broken_shapefile")
        kind = struct.unpack("<i", header[32:36])[0]
        if kind == MULTIPATCH:
            raise Refusal("multipatch")
        places = index[: len(index) // 2 * 2].reshape(-1, 2).astype(np.int64) * 2
        starts, ends = places[:, 0], places.sum(axis=1) + RECORD_HEADER
        if len(places) and ((starts < HEADER_BYTES) | (places[:, 1] < 4) | (ends > size)).any():
            raise Refusal("broken_shapefile")
        if kind not in POLYGONS:
            return kind, 0
        return kind, sum(_is_inverted(file, int(start), int(end)) for start, end in zip(starts, ends, strict=True))


def _is_inverted(file: BinaryIO, start: int, end: int) -> bool:
    """True where the first ring runs against the clock, as only holes should. Raises Refusal for false counts."""
    file.seek(start + RECORD_HEADER)
    record = file.read(min(end - start - RECORD_HEADER, 44 + 16 * MOST_RINGS_LOOKED_AT))
    if len(record) < 44 or struct.unpack("<i", record[:4])[0] == 0:
        return False
    parts, points = struct.unpack("<ii", record[36:44])
    if parts < 0 or points < 0 or 44 + 4 * parts + 16 * points > end - start - RECORD_HEADER:
        raise Refusal("broken_shapefile")
    if parts == 0 or points < 4 or 44 + 4 * parts + 16 * points > len(record):
        return False
    firsts = np.frombuffer(record, dtype="<i4", count=parts, offset=44)
    last = int(firsts[1]) if parts > 1 else points
    if not 0 < last <= points:
        raise Refusal("broken_shapefile")
    ring = np.frombuffer(record, dtype="<f8", count=2 * last, offset=44 + 4 * parts).reshape(-1, 2)
    ring = ring - ring[0]
    return bool((ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum() > 0)


def _stream(path: Path, table: Dbase, instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    described = pyogrio.read_info(str(path))
    fields = [str(name) for name in described["fields"]]
    columns = wanted_columns(fields, instruction)
    faults = table.faults([fields.index(name) for name in columns])
    numbers = table.alive_numbers()
    if len(numbers) > instruction["most_rows"]:
        raise Refusal("too_many_rows", limit=instruction["most_rows"])
    count = 0
    stream = None
    with pyogrio.open_arrow(str(path), columns=columns, batch_size=instruction["batch_rows"], use_pyarrow=True) as (
        rows_described,
        reader,
    ):
        name = rows_described["geometry_name"] or "wkb_geometry"
        for batch in reader:
            here = numbers[count : count + batch.num_rows]
            if len(here) != batch.num_rows:
                raise Refusal("broken_shapefile")
            rows = _rows(batch, name, here, [faults.get(int(one)) for one in here], columns, instruction)
            stream = stream or pa.ipc.new_stream(output, rows.schema)
            stream.write_batch(rows)
            count += batch.num_rows
    if stream is None:
        raise Refusal("empty")
    stream.close()
    return {"srid": system_of(described["crs"]), "rows": count, "fields": fields}


def _rows(
    batch: pa.RecordBatch,
    geometry_name: str,
    numbers: np.ndarray,
    errors: list[str | None],
    columns: list[str],
    instruction: dict[str, Any],
) -> pa.RecordBatch:
    encoded = batch.column(geometry_name).to_numpy(zero_copy_only=False)
    geometry = shapely.from_wkb(encoded, on_invalid="ignore")
    for index in np.flatnonzero(shapely.is_missing(geometry)):
        errors[index] = errors[index] or ("no_geometry" if encoded[index] is None else "coordinates")
    return layer_batch(batch, geometry, errors, numbers, columns, instruction)
