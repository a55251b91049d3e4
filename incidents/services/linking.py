"""The same event from two sources: pairs proposed by their score, decided by a person, counted once from then on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.services.audit import record_act
from analysis.linkage import LinkParameters, propose_links
from analysis.progress import Report, silent
from geo.errors import ConflictError
from incidents.frames import records_frame
from incidents.models import EventLink, Incident, LedgerAct, LinkState, Origin, PlaceClass, SameEventMember
from incidents.services.ledger import latest_sequence, lock_ledger, next_entry
from incidents.services.masking import mark_repeats

AT_ONCE = 2_000
DIGITS = 4
Record = tuple[str, str]  # source, record key


@dataclass(frozen=True)
class LinkResult:
    """What a search came to: records that could be compared, pairs new among the proposals, pairs proposed in all."""

    compared: int
    left_out: int
    proposed: int
    known: int


def search_links(
    *, commune: Any, first_day: dt.date, last_day: dt.date, least_score: float = 0.5, report: Report = silent
) -> LinkResult:
    """Propose pairs among the incidents of a window of local days; pairs that a person decided stay decided.

    Records without place or without known hour cannot be compared and are counted as left out. Nothing changes in what
    is counted before a person confirms.
    """
    report(_("reading incidents"), 0, 3)
    rows = Incident.objects.for_commune(commune).as_of(latest_sequence(commune))
    rows = rows.between(first_day, last_day, timezone=commune.timezone)
    records = records_frame(rows, commune=commune)
    report(_("comparing records"), 1, 3)
    found = propose_links(records, parameters=LinkParameters(least_score=least_score)).pairs
    report(_("writing proposals"), 2, 3)
    names = list(zip(records["source"], records["key"], strict=True))
    place = {label: number for number, label in enumerate(records.index)}
    links = []
    for one in found.to_dict("records"):
        left, right = sorted((names[place[one["left"]]], names[place[one["right"]]]))
        links.append(
            EventLink(
                commune=commune, left_source=left[0], left_key=left[1], right_source=right[0], right_key=right[1],
                score=round(one["score"], DIGITS),
                evidence={"distance_m": round(one["distance_m"], 1), "gap_minutes": round(one["gap_minutes"], 1),
                          "type_level": one["type_level"]},
            )
        )  # fmt: skip
    before = EventLink.objects.for_commune(commune).count()
    EventLink.objects.bulk_create(links, ignore_conflicts=True, batch_size=AT_ONCE)
    new = EventLink.objects.for_commune(commune).count() - before
    return LinkResult(len(records), rows.count() - len(records), new, len(links) - new)


@transaction.atomic
def confirm_link(*, link: EventLink, decided_by: Any, role: str = "") -> EventLink:
    """Say that two records are one event: from this ledger number on it is counted once. Nothing is deleted.

    Raises ConflictError where one of the records no longer stands, or the pair is confirmed already.
    """
    row = _locked(link)
    if row.state == LinkState.CONFIRMED:
        raise ConflictError(_("The two records are one event already."))
    if len(standing(row.commune, [_left(row), _right(row)])) < 2:
        raise ConflictError(_("One of the two records no longer stands: its import was undone."))
    _decide(row, LinkState.CONFIRMED, decided_by)
    _regroup(row, act=LedgerAct.LINK, user=decided_by, role=role)
    return row


@transaction.atomic
def refuse_link(*, link: EventLink, decided_by: Any, role: str = "") -> EventLink:
    """Say that two records are two events; a pair that was confirmed is told apart again, under a ledger number."""
    return _leave_apart(link, LinkState.REFUSED, decided_by, role)


@transaction.atomic
def reopen_link(*, link: EventLink, decided_by: Any, role: str = "") -> EventLink:
    """Take a decision back: the pair waits again, and counts twice again where it had been confirmed."""
    return _leave_apart(link, LinkState.PROPOSED, decided_by, role)


def _leave_apart(link: EventLink, state: str, decided_by: Any, role: str) -> EventLink:
    row = _locked(link)
    was_one = row.state == LinkState.CONFIRMED
    _decide(row, state, decided_by)
    if was_one:
        _regroup(row, act=LedgerAct.UNLINK, user=decided_by, role=role)
    else:
        record_act(commune=row.commune, user=decided_by, role=role, verb="incidents.leave_apart", target=str(row.pk))
    return row


def standing(commune: Any, records: Iterable[Record]) -> dict[Record, Incident]:
    """The incidents that stand for some records, by source and record key."""
    wanted = set(records)
    rows = Incident.objects.for_commune(commune).current().select_related("offence_type__taxonomy")
    found = rows.filter(source__in={one[0] for one in wanted}, record_key__in={one[1] for one in wanted})
    return {(one.source, one.record_key): one for one in found if (one.source, one.record_key) in wanted}


def _left(link: EventLink) -> Record:
    return link.left_source, link.left_key


def _right(link: EventLink) -> Record:
    return link.right_source, link.right_key


def _locked(link: EventLink) -> EventLink:
    lock_ledger(link.commune)
    row: EventLink = EventLink.objects.select_for_update(of=("self",)).select_related("commune").get(pk=link.pk)
    return row


def _decide(row: EventLink, state: str, decided_by: Any) -> None:
    row.state, row.decided_by, row.decided_at = state, decided_by, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _regroup(row: EventLink, *, act: str, user: Any, role: str) -> None:
    """Write again, under one ledger number, the events that the two records belong to, from the confirmed pairs."""
    entry = next_entry(commune=row.commune, act=act, user=user)
    touched = _reach(row.commune, [_left(row), _right(row)], with_links=[row])
    members = SameEventMember.objects.for_commune(row.commune).current()
    touched_rows = [one.pk for one in members.filter(source__in={one[0] for one in touched})
                    if (one.source, one.record_key) in touched]  # fmt: skip
    SameEventMember.objects.filter(pk__in=touched_rows).update(withdrawn_in=entry.number)
    left = set(touched)
    while left:
        group = _reach(row.commune, [min(left)])
        left -= group
        if len(group) > 1:
            event = uuid.uuid4()
            SameEventMember.objects.bulk_create(
                SameEventMember(
                    commune=row.commune, event=event, source=one[0], record_key=one[1], rank=rank,
                    recorded_in=entry.number,
                )
                for rank, one in enumerate(_by_rank(row.commune, group))
            )  # fmt: skip
    mark_repeats(row.commune)
    record_act(
        commune=row.commune, user=user, role=role, verb=f"incidents.{act}", target=str(row.pk),
        details={"records": len(touched), "sequence": entry.number, "score": row.score},
    )  # fmt: skip


def _reach(commune: Any, records: list[Record], *, with_links: Iterable[EventLink] = ()) -> set[Record]:
    """Records that confirmed pairs join to some records, through others too."""
    reached: set[Record] = set()
    waiting = list(records)
    extra = [(_left(one), _right(one)) for one in with_links]
    while waiting:
        one = waiting.pop()
        if one in reached:
            continue
        reached.add(one)
        links = EventLink.objects.for_commune(commune).in_state(LinkState.CONFIRMED).of_record(*one)
        pairs = [(_left(link), _right(link)) for link in links] + [pair for pair in extra if one in pair]
        waiting.extend(other for pair in pairs for other in pair if other not in reached)
    return reached


def _by_rank(commune: Any, group: set[Record]) -> list[Record]:
    """The records of an event in the order in which they stand for it: reported by people first, because analyses
    count what people report; then the best known place, then the earliest."""
    incidents = standing(commune, group)
    classes, origins = PlaceClass.values, [Origin.REPORTED, Origin.DISCOVERED, Origin.SENSOR]

    def order(record: Record) -> tuple[Any, ...]:
        one = incidents.get(record)
        if one is None:
            return (9, 9, 0.0, *record)
        return (
            origins.index(Origin(one.origin)), classes.index(one.place_class), one.occurred_from.timestamp(), *record
        )  # fmt: skip

    return sorted(group, key=order)
