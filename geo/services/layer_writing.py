"""Checked rows into their table: copied to a temporary table, then moved by one statement that skips what is there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from geo.models import Commune, TerritorialUnit
from geo.services.layer_checks import Rows
from geo.services.targets import Target

STAGING = "layer_staging"


@dataclass
class Written:
    """How many rows went in, were there already, were ended or removed; and those refused while writing."""

    accepted: int = 0
    repeated: int = 0
    replaced: int = 0
    reasons: dict[int, str] = field(default_factory=dict)


def write_rows(rows: Rows, *, target: Target, commune: Commune, source: str, replace: bool) -> Written:
    """Write checked rows in the caller's transaction. Units follow their codes; other things their shape."""
    written = Written()
    keys = _keys(rows, target)
    kept = _without_repeats(keys, written)
    if target.model is TerritorialUnit:
        kept = _settle_codes(rows, kept, keys, target, commune, written, replace)
    _stage(rows, kept, target)
    if replace and target.model is not TerritorialUnit:
        written.replaced = _remove_others(rows, target, commune)
    inserted = _insert(target, commune, source)
    written.accepted += inserted
    written.repeated += len(kept) - inserted
    return written


def _keys(rows: Rows, target: Target) -> list[tuple[Any, ...]]:
    """What makes a row the same as another: its columns and the digest of its shape."""
    digests = [
        hashlib.md5(shape, usedforsecurity=False).hexdigest()
        for shape in shapely.to_wkb(np.array(rows.geometry, dtype=object))
    ]
    return list(zip(*(rows.values[column] for column in target.columns), digests, strict=True))


def _without_repeats(keys: list[tuple[Any, ...]], written: Written) -> list[int]:
    """Rows that no earlier row of the file repeats in everything."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for index, key in enumerate(keys):
        if key in seen:
            written.repeated += 1
        else:
            seen.add(key)
            kept.append(index)
    return kept


# --- units: one of each code is in force -----------------------------------------------------------------------------


def _settle_codes(
    rows: Rows,
    kept: list[int],
    keys: list[tuple[Any, ...]],
    target: Target,
    commune: Commune,
    written: Written,
    replace: bool,
) -> list[int]:
    """Leave out units that are there already; refuse or replace those whose code stands for something else."""
    codes = rows.values["code"]
    twins = {code for code, count in Counter(codes[index] for index in kept).items() if count > 1}
    present = _present_units(commune, target)
    fresh, ended = [], []
    for index in kept:
        code = codes[index]
        if code in twins:
            written.reasons[rows.numbers[index]] = _(
                "The code “%(code)s” is repeated in the file with another content."
            ) % {"code": code}
        elif present.get(code) == keys[index]:
            written.repeated += 1
        elif code in present and not replace:
            written.reasons[rows.numbers[index]] = _(
                "The code “%(code)s” is there already with another content. Ask for it to be replaced."
            ) % {"code": code}
        else:
            fresh.append(index)
            ended += [code] if code in present else []
    in_force = TerritorialUnit.objects.for_commune(commune).of_kind(target.name).in_force()
    written.replaced = in_force.filter(code__in=ended).update(valid_until=_today(commune)) if ended else 0
    return fresh


def _present_units(commune: Commune, target: Target) -> dict[str, tuple[Any, ...]]:
    """Key of every unit in force, by code."""
    columns = sql.SQL(", ").join(map(sql.Identifier, target.columns))
    query = sql.SQL(
        "SELECT code, {columns}, md5(ST_AsBinary(boundary)) FROM geo_territorialunit "
        "WHERE commune_id = %s AND kind = %s AND valid_until IS NULL"
    ).format(columns=columns)
    with connection.cursor() as cursor:
        cursor.execute(query, [commune.pk, target.name])  # type: ignore[arg-type]
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


# --- the copy --------------------------------------------------------------------------------------------------------


def _stage(rows: Rows, kept: list[int], target: Target) -> None:
    """Copy rows to a temporary table with the columns of the target."""
    table = sql.Identifier(target.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(STAGING)))  # type: ignore[arg-type]
        create = sql.SQL(
            "CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {geometry}{comma}{names} FROM {table} LIMIT 0"
        )
        cursor.execute(create.format(staging=sql.Identifier(STAGING), table=table, **_listed(target)))  # type: ignore[arg-type]
        copy = sql.SQL("COPY {staging} ({geometry}{comma}{names}) FROM STDIN")
        raw = cursor.cursor
        with raw.copy(copy.format(staging=sql.Identifier(STAGING), **_listed(target))) as pipe:
            for row in _copied(rows, kept, target):
                pipe.write_row(row)


def _listed(target: Target) -> dict[str, sql.Composable]:
    return {
        "geometry": sql.Identifier(target.geometry),
        "comma": sql.SQL(", " if target.columns else ""),
        "names": sql.SQL(", ").join(map(sql.Identifier, target.columns)),
    }


def _copied(rows: Rows, kept: list[int], target: Target) -> Iterator[list[Any]]:
    encoded = shapely.to_wkb(
        shapely.set_srid([rows.geometry[index] for index in kept], 4326), hex=True, include_srid=True
    )
    for position, index in enumerate(kept):
        yield [encoded[position], *(rows.values[column][index] for column in target.columns)]


def _today(commune: Commune) -> date:
    """The day on the office's calendar."""
    return timezone.localdate(timezone=ZoneInfo(commune.timezone))


def _insert(target: Target, commune: Commune, source: str) -> int:
    """Move staged rows; what is there already is left alone. Returns how many went in."""
    extra: dict[str, Any] = {"commune_id": commune.pk}
    if target.model is TerritorialUnit:
        extra["valid_from"] = _today(commune)
    if "source" not in target.columns:
        extra["source"] = source
    statement = sql.SQL(
        "INSERT INTO {table} ({extra}, {geometry}{comma}{names}) "
        "SELECT {values}, {geometry}{comma}{names} FROM {staging} ON CONFLICT DO NOTHING"
    ).format(
        table=sql.Identifier(target.model._meta.db_table),
        extra=sql.SQL(", ").join(map(sql.Identifier, extra)),
        values=sql.SQL(", ").join(sql.Placeholder() for _name in extra),
        staging=sql.Identifier(STAGING),
        **_listed(target),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, list(extra.values()))  # type: ignore[arg-type]
        return int(cursor.rowcount)


def _remove_others(rows: Rows, target: Target, commune: Commune) -> int:
    """Delete the commune's rows of the target (of the kinds in the file) that the file does not hold."""
    same = [sql.SQL("md5(ST_AsBinary(s.{g})) = md5(ST_AsBinary(t.{g}))").format(g=sql.Identifier(target.geometry))]
    same += [sql.SQL("s.{c} IS NOT DISTINCT FROM t.{c}").format(c=sql.Identifier(c)) for c in target.columns]
    statement = sql.SQL(
        "DELETE FROM {table} t WHERE t.commune_id = %s AND {scope} "
        "AND NOT EXISTS (SELECT 1 FROM {staging} s WHERE {same})"
    ).format(
        table=sql.Identifier(target.model._meta.db_table),
        scope=_scope(target),
        staging=sql.Identifier(STAGING),
        same=sql.SQL(" AND ").join(same),
    )
    parameters: list[Any] = [commune.pk]
    if "kind" in target.columns:
        parameters.append(sorted(set(rows.values["kind"])))
    parameters += [value for _name, value in target.fixed]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)  # type: ignore[arg-type]
        return int(cursor.rowcount)


def _scope(target: Target) -> sql.Composable:
    """Which rows of the table the file speaks for."""
    conditions = [sql.SQL("t.kind = ANY(%s)")] if "kind" in target.columns else []
    conditions += [sql.SQL("t.{} = %s").format(sql.Identifier(name)) for name, _value in target.fixed]  # type: ignore[misc]
    return sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("TRUE")
