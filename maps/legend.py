"""What a legend says beside its classes: how many things are drawn, of which days, from which source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from access.permissions import allows
from geo.models import Building, MaskArea, Place, PublicSpace, StreetSegment, TerritorialUnit, UnitKind
from incidents.models import ImportBatch, Incident, MassEvent
from maps.cell_classes import cell_classes
from maps.layers import layers_for
from maps.periods import Period
from sectors.models import ProposalState, RiskFactor, TerritoryProposal
from sectors.services.score_views import counted_words, other_origins_words
from sectors.services.scoring import latest_run

Facts = dict[str, Any]


def legend_facts(*, commune: Any, role: str | None, period: Period) -> dict[str, Facts]:
    """Facts of each layer the role may see, by the layer's id."""
    return {
        layer.id: FACTS[layer.id](commune, role, period)
        for layer in layers_for(role)
        if layer.id in FACTS and not layer.ground
    }


def _count(rows: QuerySet[Any], **more: Any) -> Facts:
    return {"n": rows.count(), **more}


def _of_source(rows: QuerySet[Any]) -> Facts:
    """Number and sources of rows that name their source."""
    names = [name for name in rows.order_by("source").values_list("source", flat=True).distinct()[:3] if name]
    return {"n": rows.count(), "source": ", ".join(names)}


def _units(commune: Any, role: str | None, period: Period) -> Facts:
    return _of_source(TerritorialUnit.objects.for_commune(commune).in_force().exclude(kind=UnitKind.MANZANA))


def _blocks(commune: Any, role: str | None, period: Period) -> Facts:
    return _of_source(TerritorialUnit.objects.for_commune(commune).of_kind(UnitKind.MANZANA).in_force())


def _incidents(commune: Any, role: str | None, period: Period) -> Facts:
    """How many, in which classes their cells are drawn; each role counts in the table of its own precision."""
    told = {"from": period.first.isoformat(), "until": period.last.isoformat()}
    if not allows(role, "incidents.view_masked"):
        return told
    told |= cell_classes(commune=commune, role=role, period=period) | {"source": _profiles(commune)}
    if not allows(role, "incidents.view_exact"):
        return told | {"note": _("masked: street corner and whole weeks")}
    rows = Incident.objects.for_commune(commune).current().counted_once().between(
        period.first, period.last, timezone=commune.timezone
    )  # fmt: skip
    unplaced = rows.unplaced().count()
    note = _("%(n)s without place are not drawn") % {"n": unplaced} if unplaced else ""
    return told | {"note": note}


def _profiles(commune: Any) -> str:
    """Names of the source profiles through which incidents came in."""
    batches = ImportBatch.objects.for_commune(commune).filter(profile__kind="incidents", state="committed")
    return ", ".join(batches.order_by("profile__name").values_list("profile__name", flat=True).distinct()[:3])


def _sectors(commune: Any, role: str | None, period: Period) -> Facts:
    run = latest_run(commune)
    if run is None:
        return {"note": _("no score has been computed yet")}
    return {
        "n": run.scores.count(),
        "from": run.window_from.isoformat(),
        "until": run.window_until.isoformat(),
        "source": _("scheme v%(version)s, %(counted)s")
        % {"version": run.scheme.version, "counted": counted_words(run.scheme)},
        "note": other_origins_words(run),
    }


def _proposals(commune: Any, role: str | None, period: Period) -> Facts:
    # an accepted one is drawn, and counted, as its sector
    rows = TerritoryProposal.objects.for_commune(commune).visible_to(role or "").exclude(state=ProposalState.ACCEPTED)
    newest = rows.aggregate(day=Max("run__window_until"))["day"]
    return _count(rows, date=newest.isoformat() if newest else None)


def _events(commune: Any, role: str | None, period: Period) -> Facts:
    rows = MassEvent.objects.for_commune(commune).on_days(period.first, period.last, timezone=commune.timezone)
    return _count(rows, **{"from": period.first.isoformat(), "until": period.last.isoformat()})


def _factors(commune: Any, role: str | None, period: Period) -> Facts:
    rows = RiskFactor.objects.for_commune(commune).unsolved(period.last)
    return _of_source(rows) | {"date": period.last.isoformat()}


def _whole(model: Any) -> Callable[[Any, str | None, Period], Facts]:
    return lambda commune, role, period: _count(model.objects.for_commune(commune))


FACTS: dict[str, Callable[[Any, str | None, Period], Facts]] = {
    "manzanas": _blocks,
    "unidades": _units,
    "calles": _whole(StreetSegment),
    "edificios": _whole(Building),
    "espacio-publico": _whole(PublicSpace),
    "mascara": _whole(MaskArea),
    "lugares": _whole(Place),
    "incidentes": _incidents,
    "sectores": _sectors,
    "propuestas": _proposals,
    "eventos": _events,
    "factores": _factors,
}
