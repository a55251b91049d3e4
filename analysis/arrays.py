"""Names for the arrays that analysis functions take and give."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Numbers = npt.ArrayLike
AnyArray = npt.NDArray[Any]


def flat_floats(values: Numbers) -> FloatArray:
    """A new one-dimensional float64 array of the values; the input is never altered."""
    return np.array(values, dtype=np.float64, copy=True).reshape(-1)
