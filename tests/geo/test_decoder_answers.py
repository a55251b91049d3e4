"""The parent does not trust the child: an odd answer of the decoder's process is refused."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import shapely

from geo.decoder import ROW_ERROR, ROW_NUMBER
from geo.decoder import layers as layers_module
from geo.decoder.process import FAMILY, GEOMETRY
from geo.errors import RefusedFileError


def batch(**changes: Any) -> list[pa.RecordBatch]:
    nest = pa.list_(pa.list_(pa.list_(pa.list_(pa.float64(), 2))))
    columns = {
        ROW_NUMBER: pa.array([1, 2], pa.int64()),
        ROW_ERROR: pa.array([None, None], pa.string()),
        FAMILY: pa.array([0, 0], pa.int8()),
        GEOMETRY: pa.array([[[[[1.0, 2.0]]]], [[[[3.0, 4.0]]]]], nest),
        **changes,
    }
    return [pa.record_batch(list(columns.values()), names=list(columns))]


def test_a_sound_batch_is_a_layer() -> None:
    layer = layers_module._layer(batch(), {"srid": 4326}, "x.gpkg")
    assert layer.frame.geometry.x.tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    "changes",
    [
        {ROW_NUMBER: pa.array([2, 1], pa.int64())},
        {ROW_NUMBER: pa.array([1, None], pa.int64())},
        {FAMILY: pa.array([0, 0], pa.int64())},
        {"a": pa.array([b"x", b"y"], pa.binary())},
        {"a\n": pa.array([1, 2], pa.int64())},
        {FAMILY: pa.array([2, 2], pa.int8())},
        {GEOMETRY: pa.array([[[None]], [[[[3.0, 4.0]]]]], pa.list_(pa.list_(pa.list_(pa.list_(pa.float64(), 2)))))},
        {GEOMETRY: pa.array(["POINT(1 2)", "x"])},
    ],
)
def test_an_odd_batch_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((RefusedFileError, ValueError, shapely.GEOSException)):
        layers_module._layer(batch(**changes), {"srid": 4326}, "x.gpkg")


def test_infinite_positions_cost_their_row() -> None:
    nest = pa.list_(pa.list_(pa.list_(pa.list_(pa.float64(), 2))))
    spoilt = pa.array([[[[[float("inf"), 2.0]]]], [[[[3.0, 4.0]]]]], nest)
    layer = layers_module._layer(batch(**{GEOMETRY: spoilt}), {"srid": 4326}, "x.gpkg")
    assert layer.frame[ROW_ERROR].notna().tolist() == [True, False]


@pytest.mark.parametrize("srid", ["4326", 4326.0, True, -1, 999_999, 2, "http://x", None])
def test_an_odd_system_counts_as_none(srid: Any) -> None:
    assert layers_module._layer(batch(), {"srid": srid}, "x.gpkg").srid is None
