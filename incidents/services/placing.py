"""Places for incidents that came without a point: their addresses searched among what the commune has loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from analysis.placing.gazetteer import Gazetteer
from analysis.placing.search import Candidate, Outcome, Question, find_place
from analysis.placing.words import address_key
from analysis.progress import Report, silent
from geo.crs import STORAGE_SRID, transformer
from geo.errors import RefusedError
from geo.frames import addresses_frame, places_frame, streets_frame, units_frame
from geo.models import UnitKind
from incidents.models import AliasKind, ImportBatch, Incident, PlaceAlias, PlacingState, RecordAddress
from incidents.services.addresses import empty_texts
from incidents.services.corrections import Placement, batched, place_incidents
from incidents.services.profile_settings import ADDRESS_FIELDS

AREAS = (UnitKind.BARRIO, UnitKind.UNIDAD_VECINAL, UnitKind.MACROSECTOR)
AT_ONCE = 500
DIGITS = 7


@dataclass(frozen=True)
class PlacingResult:
    """What a search of places came to: addresses searched, and how many were placed, left to a person, not known."""

    searched: int
    placed: int
    ambiguous: int
    unknown: int


class Placer:
    """A commune's gazetteer with its aliases, answering in degrees."""

    def __init__(self, commune: Any) -> None:
        """Read what is loaded now. Raises RefusedError where neither addresses, streets nor places are loaded."""
        doors, streets, places = addresses_frame(commune), streets_frame(commune), places_frame(commune)
        if doors.empty and streets.empty and places.empty:
            raise RefusedError(_("Load streets, addresses or places first: there is nothing to search addresses in."))
        areas = pd.concat([units_frame(commune, kind=kind)[["name", "geometry"]] for kind in AREAS])
        aliases = PlaceAlias.objects.for_commune(commune)
        self._to_degrees = transformer(commune.metric_srid, STORAGE_SRID)
        self._known = {one.written: one for one in aliases.of_kind(AliasKind.ADDRESS)}
        self.gazetteer = Gazetteer(
            doors=doors, streets=streets, places=places, areas=areas,
            street_aliases=dict(aliases.of_kind(AliasKind.STREET).values_list("written", "street")),
        )  # fmt: skip

    def find(self, question: Question) -> tuple[Outcome, PlaceAlias | None]:
        """What a search comes to, with coordinates in degrees; and the alias of an address that a person placed."""
        for reading in question.readings()[:1]:
            alias = self._known.get(address_key(reading))
            if alias is not None and alias.point is not None:
                known = Candidate(alias.point.x, alias.point.y, alias.place_class, "alias", 1.0, alias.written)
                return Outcome("placed", (known,)), alias
        found = find_place(self.gazetteer, question)
        return Outcome(found.state, tuple(map(self._in_degrees, found.candidates))), None

    def _in_degrees(self, one: Candidate) -> Candidate:
        lng, lat = self._to_degrees.transform(one.x, one.y)
        return Candidate(**(one.__dict__ | {"x": round(float(lng), DIGITS), "y": round(float(lat), DIGITS)}))


def question_of(row: RecordAddress) -> Question:
    """What a source wrote about a record's place."""
    return Question(**{name: getattr(row, name) for name in ADDRESS_FIELDS})


def place_unplaced(
    *, commune: Any, placed_by: Any, batch: ImportBatch | None = None, role: str = "", report: Report = silent
) -> PlacingResult:
    """Search the addresses of the commune's records without point (of one batch) and place those that are sure.

    Everything that was sure is written as new rows under one ledger number, in one transaction with what the search
    found for the others; a row that changed meanwhile is left for the next time. Raises RefusedError where nothing is
    loaded to search in, CancelledError from `report`, and then writes nothing.
    """
    report(_("reading streets and addresses"), 0, 0)
    placer = Placer(commune)
    open_rows = RecordAddress.objects.for_commune(commune).open().order_by("pk")
    waiting = list(open_rows.of_batch(batch) if batch is not None else open_rows)
    answers: list[tuple[RecordAddress, Outcome, PlaceAlias | None]] = []
    for part in batched(waiting, AT_ONCE):
        report(_("searching addresses"), len(answers), len(waiting))
        answers.extend((row, *placer.find(question_of(row))) for row in part)
    report(_("writing places"), len(waiting), len(waiting))
    placed = _write(commune, answers, placed_by=placed_by, role=role)
    states = [row.state for row, _outcome, _alias in answers]
    return PlacingResult(
        searched=len(answers), placed=placed, ambiguous=states.count(PlacingState.AMBIGUOUS),
        unknown=states.count(PlacingState.UNKNOWN),
    )  # fmt: skip


@transaction.atomic
def _write(
    commune: Any, answers: list[tuple[RecordAddress, Outcome, PlaceAlias | None]], *, placed_by: Any, role: str
) -> int:
    """Write points of the sure ones and candidates of the others; returns how many were placed."""
    sure = [row for row, outcome, _alias in answers if outcome.state == PlacingState.PLACED]
    incidents = unplaced_incidents(commune, sure)
    still_open = _still_open([row for row, _outcome, _alias in answers])
    placements, noted = [], []
    for row, outcome, alias in answers:
        incident, best = incidents.get((row.source, row.record_key)), outcome.best
        is_sure = outcome.state == PlacingState.PLACED and best is not None
        if row.pk not in still_open or (is_sure and incident is None):
            continue
        if is_sure and incident is not None and best is not None:
            placements.append(Placement(incident, Point(best.x, best.y, srid=STORAGE_SRID), best.place_class))
        if alias is not None:
            PlaceAlias.objects.filter(pk=alias.pk).update(uses=F("uses") + 1)
        _note(row, outcome)
        noted.append(row)
    place_incidents(commune=commune, placements=placements, placed_by=placed_by, role=role)
    fields = ["state", "method", "score", "place_class", "details", "reason", "decided_by", "changed_at"]
    RecordAddress.objects.bulk_update(noted, fields, batch_size=AT_ONCE)
    erase_reserved(commune, incidents.values())
    return len(placements)


def _still_open(rows: list[RecordAddress]) -> set[int]:
    """Ids of the addresses about which nobody decided while they were searched; locked until the transaction ends."""
    found: set[int] = set()
    for part in batched([row.pk for row in rows], AT_ONCE):
        found.update(RecordAddress.objects.open().select_for_update().filter(pk__in=part).values_list("pk", flat=True))
    return found


def _note(row: RecordAddress, outcome: Outcome) -> None:
    """What the search found, on the address's row."""
    best = outcome.best
    row.state, row.reason, row.decided_by = outcome.state, "", None
    row.method = best.method if best else ""
    row.score = best.score if best else None
    row.place_class = best.place_class if best else ""
    row.details = {"candidates": [told_candidate(one) for one in outcome.candidates]}


def told_candidate(one: Candidate) -> dict[str, Any]:
    """A candidate as plain values."""
    return {
        "lng": one.x, "lat": one.y, "place_class": one.place_class, "method": one.method, "score": one.score,
        "label": one.label, "facts": one.facts,
    }  # fmt: skip


def unplaced_incidents(commune: Any, rows: list[RecordAddress]) -> dict[tuple[str, str], Incident]:
    """The incidents without point of some addresses, by source and record key; of records withdrawn, none."""
    found: dict[tuple[str, str], Incident] = {}
    for part in batched(rows, AT_ONCE):
        keys = {row.record_key for row in part}
        incidents = Incident.objects.for_commune(commune).current().unplaced().filter(
            source__in={row.source for row in part}, record_key__in=keys
        )  # fmt: skip
        found.update({(one.source, one.record_key): one for one in incidents.select_related("offence_type")})
    return found


def erase_reserved(commune: Any, incidents: Any) -> None:
    """The address of a reserved offence has no further use once it is placed: it goes at once."""
    for incident in incidents:
        if incident.offence_type.reserved:
            rows = RecordAddress.objects.for_commune(commune).filter(state=PlacingState.PLACED)
            empty_texts(rows.filter(source=incident.source, record_key=incident.record_key))
