"""Geometry on its way out: nested lists of numbers, so that the parent never parses what a user's file says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

MOST_VERTICES = 100_000
MOST_HOLES = 500
COORDINATES = pa.list_(pa.float64(), 2)
NEST = pa.list_(pa.list_(pa.list_(COORDINATES)))  # shape > part > ring > position
POINT, LINE, AREA, NONE = 0, 1, 2, -1
MULTIPOINT = 4  # office programs write single points as collections of one
FAMILY = {0: POINT, 1: LINE, 5: LINE, 3: AREA, 6: AREA}  # shapely's type number -> family


def encode(shapes: np.ndarray, errors: list[str | None]) -> tuple[pa.Array, pa.Array]:
    """Family (int8) and nested coordinates of each shape; `errors` gets a reason for those that cannot travel."""
    lone = (shapely.get_type_id(shapes) == MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(lone, shapely.get_geometry(shapes, 0), shapes)
    kinds = shapely.get_type_id(shapes)
    families = np.array([FAMILY.get(int(kind), NONE) for kind in kinds], dtype=np.int8)
    counts = shapely.get_num_coordinates(shapes)
    empty = shapely.is_empty(shapes)
    holes = _most_holes(shapes, families)
    for index in np.flatnonzero((families == NONE) | (counts > MOST_VERTICES) | empty | (holes > MOST_HOLES)):
        families[index] = NONE
        if errors[index] is None:
            told = _reason(int(kinds[index]), int(counts[index]), bool(empty[index]))
            errors[index] = f"holes:{holes[index]}" if holes[index] > MOST_HOLES else told
    nested = _nest(shapely.force_2d(shapes), families)
    return pa.array(families, pa.int8()), nested


def _most_holes(shapes: np.ndarray, families: np.ndarray) -> np.ndarray:
    """Holes of the part of each area that has most of them."""
    most = np.zeros(len(shapes), dtype=np.int64)
    areas = np.flatnonzero(families == AREA)
    parts, owners = shapely.get_parts(shapes[areas], return_index=True)
    np.maximum.at(most, areas[owners], shapely.get_num_interior_rings(parts))
    return most


def _reason(kind: int, vertices: int, is_empty: bool) -> str:
    if kind < 0:
        return "no_geometry"
    if is_empty:
        return "empty_geometry"
    return f"vertices:{vertices}" if vertices > MOST_VERTICES else "kind"


def _nest(shapes: np.ndarray, families: np.ndarray) -> pa.Array:
    """Lists of lists of lists of positions, in the order of the shapes; none for those without a family."""
    pieces = [_nest_family(shapes[families == family], family) for family in (POINT, LINE, AREA)]
    positions = np.concatenate([np.flatnonzero(families == family) for family in (POINT, LINE, AREA)])
    order = np.full(len(shapes), -1, dtype=np.int64)
    order[positions] = np.arange(positions.size)
    together = pa.concat_arrays(pieces)
    return together.take(pa.array(order, mask=order < 0))


def _nest_family(shapes: np.ndarray, family: int) -> pa.Array:
    if not len(shapes):
        return pa.array([], NEST)
    coordinates = shapely.get_coordinates(shapes)
    flat = pa.FixedSizeListArray.from_arrays(pa.array(coordinates.ravel()), type=COORDINATES)
    count = len(shapes)
    if family == POINT:
        ones = np.arange(count + 1, dtype=np.int32)
        rings, parts, whole = ones, ones, ones
    elif family == LINE:
        _kind, _xy, offsets = shapely.to_ragged_array(_as_many(shapes, shapely.multilinestrings, 1))
        rings, parts, whole = offsets[0], offsets[1], np.arange(count + 1, dtype=np.int32)
    else:
        _kind, _xy, offsets = shapely.to_ragged_array(_as_many(shapes, shapely.multipolygons, 3))
        rings, parts, whole = offsets
    ring_lists = pa.ListArray.from_arrays(pa.array(rings, pa.int32()), flat)
    part_lists = pa.ListArray.from_arrays(pa.array(parts, pa.int32()), ring_lists)
    return pa.ListArray.from_arrays(pa.array(whole, pa.int32()), part_lists)


def _as_many(shapes: np.ndarray, collect: Any, single_kind: int) -> np.ndarray:
    """Every shape as a collection, so that one layout serves all."""
    many = shapes.copy()
    single = shapely.get_type_id(shapes) == single_kind
    if single.any():
        many[single] = collect(shapes[single], indices=np.arange(int(single.sum())))
    return many
