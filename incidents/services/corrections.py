"""Corrections and geocoding: a wrong row is withdrawn and a right one written; nothing is ever edited in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from access.services.audit import record_act
from geo.errors import ConflictError, RefusedError
from incidents.models import Act, Incident, Ledger, LedgerAct, MaskedIncident, OffenceType, PlaceClass
from incidents.services.ledger import lock_ledger, next_entry
from incidents.services.masking import INCIDENTS_BY_ID, write_masked_rows
from incidents.services.staging import staging_schema

GEOCODED = "geocoding"
AT_ONCE = 5_000
_KEPT = (
    "commune_id", "source", "record_id", "record_key", "content_hash", "batch_id", "offence_type_id", "source_label",
    "origin", "origin_assumed", "occurred_from", "occurred_until", "local_text", "time_precision", "time_flag", "point",
    "place_class",
)  # fmt: skip


class _Unchanged:
    """Mark of a field that a correction leaves alone."""


UNCHANGED = _Unchanged()


@dataclass(frozen=True)
class Placement:
    """Where geocoding puts an incident, and how well it knows."""

    incident: Incident
    point: Point
    place_class: str


@transaction.atomic
def correct_incident(
    *,
    incident: Incident,
    reason: str,
    corrected_by: Any,
    point: Point | _Unchanged | None = UNCHANGED,
    offence_type: OffenceType | _Unchanged = UNCHANGED,
    place_class: str = PlaceClass.EXACT,
    role: str = "",
) -> Incident:
    """Write a corrected version of an incident: another point (None: its place is not known) or another type.

    `place_class` says how well the point is known. The reason is required. Raises ConflictError where the incident has
    a newer version already, RefusedError where nothing changes or no reason is given.
    """
    if not reason.strip():
        raise RefusedError(_("Say why the incident is corrected."))
    lock_ledger(incident.commune)
    current = _current(incident)
    changes: dict[str, Any] = {}
    fields = set(current.corrected)
    if not isinstance(point, _Unchanged):
        changes.update(point=point, place_class=PlaceClass.NONE if point is None else place_class)
        fields = (fields | {"point"}) - {GEOCODED}
    if not isinstance(offence_type, _Unchanged):
        changes["offence_type_id"] = offence_type.pk
        fields.add("offence_type")
    if all(getattr(current, name) == value for name, value in changes.items()):
        raise RefusedError(_("The correction changes nothing."))
    entry = next_entry(commune=current.commune, act=LedgerAct.CORRECTION, user=corrected_by)
    changes.update(corrected=sorted(fields), act=Act.CORRECTION, reason=reason.strip()[:300])
    [written] = _rewrite(entry, [(current, changes)])
    record_act(
        commune=current.commune, user=corrected_by, role=role, verb="incidents.correct", target=str(written.pk),
        reason=reason, details={"fields": sorted(fields), "sequence": entry.number},
    )  # fmt: skip
    return written


@transaction.atomic
def forget_place(*, incident: Incident, reason: str, corrected_by: Any, role: str = "") -> Incident:
    """Take back the point that a person or the search had given: the incident waits for its place again.

    Raises ConflictError where the incident has a newer version, RefusedError where the source itself gave the point.
    """
    lock_ledger(incident.commune)
    current = _current(incident)
    given = {"point", GEOCODED} & set(current.corrected)
    if current.point is None or not given:
        raise RefusedError(_("The place of this incident comes from its source: correct it instead."))
    entry = next_entry(commune=current.commune, act=LedgerAct.CORRECTION, user=corrected_by)
    changes = {
        "point": None, "place_class": PlaceClass.NONE, "corrected": sorted(set(current.corrected) - given),
        "act": Act.CORRECTION, "reason": reason.strip()[:300],
    }  # fmt: skip
    [written] = _rewrite(entry, [(current, changes)])
    record_act(
        commune=current.commune, user=corrected_by, role=role, verb="incidents.forget_place", target=str(written.pk),
        reason=reason, details={"sequence": entry.number},
    )  # fmt: skip
    return written


@transaction.atomic
def place_incidents(*, commune: Any, placements: Sequence[Placement], placed_by: Any, role: str = "") -> list[Incident]:
    """Give points to incidents that have none, all under one ledger number; returns the rows written.

    A point that a person set, or that the source gave, is left as it is. A later import keeps a geocoded point until
    the source itself knows the place.
    """
    lock_ledger(commune)
    now = _all_current([one.incident.pk for one in placements])
    wanted = [(now[one.incident.pk], one) for one in placements]
    open_ones = [
        (current, one) for current, one in wanted if current.point is None and "point" not in current.corrected
    ]
    if not open_ones:
        return []
    entry = next_entry(commune=commune, act=LedgerAct.GEOCODING, user=placed_by)
    rewrites = [
        (
            current,
            {
                "point": one.point,
                "place_class": one.place_class,
                "corrected": sorted({*current.corrected, GEOCODED}),
                "act": Act.GEOCODING,
            },
        )
        for current, one in open_ones
    ]
    written = [row for part in batched(rewrites, AT_ONCE) for row in _rewrite(entry, part)]
    record_act(
        commune=commune, user=placed_by, role=role, verb="incidents.geocode",
        details={"rows": len(written), "sequence": entry.number},
    )  # fmt: skip
    return written


def _current(incident: Incident) -> Incident:
    """The incident as it stands now. Raises ConflictError where somebody wrote a newer version meanwhile."""
    current: Incident | None = Incident.objects.current().select_related("commune").filter(pk=incident.pk).first()
    if current is None:
        raise ConflictError(_("The incident has changed meanwhile: load it again."))
    return current


def _all_current(ids: Sequence[int]) -> dict[int, Incident]:
    """Incidents by id as they stand now. Raises ConflictError where one of them has a newer version."""
    found: dict[int, Incident] = {}
    for part in batched(ids, AT_ONCE):
        rows = Incident.objects.current().select_related("commune").filter(pk__in=part)
        found.update({row.pk: row for row in rows})
    if len(found) < len(set(ids)):
        raise ConflictError(_("The incident has changed meanwhile: load it again."))
    return found


def batched(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Parts of a sequence, each of at most `size` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _rewrite(entry: Ledger, rewrites: Sequence[tuple[Incident, dict[str, Any]]]) -> list[Incident]:
    """Withdraw rows and write their successors with masked twins, under one ledger number."""
    ids = [current.pk for current, _changes in rewrites]
    MaskedIncident.objects.filter(incident__in=ids).update(withdrawn_in=entry.number)
    Incident.objects.filter(pk__in=ids).update(withdrawn_in=entry.number)
    written: list[Incident] = Incident.objects.bulk_create(
        Incident(
            **{**{name: getattr(current, name) for name in _KEPT}, "corrected": current.corrected, **changes},
            supersedes_id=current.pk,
            recorded_in=entry.number,
        )
        for current, changes in rewrites
    )
    with staging_schema() as schema:
        source = INCIDENTS_BY_ID.format(ids=", ".join(str(int(one.pk)) for one in written))
        write_masked_rows(commune=entry.commune, schema=schema, source=source)
    return written
