"""Coverage as it is stored: bits and classes, row by row from the north, compressed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from analysis.arrays import BoolArray
from analysis.camera_coverage import CameraCoverage
from analysis.errors import ParameterError


class DamagedBitsError(ParameterError):
    """Stored bits that do not make a grid of the size told."""


@dataclass(frozen=True)
class PackedCoverage:
    """One camera's cells for storage. `first_row`, `first_column` number the south-west cell of the lattice.

    `visible_bits` and `unknown_bits` (empty when all ground is known) are one bit a cell, most significant first, rows
    from north to south without padding between them; `class_index` is one byte a cell; all under zlib.
    """

    first_row: int
    first_column: int
    rows: int
    columns: int
    cell_m: float
    visible_bits: bytes
    class_index: bytes
    unknown_bits: bytes
    codes: tuple[str, ...]
    edition: str
    model: str
    terrain: str
    density: str
    target_height_m: float
    eye_m: float
    assumed: tuple[str, ...]


def pack_coverage(coverage: CameraCoverage) -> PackedCoverage:
    """Put a coverage into bytes; about 2 kB for 200 m at 1 m."""
    rows, columns = coverage.classes.shape
    return PackedCoverage(
        first_row=coverage.first_row,
        first_column=coverage.first_column,
        rows=rows,
        columns=columns,
        cell_m=coverage.cell_m,
        visible_bits=pack_bits(coverage.visible),
        class_index=zlib.compress(np.ascontiguousarray(coverage.classes[::-1]).tobytes()),
        unknown_bits=pack_bits(coverage.unknown) if coverage.incomplete else b"",
        codes=coverage.codes,
        edition=coverage.edition,
        model=coverage.model,
        terrain=coverage.terrain,
        density=coverage.density,
        target_height_m=coverage.target_height_m,
        eye_m=coverage.eye_m,
        assumed=coverage.assumed,
    )


def unpack_coverage(packed: PackedCoverage) -> CameraCoverage:
    """Take a coverage out of bytes. Raises `DamagedBitsError`."""
    shape = packed.rows, packed.columns
    cells = _inflated(packed.class_index, packed.rows * packed.columns)
    classes = np.frombuffer(cells, dtype=np.uint8).reshape(shape)[::-1].copy()
    nothing = np.zeros(shape, dtype=np.bool_)
    return CameraCoverage(
        first_row=packed.first_row,
        first_column=packed.first_column,
        cell_m=packed.cell_m,
        classes=classes,
        unknown=unpack_bits(packed.unknown_bits, shape) if packed.unknown_bits else nothing,
        codes=tuple(packed.codes),
        edition=packed.edition,
        model=packed.model,
        terrain=packed.terrain,
        density=packed.density,
        target_height_m=packed.target_height_m,
        eye_m=packed.eye_m,
        assumed=tuple(packed.assumed),
    )


def pack_bits(cells: BoolArray) -> bytes:
    """One bit a cell, rows from north to south, most significant bit first, under zlib."""
    return zlib.compress(np.packbits(cells[::-1].ravel()).tobytes())


def unpack_bits(bits: bytes, shape: tuple[int, int]) -> BoolArray:
    """The cells of `pack_bits`, row 0 the south. Raises `DamagedBitsError`."""
    count = shape[0] * shape[1]
    raw = np.frombuffer(_inflated(bits, (count + 7) // 8), dtype=np.uint8)
    return np.unpackbits(raw, count=count).astype(np.bool_).reshape(shape)[::-1].copy()


def _inflated(packed: bytes, size: int) -> bytes:
    """At most as many bytes as a grid of that size has: a damaged row cannot fill the memory."""
    unzip = zlib.decompressobj()
    try:
        told = unzip.decompress(packed, size + 1)
    except zlib.error as error:
        raise DamagedBitsError("The stored coverage cannot be read: compute it again.") from error
    if len(told) != size:
        raise DamagedBitsError("The stored coverage cannot be read: compute it again.")
    return told
