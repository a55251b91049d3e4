"""G9–G15: terrain."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine, from_origin

from geo.crs import crs_of
from tests.corpus import case, read, refused

TERRAIN = "terrain"
WEST, NORTH = 649_000.0, 5_592_000.0
SYSTEM = crs_of(32718).to_wkt()


def _tif(folder: Path, heights: np.ndarray | None = None, **profile: Any) -> Path:
    told = np.tile(np.arange(80, dtype=np.float32), (60, 1)) if heights is None else heights
    path = folder / "terreno.tif"
    settings: dict[str, Any] = {
        "driver": "GTiff", "dtype": told.dtype, "count": 1, "width": told.shape[1], "height": told.shape[0],
        "transform": from_origin(WEST, NORTH, 10, 10), "crs": SYSTEM, **profile,
    }  # fmt: skip
    with rasterio.open(path, "w", **{name: value for name, value in settings.items() if value is not None}) as raster:
        raster.write(told, 1)
    return path


def _bytes(folder: Path, content: bytes) -> Path:
    (folder / "terreno.tif").write_bytes(content)
    return folder / "terreno.tif"


def _with(heights: float) -> np.ndarray:
    told = np.tile(np.arange(80, dtype=np.float32), (60, 1))
    told[:20] = heights
    return told


@case("G9", TERRAIN, refused("broken_geotiff"))
def virtual_raster(folder: Path, _rng: random.Random) -> Path:
    return _bytes(
        folder,
        b"<VRTDataset rasterXSize='2' rasterYSize='2'><VRTRasterBand dataType='Byte' band='1' "
        b"subClass='VRTRawRasterBand'><SourceFilename>/etc/passwd</SourceFilename></VRTRasterBand></VRTDataset>",
    )


@case("G9", TERRAIN, refused("broken_geotiff"))
def web_map(folder: Path, _rng: random.Random) -> Path:
    return _bytes(
        folder, b"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:{port}/</ServerUrl></Service></GDAL_WMS>"
    )


@case("G10", TERRAIN, refused("too_many_pixels"))
def sparse_continent(folder: Path, _rng: random.Random) -> Path:
    path = folder / "terreno.tif"
    profile: dict[str, Any] = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": 400_000, "height": 400_000}
    with rasterio.open(
        path, "w", **profile, tiled=True, sparse_ok="TRUE", BIGTIFF="YES", blockxsize=16_384, blockysize=16_384
    ):
        pass
    return path


@case("G11", TERRAIN, refused("bands"))
def many_bands(folder: Path, _rng: random.Random) -> Path:
    path = folder / "terreno.tif"
    profile: dict[str, Any] = {"driver": "GTiff", "dtype": "uint8", "count": 2_000, "width": 1, "height": 1}
    with rasterio.open(path, "w", **profile, interleave="pixel") as raster:
        raster.write(np.zeros((2_000, 1, 1), np.uint8))
    return path


@case("G11", TERRAIN, refused("broken_geotiff", "no_place"))
def loop_of_directories(folder: Path, _rng: random.Random) -> Path:
    tags = [(256, 3, 1, 2), (257, 3, 1, 2), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 4)]
    body = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 8)
    return _bytes(folder, b"II*\0" + struct.pack("<I", 8) + body)


@case("G11", TERRAIN, refused("broken_geotiff"))
def cells_beyond_the_file(folder: Path, _rng: random.Random) -> Path:
    path = _tif(folder)
    path.write_bytes(path.read_bytes()[:2_000])
    return path


@case("G12", TERRAIN, refused("which_srid"))
def without_system(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, crs=None)


@case("G12", TERRAIN, refused("rotated"))
def rotated(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, transform=Affine(10, 2, WEST, 2, -10, NORTH))


@case("G12", TERRAIN, refused("outside", message="4326"))
def degrees_called_metres(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, transform=from_origin(-73.25, -39.80, 0.0001, 0.0001))


@case("G12", TERRAIN, read(notes=("pies",)))
def feet(folder: Path, _rng: random.Random) -> Path:
    path = _tif(folder)
    with rasterio.open(path, "r+") as raster:
        raster.units = ("ft",)
    return path


@case("G12", TERRAIN, refused("outside"))
def swapped_axes(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, crs=crs_of(4326).to_wkt(), transform=from_origin(-39.82, -73.24, 0.0001, 0.0001))


@case("G13", TERRAIN, refused("no_heights"))
def nothing_at_all(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, np.full((60, 80), np.nan, np.float32))


@case("G13", TERRAIN, refused("which_nodata"))
def lowest_number(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, _with(-3.4028235e38))


@case("G13", TERRAIN, refused("which_nodata"))
def greatest_short(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, _with(32767))


@case("G13", TERRAIN, read(notes=("infinit",)))
def below_everything(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder, _with(-np.inf))


@case("G14", TERRAIN, read())
def sidecars(folder: Path, _rng: random.Random) -> Path:
    path = _tif(folder)
    virtual = b"<VRTDataset><SRS>EPSG:32719</SRS></VRTDataset>"
    for suffix in (".aux.xml", ".ovr", ".msk"):
        (folder / f"terreno.tif{suffix}").write_bytes(virtual)
    return path


@case("G15", TERRAIN, read(notes=("Cubre", "no se conoce")))
def part_of_the_commune(folder: Path, _rng: random.Random) -> Path:
    return _tif(folder)
