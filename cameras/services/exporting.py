"""Coverage and gaps as a file for a person who may see them; who took it and what for is written down."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Membership
from access.permissions import allows
from access.services.audit import record_export
from analysis.coverage_polygons import class_polygons
from analysis.progress import Report, silent
from cameras.models import CoverageFile
from cameras.services.class_words import class_words
from cameras.services.gaps import gap_list, latest_hotspots
from cameras.services.ground import read_ground
from cameras.services.rules import coverage_rules
from cameras.services.shares import Views, counting_views, segment_shares
from geo.crs import CHILEAN_SRIDS, crs_of, to_srid
from geo.errors import RefusedError
from geo.writers import ExportField, export_file_name, write_geopackage, write_shapefile_zip

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

FOLDER = "coverage"
LAYER = "cobertura"
FORMATS = {"shp": "zip", "gpkg": "gpkg"}
PERMISSION = "cameras.view_coverage"
FIELDS = (
    ExportField("tipo", "tipo", gettext_lazy("coverage or gap"), "text"),
    ExportField("clase", "clase", gettext_lazy("quality class, this one or better"), "text"),
    ExportField("px_m", "px_m", gettext_lazy("pixels per metre of the class"), "decimal"),
    ExportField("orden", "orden", gettext_lazy("place of the gap, the most harm first"), "integer"),
    ExportField("foco", "foco", gettext_lazy("rank of the hot spot"), "integer"),
    ExportField("dano_dias", "dano_dias", gettext_lazy("harm that nobody sees (days of penalty)"), "decimal"),
    ExportField("area_m2", "area_m2", gettext_lazy("area (m²)"), "decimal"),
)

STREETS = "calles"


def export_coverage(
    *, commune: Commune, file_format: str, srid: int, exported_by: User, reason: str, report: Report = silent
) -> CoverageFile:
    """Write what live-monitored cameras see, class by class, and the gaps of the newest hot spots.

    The file is complete before its row and its log entry are written together. Raises PermissionDenied, RefusedError.
    """
    role = Membership.objects.filter(commune=commune, user=exported_by).values_list("role", flat=True).first()
    if not allows(role, PERMISSION):
        raise PermissionDenied
    if file_format not in FORMATS:
        raise RefusedError(_("Choose shapefile or GeoPackage."))
    if srid not in CHILEAN_SRIDS:
        raise RefusedError(_("EPSG:%(srid)s is not in the list of Chilean reference systems.") % {"srid": srid})
    report(_("reading coverage and gaps"), 0, 2)
    frame = coverage_frame(commune)
    if frame.empty:
        raise RefusedError(_("No camera sees any public ground yet: compute the coverage first."))
    report(_("writing the file"), 1, 2)
    path = _write(to_srid(frame, srid=srid), commune=commune, srid=srid, file_format=file_format)
    exported = _record(path, commune, exported_by, {
        "role": role, "format": file_format, "srid": srid, "rows": len(frame), "reason": reason,
    })  # fmt: skip
    report(_("writing the file"), 2, 2)
    return exported


def coverage_frame(commune: Commune) -> gpd.GeoDataFrame:
    """One row for each quality class (this one or better) and one for each gap, in the commune's metres."""
    rules = coverage_rules(commune)
    views = counting_views(commune)
    hotspots = latest_hotspots(commune)
    rows = _classes(views)
    if hotspots is not None:
        ground = read_ground(commune, building_height_m=rules.building_height_m)
        rows += [
            {"tipo": "brecha", "orden": one.rank, "foco": one.cluster, "dano_dias": one.harm, "area_m2": one.area_m2,
             "geometry": one.geometry}
            for one in gap_list(hotspots, views=views, ground=ground).itertuples()
        ]  # fmt: skip
    columns = [field.name for field in FIELDS]
    frame = pd.DataFrame(rows, columns=[*columns, "geometry"])
    for name in ("orden", "foco"):
        frame[name] = frame[name].astype("Int64")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs_of(commune.metric_srid))


def _classes(views: Views) -> list[dict[str, Any]]:
    pictures: dict[str, list[shapely.MultiPolygon]] = {code: [] for code in views.codes}
    for coverage in views.coverages:
        for code, shape in class_polygons(coverage, simplify_m=0.0).items():
            if not shape.is_empty:
                pictures[code].append(shape)
    joined = {code: shapely.union_all(shapes) for code, shapes in pictures.items() if shapes}
    return [
        {"tipo": "cobertura", "clase": class_words(code), "px_m": None, "area_m2": shape.area, "geometry": shape}
        for code, shape in joined.items()
    ]


def _write(frame: gpd.GeoDataFrame, *, commune: Commune, srid: int, file_format: str) -> Path:
    day = timezone.localdate()
    name = export_file_name(commune=commune.name, layer=LAYER, on=day, srid=srid, extension=FORMATS[file_format])
    folder = Path(settings.MEDIA_ROOT) / FOLDER / str(commune.pk) / uuid.uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="export-", dir=folder.parent) as workshop:
        unfinished = Path(workshop) / name
        if file_format == "gpkg":
            write_geopackage(frame, unfinished, layer=LAYER, fields=FIELDS)
            streets = _streets(commune)
            if len(streets):
                layer = {"layer": STREETS, "driver": "GPKG", "geometry_type": "LineString", "use_arrow": True}
                pyogrio.write_dataframe(to_srid(streets, srid=srid), unfinished, **layer)
        else:
            write_shapefile_zip(frame, unfinished, name=LAYER, fields=FIELDS, readme_lines=_readme(commune))
        unfinished.rename(folder / name)
    return folder / name


def _streets(commune: Commune) -> gpd.GeoDataFrame:
    segments = segment_shares(commune, views=counting_views(commune))
    told = {"name": "nombre", "length_m": "largo_m", "seen_m": "visto_m"}
    return segments.rename(columns=told).assign(visto_pct=100 * segments["share"]).drop(columns="share")


def _readme(commune: Commune) -> list[str]:
    rules = coverage_rules(commune)
    lines = [
        _("COVERAGE OF CAMERAS AND GAPS OF %(commune)s") % {"commune": commune.name.upper()},
        _("RESERVED: it shows where nobody looks. Do not pass it on."),
        _("Live-monitored cameras that work; quality classes of %(edition)s, each holds the better ones.")
        % {"edition": rules.get_edition_display()},
    ]
    lines.append(_("Street segments stand in the GeoPackage alone."))
    return [*lines, _("SIMULATED DATA: this commune does not exist.")] if commune.simulated else lines


@transaction.atomic
def _record(path: Path, commune: Commune, user: User, told: dict[str, Any]) -> CoverageFile:
    log = record_export(
        commune=commune, user=user, role=told["role"], layer=LAYER, file_format=told["format"], srid=told["srid"],
        rows=told["rows"], path=path, parameters={"rules": coverage_rules(commune).version}, reason=told["reason"],
    )  # fmt: skip
    exported: CoverageFile = CoverageFile.objects.create(
        commune=commune,
        log=log,
        stored_as=path.relative_to(settings.MEDIA_ROOT).as_posix(),
        file_name=path.name,
        file_format=told["format"],
        rows=told["rows"],
    )
    return exported
