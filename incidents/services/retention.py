"""Keeping no longer than was said: what is over its time is erased for good, and only counts by month stay."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from access.services.audit import record_act
from incidents.models import LedgerAct, ProfileKind, SourceProfile
from incidents.services.addresses import erase_addresses
from incidents.services.ledger import lock_ledger, next_entry
from incidents.services.masking import mark_repeats
from incidents.services.staging import rows, run

# every version of a record whose newest version is over its time
OVER = """
FROM incidents_incident i
WHERE i.commune_id = %(commune)s AND i.source = %(source)s AND i.occurred_from < %(before)s
"""
COUNT_OVER = "SELECT COUNT(*), COUNT(*) FILTER (WHERE i.withdrawn_in IS NULL) " + OVER
KEEP_COUNTS = """
INSERT INTO incidents_erasedcount (commune_id, source, month, offence_type_id, origin, incidents)
SELECT i.commune_id, i.source, DATE_TRUNC('month', i.occurred_from AT TIME ZONE %(zone)s)::date, i.offence_type_id,
       i.origin, COUNT(*)
{over} AND i.withdrawn_in IS NULL
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (commune_id, source, month, offence_type_id, origin)
DO UPDATE SET incidents = incidents_erasedcount.incidents + EXCLUDED.incidents
""".replace("{over}", OVER)
ERASE_MASKED = "DELETE FROM incidents_maskedincident WHERE incident_id IN (SELECT i.id {over})".replace("{over}", OVER)
ERASE_ADDRESSES = """
DELETE FROM incidents_recordaddress a WHERE a.commune_id = %(commune)s AND a.source = %(source)s
AND a.record_key IN (SELECT i.record_key {over})
""".replace("{over}", OVER)
ERASE_EXACT = "DELETE FROM incidents_incident WHERE id IN (SELECT i.id {over})".replace("{over}", OVER)
ALLOW = "SELECT set_config('atalaya.erasing', 'retention', true)"
FORBID = "SELECT set_config('atalaya.erasing', '', true)"


def last_day_kept(profile: SourceProfile, *, today: dt.date) -> dt.date | None:
    """First day that a source's retention still covers; None where its profile names no retention."""
    if not profile.retention_months:
        return None
    months = today.year * 12 + today.month - 1 - profile.retention_months
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, 1)  # whole months: the counts that stay are of whole months


def erase_over(
    *, commune: Any, today: dt.date | None = None, dry_run: bool = False, erased_by: Any = None
) -> dict[str, int]:
    """Erase the incidents of a commune that are older than the retention of their source; returns rows by source.

    Every version goes, with its masked twin and its address; counts by month, type and origin stay. Each source is one
    transaction under a ledger number, told in the audit. A dry run only counts.
    """
    zone = ZoneInfo(commune.timezone)
    day = today or timezone.now().astimezone(zone).date()
    erased = {}
    for profile in SourceProfile.objects.for_commune(commune).latest().of_kind(ProfileKind.INCIDENTS):
        first = last_day_kept(profile, today=day)
        if first is None:
            continue
        before = dt.datetime.combine(first, dt.time(), tzinfo=zone)
        told = {"commune": commune.pk, "source": profile.source, "before": before, "zone": commune.timezone}
        [(count, current)] = rows(COUNT_OVER, told)
        if count and not dry_run:
            _erase(commune=commune, profile=profile, told=told, user=erased_by, counts=(count, current))
        if count:
            erased[profile.source] = int(current)
    if not dry_run:
        erase_addresses(commune=commune, erased_by=erased_by)
    return erased


@transaction.atomic
def _erase(*, commune: Any, profile: SourceProfile, told: dict[str, Any], user: Any, counts: tuple[int, int]) -> None:
    lock_ledger(commune)
    entry = next_entry(commune=commune, act=LedgerAct.ERASURE, user=user)
    run(KEEP_COUNTS, told)
    for statement in (ERASE_MASKED, ERASE_ADDRESSES):
        run(statement, told)
    run(ALLOW)
    run(ERASE_EXACT, told)
    run(FORBID)
    mark_repeats(commune)
    record_act(
        commune=commune, user=user, role="", verb="incidents.erase", target=profile.source,
        details={"versions": counts[0], "incidents": counts[1], "before": told["before"].date().isoformat(),
                 "months": profile.retention_months, "sequence": entry.number},
    )  # fmt: skip
