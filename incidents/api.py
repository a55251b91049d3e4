"""Operations that machines call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from access.api import allowed
from geo.errors import RefusedError
from geo.geometry import as_multi, parse_geometry
from incidents.models import HotspotRun, ImportBatch, Incident, MassEvent, SourceProfile
from incidents.schemas import (
    BatchOut,
    CorrectionIn,
    EventIn,
    EventOut,
    HotspotRunOut,
    IncidentOut,
    ProfileIn,
    ProfileOut,
)
from incidents.services.corrections import UNCHANGED, correct_incident
from incidents.services.events import change_event, create_event
from incidents.services.profiles import save_profile
from incidents.services.taxonomies import offence_type
from incidents.services.undoing import take_back

router = Router(tags=["incidents"])
MOST_ROWS = 200


@router.get("/incidents/batches", auth=allowed("incidents.import"), response=list[BatchOut], url_name="batches")
def batches(request: HttpRequest, before: int | None = None) -> Any:
    """The newest imports, at most 200; `before` continues after the last id seen."""
    rows = ImportBatch.objects.for_commune(request.commune).newest_first()
    return (rows.filter(pk__lt=before) if before else rows)[:MOST_ROWS]


@router.get("/incidents/batches/{int:batch}", auth=allowed("incidents.import"), response=BatchOut)
def batch(request: HttpRequest, batch: int) -> Any:
    """One import."""
    return get_object_or_404(ImportBatch.objects.for_commune(request.commune), pk=batch)


@router.post("/incidents/batches/{int:batch}/undo", auth=allowed("incidents.import"), response=BatchOut)
def undo(request: HttpRequest, batch: int) -> Any:
    """Undo an import: its incidents are withdrawn, what they had replaced is written again."""
    found = get_object_or_404(ImportBatch.objects.for_commune(request.commune), pk=batch)
    return take_back(batch=found, undone_by=request.user, role=request.role)


@router.get("/incidents/profiles", auth=allowed("incidents.import"), response=list[ProfileOut])
def profiles(request: HttpRequest) -> Any:
    """The newest version of every source profile."""
    return SourceProfile.objects.for_commune(request.commune).latest().order_by("source")[:MOST_ROWS]


@router.post("/incidents/profiles", auth=allowed("incidents.import"), response=ProfileOut)
def write_profile(request: HttpRequest, described: ProfileIn) -> Any:
    """Save a profile; what changed becomes a new version."""
    return save_profile(commune=request.commune, saved_by=request.user, **described.dict())


@router.post("/incidents/{int:incident}/corrections", auth=allowed("incidents.import"), response=IncidentOut)
def correct(request: HttpRequest, incident: int, correction: CorrectionIn) -> Any:
    """Correct an incident: the row is withdrawn and a corrected one written."""
    found = get_object_or_404(Incident.objects.for_commune(request.commune), pk=incident)
    point: Any = UNCHANGED
    if correction.unplace:
        point = None
    elif correction.point is not None:
        point = parse_geometry(correction.point, commune=request.commune, kinds={"Point"})
    kind: Any = UNCHANGED
    if correction.taxonomy and correction.code:
        kind = offence_type(correction.taxonomy, correction.code)
    return correct_incident(
        incident=found, reason=correction.reason, corrected_by=request.user, point=point, offence_type=kind,
        role=request.role,
    )  # fmt: skip


@router.get("/incidents/events", auth=allowed("events.view"), response=list[EventOut])
def events(request: HttpRequest, after: str = "") -> Any:
    """Mass events by code, at most 200; `after` continues after the last code seen."""
    rows = MassEvent.objects.for_commune(request.commune).order_by("code")
    return (rows.filter(code__gt=after) if after else rows)[:MOST_ROWS]


@router.post("/incidents/events", auth=allowed("events.edit"), response=EventOut)
def write_event(request: HttpRequest, event: EventIn) -> Any:
    """Write a new mass event."""
    values = _event_values(request, event)
    return create_event(commune=request.commune, values=values, created_by=request.user, role=request.role)


@router.patch("/incidents/events/{code}", auth=allowed("events.edit"), response=EventOut)
def edit_event(request: HttpRequest, code: str, event: EventIn) -> Any:
    """Change fields of a mass event made from a version: stale 409, missing 428."""
    found = get_object_or_404(MassEvent.objects.for_commune(request.commune), code=code)
    return change_event(
        event=found, values=_event_values(request, event), expected_version=event.version, changed_by=request.user,
        role=request.role,
    )  # fmt: skip


@router.get("/incidents/hotspots/{int:run}", auth=allowed("incidents.run_hotspots"), response=HotspotRunOut)
def hotspot_run(request: HttpRequest, run: int) -> Any:
    """A hot-spot run: parameters, ledger number, rows used and left out."""
    return get_object_or_404(HotspotRun.objects.for_commune(request.commune), pk=run)


def _event_values(request: HttpRequest, event: EventIn) -> dict[str, Any]:
    """The fields that were sent, geometry through the one door, times with their zone."""
    values = event.dict(exclude_unset=True, exclude={"version"})
    if values.get("venue") is not None:
        values["venue"] = parse_geometry(values["venue"], commune=request.commune, kinds={"Point"})
    if values.get("footprint") is not None:
        shape = parse_geometry(values["footprint"], commune=request.commune, kinds={"Polygon", "MultiPolygon"})
        values["footprint"] = as_multi(shape)
    for name in ("starts_at", "ends_at"):
        if values.get(name) is not None and timezone.is_naive(values[name]):
            raise RefusedError(_("Times need their offset, as in 2026-02-14T20:00:00-03:00."))
    return values
