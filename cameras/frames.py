"""Rows of this app as frames in the commune's metres: the only door from here to analysis."""

from __future__ import annotations

import geopandas as gpd

from access.models import RowVersion
from access.services.history import rows_as_of
from cameras.models import Camera, Viewshed
from geo.frames import frame_of
from geo.models import Commune


def viewsheds_frame(commune: Commune, *, live_only: bool = True, sequence: int | None = None) -> gpd.GeoDataFrame:
    """Viewsheds that are current (or were, at a sequence of kept rows) and hold ground: camera code, area_m2, geometry.
    By default only of cameras that count (or counted) as coverage."""
    seen = Viewshed.objects.for_commune(commune).views().seeing()
    if sequence is not None:
        seen = seen.filter(pk__in=_current_then(commune, sequence, live_only=live_only))
    else:
        seen = seen.current().counting_as_coverage() if live_only else seen.current()
    return frame_of(seen, commune=commune, fields=["camera__code", "area_m2"], geometry="area")


def _current_then(commune: Commune, sequence: int, *, live_only: bool) -> list[int]:
    """Ids of the viewsheds that were current: of cameras that worked and were watched live, if only those are asked."""
    cameras = {one.pk: one.counts_as_coverage for one in rows_as_of(Camera, commune=commune, sequence=sequence)}
    views = RowVersion.objects.for_commune(commune).of_table(Viewshed).as_of(sequence)
    current = views.filter(content__current=True).values_list("row_id", "content__camera_id")
    return [view for view, camera in current if cameras.get(camera, False) or not live_only]
