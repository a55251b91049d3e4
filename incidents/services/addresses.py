"""Addresses of records without a point: kept when an import brings them, without personal data; erased in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.services.audit import record_act
from incidents.models import ImportBatch, PlacingState, RecordAddress, SourceProfile
from incidents.services.profile_settings import ADDRESS_FIELDS, ProfileSettings
from incidents.services.staging import run

LENGTHS = {"address": 300, "street": 200, "number": 40, "corner": 200, "place_name": 200}
MARK = "…"
# what is taken out of a place text: RUT, e-mail, telephone, plate, and the person somebody named
PERSONAL_DATA = (
    r"\m[0-9]{1,2}[.]?[0-9]{3}[.]?[0-9]{3}\s?-\s?[0-9k]\M",
    r"[^\s@,;]+@[^\s@,;]+",
    r"(\+?56[\s-]?)?\m[29][\s-]?[0-9]{4}[\s-]?[0-9]{4}\M",
    r"\m[0-9]{7,}\M",
    r"\m(patente|placa|ppu)\M[\s.:°º]*[a-z]{2,4}[\s.·-]?[0-9]{2,4}",
    r"\m[bcdfghjklprstvwxyz]{4}[.·-]?[0-9]{2}\M",
    r"\m(?!av|pj|ps|km|no|de|la|el|rt)[a-z]{2}[.·-]?[0-9]{4}\M",
    r"\m(sr|sra|srta|señor|señora|don|doña|familia|flia|(casa|domicilio|hogar|propiedad)\s+de(?!\s+(la|el|los|las)\M))\M"
    r"[.]?\s+[^,;/0-9]*",
)
PLACED_DAYS = 30  # how long the text of a placed record stays, so that a placing can be looked at again
LONGEST_MONTHS = 24  # for sources whose profile says nothing about retention

# a record that has its point now keeps no address; a changed text is searched again
KEEP = """
INSERT INTO incidents_recordaddress
    (commune_id, source, record_key, batch_id, {names}, redacted, state, method, place_class, details, reason,
     changed_at)
SELECT %s, %s, told.record_key, %s, {cleaned}, {redacted}, 'waiting', '', '', '{{}}', '', NOW()
FROM (SELECT a.record_key, {texts} FROM {schema}.arrivals a JOIN {schema}.raw r USING (row_number)
      WHERE a.point IS NULL) AS told
WHERE CONCAT({names}) <> ''
ON CONFLICT (commune_id, source, record_key) DO UPDATE
SET batch_id = EXCLUDED.batch_id, {updates}, redacted = EXCLUDED.redacted, state = 'waiting', erased_at = NULL,
    changed_at = NOW()
WHERE ({old}) IS DISTINCT FROM ({new}) OR incidents_recordaddress.erased_at IS NOT NULL
"""
DROP_PLACED = """
DELETE FROM incidents_recordaddress k USING {schema}.arrivals a
WHERE k.commune_id = %s AND k.source = %s AND k.record_key = a.record_key AND a.point IS NOT NULL
"""


def keep_addresses(schema: str, *, batch: ImportBatch, settings: ProfileSettings) -> int:
    """Keep the addresses of the arrivals of an import that have no point; returns how many were written.

    Runs inside the transaction of the import. Where the profile names no address, nothing happens.
    """
    named = [field for field in ADDRESS_FIELDS if field in settings.columns]
    if not named:
        return 0
    mine = [batch.commune_id, batch.profile.source]
    run(DROP_PLACED, mine, schema=schema)
    statement = KEEP.format(
        schema=schema,
        names=", ".join(ADDRESS_FIELDS),
        texts=", ".join(f"{_raw_text(field, settings)} AS {field}" for field in ADDRESS_FIELDS),
        cleaned=", ".join(f"LEFT({without_personal_data(field)}, {LENGTHS[field]})" for field in ADDRESS_FIELDS),
        redacted=" OR ".join(f"{without_personal_data(field)} <> {field}" for field in named),
        updates=", ".join(f"{field} = EXCLUDED.{field}" for field in ADDRESS_FIELDS),
        old=", ".join(f"incidents_recordaddress.{field}" for field in ADDRESS_FIELDS),
        new=", ".join(f"EXCLUDED.{field}" for field in ADDRESS_FIELDS),
    )
    return run(statement, [*mine, batch.pk])


def without_personal_data(expression: str) -> str:
    """SQL that gives a text without what names or reaches a person. Every pattern is ours."""
    cleaned = expression
    for pattern in PERSONAL_DATA:
        quoted = pattern.replace("'", "''").replace("%", "%%")
        cleaned = f"REGEXP_REPLACE({cleaned}, '{quoted}', '{MARK}', 'gi')"
    return cleaned


def _raw_text(field: str, settings: ProfileSettings) -> str:
    if field not in settings.columns:
        return "''"
    words = ", ".join("'" + word.replace("'", "''").replace("%", "%%") + "'" for word in settings.nothing) or "''"
    return f"CASE WHEN BTRIM(r.{field}) IN ({words}) THEN '' ELSE LEFT(COALESCE(BTRIM(r.{field}), ''), 500) END"


@transaction.atomic
def erase_addresses(*, commune: Any, now: dt.datetime | None = None, erased_by: Any = None) -> int:
    """Empty the texts whose time is over: placed a month ago, or older than the retention of their source.

    What the search found (method, score, class) stays for the statistics. Returns how many rows were emptied.
    """
    moment = now or timezone.now()
    over = Q(state=PlacingState.PLACED, changed_at__lt=moment - dt.timedelta(days=PLACED_DAYS))
    for profile in SourceProfile.objects.for_commune(commune).latest():
        months = min(profile.retention_months or LONGEST_MONTHS, LONGEST_MONTHS)
        over |= Q(source=profile.source, batch__created_at__lt=moment - dt.timedelta(days=30 * months))
    erased = empty_texts(RecordAddress.objects.for_commune(commune).readable().filter(over), now=moment)
    if erased:
        record_act(commune=commune, user=erased_by, role="", verb="incidents.erase_addresses", details={"rows": erased})
    return erased


def empty_texts(rows: Any, *, now: dt.datetime | None = None) -> int:
    """Empty the texts of some address rows; returns how many."""
    emptied = dict.fromkeys(ADDRESS_FIELDS, "")
    return int(rows.update(**emptied, details={}, reason="", erased_at=now or timezone.now()))
