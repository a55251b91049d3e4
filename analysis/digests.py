"""Short texts that tell whether two frames or shapes are the same, bit by bit."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

DIGITS = 16


def frame_digest(frame: gpd.GeoDataFrame) -> str:
    """Digest of a frame's rows, columns and shapes (16 hexadecimal digits); neither their order nor the index counts.

    Source: SHA-256 over the sorted row hashes of pandas (SipHash with a fixed key).
    """
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    table = table[sorted(table.columns)].assign(shape_=shapely.to_wkb(np.asarray(frame.geometry)))
    rows = np.sort(pd.util.hash_pandas_object(table, index=False).to_numpy())
    return hashlib.sha256(",".join(table.columns).encode() + rows.tobytes()).hexdigest()[:DIGITS]


def shape_digest(shape: BaseGeometry) -> str:
    """Digest of a shape in its normal form (16 hexadecimal digits)."""
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(shape))).hexdigest()[:DIGITS]
