"""The queue of records that wait for their place: a person accepts, points at the map, gives up, takes back."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from access.services.audit import record_act
from analysis.placing.words import address_key, name_tokens
from geo.crs import STORAGE_SRID, commune_box
from geo.errors import ConflictError, RefusedError
from geo.geometry import MARGIN_M
from incidents.models import AliasKind, Incident, PlaceAlias, PlaceClass, PlacingState, RecordAddress
from incidents.services.corrections import correct_incident, forget_place
from incidents.services.placing import erase_reserved, question_of, unplaced_incidents

ON_A_HOUSE = frozenset({"door", "between", "between_sides", "between_runs", "beyond"})


def queue_of(commune: Any, *, batch: Any = None) -> Any:
    """Addresses that wait for a person, in the order of the queue: those of records that still have no point."""
    unplaced = Incident.objects.current().unplaced().filter(
        commune=OuterRef("commune"), source=OuterRef("source"), record_key=OuterRef("record_key")
    )  # fmt: skip
    rows = RecordAddress.objects.for_commune(commune).open().filter(Exists(unplaced))
    return (rows.of_batch(batch) if batch is not None else rows).in_queue_order()


@transaction.atomic
def accept_candidate(*, address: RecordAddress, choice: int, decided_by: Any, role: str = "") -> Incident:
    """Place a record on one of its candidates (from 0). Raises RefusedError where there is no such candidate."""
    row = _open_row(address)
    candidates = row.details.get("candidates", [])
    if not 0 <= choice < len(candidates):
        raise RefusedError(_("There is no candidate %(number)s.") % {"number": choice + 1})
    one = candidates[choice]
    point = Point(one["lng"], one["lat"], srid=STORAGE_SRID)
    written = _place(row, point, one["place_class"], decided_by=decided_by, role=role)
    row.method, row.score, row.place_class = one["method"], one["score"], one["place_class"]
    _learn(row, point, one, decided_by=decided_by)
    _close(row, PlacingState.PLACED, decided_by=decided_by)
    erase_reserved(row.commune, [written])
    return written


@transaction.atomic
def place_on_map(*, address: RecordAddress, lng: float, lat: float, decided_by: Any, role: str = "") -> Incident:
    """Place a record where a person pointed. Raises RefusedError for a point outside the commune's surroundings."""
    row = _open_row(address)
    west, south, east, north = commune_box(row.commune, margin_m=MARGIN_M)
    if not (west <= lng <= east and south <= lat <= north):
        raise RefusedError(_("The point lies far outside the commune."))
    point = Point(lng, lat, srid=STORAGE_SRID)
    written = _place(row, point, PlaceClass.EXACT, decided_by=decided_by, role=role)
    row.method, row.score, row.place_class = "map", None, PlaceClass.EXACT
    _learn(row, point, None, decided_by=decided_by)
    _close(row, PlacingState.PLACED, decided_by=decided_by)
    erase_reserved(row.commune, [written])
    return written


@transaction.atomic
def give_up(*, address: RecordAddress, reason: str, decided_by: Any, role: str = "") -> RecordAddress:
    """Say that a record cannot be placed, and why; it goes on counting without a place."""
    row = _open_row(address)
    if not reason.strip():
        raise RefusedError(_("Say why it cannot be placed."))
    row.reason = reason.strip()[:300]
    _close(row, PlacingState.UNPLACEABLE, decided_by=decided_by)
    record_act(commune=row.commune, user=decided_by, role=role, verb="incidents.unplaceable", target=str(row.pk))
    return row


@transaction.atomic
def take_back_decision(*, address: RecordAddress, decided_by: Any, role: str = "") -> RecordAddress:
    """Undo what a person decided about a place: the record waits again and what it taught is forgotten.

    Raises ConflictError where nobody decided anything, or the incident was changed since.
    """
    rows = RecordAddress.objects.select_for_update(of=("self",)).select_related("commune")
    row: RecordAddress = rows.get(pk=address.pk)
    if row.decided_by_id is None or row.erased_at is not None:
        raise ConflictError(_("There is no decision about this place to take back."))
    if row.state == PlacingState.PLACED:
        current = Incident.objects.for_commune(row.commune).current().placed().select_related("commune")
        incident = current.filter(source=row.source, record_key=row.record_key).first()
        if incident is None:
            raise ConflictError(_("The incident has changed meanwhile: load it again."))
        forget_place(incident=incident, reason=_("The place was taken back."), corrected_by=decided_by, role=role)
        PlaceAlias.objects.for_commune(row.commune).filter(pk=row.details.pop("alias", None)).delete()
    row.state = PlacingState.AMBIGUOUS if row.details.get("candidates") else PlacingState.UNKNOWN
    row.method, row.score, row.place_class, row.reason, row.decided_by = "", None, "", "", None
    row.save()
    return row


@transaction.atomic
def forget_alias(*, alias: PlaceAlias, deleted_by: Any, role: str = "") -> None:
    """Delete what people taught; places given before stay as they are."""
    record_act(
        commune=alias.commune, user=deleted_by, role=role, verb="incidents.forget_alias", target=str(alias.pk),
        details={"kind": alias.kind, "uses": alias.uses},
    )  # fmt: skip
    alias.delete()


def _open_row(address: RecordAddress) -> RecordAddress:
    """The address under lock. Raises ConflictError where somebody decided about it meanwhile."""
    rows = RecordAddress.objects.open().select_for_update(of=("self",)).select_related("commune")
    row: RecordAddress | None = rows.filter(pk=address.pk).first()
    if row is None:
        raise ConflictError(_("Somebody has decided about this place meanwhile: go on to the next."))
    return row


def _place(row: RecordAddress, point: Point, place_class: str, *, decided_by: Any, role: str) -> Incident:
    incident = unplaced_incidents(row.commune, [row]).get((row.source, row.record_key))
    if incident is None:
        raise ConflictError(_("The incident has changed meanwhile: load it again."))
    return correct_incident(
        incident=incident, point=point, place_class=place_class, reason=_("Placed by a person from its address."),
        corrected_by=decided_by, role=role,
    )  # fmt: skip


def _close(row: RecordAddress, state: str, *, decided_by: Any) -> None:
    row.state, row.decided_by = state, decided_by
    row.save()


def _learn(row: RecordAddress, point: Point, candidate: dict[str, Any] | None, *, decided_by: Any) -> None:
    """Keep what a decision teaches: another spelling of a street, else where this very address lies.

    Addresses of reserved offences teach nothing: their text may not outlive the placing.
    """
    reading = next(iter(question_of(row).readings()), None)
    incident = Incident.objects.for_commune(row.commune).current().select_related("offence_type")
    if reading is None or incident.filter(
        source=row.source, record_key=row.record_key, offence_type__reserved=True
    ).exists():  # fmt: skip
        return
    written = {"created_by": decided_by, "street": "", "point": None, "place_class": ""}
    kind, key = AliasKind.ADDRESS, address_key(reading)[:300]
    street = (candidate or {}).get("facts", {}).get("street", "")
    if candidate is not None and candidate["method"] in ON_A_HOUSE and name_tokens(street)[1] != reading.street:
        kind, key = AliasKind.STREET, " ".join(filter(None, [reading.kind, *reading.street]))
        written["street"] = street
    else:
        written |= {"point": point, "place_class": candidate["place_class"] if candidate else PlaceClass.EXACT}
    if key:
        alias, created = PlaceAlias.objects.get_or_create(
            commune=row.commune, kind=kind, written=key, defaults=written
        )  # fmt: skip
        if created:
            row.details = row.details | {"alias": alias.pk}
