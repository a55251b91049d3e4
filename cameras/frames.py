"""Rows of this app as frames in the commune's metres: the only door from here to analysis."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from cameras.models import Camera, Viewshed
from geo.frames import frame_of
from geo.models import Commune


def cameras_frame(commune: Commune, *, cameras: Any = None) -> gpd.GeoDataFrame:
    """Cameras (all that hang on a pole, unless a queryset is given): code, kind, optics, status, geometry (points)."""
    rows = Camera.objects.for_commune(commune).not_retired() if cameras is None else cameras
    fields = [
        "code", "kind", "height_m", "azimuth_deg", "field_of_view_deg", "range_m", "monitored_live", "status",
        "version",
    ]  # fmt: skip
    return frame_of(rows, commune=commune, fields=fields, geometry="point")


def viewsheds_frame(commune: Commune, *, live_only: bool = True) -> gpd.GeoDataFrame:
    """Current viewsheds that hold ground: camera code, area_m2, geometry. By default only what counts as coverage."""
    seen = Viewshed.objects.for_commune(commune).current().seeing()
    if live_only:
        seen = seen.counting_as_coverage()
    return frame_of(seen, commune=commune, fields=["camera__code", "area_m2"], geometry="area")
