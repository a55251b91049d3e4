"""Map layers of any format as frames in the system their file declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.crs import crs_of
from geo.decoder.limits import GEOJSON_CAPS, GEOPACKAGE_CAPS, LAYER_LIMITS, ZIP_CAPS
from geo.decoder.process import FAMILY, GEOMETRY, ROW_ERROR, ROW_NUMBER, Order, child_of
from geo.decoder.reasons import notes_of, refused, row_reason
from geo.errors import RefusedError

MOST_LAYER_VERTICES = 20_000_000
POINT, LINE, AREA = 0, 1, 2
PARTS_OF_SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
PLACELESS = {"no_geometry", "empty_geometry"}
ATTRIBUTES = (pa.int64(), pa.float64(), pa.bool_(), pa.string())
KINDS = {
    ".gpkg": ("geopackage", "GPKG", GEOPACKAGE_CAPS),
    ".geojson": ("geojson", "", GEOJSON_CAPS),
    ".json": ("geojson", "", GEOJSON_CAPS),
    ".zip": ("shapefile", "ESRI Shapefile", ZIP_CAPS),
    ".kml": ("kml", "", GEOJSON_CAPS),
    ".kmz": ("kmz", "", ZIP_CAPS),
    ".parquet": ("parquet", "", GEOPACKAGE_CAPS),
    ".geoparquet": ("parquet", "", GEOPACKAGE_CAPS),
}


@dataclass(frozen=True)
class DecodedLayer:
    """One layer of a file. `frame` has the attributes, `ROW_NUMBER`, `ROW_ERROR` (null or a translated reason) and

    geometry: points as Point, lines as MultiLineString, areas as MultiPolygon, None where the row has an error. Its
    system is set where the file declares one (`srid`), else `srid` is None and the question must be asked.
    `is_placeless` marks rows whose only error is that they have no geometry; `notes` are translated sentences.
    """

    frame: gpd.GeoDataFrame
    srid: int | None
    layer: str
    layers: list[str]
    fields: list[str]
    is_placeless: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    notes: list[str] = field(default_factory=list)


def decode_layer(
    path: Path | str,
    *,
    layer: str | None = None,
    columns: list[str] | None = None,
    also: Sequence[str] = (),
    file_name: str = "",
    may_take_first: bool = False,
) -> DecodedLayer:
    """Read one layer in a child process. Raises RefusedFileError; where several layers stand to choose from, the

    error's `extra["layers"]` names them, unless `may_take_first`: then the first one is read. `also` names, in lower
    case, columns that are read beside `columns` where the layer has them.
    """
    path = Path(path)
    file_name = file_name or path.name
    suffix = Path(file_name.lower()).suffix
    if suffix in PARTS_OF_SHAPEFILE:
        raise refused("lone_part", file_name)
    if suffix not in KINDS:
        raise refused("extension", file_name, {"found": suffix[:20]})
    operation, driver, caps = KINDS[suffix]
    if path.stat().st_size > caps.most_bytes:
        raise refused("too_many_bytes", file_name, {"limit_mb": caps.most_bytes // 1_000_000})
    options = {"layer": layer, "columns": columns, "also": list(also), "may_take_first": may_take_first}
    order = Order(operation, suffix, LAYER_LIMITS, caps, options, driver)
    with child_of(path, order, file_name=file_name) as child:
        batches = list(child.batches())
        values = child.answer
    try:
        return _layer(batches, values, file_name)
    except (pa.ArrowException, shapely.GEOSException, KeyError, TypeError, ValueError, IndexError):
        raise refused("output", file_name) from None


def _layer(batches: list[pa.RecordBatch], values: dict[str, Any], file_name: str) -> DecodedLayer:
    if not batches:
        raise refused("empty", file_name)
    table = pa.Table.from_batches(batches).combine_chunks()
    _refuse_odd_schema(table, file_name)
    geometry, errors = _geometry(table)
    attributes = {
        name: table.column(name).to_pandas()
        for name in table.column_names
        if name not in {ROW_NUMBER, ROW_ERROR, FAMILY, GEOMETRY}
    }
    frame = pd.DataFrame({ROW_NUMBER: table.column(ROW_NUMBER).to_numpy(), ROW_ERROR: errors, **attributes})
    srid = known_srid(values.get("srid"))
    return DecodedLayer(
        frame=gpd.GeoDataFrame(frame, geometry=geometry, crs=None if srid is None else crs_of(srid)),
        srid=srid,
        layer=str(values.get("layer", ""))[:200],
        layers=[str(name)[:200] for name in values.get("layers", [])[:200]],
        fields=[name for name in attributes if name in {str(told) for told in values.get("fields", [])[:200]}],
        is_placeless=np.array([code in PLACELESS for code in table.column(ROW_ERROR).to_pylist()], dtype=bool),
        notes=notes_of(values),
    )


def known_srid(told: Any) -> int | None:
    """The declared system, where it is a number that the database of systems knows."""
    if not isinstance(told, int) or isinstance(told, bool) or not 1024 <= told <= 32_767:
        return None
    try:
        crs_of(told)
    except RefusedError:
        return None
    return told


def _refuse_odd_schema(table: pa.Table, file_name: str) -> None:
    """One fixed shape: four own columns, then plain attributes with names a person could have written."""
    fixed = {ROW_NUMBER: pa.int64(), ROW_ERROR: pa.string(), FAMILY: pa.int8()}
    names = table.column_names
    sound = (
        len(set(names)) == len(names)
        and all(table.schema.field(name).type == kind for name, kind in fixed.items())
        and all(table.schema.field(name).type in ATTRIBUTES for name in names if name not in {*fixed, GEOMETRY})
        and all(0 < len(name) <= 200 and re.search(r"[\x00-\x1f]", name) is None for name in names)
        and table.column(ROW_NUMBER).null_count == 0
        and bool((np.diff(table.column(ROW_NUMBER).to_numpy()) > 0).all())
    )
    if not sound:
        raise refused("output", file_name)


def _geometry(table: pa.Table) -> tuple[np.ndarray, list[str | None]]:
    """Shapes made from the nested numbers, and the reason for every row without one."""
    families = table.column(FAMILY).to_numpy()
    nested = table.column(GEOMETRY).combine_chunks()
    errors = [None if code is None else row_reason(code) for code in table.column(ROW_ERROR).to_pylist()]
    shapes = np.full(table.num_rows, None, dtype=object)
    builders: dict[int, Callable[[np.ndarray, list[np.ndarray]], np.ndarray]] = {
        POINT: _points,
        LINE: _lines,
        AREA: _areas,
    }
    for family, build in builders.items():
        rows = np.flatnonzero(families == family)
        if rows.size:
            shapes[rows] = build(*_flat(nested.take(pa.array(rows))))
    for row in np.flatnonzero(~_is_finite(shapes)):
        shapes[row] = None
        errors[row] = errors[row] or row_reason("coordinates")
    for row in np.flatnonzero([error is not None for error in errors]):
        shapes[row] = None
    return shapes, errors


def _flat(nested: Any) -> tuple[np.ndarray, list[np.ndarray]]:
    """Coordinates (n, 2) and offsets of rings, parts and shapes. Raises ValueError where a level holds a null."""
    offsets = []
    level = nested
    while pa.types.is_list(level.type):
        if level.null_count:
            raise ValueError("a level of the geometry is missing")
        starts = level.offsets.to_numpy()
        offsets.append(starts - starts[0])
        level = level.flatten()
    if level.null_count or level.type != pa.list_(pa.float64(), 2):
        raise ValueError("a position is missing")
    values = level.flatten()
    if values.null_count or len(values) > 2 * MOST_LAYER_VERTICES:
        raise ValueError("too many positions")
    return values.to_numpy().reshape(-1, 2), offsets[::-1]


def _points(coordinates: np.ndarray, offsets: list[np.ndarray]) -> np.ndarray:
    if any((np.diff(level) != 1).any() for level in offsets):
        raise ValueError("a point with more than one position")
    made: np.ndarray = shapely.points(coordinates)
    return made


def _lines(coordinates: np.ndarray, offsets: list[np.ndarray]) -> np.ndarray:
    rings, parts, whole = offsets
    if (np.diff(whole) != 1).any():
        raise ValueError("a line with more than one part")
    made: np.ndarray = shapely.from_ragged_array(shapely.GeometryType.MULTILINESTRING, coordinates, (rings, parts))
    return made


def _areas(coordinates: np.ndarray, offsets: list[np.ndarray]) -> np.ndarray:
    rings, parts, whole = offsets
    made: np.ndarray = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, coordinates, (rings, parts, whole))
    return made


def _is_finite(shapes: np.ndarray) -> np.ndarray:
    """False for shapes with a coordinate that is not a finite number; missing shapes count as finite."""
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[rows[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite
