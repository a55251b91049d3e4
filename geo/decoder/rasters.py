"""Heights of a GeoTIFF as an array, read in a child process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.decoder.layers import known_srid
from geo.decoder.limits import RASTER_CAPS, RASTER_LIMITS
from geo.decoder.process import Order, child_of
from geo.decoder.reasons import refused

SUFFIXES = {".tif", ".tiff"}
FEET = dict.fromkeys(("ft", "foot", "feet", "international foot"), 0.3048) | dict.fromkeys(
    ("us-ft", "us survey foot", "foot_us", "ftus"), 0.304800609601219
)


@dataclass(frozen=True)
class DecodedRaster:
    """Heights in metres (rows from the north, not-a-number without data); corner and cell in the file's system."""

    heights: np.ndarray
    west: float
    north: float
    cell_x: float
    cell_y: float
    srid: int | None
    nodata_told: bool
    in_feet: bool = False  # as the file tells; `heights` are metres already

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        rows, columns = self.heights.shape
        return (self.west, self.north - rows * self.cell_y, self.west + columns * self.cell_x, self.north)


def decode_raster(path: Path | str, *, file_name: str = "") -> DecodedRaster:
    """Read a one-band GeoTIFF of at most 100 million cells. Raises RefusedFileError."""
    path = Path(path)
    file_name = file_name or path.name
    suffix = Path(file_name.lower()).suffix
    if suffix not in SUFFIXES:
        raise refused("extension", file_name, {"found": suffix[:20]})
    order = Order("geotiff", ".tif", RASTER_LIMITS, RASTER_CAPS, {}, "GTiff", library="rasterio")
    strips, count = [], 0
    with child_of(path, order, file_name=file_name) as child:
        for batch in child.batches():
            if batch.schema.types != [pa.float32()] or batch.column(0).null_count:
                raise refused("output", file_name)
            count += batch.num_rows
            if count > RASTER_CAPS.most_rows:
                raise refused("too_many_pixels", file_name, {"limit": RASTER_CAPS.most_rows // 1_000_000})
            strips.append(batch.column(0).to_numpy())
        values = child.answer
    try:
        return _raster(strips, values)
    except (KeyError, TypeError, ValueError):
        raise refused("output", file_name) from None


def _raster(strips: list[np.ndarray], values: dict[str, Any]) -> DecodedRaster:
    west, north, cell_x, cell_y = (float(values[name]) for name in ("west", "north", "cell_x", "cell_y"))
    if not np.isfinite([west, north, cell_x, cell_y]).all() or cell_x <= 0 or cell_y <= 0:
        raise ValueError("no place on the ground")
    heights = np.concatenate(strips).reshape(int(values["height"]), int(values["width"]))
    srid, told = known_srid(values["srid"]), bool(values["nodata_told"])
    unit = str(values.get("unit", "")).strip().lower()
    if unit in FEET:
        heights = heights * np.float32(FEET[unit])
    return DecodedRaster(heights, west, north, cell_x, cell_y, srid, told, in_feet=unit in FEET)
