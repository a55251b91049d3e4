"""GeoTIFF heights, read with GDAL (whose other drivers were skipped) in strips of rows."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from .refusal import Refusal

ONLY_DRIVER = "GTiff"
STRIP_PIXELS = 2_000_000
IDENTITY = rasterio.Affine.identity()
MOST_SIDE = 100_000


def prepare() -> None:
    """Load what must load before the limits; refuse to run beside another driver."""
    with rasterio.Env() as environment:
        drivers = set(environment.drivers())
    if drivers != {ONLY_DRIVER}:
        raise Refusal("drivers", found=", ".join(sorted(drivers))[:200])


def geotiff(instruction: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Stream the cells row by row as 32-bit numbers; cells without data are not numbers."""
    try:
        with rasterio.open(instruction["path"], driver=ONLY_DRIVER) as raster:
            _refuse_odd(raster, instruction["most_rows"])
            _stream(raster, output)
            transform = raster.transform
            return {
                "width": raster.width,
                "height": raster.height,
                "west": transform.c,
                "north": transform.f,
                "cell_x": transform.a,
                "cell_y": -transform.e,
                "srid": _system(raster),
                "nodata_told": raster.nodata is not None,
                "unit": str(raster.units[0] or "")[:20],
            }
    except RasterioError:
        raise Refusal("broken_geotiff") from None


def _refuse_odd(raster: Any, most_pixels: int) -> None:
    """Limits are looked at before a cell is read: a file of some kilobytes may declare a continent."""
    if raster.width * raster.height > most_pixels or max(raster.width, raster.height) > MOST_SIDE:
        raise Refusal("too_many_pixels", limit=most_pixels // 1_000_000)
    if raster.count != 1:
        raise Refusal("bands", found=raster.count)
    if np.dtype(raster.dtypes[0]).kind not in "iuf":
        raise Refusal("not_heights", found=raster.dtypes[0])
    if raster.transform == IDENTITY:
        raise Refusal("no_place")
    if raster.transform.b or raster.transform.d or raster.transform.a <= 0 or raster.transform.e >= 0:
        raise Refusal("rotated")


def _stream(raster: Any, output: BinaryIO) -> None:
    schema = pa.schema([("height", pa.float32())])
    rows = max(1, STRIP_PIXELS // raster.width)
    with pa.ipc.new_stream(output, schema) as stream:
        for top in range(0, raster.height, rows):
            window = Window(0, top, raster.width, min(rows, raster.height - top))
            cells = raster.read(1, window=window, masked=True)
            heights = cells.astype(np.float32).filled(np.nan).ravel()
            stream.write_batch(pa.record_batch([pa.array(heights, pa.float32(), from_pandas=False)], schema=schema))


def _system(raster: Any) -> int | None:
    if raster.crs is None:
        return None
    plain = re.fullmatch(r"EPSG:([0-9]{4,6})", raster.crs.to_string())
    if plain:
        return int(plain.group(1))
    code = raster.crs.to_epsg(confidence_threshold=70)
    return None if code is None else int(code)
