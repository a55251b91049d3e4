"""Long work of the ground floor as kinds of jobs: the ground floor itself knows neither jobs nor the audit trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from access.jobs import job_kind
from access.models import JobRun
from access.services.audit import record_act
from access.services.uploads import delete_upload, uploaded
from analysis.progress import Report
from geo.services.layers import LayerImport, import_layer
from geo.services.terrain import SurfaceImport, add_surface

COUNTS = ("read", "accepted", "repeated", "refused", "replaced")
TOLD_REFUSALS = 1000


@job_kind("geo.import_layer", title=gettext_lazy("Import of a map layer"), permission="geography.import")
def run_layer_import(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: path, file_name, target, source; optional mapping, srid, layer, replace, repair.

    The uploaded file is deleted once its rows are in.
    """
    told = job.parameters
    path = uploaded(told)
    done = import_layer(
        commune=job.commune,
        path=path,
        file_name=str(told["file_name"]),
        target=str(told["target"]),
        mapping=told.get("mapping"),
        source=str(told.get("source", "")),
        imported_by=job.requested_by,
        srid=told.get("srid"),
        layer=told.get("layer"),
        replace=bool(told.get("replace")),
        repair=bool(told.get("repair")),
        report=report,
    )
    counts = {name: getattr(done, name) for name in COUNTS}
    record_layer_import(commune=job.commune, user=job.requested_by, done=done)
    delete_upload(path)
    return {
        **counts,
        "target": done.target,
        "layer": done.layer,
        "srid": done.srid,
        "refusals": [{"row": one.row, "reason": one.reason} for one in done.refusals[:TOLD_REFUSALS]],
        "repaired": done.repaired[:TOLD_REFUSALS],
        "notes": done.notes,
    }


@job_kind("geo.add_surface", title=gettext_lazy("Import of terrain"), permission="geography.import")
def run_surface_import(job: JobRun, report: Report) -> dict[str, Any]:
    """Parameters: path, file_name, name, kind (dtm or dsm), source; optional srid, nodata."""
    told = job.parameters
    path = uploaded(told)
    done = add_surface(
        commune=job.commune,
        path=path,
        file_name=str(told["file_name"]),
        name=str(told["name"]),
        kind=str(told["kind"]),
        source=str(told.get("source", "")),
        srid=told.get("srid"),
        nodata=told.get("nodata"),
        report=report,
    )
    surface = done.surface
    record_surface_import(commune=job.commune, user=job.requested_by, done=done)
    delete_upload(path)
    return {"surface": surface.pk, "covered_ratio": surface.covered_ratio, "notes": done.notes}


def record_layer_import(*, commune: Any, user: Any, done: LayerImport) -> None:
    """Write the import of a layer into the trail, inside the caller's transaction."""
    told = {"layer": done.layer, "srid": done.srid, **{name: getattr(done, name) for name in COUNTS}}
    record_act(commune=commune, user=user, role="", verb="geography.import", target=done.target, details=told)


def record_surface_import(*, commune: Any, user: Any, done: SurfaceImport) -> None:
    """Write the import of terrain into the trail, inside the caller's transaction."""
    told = {"kind": done.surface.kind, "repeated": done.repeated}
    target = f"terrain {done.surface.name}"
    record_act(commune=commune, user=user, role="", verb="geography.import", target=target, details=told)
