"""One text for one value: the form in which results are stored, compared and signed."""

from __future__ import annotations

import datetime
import enum
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.errors import NotCanonicalError

SIGNIFICANT_DIGITS = 12


def canonical_json(value: object) -> str:
    """The canonical JSON text of a value: sorted keys, no spaces, floats of 12 significant digits, UTF-8 as it is.

    Takes mappings with text keys, sequences, numpy arrays and scalars, dates and times (ISO 8601), enumerations
    (their value), numbers, text, booleans and None. Minus zero is written as zero.

    Raises `NotCanonicalError` for NaN, infinities, keys that are not text and values of any other kind.
    """
    return json.dumps(_plain(value, "$"), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any, path: str) -> Any:
    if isinstance(value, enum.Enum):
        return _plain(value.value, path)
    if isinstance(value, np.generic):
        return _plain(value.item(), path)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return _rounded(value, path)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return _plain_collection(value, path)


def _plain_collection(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        return {_text_key(key, path): _plain(entry, f"{path}.{key}") for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist(), path)
    if isinstance(value, (list, tuple)):
        return [_plain(entry, f"{path}[{position}]") for position, entry in enumerate(value)]
    raise NotCanonicalError("{path} is a {kind}, which has no canonical form.", path=path, kind=type(value).__name__)


def _rounded(value: float, path: str) -> float:
    if not math.isfinite(value):
        raise NotCanonicalError("{path} is {value}, which is not a finite number.", path=path, value=value)
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0


def _text_key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise NotCanonicalError("{path} has the key {key}, which is not text.", path=path, key=repr(key))
    return key
