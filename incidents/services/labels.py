"""Words of a source that no type was given to yet: counted, and given their type without touching what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from access.services.audit import record_act
from geo.errors import RefusedError
from incidents.models import Incident, LedgerAct, Nature, SourceProfile
from incidents.services.ledger import lock_ledger, next_entry
from incidents.services.moving import withdraw, write_rows
from incidents.services.profiles import profile_named, save_profile
from incidents.services.staging import rows, run, staging_schema
from incidents.services.taxonomies import UNMAPPED, offence_type

MOST_LABELS = 300
GIVEN = "CREATE UNLOGGED TABLE {schema}.given (label text, type_id bigint, origin text)"
OPEN = """
CREATE UNLOGGED TABLE {schema}.gone AS
SELECT i.id, g.type_id, g.origin FROM incidents_incident i JOIN {schema}.given g ON g.label = i.source_label
WHERE i.commune_id = %s AND i.source = %s AND i.withdrawn_in IS NULL AND i.offence_type_id = %s
"""
RETYPED = """
CREATE UNLOGGED TABLE {schema}.moving AS
SELECT NEXTVAL(PG_GET_SERIAL_SEQUENCE('incidents_incident', 'id')) AS id, i.commune_id, i.source, i.record_id,
       i.record_key, i.content_hash, i.batch_id, g.type_id AS offence_type_id, i.source_label,
       CASE WHEN i.origin_assumed THEN g.origin ELSE i.origin END AS origin, i.origin_assumed, i.occurred_from,
       i.occurred_until, i.local_text, i.time_precision, i.time_flag, i.point, i.place_class, i.corrected,
       'correction'::varchar AS act, %s::varchar AS reason, i.id AS supersedes_id, %s::integer AS recorded_in,
       NULL::integer AS withdrawn_in
FROM incidents_incident i JOIN {schema}.gone g ON g.id = i.id
ORDER BY i.id
"""


def open_labels(*, commune: Any, source: str) -> dict[str, int]:
    """Words of a source's current incidents that have no type yet, with their rows, most frequent first."""
    found = Incident.objects.for_commune(commune).current().filter(source=source, offence_type__nature=Nature.UNMAPPED)
    counted = found.order_by().values("source_label").annotate(n=Count("*")).order_by("-n", "source_label")
    return {one["source_label"]: one["n"] for one in counted[:MOST_LABELS]}


@transaction.atomic
def map_labels(
    *, commune: Any, source: str, mapping: Mapping[str, tuple[str, str]], mapped_by: Any, role: str = ""
) -> tuple[SourceProfile, int]:
    """Give words of a source their types: a new version of its profile, and new versions of the rows that wait.

    What the source wrote stays as it is; rows that a person typed are left alone. Returns the profile and how many rows
    got their type. Raises RefusedError where nothing is given, UnknownTypeError, UnknownProfileError.
    """
    if not mapping:
        raise RefusedError(_("Choose a type for at least one word."))
    lock_ledger(commune)
    profile = profile_named(commune=commune, name=source)
    settings = profile.settings | {"type_mapping": {**profile.settings.get("type_mapping", {}), **mapping}}
    saved = save_profile(
        commune=commune, name=profile.name, source=profile.source, kind=profile.kind, settings=settings,
        retention_months=profile.retention_months, legal_basis=profile.legal_basis, saved_by=mapped_by,
    )  # fmt: skip
    retyped = _retype(commune=commune, source=source, mapping=mapping, settings=settings, user=mapped_by)
    record_act(
        commune=commune, user=mapped_by, role=role, verb="incidents.map_labels", target=source,
        details={"words": len(mapping), "rows": retyped, "profile": saved.pk},
    )  # fmt: skip
    return saved, retyped


def _retype(
    *, commune: Any, source: str, mapping: Mapping[str, tuple[str, str]], settings: dict[str, Any], user: Any
) -> int:
    with staging_schema() as schema:
        run(GIVEN, schema=schema)
        for label, (version, code) in mapping.items():
            one = offence_type(version, code)
            origin = settings.get("default_origin") or one.default_origin
            run("INSERT INTO {schema}.given VALUES (%s, %s, %s)", [label, one.pk, origin], schema=schema)
        run(OPEN, [commune.pk, source, offence_type(*UNMAPPED).pk], schema=schema)
        [(count,)] = rows("SELECT COUNT(*) FROM {schema}.gone", schema=schema)
        if count:
            entry = next_entry(commune=commune, act=LedgerAct.CORRECTION, user=user)
            withdraw(schema, "SELECT id FROM {schema}.gone", sequence=entry.number)
            run(RETYPED, [_("its word was given a type"), entry.number], schema=schema)
            write_rows(schema, commune=commune, source=f"{schema}.moving")
    return int(count)
