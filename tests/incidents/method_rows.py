"""A run of a method with one shape, for the addresses that answer about them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from incidents.models import Method, MethodRun, MethodShape
from tests.architecture.address_examples import SECRET
from tests.factories.geo import square


def make_method_run(commune: Any) -> MethodRun:
    """A clustering of one cluster, its shape named SECRET."""
    row = {"number": 1, "n": 40, "km2": 0.1, "per_km2": 400.0, "core_share": 0.5, "window": None}
    result = {"used": 40, "choices": [], "curve": [], "rows": [row], "shapes": []}
    run = MethodRun.objects.create(
        commune=commune, method=Method.CLUSTERS, window_from=dt.date(2025, 1, 1), window_until=dt.date(2025, 12, 31),
        seed=1, code_version="0.1.0", sequence=0, result=json.dumps(result),
    )  # fmt: skip
    MethodShape.objects.create(commune=commune, run=run, number=1, area=square(0, 0, 300), step=1, title=SECRET)
    return run
