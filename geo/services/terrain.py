"""Terrain: a raster in any system becomes a surface in the commune's metres."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.contrib.gis.geos import Polygon
from django.db import transaction
from django.utils.translation import gettext as _
from rasterio.features import geometry_mask
from rasterio.transform import from_origin
from rasterio.warp import Resampling, calculate_default_transform, reproject

from analysis.progress import Report, silent
from geo.crs import CHILEAN_SRIDS, bounds_to_storage, geometry_to_metric, suggest_srid, title_of
from geo.decoder.rasters import DecodedRaster, decode_raster
from geo.errors import ConflictError, RefusedFileError
from geo.models import Commune, TerrainSurface
from geo.rasters import Raster, surface_path, system_for_rasterio, write_cog

LOWEST_M, HIGHEST_M = -500.0, 7000.0
SQUARE_WITHIN = 1e-6
WHOLE_COVER = 0.95
ZERO_SHARE = 0.3  # real ground near the sea has cells at exactly 0; heights above ground have most of theirs there
FINEST_M, COARSEST_M = 0.2, 1000.0


@dataclass(frozen=True)
class SurfaceImport:
    """A surface and what people should know about it; `repeated` when the same file was there already."""

    surface: TerrainSurface
    notes: list[str] = field(default_factory=list)
    repeated: bool = False


def add_surface(  # noqa: PLR0913 - a surface is told by all of these
    *,
    commune: Commune,
    path: Path | str,
    file_name: str,
    name: str,
    kind: str,
    source: str,
    srid: int | None = None,
    nodata: float | None = None,
    report: Report = silent,
) -> SurfaceImport:
    """Read a one-band GeoTIFF of heights in metres and keep it as a cloud-optimised GeoTIFF in the commune's system.

    Parameters: `kind` is dtm (bare terrain) or dsm (with what stands on it); `srid` answers for files that declare no
    system; `nodata` is the height that means "nothing known" where the file does not say. Raises RefusedFileError (also
    as a question, in `error.extra["code"]`), ConflictError where the name stands for another file.
    """
    path = Path(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    present = TerrainSurface.objects.for_commune(commune).filter(name=name).first()
    if present is not None:
        if present.sha256 == digest and present.kind == kind:
            return SurfaceImport(present, repeated=True)
        raise ConflictError(_("There is a surface called “%(name)s” already.") % {"name": name})
    report(_("reading"), 0, 3)
    decoded = decode_raster(path, file_name=file_name)
    declared = _declared(decoded, srid, commune, file_name)
    heights = _known_heights(decoded, nodata, file_name)
    report(_("placing"), 1, 3)
    raster = to_metric_grid(heights, decoded, declared, commune)
    covered = covered_ratio(raster, commune)
    if covered == 0:
        raise _outside(decoded, declared, commune, file_name)
    report(_("writing"), 2, 3)
    surface = _store(raster, commune, name=name, kind=kind, source=source, sha256=digest, covered=covered)
    report(_("done"), 3, 3)
    return SurfaceImport(surface, _notes(decoded, heights, covered, commune))


def _declared(decoded: DecodedRaster, srid: int | None, commune: Commune, file_name: str) -> int:
    declared = srid or decoded.srid
    if declared is None:
        raise RefusedFileError(
            _("%(file)s does not say which reference system its coordinates are in. Which one is it?")
            % {"file": file_name},
            code="which_srid",
            suggested=suggest_srid(decoded.bounds, commune=commune, declared=None),
            choices=dict(CHILEAN_SRIDS),
        )
    return declared


def _known_heights(decoded: DecodedRaster, nodata: float | None, file_name: str) -> np.ndarray:
    """Heights with unknown cells as not-a-number. Raises RefusedFileError where they are no heights of this Earth."""
    heights = decoded.heights
    if nodata is not None:
        heights = np.where(heights == np.float32(nodata), np.float32(np.nan), heights)
    heights = np.where(np.isinf(heights), np.float32(np.nan), heights)
    if np.isnan(heights).all():
        raise RefusedFileError(_("%(file)s holds no height at all.") % {"file": file_name}, code="no_heights")
    lowest, highest = float(np.nanmin(heights)), float(np.nanmax(heights))
    if lowest < LOWEST_M or highest > HIGHEST_M:
        raise RefusedFileError(
            _("%(file)s: heights go from %(lowest).6g to %(highest).6g m. Which value means that nothing is known?")
            % {"file": file_name, "lowest": lowest, "highest": highest},
            code="which_nodata",
        )
    return heights


def to_metric_grid(heights: np.ndarray, decoded: DecodedRaster, srid: int, commune: Commune) -> Raster:
    """The heights on square cells of the commune's metric system; untouched where they lie so already."""
    rows, columns = heights.shape
    is_square = abs(decoded.cell_x / decoded.cell_y - 1) < SQUARE_WITHIN
    if srid == commune.metric_srid and is_square:
        return Raster(heights, decoded.west, decoded.north, decoded.cell_x)
    source, target = system_for_rasterio(srid), system_for_rasterio(commune.metric_srid)
    placed = from_origin(decoded.west, decoded.north, decoded.cell_x, decoded.cell_y)
    transform, width, height = calculate_default_transform(source, target, columns, rows, *decoded.bounds)
    cell = max(FINEST_M, min(COARSEST_M, float(transform.a)))
    transform = from_origin(transform.c, transform.f, cell, cell)
    moved = np.full((height, width), np.nan, dtype=np.float32)
    reproject(
        heights, moved, src_transform=placed, src_crs=source, src_nodata=np.nan,
        dst_transform=transform, dst_crs=target, dst_nodata=np.nan, resampling=Resampling.bilinear,
    )  # fmt: skip
    return Raster(moved, transform.c, transform.f, cell)


def covered_ratio(raster: Raster, commune: Commune) -> float:
    """Share (0 to 1) of the commune's ground whose height is known."""
    boundary = geometry_to_metric(commune.boundary, commune=commune)
    transform = from_origin(raster.west, raster.north, raster.cell_m, raster.cell_m)
    inside = geometry_mask([boundary], out_shape=raster.heights.shape, transform=transform, invert=True)
    known = int((inside & ~np.isnan(raster.heights)).sum()) * raster.cell_m**2
    return float(min(1.0, known / boundary.area))


def _outside(decoded: DecodedRaster, declared: int, commune: Commune, file_name: str) -> RefusedFileError:
    hint = suggest_srid(decoded.bounds, commune=commune, declared=declared)
    told = _("%(file)s lies outside %(commune)s in its system, %(system)s.") % {
        "file": file_name,
        "commune": commune.name,
        "system": f"{title_of(declared)} (EPSG:{declared})",
    }
    if hint:
        system = f"{title_of(hint)} (EPSG:{hint})"
        told += " " + _("As %(system)s it would lie inside: if so, say it and import again.") % {"system": system}
    return RefusedFileError(told, code="outside", suggested=hint)


def _notes(decoded: DecodedRaster, heights: np.ndarray, covered: float, commune: Commune) -> list[str]:
    notes = []
    if covered < WHOLE_COVER:
        notes.append(
            _("It covers %(percent).1f %% of %(commune)s. Nothing is taken as seen where the ground is not known.")
            % {"percent": 100 * covered, "commune": commune.name}
        )
    infinite = int(np.isinf(decoded.heights).sum())
    if infinite:
        notes.append(_("%(count)s infinite heights were taken as not known.") % {"count": infinite})
    if decoded.in_feet:
        notes.append(_("The file gives its heights in feet: they were turned into metres."))
    if not decoded.nodata_told:
        notes.append(_("The file does not say which value means that nothing is known; every height was kept."))
    if float((heights == 0).mean()) > ZERO_SHARE:
        notes.append(_("Most cells are exactly 0: these may be heights above the ground, not above the sea. Check it."))
    return notes


def _store(
    raster: Raster, commune: Commune, *, name: str, kind: str, source: str, sha256: str, covered: float
) -> TerrainSurface:
    written = write_cog(raster, srid=commune.metric_srid, commune_id=commune.pk)
    extent = bounds_to_storage(raster.bounds, srid=commune.metric_srid)
    assert extent is not None  # the grid was made in this system
    surface = TerrainSurface(
        commune=commune,
        name=name[:120],
        kind=kind,
        path=written,
        srid=commune.metric_srid,
        cell_m=raster.cell_m,
        bounds=Polygon.from_bbox(extent),
        covered_ratio=covered,
        lowest_m=float(np.nanmin(raster.heights)),
        highest_m=float(np.nanmax(raster.heights)),
        sha256=sha256,
        source=source[:200],
    )
    try:
        with transaction.atomic():
            surface.save()
    except Exception:
        surface_path(surface).unlink(missing_ok=True)
        raise
    return surface
