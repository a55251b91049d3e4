"""Surfaces on disk: cloud-optimised GeoTIFFs of our own, written whole or not at all, read by windows."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import rasterio
import rasterio.shutil
from django.conf import settings
from rasterio.crs import CRS
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from rasterio.windows import Window

from geo.crs import crs_of

if TYPE_CHECKING:
    from geo.models import TerrainSurface

FOLDER = "surfaces"


@dataclass(frozen=True)
class Raster:
    """Heights in metres on square cells: row 0 is the north; not-a-number where nothing is known."""

    heights: np.ndarray
    west: float
    north: float
    cell_m: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        rows, columns = self.heights.shape
        return (self.west, self.north - rows * self.cell_m, self.west + columns * self.cell_m, self.north)


def system_for_rasterio(srid: int) -> CRS:
    """A system by its full text: rasterio carries an older database of systems than pyproj."""
    return CRS.from_wkt(crs_of(srid).to_wkt())


def write_cog(raster: Raster, *, srid: int, commune_id: int) -> str:
    """Write a raster as a cloud-optimised GeoTIFF; returns its path inside the folder of files.

    The file is complete and on disk before its name is: a reader or a crash never meets half a surface.
    """
    folder = Path(settings.MEDIA_ROOT) / FOLDER / str(commune_id)
    folder.mkdir(parents=True, exist_ok=True)
    name = uuid4().hex
    beside = folder / f".{name}.partial.tif"
    rows, columns = raster.heights.shape
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "width": columns, "height": rows, "nodata": float("nan"),
        "crs": system_for_rasterio(srid),
        "transform": from_origin(raster.west, raster.north, raster.cell_m, raster.cell_m),
    }  # fmt: skip
    try:
        with MemoryFile() as memory:
            with memory.open(**profile) as plain:
                plain.write(raster.heights.astype(np.float32), 1)
            with memory.open() as plain:
                rasterio.shutil.copy(
                    plain, beside, driver="COG", compress="DEFLATE", predictor="YES", overview_resampling="average"
                )
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(folder / f"{name}.tif")
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    finally:
        beside.unlink(missing_ok=True)
    return f"{FOLDER}/{commune_id}/{name}.tif"


def surface_path(surface: TerrainSurface) -> Path:
    """Where a surface's file lies."""
    return Path(settings.MEDIA_ROOT) / surface.path


def read_surface(surface: TerrainSurface, *, bounds_m: Sequence[float] | None = None) -> Raster:
    """Heights of a surface (in its own metric system), whole or the cells that a box touches."""
    with rasterio.open(surface_path(surface), driver="GTiff") as file:
        cell, west, north = file.transform.a, file.transform.c, file.transform.f
        first_column, first_row, last_column, last_row = 0, 0, file.width, file.height
        if bounds_m is not None:
            first_column = max(0, math.floor((bounds_m[0] - west) / cell))
            last_column = min(file.width, math.ceil((bounds_m[2] - west) / cell))
            first_row = max(0, math.floor((north - bounds_m[3]) / cell))
            last_row = min(file.height, math.ceil((north - bounds_m[1]) / cell))
        corner = (west + first_column * cell, north - first_row * cell, cell)
        if first_column >= last_column or first_row >= last_row:
            return Raster(np.empty((0, 0), np.float32), *corner)
        window = Window(first_column, first_row, last_column - first_column, last_row - first_row)
        return Raster(file.read(1, window=window), *corner)
