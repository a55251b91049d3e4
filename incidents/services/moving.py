"""Sound rows against what is recorded already: repeated, new, or a new version; and their move into the tables.

A row is repeated where this very content was recorded for its record before, unless that import was undone: so neither
an old file nor a file sent twice brings anything back. A new version keeps what people corrected.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from incidents.models import ImportBatch
from incidents.services.masking import write_masked_rows
from incidents.services.staging import rows, run

KEYED = """
CREATE UNLOGGED TABLE {schema}.keyed AS
SELECT parsed.*, digest::uuid AS content_hash,
       CASE WHEN record_id <> '' THEN record_id ELSE '#' || digest || '.' || occurrence END AS record_key
FROM {schema}.parsed
WHERE problems = '{{}}' AND (record_id = '' OR occurrence = 1)
"""

ARRIVALS = """
CREATE UNLOGGED TABLE {schema}.arrivals AS
SELECT k.row_number, k.record_id, k.record_key, k.content_hash, k.source_label, k.origin, k.origin_assumed,
       k.occurred_from, k.occurred_until, k.local_text, k.time_precision, k.time_flag, k.place_reason,
       now_there.id AS supersedes,
       COALESCE(now_there.corrected, '{{}}') AS corrected,
       CASE WHEN 'offence_type' = ANY(now_there.corrected) THEN now_there.offence_type_id ELSE k.type_id END AS type_id,
       CASE WHEN {keeps_point} THEN now_there.point ELSE k.point END AS point,
       CASE WHEN {keeps_point} THEN now_there.place_class
            WHEN k.point IS NULL THEN 'none' ELSE k.place_class END AS place_class
FROM {schema}.keyed k
LEFT JOIN incidents_incident now_there ON now_there.commune_id = {commune} AND now_there.source = {source}
     AND now_there.record_key = k.record_key AND now_there.withdrawn_in IS NULL
WHERE now_there.content_hash IS DISTINCT FROM k.content_hash
  AND NOT EXISTS (
      SELECT FROM incidents_incident before JOIN incidents_importbatch b ON b.id = before.batch_id
      WHERE before.commune_id = {commune} AND before.source = {source} AND before.record_key = k.record_key
        AND before.withdrawn_in IS NOT NULL AND before.content_hash = k.content_hash AND b.state <> 'undone')
"""

# a correction outlives every import; a geocoded point only until the source itself knows the place
KEEPS_POINT = "('point' = ANY(now_there.corrected) OR ('geocoding' = ANY(now_there.corrected) AND k.point IS NULL))"

INSERT = """
INSERT INTO incidents_incident
    (id, commune_id, source, record_id, record_key, content_hash, batch_id, offence_type_id, source_label, origin,
     origin_assumed, occurred_from, occurred_until, local_text, time_precision, time_flag, point, place_class,
     corrected, act, reason, supersedes_id, recorded_in)
SELECT id, commune_id, source, record_id, record_key, content_hash, batch_id, offence_type_id, source_label, origin,
       origin_assumed, occurred_from, occurred_until, local_text, time_precision, time_flag, point, place_class,
       corrected, act, reason, supersedes_id, recorded_in
FROM {rows}
"""

MOVING = """
CREATE UNLOGGED TABLE {schema}.moving AS
SELECT NEXTVAL(PG_GET_SERIAL_SEQUENCE('incidents_incident', 'id')) AS id, %s::bigint AS commune_id,
       %s::varchar AS source, record_id, record_key, content_hash, %s::bigint AS batch_id, type_id AS offence_type_id,
       source_label, origin, origin_assumed, occurred_from, occurred_until, local_text, time_precision, time_flag,
       point, place_class, corrected, 'import'::varchar AS act, ''::varchar AS reason, supersedes AS supersedes_id,
       %s::integer AS recorded_in, NULL::integer AS withdrawn_in
FROM (SELECT * FROM {schema}.arrivals ORDER BY row_number) AS ordered
"""

SUPERSEDED = "SELECT supersedes FROM {schema}.arrivals WHERE supersedes IS NOT NULL"
WITHDRAW_MASKED = "UPDATE incidents_maskedincident SET withdrawn_in = %s WHERE incident_id IN ({ids})"
WITHDRAW_EXACT = "UPDATE incidents_incident SET withdrawn_in = %s WHERE id IN ({ids})"
UNPLACED_BY_REASON = """
SELECT COALESCE(place_reason, 'corrected'), COUNT(*) FROM {schema}.arrivals WHERE point IS NULL GROUP BY 1 ORDER BY 1
"""
# rows that repeat what stands, but that the profile of today would type or place otherwise; corrections aside
READ_OTHERWISE = """
SELECT COUNT(*)
FROM {schema}.keyed k
JOIN incidents_incident n ON n.commune_id = %s AND n.source = %s AND n.record_key = k.record_key
     AND n.withdrawn_in IS NULL AND n.content_hash = k.content_hash
WHERE (n.offence_type_id <> k.type_id AND NOT 'offence_type' = ANY(n.corrected))
   OR (n.corrected && ARRAY['point', 'geocoding']::varchar[]) IS FALSE
       AND (n.point IS NULL) <> (k.point IS NULL)
   OR (n.corrected && ARRAY['point', 'geocoding']::varchar[]) IS FALSE AND ST_Distance(n.point, k.point) > 1e-6
"""
FLAGGED_TIMES = "SELECT time_flag, COUNT(*) FROM {schema}.arrivals WHERE time_flag <> '' GROUP BY 1 ORDER BY 1"


# what new versions change, in what the source said; and rows of the file's own period that it does not bring
CHANGED = """
SELECT a.row_number, a.record_id,
       ARRAY_REMOVE(ARRAY[CASE WHEN n.source_label <> a.source_label THEN 'label' END,
                          CASE WHEN n.offence_type_id <> a.type_id THEN 'type' END,
                          CASE WHEN n.occurred_from <> a.occurred_from OR n.occurred_until <> a.occurred_until
                               THEN 'time' END,
                          CASE WHEN (n.point IS NULL) <> (a.point IS NULL) OR ST_Distance(n.point, a.point) > 1e-6
                               THEN 'place' END,
                          CASE WHEN n.origin <> a.origin THEN 'origin' END], NULL)
FROM {schema}.arrivals a JOIN incidents_incident n ON n.id = a.supersedes
ORDER BY a.row_number
"""
# a set difference, which no plan turns into one table run through for each row of the other
ABSENT = """
SELECT COUNT(*) FROM (
    SELECT n.record_key FROM incidents_incident n
    WHERE n.commune_id = %s AND n.source = %s AND n.withdrawn_in IS NULL
      AND n.occurred_from BETWEEN (SELECT MIN(occurred_from) FROM {schema}.keyed)
                              AND (SELECT MAX(occurred_from) FROM {schema}.keyed)
    EXCEPT SELECT k.record_key FROM {schema}.keyed k) AS gone
"""
CHANGES_SHOWN = 50


@dataclass(frozen=True)
class Arrival:
    """What an import would bring: rows, those without place, by which reason, new versions, odd times; and how many
    repeated rows the profile would now read otherwise, which only come in again once the batch before is undone."""

    accepted: int
    unplaced: int
    unplaced_by_reason: dict[str, int]
    new_versions: int
    flagged_times: dict[str, int]
    read_otherwise: int
    difference: dict[str, Any]


def select_arrivals(schema: str, *, commune: Any, source: str) -> Arrival:
    """Make `arrivals`: sound rows that would change something. The caller holds the ledger's lock."""
    run(KEYED.format(schema=schema))
    run(f"ANALYZE {schema}.keyed")
    run(
        ARRIVALS.format(
            schema=schema, commune=int(commune.pk), source="'" + source.replace("'", "''") + "'",
            keeps_point=KEEPS_POINT,
        )
    )  # fmt: skip
    run(f"ANALYZE {schema}.arrivals")
    [(accepted, unplaced, new_versions)] = rows(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE point IS NULL), COUNT(supersedes) FROM {schema}.arrivals",
        schema=schema,
    )
    reasons = rows(UNPLACED_BY_REASON, schema=schema)
    flags = rows(FLAGGED_TIMES, schema=schema)
    [(otherwise,)] = rows(READ_OTHERWISE, [commune.pk, source], schema=schema)
    return Arrival(
        accepted, unplaced, dict(reasons), new_versions, dict(flags), otherwise, _difference(schema, commune, source)
    )


def _difference(schema: str, commune: Any, source: str) -> dict[str, Any]:
    """`changed`: how many new versions change what; `changes`: the first of them; `absent`: rows the file lacks."""
    found = rows(CHANGED, schema=schema)
    [(absent,)] = rows(ABSENT, [commune.pk, source], schema=schema)
    return {
        "changed": dict(Counter(what for _row, _record, fields in found for what in fields)),
        "changes": [[row, record, fields] for row, record, fields in found[:CHANGES_SHOWN]],
        "absent": absent,
    }


def move_rows(schema: str, *, batch: ImportBatch) -> None:
    """Move `arrivals` into the tables under the batch's ledger number; the versions they replace are withdrawn."""
    commune = batch.commune
    withdraw(schema, SUPERSEDED, sequence=batch.sequence or 0)
    run(MOVING, [commune.pk, batch.profile.source, batch.pk, batch.sequence], schema=schema)
    write_rows(schema, commune=commune, source=f"{schema}.moving")


def write_rows(schema: str, *, commune: Any, source: str) -> None:
    """Write finished incident rows of a staging table and their masked twins."""
    run(INSERT.format(rows=source))
    write_masked_rows(commune=commune, schema=schema, source=source)


def withdraw(schema: str, ids_query: str, *, sequence: int) -> int:
    """Withdraw rows and their masked twins under a ledger number; returns how many incidents."""
    run(WITHDRAW_MASKED.format(ids=ids_query), [sequence], schema=schema)
    return run(WITHDRAW_EXACT.format(ids=ids_query), [sequence], schema=schema)
