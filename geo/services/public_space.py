"""Public space where nobody gives it: what blocks, buildings and water leave of the commune."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _

from analysis.progress import Report, silent
from geo.crs import geometry_to_storage
from geo.errors import RefusedError
from geo.frames import buildings_frame, study_area, units_frame
from geo.models import Commune, PublicSpace, UnitKind

NARROWEST_M = 1.0  # gaps between two drawings of one wall are no street
PIECE_VERTICES = 256


def derive_public_space(*, commune: Commune, report: Report = silent) -> int:
    """Replace the commune's derived public space; returns the number of pieces it is stored in.

    It is the commune minus water, wetland and forest, minus census blocks, minus building footprints. Given public
    space is not touched. The pieces are cut by the database so that no question has to carry the whole shape.
    """
    blocks = units_frame(commune, kind=UnitKind.MANZANA)
    buildings = buildings_frame(commune)
    if blocks.empty and buildings.empty:
        raise RefusedError(_("Load census blocks or buildings first: public space is what they leave."))
    report(_("joining blocks and buildings"), 0, 3)
    taken = shapely.union_all(
        [shapely.union_all(blocks.geometry.to_numpy()), shapely.union_all(_outside(buildings, blocks))]
    )
    report(_("taking them off the commune"), 1, 3)
    left = shapely.difference(study_area(commune), taken)
    opened = shapely.buffer(
        shapely.buffer(left, -NARROWEST_M / 2, join_style="mitre"), NARROWEST_M / 2, join_style="mitre"
    )
    space = shapely.intersection(opened, left)
    report(_("writing"), 2, 3)
    with transaction.atomic():
        PublicSpace.objects.for_commune(commune).filter(source=PublicSpace.Source.DERIVED).delete()
        pieces = _store(commune, space)
    report(_("done"), 3, 3)
    return pieces


def _outside(buildings: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Footprints that reach out of the blocks. The others add nothing to them, and joining them all takes minutes."""
    footprints = buildings.geometry.to_numpy()
    covered = shapely.STRtree(blocks.geometry.to_numpy()).query(footprints, predicate="covered_by")[0]
    alone = np.ones(len(footprints), dtype=bool)
    alone[covered] = False
    return np.asarray(footprints[alone])


def _store(commune: Commune, space: shapely.Geometry) -> int:
    if space.is_empty:
        return 0
    stored = geometry_to_storage(space, commune=commune)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO geo_publicspace (commune_id, source, area) "
            "SELECT %s, 'derived', ST_Multi(piece) FROM (SELECT ST_Subdivide(ST_CollectionExtract(ST_MakeValid("
            "ST_GeomFromWKB(%s, 4326)), 3), %s) AS piece) pieces WHERE ST_Area(piece) > 0 AND ST_IsValid(piece) "
            "ON CONFLICT DO NOTHING",
            [commune.pk, bytes(stored.wkb), PIECE_VERTICES],
        )
        return int(cursor.rowcount)
