"""Taking back an import: its rows are withdrawn, and what they had replaced is written again as new rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.services.audit import record_act
from geo.errors import ConflictError
from incidents.models import BatchState, ImportBatch, LedgerAct, ProfileKind, RecordAddress
from incidents.services.ledger import lock_ledger, next_entry
from incidents.services.moving import withdraw, write_rows
from incidents.services.staging import rows, run, staging_schema
from incidents.services.table_undo import take_back_rows

GONE = """
CREATE UNLOGGED TABLE {schema}.gone AS
SELECT id, commune_id, source, record_key FROM incidents_incident WHERE batch_id = %s AND withdrawn_in IS NULL
"""

# the newest version of each withdrawn record that no undone import wrote, if there is one
RESTORED = """
CREATE UNLOGGED TABLE {schema}.moving AS
SELECT NEXTVAL(PG_GET_SERIAL_SEQUENCE('incidents_incident', 'id')) AS id, older.commune_id, older.source,
       older.record_id, older.record_key, older.content_hash, older.batch_id, older.offence_type_id, older.source_label,
       older.origin, older.origin_assumed, older.occurred_from, older.occurred_until, older.local_text,
       older.time_precision, older.time_flag, older.point, older.place_class, older.corrected, older.act, older.reason,
       gone.id AS supersedes_id, {sequence} AS recorded_in, NULL::integer AS withdrawn_in
FROM {schema}.gone gone
CROSS JOIN LATERAL (
    SELECT i.* FROM incidents_incident i JOIN incidents_importbatch b ON b.id = i.batch_id
    WHERE i.commune_id = gone.commune_id AND i.source = gone.source AND i.record_key = gone.record_key
      AND i.withdrawn_in IS NOT NULL AND i.batch_id <> {batch} AND b.state <> 'undone'
    ORDER BY i.recorded_in DESC, i.id DESC LIMIT 1
) older
ORDER BY gone.id
"""


@transaction.atomic
def take_back(*, batch: ImportBatch, undone_by: Any, role: str = "") -> ImportBatch:
    """Undo a committed import. Raises ConflictError where it does not count (any more).

    Every incident that stands because of this batch is withdrawn under a new ledger number, corrections of its rows
    included. A record that an earlier import had brought comes back as that import, with its corrections, left it.
    Rows of other tables: `incidents.services.table_undo`.
    """
    lock_ledger(batch.commune)
    locked: ImportBatch = ImportBatch.objects.select_for_update().select_related("commune", "profile").get(pk=batch.pk)
    if locked.state != BatchState.COMMITTED:
        raise ConflictError(_("Only an import that counts can be undone."))
    if locked.profile.kind == ProfileKind.INCIDENTS:
        done = {"withdrawn": _withdraw(locked, undone_by)}
    else:
        done = asdict(take_back_rows(locked))
    locked.state, locked.undone_at, locked.undone_by = BatchState.UNDONE, timezone.now(), undone_by
    locked.save(update_fields=["state", "undone_at", "undone_by"])
    record_act(
        commune=locked.commune, user=undone_by, role=role, verb=f"{locked.profile.kind}.undo", target=locked.file_name,
        details={"batch": locked.pk, **done},
    )  # fmt: skip
    return locked


def _withdraw(locked: ImportBatch, undone_by: Any) -> int:
    """Withdraw the incidents that stand because of a batch; returns how many there were."""
    with staging_schema() as schema:
        run(GONE, [locked.pk], schema=schema)
        run("ANALYZE {schema}.gone", schema=schema)
        [(standing,)] = rows("SELECT COUNT(*) FROM {schema}.gone", schema=schema)
        if standing:
            entry = next_entry(commune=locked.commune, act=LedgerAct.UNDO, user=undone_by, batch=locked)
            withdraw(schema, "SELECT id FROM {schema}.gone", sequence=entry.number)
            run(RESTORED.format(schema=schema, sequence=int(entry.number), batch=int(locked.pk)))
            write_rows(schema, commune=locked.commune, source=f"{schema}.moving")
    RecordAddress.objects.for_commune(locked.commune).of_batch(locked).delete()
    return int(standing)
