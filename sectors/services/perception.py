"""Perceived insecurity: readings of units or sectors, imported through a source profile or added by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from analysis.progress import Report, silent
from geo.errors import RefusedError
from geo.models import TerritorialUnit, UnitKind
from incidents.models import ProfileKind
from incidents.services.table_undo import UNDOS, TableUndo
from incidents.services.tables import BadRowError, TableField, import_table
from sectors.models import PerceptionReading, RiskSector
from sectors.services.catalogue import today
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune
    from incidents.models import ImportBatch, SourceProfile

FIELDS = [
    TableField("record_id", maximum_length=120),
    TableField("unit", maximum_length=40),
    TableField("unit_kind", choices=list(UnitKind.values)),
    TableField("sector", maximum_length=40),
    TableField("value", "decimal", required=True, minimum=0, maximum=100),
    TableField("n", "integer", required=True, minimum=1),
    TableField("measured_on", "date", required=True),
    TableField("instrument", maximum_length=120),
]
SOURCE_BY_HAND = "formulario"


@dataclass(frozen=True)
class Answer:
    """What people said: share who feel unsafe (0 to 100), when, how many answered, to what."""

    value: float
    measured_on: date
    n: int
    instrument: str


def import_readings(
    *,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    imported_by: User,
    dry_run: bool = False,
    report: Report = silent,
) -> ImportBatch:
    """Import readings; `unit` holds the code of a unit (unidad vecinal unless `unit_kind` says otherwise), or `sector`
    that of a sector. The same place, day and instrument is one reading: the same again changes nothing."""
    return import_table(
        path=path,
        file_name=file_name,
        profile=profile,
        fields=FIELDS,
        save_row=partial(_save_row, profile=profile, imported_by=imported_by),
        imported_by=imported_by,
        dry_run=dry_run,
        report=report,
    )


@transaction.atomic
def add_reading(
    *, place: TerritorialUnit | RiskSector, answer: Answer, recorded_by: User, source: str = SOURCE_BY_HAND
) -> PerceptionReading:
    """Write down one reading of a unit or a sector. Raises RefusedError where a figure is out of range or is there."""
    commune: Commune = place.commune
    if not (0 <= answer.value <= 100) or answer.n < 1:
        raise RefusedError(_("A reading goes from 0 to 100 and at least one person answered."))
    if answer.measured_on > today(commune):
        raise RefusedError(_("A reading cannot be taken in the future."))
    key = {"commune": commune, "measured_on": answer.measured_on, "instrument": answer.instrument, "source": source}
    reading, added = PerceptionReading.objects.get_or_create(
        **key,
        **_place(place),
        defaults={"value": answer.value, "n": answer.n, "recorded_by": recorded_by},
    )
    if not added:
        raise RefusedError(_("This place already has a reading of that day and instrument."))
    record("perception.added", commune=commune, user=recorded_by, target=f"reading {reading.pk}")
    return reading


def _place(place: TerritorialUnit | RiskSector) -> dict[str, Any]:
    if isinstance(place, RiskSector):
        return {"sector": place, "unit": None}
    return {"unit": place, "sector": None}


def _save_row(values: dict[str, Any], batch: ImportBatch, *, profile: SourceProfile, imported_by: User) -> bool:
    place = _found_place(values, commune=batch.commune)
    if values["measured_on"] > today(batch.commune):
        raise BadRowError("future", "measured_on")
    key = {
        "commune": batch.commune,
        "measured_on": values["measured_on"],
        "instrument": values["instrument"] or profile.name,
        "source": profile.source,
    }
    figures = {"value": values["value"], "n": values["n"]}
    reading, added = PerceptionReading.objects.get_or_create(
        **key, **_place(place), defaults=figures | {"recorded_by": imported_by}
    )
    if added:
        return True
    changed = PerceptionReading.objects.filter(pk=reading.pk).exclude(**figures).update(**figures)
    return bool(changed)


def _found_place(values: dict[str, Any], *, commune: Commune) -> TerritorialUnit | RiskSector:
    if bool(values["unit"]) == bool(values["sector"]):
        raise BadRowError("missing", "unit")
    if values["sector"]:
        sector: RiskSector | None = RiskSector.objects.for_commune(commune).with_code(values["sector"]).first()
        if sector is None:
            raise BadRowError("unknown_value", "sector")
        return sector
    units = TerritorialUnit.objects.for_commune(commune).of_kind(values["unit_kind"] or UnitKind.UNIDAD_VECINAL)
    unit: TerritorialUnit | None = units.in_force().filter(code=values["unit"]).first()
    if unit is None:
        raise BadRowError("unknown_value", "unit")
    return unit


UNDOS[ProfileKind.PERCEPTION] = TableUndo(PerceptionReading)
