"""Cells that cameras see, as they are kept: bytes and bits of a window of the commune's lattice, and their picture."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.camera_coverage import CameraCoverage
from analysis.grid import Grid
from analysis.tours import ExpectedCoverage
from analysis.viewshed import cells_polygon
from cameras.models import Viewshed
from geo.crs import geometry_to_storage
from geo.geometry import as_multi

if TYPE_CHECKING:
    from geo.models import Commune

CERTAIN = 255  # the byte of a chance of one
LEAST_CHANCE = 1  # the least byte that is drawn


def cells_of(coverage: CameraCoverage, *, commune: Commune) -> dict[str, Any]:
    """Fields of a stored view."""
    seen = coverage.visible
    return _window(coverage, coverage.classes) | _picture(seen, coverage, commune=commune) | {
        "unknown": zlib.compress(np.packbits(coverage.unknown).tobytes()) if coverage.incomplete else None,
        "edition": coverage.edition,
        "incomplete": coverage.incomplete,
        "model": coverage.model,
    }  # fmt: skip


def cells_of_tour(tour: ExpectedCoverage, *, commune: Commune) -> dict[str, Any]:
    """Fields of a stored tour: the chance of each cell to the nearest 255th."""
    chances = np.rint(tour.probability * CERTAIN).astype(np.uint8)
    seen = tour.coverage
    return _window(seen, chances) | _picture(chances >= LEAST_CHANCE, seen, commune=commune) | {
        "edition": seen.edition,
        "model": seen.model,
    }  # fmt: skip


def classes_of(viewshed: Viewshed) -> np.ndarray[Any, Any]:
    """The bytes of a stored view or tour, (rows, columns), row 0 the south."""
    raw = np.frombuffer(zlib.decompress(bytes(viewshed.classes)), dtype=np.uint8)
    return raw.reshape(viewshed.rows, viewshed.columns)


def coverage_of(viewshed: Viewshed, codes: tuple[str, ...]) -> CameraCoverage:
    """A stored view as the analysis takes it; `codes` are the classes of its rules, ascending."""
    classes = classes_of(viewshed)
    unknown = np.zeros(classes.shape, dtype=np.bool_)
    if viewshed.unknown is not None:
        bits = np.unpackbits(np.frombuffer(zlib.decompress(bytes(viewshed.unknown)), dtype=np.uint8))
        unknown = bits[: classes.size].reshape(classes.shape).astype(np.bool_)
    return CameraCoverage(
        first_row=viewshed.first_row,
        first_column=viewshed.first_column,
        cell_m=viewshed.cell_m,
        classes=classes,
        unknown=unknown,
        codes=codes,
        edition=viewshed.edition,
        model=viewshed.model,
        terrain=viewshed.parameters.get("terrain_rays") or "",
        density=viewshed.parameters.get("density") or "",
        target_height_m=viewshed.parameters["rules"]["target_height_m"],
        eye_m=0.0,
    )


def stored_area(shape: BaseGeometry, commune: Commune) -> Any:
    """An area in degrees; a ring that the conversion pinched is mended, which only ever drops slivers."""
    stored = geometry_to_storage(areas_of(shape), commune=commune)
    if not stored.valid:
        mended = areas_of(shapely.make_valid(shapely.from_wkb(bytes(stored.wkb))))
        stored = type(stored).from_ewkt(f"SRID=4326;{mended.wkt}")
    return as_multi(stored)


def areas_of(shape: BaseGeometry) -> shapely.MultiPolygon:
    """The polygons of a shape."""
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon" and one.area > 0]
    nested = [one for part in shapely.get_parts(shape) if part.geom_type == "MultiPolygon" for one in part.geoms]
    return shapely.MultiPolygon(parts + nested)


def _window(cells: CameraCoverage, values: np.ndarray[Any, Any]) -> dict[str, Any]:
    rows, columns = values.shape
    return {
        "cell_m": cells.cell_m,
        "first_row": cells.first_row,
        "first_column": cells.first_column,
        "rows": rows,
        "columns": columns,
        "classes": zlib.compress(values.tobytes()),
    }


def _picture(seen: np.ndarray[Any, Any], cells: CameraCoverage, *, commune: Commune) -> dict[str, Any]:
    count = int(seen.sum())
    if not count:
        return {"area": None, "area_m2": 0.0}
    rows, columns = seen.shape
    x0, y0 = cells.first_column * cells.cell_m, cells.first_row * cells.cell_m
    shape = cells_polygon(seen, Grid(x0, y0, cells.cell_m, rows, columns, seen))
    return {"area": stored_area(shape, commune), "area_m2": count * cells.cell_m**2}
