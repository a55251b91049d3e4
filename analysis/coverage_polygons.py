"""Coverage as polygons, for maps alone: no figure is computed from them."""

from __future__ import annotations

import numpy as np
import shapely

from analysis.arrays import BoolArray
from analysis.camera_coverage import CameraCoverage

SIMPLIFY_M = 0.75


def class_polygons(coverage: CameraCoverage, *, simplify_m: float = SIMPLIFY_M) -> dict[str, shapely.MultiPolygon]:
    """Per class, the outline of the ground seen in it *or better*, in metres; simplified by less than a cell.

    A class that is nowhere reached has an empty polygon.
    """
    x0, y0 = coverage.first_column * coverage.cell_m, coverage.first_row * coverage.cell_m
    return {
        code: outline(coverage.classes > k, x0=x0, y0=y0, cell_m=coverage.cell_m, simplify_m=simplify_m)
        for k, code in enumerate(coverage.codes)
    }


def outline(cells: BoolArray, *, x0: float, y0: float, cell_m: float, simplify_m: float = 0.0) -> shapely.MultiPolygon:
    """The outline of cells (rows, columns), row 0 the south, whose south-west corner is given.

    Edges between a cell and its missing neighbour are joined to rings; cells that touch at a corner stay apart.
    """
    if not cells.any():
        return shapely.MultiPolygon()
    lines = _edges(np.pad(cells, 1))
    rings = shapely.get_parts(shapely.polygonize(lines.tolist()))
    within = shapely.get_coordinates(shapely.point_on_surface(rings)).astype(np.int64)
    kept = rings[cells[within[:, 1], within[:, 0]]]
    placed = shapely.transform(shapely.multipolygons(kept), lambda corner: corner * cell_m + [x0, y0])
    if simplify_m > 0:
        placed = shapely.make_valid(shapely.simplify(placed, simplify_m, preserve_topology=True))
    parts = [part for part in shapely.get_parts(placed) if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(parts)


def _edges(padded: BoolArray) -> np.ndarray:
    """Straight runs of border, in cells: horizontal ones, then vertical ones, cut at every crossing."""
    changes = padded.astype(np.int8)
    flat, upright = np.diff(changes, axis=0), np.diff(changes, axis=1)
    rows, columns = np.nonzero(flat[:, 1:-1])
    level = np.column_stack([columns, rows, columns + 1, rows])
    rows, columns = np.nonzero(upright[1:-1])
    rising = np.column_stack([columns, rows, columns, rows + 1])
    edges = np.concatenate([level, rising]).astype(np.float64)
    return np.asarray(shapely.linestrings(edges.reshape(-1, 2, 2)))
