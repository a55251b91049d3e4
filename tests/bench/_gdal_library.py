"""GDAL's own viewshed, called in the library that pyogrio brings: the peer of camera coverage."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyogrio

FLOAT32, BYTE, READ, WRITE = 6, 1, 0, 1
EDGE, NORMAL = 2, 1
POINTER, INTEGER, REAL, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_double, ctypes.c_char_p


def library() -> ctypes.CDLL:
    """The shared library beside pyogrio, with the signatures that are used here."""
    folder = Path(pyogrio.__file__).resolve().parent.parent / "pyogrio.libs"
    gdal = ctypes.CDLL(str(next(folder.glob("libgdal*"))))
    gdal.GDALAllRegister()
    gdal.GDALGetDriverByName.restype, gdal.GDALGetDriverByName.argtypes = POINTER, [TEXT]
    gdal.GDALCreate.restype = POINTER
    gdal.GDALCreate.argtypes = [POINTER, TEXT, INTEGER, INTEGER, INTEGER, INTEGER, POINTER]
    gdal.GDALGetRasterBand.restype, gdal.GDALGetRasterBand.argtypes = POINTER, [POINTER, INTEGER]
    gdal.GDALSetGeoTransform.argtypes = [POINTER, POINTER]
    gdal.GDALGetGeoTransform.argtypes = [POINTER, POINTER]
    gdal.GDALGetRasterXSize.argtypes = gdal.GDALGetRasterYSize.argtypes = [POINTER]
    gdal.GDALRasterIO.argtypes = [POINTER, *[INTEGER] * 5, POINTER, *[INTEGER] * 5]
    gdal.GDALClose.argtypes = [POINTER]
    gdal.GDALViewshedGenerate.restype = POINTER
    gdal.GDALViewshedGenerate.argtypes = [
        POINTER, TEXT, TEXT, POINTER, *[REAL] * 9, INTEGER, REAL, POINTER, POINTER, INTEGER, POINTER,
    ]  # fmt: skip
    return gdal


class Surface:
    """A surface model in the library's memory: heights (rows, columns) of 1 m, row 0 the south."""

    def __init__(self, heights: np.ndarray, x0: float, y0: float) -> None:
        self.gdal = library()
        rows, columns = heights.shape
        self.x0, self.north = x0, y0 + rows
        driver = self.gdal.GDALGetDriverByName(b"MEM")
        self.dataset = self.gdal.GDALCreate(driver, b"", columns, rows, 1, FLOAT32, None)
        place = (REAL * 6)(x0, 1.0, 0.0, self.north, 0.0, -1.0)
        self.gdal.GDALSetGeoTransform(self.dataset, place)
        self.band = self.gdal.GDALGetRasterBand(self.dataset, 1)
        self.heights = np.ascontiguousarray(heights[::-1], dtype=np.float32)
        self._move(self.band, WRITE, self.heights, FLOAT32)

    def _move(self, band: int, way: int, array: np.ndarray, kind: int) -> None:
        rows, columns = array.shape
        self.gdal.GDALRasterIO(band, way, 0, 0, columns, rows, array.ctypes.data, columns, rows, kind, 0, 0)

    @contextmanager
    def viewshed(self, x: float, y: float, eye_m: float, range_m: float) -> Iterator[int]:
        """The library's answer to an eye at an absolute elevation, target height 0, flat Earth."""
        row, column = int(self.north - y), int(x - self.x0)
        above = eye_m - float(self.heights[row, column])
        told = self.gdal.GDALViewshedGenerate(
            self.band, b"MEM", b"", None, x, y, above, 0.0, 1.0, 0.0, 0.0, -1.0, 0.0, EDGE, range_m, None, None,
            NORMAL, None,
        )  # fmt: skip
        if not told:
            raise RuntimeError("GDALViewshedGenerate gave nothing")
        yield told
        self.gdal.GDALClose(told)

    def visible(self, x: float, y: float, eye_m: float, range_m: float) -> np.ndarray:
        """Cells seen on the whole surface, row 0 the south."""
        whole = np.zeros(self.heights.shape, dtype=bool)
        with self.viewshed(x, y, eye_m, range_m) as told:
            rows, columns = self.gdal.GDALGetRasterYSize(told), self.gdal.GDALGetRasterXSize(told)
            cells = np.zeros((rows, columns), dtype=np.uint8)
            self._move(self.gdal.GDALGetRasterBand(told, 1), READ, cells, BYTE)
            place = (REAL * 6)()
            self.gdal.GDALGetGeoTransform(told, place)
        row, column = round(self.north - place[3]), round(place[0] - self.x0)
        whole[row : row + rows, column : column + columns] = cells == 1
        return whole[::-1]
