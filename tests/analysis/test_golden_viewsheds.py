"""Eight viewsheds of real surfaces that three independent programs computed: DSM mode must agree with them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from django.conf import settings

from analysis.relief import Relief, checked_heights
from analysis.surface_view import visible_surface

pytestmark = pytest.mark.real_data

RASTERS = {"bilbao_dsm": "dsm_absoluto_2m5.tif", "goteborg_dsm": "dsm_1m.tif",
           "colorado_dem_geografico": "dem_utm13n_10m.tif"}  # fmt: skip
OBSERVERS = [
    ("bilbao_dsm", "calle_densa"), ("bilbao_dsm", "plaza"), ("bilbao_dsm", "cerro"),
    ("goteborg_dsm", "patio"), ("goteborg_dsm", "parque"), ("goteborg_dsm", "techo"),
    ("colorado_dem_geografico", "cumbre"), ("colorado_dem_geografico", "valle"),
]  # fmt: skip
GDAL, GRASS, EXHAUSTIVE, OUTSIDE = 1, 2, 4, 255


def golden(place: str, observer: str) -> tuple[np.ndarray, np.ndarray]:
    """Our visible cells and the reference bytes, inside the search circle."""
    folder = Path(settings.ATALAYA_DATA) / "geo" / place
    if not folder.is_dir():
        pytest.skip(f"ATALAYA_DATA has no folder geo/{place}")
    asked = json.loads((folder / "cuencas_referencia" / "cuencas.json").read_text())
    told = asked[observer]
    with rasterio.open(folder / RASTERS[place]) as file:
        heights = checked_heights(file.read(1), nodata=file.nodata).heights_m
        step_x, step_y = file.transform.a, -file.transform.e
        relief = Relief(file.bounds.left, file.bounds.bottom, step_x, step_y, np.ascontiguousarray(heights[::-1]))
        whole = file.transform
    curved = told.get("curvature_coef")
    seen = visible_surface(
        relief, x=told["x"], y=told["y"], eye_m=told["observer_height"], target_height_m=told["target_height"],
        range_m=told["max_distance"] * 1.05, refraction=1 - curved if curved else None,
    ).visible[::-1]  # fmt: skip
    with rasterio.open(folder / "cuencas_referencia" / f"cuenca_{observer}.tif") as file:
        reference = file.read(1)
        column, row = (~whole) @ (file.transform.c, file.transform.f)
    window = seen[round(row) : round(row) + reference.shape[0], round(column) : round(column) + reference.shape[1]]
    inside = reference != OUTSIDE
    return window[inside], reference[inside]


def golden_figures(place: str, observer: str) -> dict[str, float]:
    """Recall, false alarms and overlap with each program."""
    ours, reference = golden(place, observer)
    return {
        "recall": float(ours[reference == GDAL + GRASS + EXHAUSTIVE].mean()),
        "false_alarms": float(ours[reference == 0].mean()),
        "exhaustive": overlap(ours, (reference & EXHAUSTIVE) > 0),
        "grass": overlap(ours, (reference & GRASS) > 0),
        "gdal": overlap(ours, (reference & GDAL) > 0),
    }


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize(("place", "observer"), OBSERVERS)
def test_a_real_surface_is_seen_as_three_programs_see_it(place, observer):
    told = golden_figures(place, observer)
    assert told["recall"] >= 0.99
    assert told["false_alarms"] <= 0.002
    assert told["exhaustive"] >= 0.97
    assert told["grass"] >= 0.96
