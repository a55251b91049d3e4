"""Rows of this app as frames in the commune's metres: the only door from here to analysis."""

from __future__ import annotations

import geopandas as gpd

from cameras.models import Viewshed
from geo.frames import frame_of
from geo.models import Commune


def viewsheds_frame(commune: Commune, *, live_only: bool = True) -> gpd.GeoDataFrame:
    """Current viewsheds that hold ground: camera code, area_m2, geometry. By default only what counts as coverage."""
    seen = Viewshed.objects.for_commune(commune).current().seeing()
    if live_only:
        seen = seen.counting_as_coverage()
    return frame_of(seen, commune=commune, fields=["camera__code", "area_m2"], geometry="area")
