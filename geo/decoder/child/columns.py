"""Rows of a library's table in the one shape that leaves the child: number, fault, geometry, columns of plain types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import shapes
from .refusal import Refusal


def wanted_columns(fields: list[str], instruction: dict[str, Any]) -> list[str]:
    """The columns that were asked for, or all. Raises Refusal where one is not there."""
    asked: list[str] | None = instruction["columns"]
    if asked is None:
        return fields
    missing = [name for name in asked if name not in fields]
    if missing:
        raise Refusal("column_missing", column=missing[0][:100], header=", ".join(fields)[:500])
    return with_others(asked, fields, instruction["also"])


def with_others(asked: list[str], fields: Iterable[str], also: list[str]) -> list[str]:
    """The columns that were asked for, and those that are welcome where the layer has them."""
    return [*asked, *[name for name in fields if name.strip().lower() in also and name not in asked]]


def layer_batch(
    batch: pa.RecordBatch,
    geometry: np.ndarray,
    errors: list[str | None],
    numbers: Sequence[int] | np.ndarray,
    columns: list[str],
    instruction: dict[str, Any],
) -> pa.RecordBatch:
    """One batch of a layer; rows whose shape is missing say so."""
    for index in np.flatnonzero([one is None for one in geometry]):
        errors[index] = errors[index] or "no_geometry"
    families, nested = shapes.encode(geometry, errors)
    arrays = {
        instruction["row_number"]: pa.array(numbers, pa.int64()),
        instruction["row_error"]: pa.array(errors, pa.string()),
        instruction["family"]: families,
        instruction["geometry"]: nested,
    }
    for name in columns:
        column = plain_column(batch.column(name))
        if column is not None:
            arrays[name] = column
    return pa.record_batch(list(arrays.values()), names=list(arrays))


def plain_column(column: pa.Array) -> pa.Array | None:
    """The column as whole number, decimal number, truth or text; binary contents stay behind."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_boolean(kind):
        return column
    if pa.types.is_integer(kind):
        return pc.cast(column, pa.int64())
    if pa.types.is_floating(kind):
        return pc.cast(column, pa.float64())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_nested(kind):
        return None
    return pc.cast(column, pa.string())
