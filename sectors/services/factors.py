"""Risk factors: imported through a source profile, added and followed up by hand."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from analysis.progress import Report, silent
from geo.errors import MissingVersionError, RefusedError
from geo.geometry import parse_geometry
from incidents.models import ProfileKind
from incidents.services.table_undo import UNDOS, TableUndo
from incidents.services.tables import BadRowError, SourceRow, TableField, import_table
from sectors.errors import StaleVersionError
from sectors.models import FactorState, FactorType, RiskFactor
from sectors.services.catalogue import today
from sectors.services.factor_types import load_factor_types
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune
    from incidents.models import ImportBatch, SourceProfile

SOURCE_BY_HAND = "formulario"
CHANGEABLE = ("kind", "name", "point", "state", "observed_on", "solved_on")


def factor_fields() -> list[TableField]:
    """Fields of a table of risk factors, as a source profile's `columns` may name them."""
    return [
        TableField("record_id", maximum_length=120),
        TableField("kind", required=True, choices=list(FactorType.objects.values_list("code", flat=True))),
        TableField("name"),
        TableField("point", "point", required=True),
        TableField("state", choices=list(FactorState.values)),
        TableField("observed_on", "date", required=True),
        TableField("solved_on", "date"),
    ]


def import_factors(
    *,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    imported_by: User,
    dry_run: bool = False,
    report: Report = silent,
) -> ImportBatch:
    """Import risk factors. What the source has not changed since its last import changes nothing, field by field, so
    what people followed up by hand stays; what the source did change is taken."""
    load_factor_types()
    kinds = FactorType.objects.all().by_code()
    save_row = partial(_save_row, profile=profile, kinds=kinds, imported_by=imported_by)
    return import_table(
        path=path,
        file_name=file_name,
        profile=profile,
        fields=factor_fields(),
        save_row=save_row,
        imported_by=imported_by,
        dry_run=dry_run,
        report=report,
    )


@transaction.atomic
def add_factor(
    *,
    commune: Commune,
    kind: FactorType,
    point: str | dict[str, Any] | Point,
    observed_on: date,
    recorded_by: User,
    name: str = "",
) -> RiskFactor:
    """Write down an unsolved factor seen on the ground."""
    if observed_on > today(commune):
        raise RefusedError(_("A factor cannot be observed in the future."))
    factor = RiskFactor.objects.create(
        commune=commune,
        kind=kind,
        name=name.strip()[:200],
        point=_point(point, commune=commune),
        observed_on=observed_on,
        source=SOURCE_BY_HAND,
        recorded_by=recorded_by,
    )
    record("factor.added", commune=commune, user=recorded_by, target=f"factor {factor.pk}")
    return factor


@transaction.atomic
def change_factor(
    *, factor: RiskFactor, changes: dict[str, Any], expected_version: int | None, changed_by: User
) -> RiskFactor:
    """Change kind, name, point, state or days of a factor. Solved without a day means solved today.

    Raises MissingVersionError, StaleVersionError with both sides, RefusedError.
    """
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the factor it was made from."))
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    values = _settled(dict(changes), factor=factor)
    saved = RiskFactor.objects.filter(pk=factor.pk, version=expected_version).update(version=F("version") + 1, **values)
    fresh: RiskFactor = RiskFactor.objects.select_related("commune", "kind").get(pk=factor.pk)
    if saved != 1:
        raise StaleVersionError(
            _("The factor was changed by somebody else meanwhile."),
            current=_told(fresh),
            yours=_told(factor) | {name: str(value) for name, value in changes.items() if name != "point"},
        )
    record(
        "factor.changed",
        commune=fresh.commune,
        user=changed_by,
        target=f"factor {fresh.pk}",
        details={"version": fresh.version, "fields": sorted(values)},
    )
    return fresh


def _settled(values: dict[str, Any], *, factor: RiskFactor) -> dict[str, Any]:
    if "point" in values:
        values["point"] = _point(values["point"], commune=factor.commune)
    state = values.get("state", factor.state)
    if state not in FactorState.values:
        raise RefusedError(_("The state of a factor is open, in hand or solved."))
    if state == FactorState.SOLVED:
        values["solved_on"] = values.get("solved_on") or factor.solved_on or today(factor.commune)
        if values["solved_on"] < values.get("observed_on", factor.observed_on):
            raise RefusedError(_("A factor cannot be solved before it was observed."))
    else:
        values["solved_on"] = None
    return values


def _point(point: str | dict[str, Any] | Point, *, commune: Commune) -> Point:
    if isinstance(point, Point):
        return point
    return cast(Point, parse_geometry(point, commune=commune, kinds={"Point"}))


def _told(factor: RiskFactor) -> dict[str, Any]:
    return {
        "kind": factor.kind.code,
        "name": factor.name,
        "state": factor.state,
        "observed_on": factor.observed_on.isoformat(),
        "solved_on": factor.solved_on.isoformat() if factor.solved_on else None,
        "version": factor.version,
    }


def _save_row(
    values: dict[str, Any],
    batch: ImportBatch,
    *,
    profile: SourceProfile,
    kinds: dict[str, FactorType],
    imported_by: User,
) -> bool:
    """True where the row was written, False where the source says nothing new."""
    state = values["state"] or (FactorState.SOLVED if values["solved_on"] else FactorState.OPEN)
    solved_on = values["solved_on"] if state == FactorState.SOLVED else None
    if state == FactorState.SOLVED and solved_on is None:
        raise BadRowError("missing", "solved_on")
    if solved_on is not None and solved_on < values["observed_on"]:
        raise BadRowError("ends_before_start", "solved_on")
    if values["observed_on"] > today(batch.commune):
        raise BadRowError("future", "observed_on")
    content = {
        "kind": kinds[values["kind"]],
        "name": values["name"] or "",
        "point": values["point"],
        "state": state,
        "observed_on": values["observed_on"],
        "solved_on": solved_on,
    }
    says = SourceRow(content)
    key = {"commune": batch.commune, "source": profile.source, "record_id": values["record_id"] or says.digest[:40]}
    known = RiskFactor.objects.select_for_update().filter(**key).first()
    if known is not None and known.content_hash == says.digest:
        return False
    if known is None:
        RiskFactor.objects.create(**key, **content, **says.kept, recorded_by=imported_by)
    else:
        news = _news(known, says)
        RiskFactor.objects.filter(pk=known.pk).update(version=F("version") + 1, **says.kept, **news)
    return True


def _news(known: RiskFactor, says: SourceRow) -> dict[str, Any]:
    """What the source says that it did not say last time; state and day of solution are one thing.

    Raises BadRowError where a new day of observation comes after the solution that people wrote down.
    """
    news = says.news(known.source_content)
    if news.keys() & {"state", "solved_on"}:
        news |= {name: says.content[name] for name in ("state", "solved_on")}
    solved_on = news.get("solved_on", known.solved_on)
    if solved_on is not None and solved_on < news.get("observed_on", known.observed_on):
        raise BadRowError("ends_before_start", "observed_on")
    return news


UNDOS[ProfileKind.RISK_FACTORS] = TableUndo(RiskFactor)
