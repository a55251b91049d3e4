"""Mass events: imported through a profile, written and changed by people; the version is checked inside the save."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.services.audit import record_act
from analysis.progress import Report, silent
from geo.errors import ConflictError, MissingVersionError, RefusedError
from incidents.models import ImportBatch, MassEvent, ProfileKind, SourceProfile
from incidents.models.events import EventState
from incidents.services.profile_settings import RefusedProfileError
from incidents.services.table_undo import UNDOS, TableUndo
from incidents.services.tables import BadRowError, SourceRow, TableField, import_table

FIELDS = (
    TableField("code", required=True, maximum_length=60),
    TableField("name", required=True, maximum_length=160),
    TableField("type", maximum_length=80),
    TableField("organiser", maximum_length=160),
    TableField("venue", "point"),
    TableField("footprint", "area"),
    TableField("starts_at", "moment", required=True),
    TableField("ends_at", "moment", required=True),
    TableField("expected_attendance", "integer", minimum=0, maximum=5_000_000),
    TableField("actual_attendance", "integer", minimum=0, maximum=5_000_000),
    TableField("capacity", "integer", minimum=0, maximum=5_000_000),
    TableField("state", choices=EventState.values),
    TableField("authority", maximum_length=120),
    TableField("resolution", maximum_length=60),
    TableField("resolved_on", "date"),
    TableField("guards", "integer", minimum=0, maximum=100_000),
)
EDITABLE = tuple(field.name for field in FIELDS)


class StaleEventError(ConflictError):
    """Somebody changed the event meanwhile; `extra` holds the version there is and the version sent."""

    def __init__(self, current: int, yours: int) -> None:
        super().__init__(_("Somebody else has changed the event: load it again and repeat your change."))
        self.extra = {"current": current, "yours": yours}


def import_mass_events(
    *,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    imported_by: Any,
    dry_run: bool = False,
    report: Report = silent,
) -> ImportBatch:
    """Import a table or layer of mass events: new codes are written, known ones changed where their source changed.

    What its source has not changed since its last import changes nothing, field by field, so what people did meanwhile
    (an authorisation, the attendance counted) stays.
    """
    if profile.kind != ProfileKind.MASS_EVENTS:
        raise RefusedProfileError(_("The profile “%(name)s” does not read mass events.") % {"name": profile.name})

    def save_row(values: dict[str, Any], batch: ImportBatch) -> bool:
        return _save_row(values, batch, imported_by)

    return import_table(
        path=path, file_name=file_name, profile=profile, fields=FIELDS, save_row=save_row, imported_by=imported_by,
        dry_run=dry_run, report=report,
    )  # fmt: skip


@transaction.atomic
def create_event(*, commune: Any, values: dict[str, Any], created_by: Any, role: str = "") -> MassEvent:
    """Write a new event. Raises RefusedError with what is wrong."""
    event = MassEvent(commune=commune, changed_by=created_by, **_known(values))
    _save(event)
    record_act(commune=commune, user=created_by, role=role, verb="events.create", target=event.code)
    return event


@transaction.atomic
def change_event(
    *, event: MassEvent, values: dict[str, Any], expected_version: int | None, changed_by: Any, role: str = ""
) -> MassEvent:
    """Change an event that still is at the version the change was made from.

    Raises MissingVersionError without a version, StaleEventError on another one, RefusedError with what is wrong.
    """
    if expected_version is None:
        raise MissingVersionError(_("Say which version of the event your change was made from."))
    fresh: MassEvent = MassEvent.objects.select_for_update().get(pk=event.pk)
    if fresh.version != expected_version:
        raise StaleEventError(fresh.version, expected_version)
    for name, value in _known(values).items():
        setattr(fresh, name, value)
    fresh.version, fresh.changed_by = expected_version + 1, changed_by
    _save(fresh)
    record_act(
        commune=fresh.commune, user=changed_by, role=role, verb="events.change", target=fresh.code,
        details={"version": fresh.version, "fields": sorted(values)},
    )  # fmt: skip
    return fresh


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(EDITABLE))
    if unknown:
        raise RefusedError(_("Mass events have no field “%(field)s”.") % {"field": unknown[0]})
    return {name: ("" if value is None and _is_text(name) else value) for name, value in values.items()}


def _is_text(name: str) -> bool:
    return any(field.name == name and field.kind == "text" for field in FIELDS)


def _save(event: MassEvent) -> None:
    try:
        event.full_clean(exclude=["batch", "changed_by"])  # set by the services, empty for commands
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
    event.save()


def _save_row(values: dict[str, Any], batch: ImportBatch, imported_by: Any) -> bool:
    """Write one row of a table: True where it made or changed an event."""
    if values["venue"] is None and values["footprint"] is None:
        raise BadRowError("no_coordinates")
    if values["ends_at"] <= values["starts_at"]:
        raise BadRowError("ends_before_start")
    told = {name: value for name, value in _known(values).items() if value not in (None, "")}
    says = SourceRow(told)
    event: MassEvent | None = (
        MassEvent.objects.for_commune(batch.commune).select_for_update().filter(code=told["code"]).first()
    )
    if event is None:
        event = MassEvent(commune=batch.commune, **told)
    elif event.content_hash == says.digest:
        return False
    else:
        for name, value in says.news(event.source_content).items():
            setattr(event, name, value)
        event.version, event.changed_at = event.version + 1, timezone.now()
    event.batch, event.changed_by = batch, imported_by
    event.content_hash, event.source_content = says.digest, says.plain
    _save(event)
    return True


UNDOS[ProfileKind.MASS_EVENTS] = TableUndo(MassEvent)
