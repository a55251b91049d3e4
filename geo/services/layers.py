"""A layer of a user's file becomes rows of the ground floor, in one transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from pyproj import Geod

from analysis.progress import Report, silent
from geo.crs import CHILEAN_SRIDS, STORAGE_SRID, convert, crs_of, psad56_suspected, share_inside, suggest_srid, title_of
from geo.decoder import ROW_ERROR, DecodedLayer, decode_layer
from geo.errors import RefusedFileError
from geo.models import Commune
from geo.services.layer_checks import Rows, checked_rows
from geo.services.layer_notes import COMMUNE_COLUMNS, notes_about, refuse_other_communes
from geo.services.layer_writing import Written, write_rows
from geo.services.targets import CONSTANT, Target, check_mapping, suggest_mapping, target_named

logger = logging.getLogger(__name__)
STAGES = 3
MOST_LATITUDE = 90.0


@dataclass(frozen=True)
class Refusal:
    """A row that was refused: its number in the file and why."""

    row: int
    reason: str


@dataclass(frozen=True)
class LayerImport:
    """What became of a layer. `read` is the sum of `accepted`, `repeated` and `refused`."""

    target: str
    layer: str
    srid: int
    read: int
    accepted: int
    repeated: int
    refused: int
    replaced: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    repaired: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_layer(  # noqa: PLR0913 - an import is told by all of these
    *,
    commune: Commune,
    path: Path | str,
    file_name: str,
    target: str,
    mapping: dict[str, str] | None = None,
    source: str,
    imported_by: Any = None,
    srid: int | None = None,
    layer: str | None = None,
    replace: bool = False,
    repair: bool = False,
    report: Report = silent,
) -> LayerImport:
    """Read one layer of a GeoPackage or GeoJSON file into a table; the same file twice changes nothing.

    Parameters: `target` is a key of `geo.services.targets.TARGETS`; `mapping` gives the column of each field, or a
    value itself after “=” (without a mapping, columns are found by their usual names); `srid` answers the question for
    files that declare no system, or overrules them; `layer` names one of several; `replace` ends units whose code
    returns with another content, and removes other things that the file does not hold; `repair` mends invalid areas
    instead of refusing them. Raises RefusedFileError for the whole file (`error.extra` holds layers to choose from, or
    the suggested system); single rows are refused with their number and reason.
    """
    wanted = target_named(target)
    report(_("reading"), 0, STAGES)
    decoded = _decode(Path(path), file_name, layer, wanted, mapping)
    mapping = mapping if mapping is not None else suggest_mapping(wanted, decoded.fields)
    check_mapping(wanted, mapping)
    frame, notes = placed_frame(decoded, commune=commune, srid=srid, file_name=file_name)
    report(_("checking"), 1, STAGES)
    rows = checked_rows(frame, target=wanted, mapping=mapping, commune=commune, repair_shapes=repair)
    foreign = refuse_other_communes(frame, rows, target=wanted, commune=commune)
    report(_("writing"), 2, STAGES)
    with transaction.atomic():
        written = write_rows(rows, target=wanted, commune=commune, source=source[:200], replace=replace)
    report(_("done"), STAGES, STAGES)
    placeless = int(decoded.is_placeless.sum())
    notes += notes_about(rows, written, target=wanted, foreign=foreign, placeless=placeless)
    result = _result(wanted, decoded, frame, rows, written, notes)
    logger.info("layer imported: %s by %s: %s of %s rows", target, imported_by, result.accepted, result.read)
    return result


def _decode(
    path: Path, file_name: str, layer: str | None, target: Target, mapping: dict[str, str] | None
) -> DecodedLayer:
    if mapping is None:
        return decode_layer(path, layer=layer, file_name=file_name)
    check_mapping(target, mapping)
    columns = sorted({column for column in mapping.values() if not column.startswith(CONSTANT)})
    return decode_layer(path, layer=layer, columns=columns, also=COMMUNE_COLUMNS, file_name=file_name)


def placed_frame(
    decoded: DecodedLayer, *, commune: Commune, srid: int | None, file_name: str
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The layer in its system, once that is known and puts it in the commune; and notes for people.

    Raises RefusedFileError with a question where the system is not declared, and with a hint where another Chilean
    system would put the layer in the commune.
    """
    usable = decoded.frame[decoded.frame[ROW_ERROR].isna()]
    bounds = usable.total_bounds if len(usable) else None
    declared = srid or decoded.srid
    hint = None if bounds is None else suggest_srid(bounds, commune=commune, declared=declared)
    if declared is None:
        raise _without_system(file_name, hint)
    if bounds is not None and share_inside(bounds, srid=declared, commune=commune) == 0:
        raise _outside(file_name, commune, declared, hint, bounds)
    frame = decoded.frame.set_crs(crs_of(declared), allow_override=True)
    notes = list(decoded.notes)
    if srid and decoded.srid and srid != decoded.srid:
        notes.append(
            _("The file declares %(declared)s; it was read as %(chosen)s, as was asked.")
            % {"declared": _told(decoded.srid), "chosen": _told(srid)}
        )
    x, y = usable.geometry.get_coordinates().to_numpy().T if len(usable) else ([], [])
    suspected = psad56_suspected(x, y, commune=commune, declared=declared) if len(usable) else None
    if suspected:
        notes.append(
            _(
                "Part of the layer lies outside %(commune)s as %(declared)s, and all of it inside as %(suspected)s. "
                "Old municipal drawings are some 400 m off when read so: check it on the map."
            )
            % {"commune": commune.name, "declared": _told(declared), "suspected": _told(suspected)}
        )
    return frame, notes


def _told(srid: int) -> str:
    return f"{title_of(srid)} (EPSG:{srid})"


def _without_system(file_name: str, hint: int | None) -> RefusedFileError:
    question = _("%(file)s does not say which reference system its coordinates are in. Which one is it?")
    told = question % {"file": file_name}
    if hint:
        told += " " + _("As %(system)s it would lie in the commune.") % {"system": _told(hint)}
    return RefusedFileError(told, code="which_srid", suggested=hint, choices=dict(CHILEAN_SRIDS))


def _outside(file_name: str, commune: Commune, declared: int, hint: int | None, bounds: np.ndarray) -> RefusedFileError:
    told = _("%(file)s lies outside %(commune)s in its system, %(system)s: about %(distance)s km away.") % {
        "file": file_name,
        "commune": commune.name,
        "system": _told(declared),
        "distance": _distance_km(bounds, declared, commune),
    }
    if hint:
        told += " " + _("As %(system)s it would lie inside: if so, say it and import again.") % {"system": _told(hint)}
    elif share_inside(bounds[[1, 0, 3, 2]].tolist(), srid=declared, commune=commune) > 0:
        told += " " + _("With latitude and longitude exchanged it would lie inside: exchange them and import again.")
    return RefusedFileError(told, code="outside", suggested=hint, choices=dict(CHILEAN_SRIDS))


def _distance_km(bounds: np.ndarray, srid: int, commune: Commune) -> int | str:
    """Whole kilometres between the middle of a layer and the middle of the commune; “?” where it has no place."""
    middle = convert(shapely.box(*bounds).centroid, source_srid=srid, target_srid=STORAGE_SRID)
    home = commune.boundary.centroid
    if not np.isfinite(middle.coords).all() or abs(middle.y) > MOST_LATITUDE:
        return "?"
    _there, _back, metres = Geod(ellps="WGS84").inv(middle.x, middle.y, home.x, home.y)
    return round(float(metres) / 1000)


def _result(
    target: Target, decoded: DecodedLayer, frame: gpd.GeoDataFrame, rows: Rows, written: Written, notes: list[str]
) -> LayerImport:
    reasons = {**rows.reasons, **written.reasons}
    if rows.repaired:
        notes = [*notes, _("%(count)s invalid shapes were repaired.") % {"count": len(rows.repaired)}]
    result = LayerImport(
        target=target.name,
        layer=decoded.layer,
        srid=int(frame.crs.to_epsg()),
        read=len(frame),
        accepted=written.accepted,
        repeated=written.repeated,
        refused=len(reasons),
        replaced=written.replaced,
        refusals=[Refusal(row, reasons[row]) for row in sorted(reasons)],
        repaired=rows.repaired,
        notes=notes,
    )
    if result.read != result.accepted + result.repeated + result.refused:
        raise AssertionError(f"rows do not add up: {result}")
    return result
