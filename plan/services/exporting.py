"""Export of sectors with their scores and strategies: shapefile or GeoPackage, checked by reading it back.

What goes out is the same whoever asks: the finest is what a planner may know, so nothing of cameras is in it.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from access.permissions import allows
from access.roles import Role
from access.services.audit import record_export
from analysis.progress import Report, silent
from geo.crs import CHILEAN_SRIDS, title_of, to_srid
from geo.errors import RefusedError
from geo.writers import export_file_name
from geo.writers_readback import check_shapes
from plan.frames import export_sectors_frame, export_strategies_frame
from plan.models import CommunalPlan, ExportFile
from plan.services.export_files import write_checked_geopackage, write_checked_shapefile
from sectors.models import ScoringRun
from sectors.services.catalogue import today
from sectors.services.score_views import located_words, warnings_for_role
from sectors.services.scoring import latest_run

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

FOLDER = "exports"
LAYER = "sectores"
FORMATS = {"shp": "zip", "gpkg": "gpkg"}
PERMISSION = "export.sectors"


@dataclass(frozen=True, eq=False)
class _Content:
    """What goes into a file: the tables, and what the reader must be told."""

    sectors: gpd.GeoDataFrame
    strategies: pd.DataFrame
    readme: list[str]
    run: ScoringRun | None
    plan: CommunalPlan | None
    told: dict[str, Any] = field(default_factory=dict)


def export_sectors(
    *,
    commune: Commune,
    file_format: str,
    srid: int,
    exported_by: User,
    role: str,
    plan: CommunalPlan | None = None,
    reason: str = "",
    report: Report = silent,
) -> ExportFile:
    """Write the sectors in force today with the newest scores and the strategies of a plan (the one in force).

    `file_format` is "shp" (zipped) or "gpkg"; `srid` one of `geo.crs.CHILEAN_SRIDS`. The file is complete and read back
    before its row and its log entry are written together. Raises PermissionDenied, RefusedError.
    """
    if not allows(role, PERMISSION):
        raise PermissionDenied
    if file_format not in FORMATS:
        raise RefusedError(_("Choose shapefile or GeoPackage."))
    if srid not in CHILEAN_SRIDS:
        raise RefusedError(_("EPSG:%(srid)s is not in the list of Chilean reference systems.") % {"srid": srid})
    report(_("reading sectors"), 0, 3)
    content = _content(commune, srid=srid, plan=plan)
    report(_("writing the file"), 1, 3)
    day = today(commune)
    name = export_file_name(commune=commune.name, layer=LAYER, on=day, srid=srid, extension=FORMATS[file_format])
    path, losses = _write(content, commune=commune, name=name, file_format=file_format)
    report(_("writing it down"), 2, 3)
    exported = _record(path, content, commune=commune, by=exported_by, role=role, reason=reason, losses=losses)
    report(_("writing it down"), 3, 3)
    return exported


def sweep_export_files(*, now_s: float) -> int:
    """Delete files that no row names and that are older than a day: what a crash left. Returns how many."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    known = set(ExportFile.objects.values_list("stored_as", flat=True))
    gone = 0
    for path in folder.glob("*/*/*") if folder.is_dir() else ():
        stored_as = path.relative_to(settings.MEDIA_ROOT).as_posix()
        if stored_as not in known and now_s - path.stat().st_mtime > 24 * 3600:
            path.unlink()
            gone += 1
    return gone


def _content(commune: Commune, *, srid: int, plan: CommunalPlan | None) -> _Content:
    if plan is not None and plan.commune_id != commune.pk:
        raise RefusedError(_("The plan belongs to another commune."))
    chosen = plan or CommunalPlan.objects.for_commune(commune).in_force().first()
    day, run = today(commune), latest_run(commune)
    stored = export_sectors_frame(commune, on=day, run=run, plan=chosen)
    if stored.empty:
        raise RefusedError(_("There is no sector in force to export."))
    return _Content(
        sectors=to_srid(stored, srid=srid),
        strategies=export_strategies_frame(chosen, on=day),
        readme=_readme(commune, day=day, run=run, plan=chosen),
        run=run,
        plan=chosen,
        told={"srid": srid, "run": run.pk if run else None, "plan": chosen.pk if chosen else None},
    )


def _readme(commune: Commune, *, day: date, run: ScoringRun | None, plan: CommunalPlan | None) -> list[str]:
    """What a stranger must know about the file, in plain words."""
    lines = [_("RISK SECTORS OF %(commune)s") % {"commune": commune.name.upper()}]
    if commune.simulated:
        lines.append(_("SIMULATED DATA: this commune does not exist."))
    lines.append(_("Sectors in force on %(day)s.") % {"day": day.isoformat()})
    if run is None:
        lines.append(_("No score has been computed yet: its columns are empty."))
    else:
        lines.append(
            _("Scores: window %(first)s to %(last)s, scheme version %(scheme)s, run %(run)s, sequence %(sequence)s.")
            % {
                "first": run.window_from.isoformat(),
                "last": run.window_until.isoformat(),
                "scheme": run.scheme.version,
                "run": run.pk,
                "sequence": run.sequence,
            }
        )
        lines.append(
            _("The score is a relative measure of the priority of places and says nothing about persons.")
            + " "
            + _("Ranks whose intervals overlap cannot be told apart.")
        )
        lines.append(located_words(run))
        lines.extend(warnings_for_role(run, Role.PLANNER))
    lines.append(
        _("Strategies: %(plan)s. They stand one by one in “estrategias”.") % {"plan": plan}
        if plan
        else _("No communal plan is in force: the columns of strategies are empty.")
    )
    return lines


# --- the file ---------------------------------------------------------------------------------------


def _write(content: _Content, *, commune: Commune, name: str, file_format: str) -> tuple[Path, list[str]]:
    """The finished file under its name, and what the format lost. Nothing unfinished ever has that name."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER / str(commune.pk) / uuid.uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    path = folder / name
    with tempfile.TemporaryDirectory(prefix="export-", dir=folder.parent) as workshop:
        unfinished = Path(workshop) / name
        write = write_checked_shapefile if file_format == "shp" else write_checked_geopackage
        read, losses = write(content.sectors, content.strategies, unfinished, layer=LAYER, readme_lines=content.readme)
        check_shapes(content.sectors, read)
        _flush(unfinished)
        unfinished.rename(path)
    for place in (folder, folder.parent):
        _flush(place)
    return path, losses


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@transaction.atomic
def _record(
    path: Path, content: _Content, *, commune: Commune, by: User, role: str, reason: str, losses: list[str]
) -> ExportFile:
    file_format = next(key for key, extension in FORMATS.items() if path.suffix == f".{extension}")
    log = record_export(
        commune=commune,
        user=by,
        role=role,
        layer=LAYER,
        file_format=file_format,
        srid=content.told["srid"],
        rows=len(content.sectors),
        path=path,
        parameters=content.told | {"system": title_of(content.told["srid"])},
        reason=reason,
    )
    exported: ExportFile = ExportFile.objects.create(
        commune=commune,
        log=log,
        plan=content.plan,
        stored_as=path.relative_to(settings.MEDIA_ROOT).as_posix(),
        file_name=path.name,
        file_format=file_format,
        srid=content.told["srid"],
        rows=len(content.sectors),
        size_bytes=path.stat().st_size,
        sha256=log.sha256,
        losses=losses,
        created_by=by,
    )
    return exported
