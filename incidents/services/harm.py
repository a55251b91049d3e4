"""Harm weights: days of minimum penalty of each offence. What nobody has valued stays empty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from geo.models import Commune
from incidents.models import HarmTable, HarmWeight, OffenceType
from incidents.services.taxonomies import REFERENCE, load_taxonomies

FALLBACK_DAYS = 1.0


@dataclass(frozen=True)
class HarmDays:
    """Days by offence-type id, and the ids that have no value of their own."""

    days: dict[int, float]
    without_value: frozenset[int]


def default_harm_table(*, commune: Any) -> HarmTable:
    """The commune's table in use; the shipped one is written as its first version where it has none."""
    return _in_use(commune) or _first_table(commune)


@transaction.atomic
def _first_table(commune: Any) -> HarmTable:
    """The shipped table as version 1, unless somebody wrote a table while this waited for the lock."""
    load_taxonomies()
    _lock(commune)
    current = _in_use(commune)
    if current is not None:
        return current
    shipped = json.loads((REFERENCE / "harm-1.json").read_text(encoding="utf-8"))
    given = {one["code"]: one for one in shipped["weights"]}
    weights = []
    for one in OffenceType.objects.of_version(shipped["taxonomy"]).order_by("code"):
        value = given.get(one.code, {})
        weights.append((one, value.get("days"), value.get("source_article", "")))
    return save_harm_table(commune=commune, name=shipped["name"], weights=weights)


@transaction.atomic
def save_harm_table(
    *, commune: Any, name: str, weights: list[tuple[OffenceType, int | None, str]], checked_by: str = ""
) -> HarmTable:
    """Write a new version of the commune's weights and put it in use. Older versions stay as they were."""
    _lock(commune)
    tables = HarmTable.objects.for_commune(commune)
    latest = max((table.version for table in tables), default=0)
    tables.in_use().update(current=False)
    table = HarmTable.objects.create(commune=commune, version=latest + 1, name=name, current=True)
    HarmWeight.objects.bulk_create(
        HarmWeight(table=table, offence_type=one, days=days, source_article=article, checked_by=checked_by)
        for one, days, article in weights
    )
    return table


def _in_use(commune: Any) -> HarmTable | None:
    current: HarmTable | None = HarmTable.objects.for_commune(commune).in_use().first()
    return current


def _lock(commune: Any) -> None:
    """Versions are given one at a time; the rows themselves cannot be locked before the first exists."""
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)


def harm_days(*, commune: Any, accept_fallback: bool = False, table: HarmTable | None = None) -> HarmDays:
    """Days of every offence type under the table in use, or under another table of the commune.

    With `accept_fallback`, a type without value takes that of its group, then of its family, then one day; without it,
    such a type has no entry at all.
    """
    table = table or default_harm_table(commune=commune)
    given = {
        type_id: float(days)
        for type_id, days in HarmWeight.objects.filter(table=table).values_list("offence_type_id", "days")
        if days is not None
    }
    parents: dict[int, int | None] = dict(OffenceType.objects.values_list("pk", "parent_id"))
    without = frozenset(parents) - frozenset(given)
    if not accept_fallback:
        return HarmDays(given, without)
    return HarmDays({pk: _nearest_value(pk, given, parents) for pk in parents}, without)


def _nearest_value(pk: int, given: dict[int, float], parents: dict[int, int | None]) -> float:
    above: int | None = pk
    while above is not None:
        if above in given:
            return given[above]
        above = parents[above]
    return FALLBACK_DAYS
