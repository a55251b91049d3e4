"""The queue of places in words: one record with its address, its candidates and why each is one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Incident, PlaceClass, RecordAddress
from incidents.services.placing_queue import queue_of
from incidents.services.placing_words import explanation


def queue_card(commune: Any, *, batch: Any, asked: int | None, after: int | None = None) -> dict[str, Any]:
    """What the page shows of the queue: the record asked for (else the one after another, else the first), its place
    in the queue, the ones beside it."""
    ids: list[int] = list(queue_of(commune, batch=batch).values_list("pk", flat=True))
    if not ids:
        return {"row": None, "count": 0}
    at = ids.index(asked) if asked in ids else _after(ids, after)
    row = RecordAddress.objects.for_commune(commune).select_related("batch__profile").get(pk=ids[at])
    candidates = [_told(number, one) for number, one in enumerate(row.details.get("candidates", []))]
    return {
        "row": row, "count": len(ids), "number": at + 1, "incident": _incident(row), "candidates": candidates,
        "next": ids[(at + 1) % len(ids)], "previous": ids[at - 1], "address": address_text(row),
        "marks": [{"lng": one["lng"], "lat": one["lat"], "label": str(one["number"])} for one in candidates],
        "why": _why(row),
    }  # fmt: skip


def address_text(row: RecordAddress) -> str:
    """What the source wrote, in one line."""
    corner = _("corner of %(street)s") % {"street": row.corner} if row.corner else ""
    street = " ".join(filter(None, [row.street, row.number]))
    return " · ".join(filter(None, [row.address, street, corner, row.place_name]))


def _after(ids: list[int], after: int | None) -> int:
    """Where to go on once a record has left the queue: it stood before the next of the same list."""
    return next((place for place, pk in enumerate(ids) if after is not None and pk > after), 0)


def _incident(row: RecordAddress) -> Incident | None:
    rows = Incident.objects.for_commune(row.commune_id).current().select_related("offence_type")
    found: Incident | None = rows.filter(source=row.source, record_key=row.record_key).first()
    return found


def _told(number: int, one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one, "number": number + 1, "why": explanation(one),
        "class": PlaceClass(one["place_class"]).label, "percent": round(100 * one["score"]),
    }  # fmt: skip


def _why(row: RecordAddress) -> str:
    """Why the search left the record to a person."""
    if row.state == "waiting":
        return _("It has not been searched yet.")
    if row.state == "unknown":
        return _("No street, corner or place that is loaded is like this one.")
    classes = {one["place_class"] for one in row.details.get("candidates", [])[:1]}
    if classes == {"area"}:
        return _("Only a wide area fits: say where in it, or accept its middle.")
    return _("The search was not sure enough to decide alone.")
