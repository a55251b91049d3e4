"""From a file of incidents to rows: staged, validated as a set, moved in one transaction; and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from access.services.audit import record_act
from analysis.progress import Report, silent
from analysis.sniffing.personal import mask_personal
from geo.crs import share_inside, suggest_srid, title_of
from geo.errors import RefusedFileError
from incidents.models import BatchState, ImportBatch, LedgerAct, SourceProfile
from incidents.services.addresses import keep_addresses
from incidents.services.ledger import lock_ledger, next_entry
from incidents.services.moving import Arrival, move_rows, select_arrivals
from incidents.services.profile_settings import ADDRESS_FIELDS, ProfileSettings
from incidents.services.profiles import settings_of
from incidents.services.reading import BROKEN, ROW_NUMBER, fitted, table_batches
from incidents.services.remains import RefusedRows, refused_path, sweep_refused_files, write_refused_file
from incidents.services.staging import copy_in, rows, run, staging_schema, sweep_staging
from incidents.services.tables import refused_file_message, sha256_of
from incidents.services.taxonomies import UNMAPPED
from incidents.services.validation import parse_rows
from incidents.services.words import read_words

FAR_AT_LEAST = 20  # fewer stray points than this say nothing about the profile
STAGES = 5
# labels without a type, most frequent first; the batch keeps the fifty that matter most
UNMAPPED_LABELS = """
SELECT source_label, COUNT(*) FROM {schema}.parsed
WHERE 'label:unknown_label' = ANY(problems)
   OR type_id = (SELECT t.id FROM incidents_offencetype t JOIN incidents_offencetaxonomy x ON x.id = t.taxonomy_id
                 WHERE x.version = %s AND t.code = %s)
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50
"""
REFUSED_CELLS = """
SELECT p.row_number, {fields} FROM {{schema}}.parsed p JOIN {{schema}}.raw r USING (row_number)
WHERE p.problems <> '{{}}' ORDER BY 1
"""
TOLD = ("id", "read", "accepted", "repeated", "refused", "unplaced", "sequence")


@dataclass
class Judged:
    """What validation found: rows read, rows without a problem, every refusal (row, column, reason),

    what personal data was masked, and the labels that no type is given to."""

    read: int = 0
    sound: int = 0
    refusals: list[tuple[int, str, str]] = field(default_factory=list)
    masked: Counter[str] = field(default_factory=Counter)
    unmapped: dict[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        return self.read - self.sound


def import_incidents(
    *,
    commune: Any,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    imported_by: Any,
    dry_run: bool = False,
    report: Report = silent,
) -> ImportBatch:
    """Import a file of incidents through a profile; returns its batch with read = accepted + repeated + refused.

    The same content again changes nothing and returns the batch already there, with the counts of this run. A dry run
    writes only its own batch. `report` is called while rows stream through the database connection, so it must not use
    that one (the jobs' has its own). Raises RefusedFileError where the file as a whole cannot be taken, CancelledError
    from `report`; whatever happens before the last commit leaves nothing.
    """
    settings = fitted(settings_of(profile), file_name)
    sweep_remains()
    digest = sha256_of(path)
    with staging_schema() as schema:
        masked = _stage(schema, path=path, file_name=file_name, settings=settings, report=report)
        report(_("checking rows"), 2, STAGES)
        read_words(schema, settings, set(settings.columns))
        parse_rows(schema, commune=commune, settings=settings)
        judged = _judge(schema, settings, masked)
        _refuse_file(schema, commune=commune, file_name=file_name, settings=settings, judged=judged, dry_run=dry_run)
        report(_("writing rows"), 3, STAGES)
        batch = ImportBatch(
            commune=commune, profile=profile, file_name=file_name[:200], sha256=digest, imported_by=imported_by,
            state=BatchState.DRY_RUN if dry_run else BatchState.COMMITTED, read=judged.read, refused=judged.refused,
        )  # fmt: skip
        if judged.refusals:
            batch.refused_file = _write_refused(schema, commune=commune, settings=settings, judged=judged)
        return _commit(schema, batch=batch, judged=judged, settings=settings, report=report)


def sweep_remains() -> None:
    """Remove what killed imports left: staging schemas nobody holds, files of refused rows no batch names."""
    sweep_staging()
    sweep_refused_files()


def _stage(schema: str, *, path: Path, file_name: str, settings: ProfileSettings, report: Report) -> Counter[str]:
    """COPY the named columns of the file as text into `raw`; returns what personal data was masked."""
    fields = list(settings.columns)
    columns = ", ".join(f"{name} text" for name in fields)
    run(f"CREATE UNLOGGED TABLE {schema}.raw ({ROW_NUMBER} bigint, {BROKEN} boolean, {columns})")
    read = 0
    masked: Counter[str] = Counter()

    def counted() -> Iterator[pa.RecordBatch]:
        nonlocal read
        for batch in table_batches(path=path, file_name=file_name, settings=settings, found=masked):
            read += batch.num_rows
            report(_("reading the file: %(rows)s rows") % {"rows": read}, 1, STAGES)
            yield batch

    copy_in(f"{schema}.raw", [ROW_NUMBER, BROKEN, *fields], counted())
    run(f"ANALYZE {schema}.raw")
    if not read:
        raise RefusedFileError(_("“%(file)s” has no rows.") % {"file": file_name})
    return masked


def _judge(schema: str, settings: ProfileSettings, masked: Counter[str]) -> Judged:
    [(read, sound)] = rows(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE problems = '{}') FROM {schema}.parsed", schema=schema
    )
    problems = rows(
        "SELECT row_number, UNNEST(problems) AS problem FROM {schema}.parsed WHERE problems <> '{}' ORDER BY 1, 2",
        schema=schema,
    )
    refusals = []
    for number, problem in problems:
        name, reason = problem.split(":")
        refusals.append((number, settings.columns.get(name, ""), reason))
    return Judged(read, sound, refusals, masked, dict(rows(UNMAPPED_LABELS, list(UNMAPPED), schema=schema)))


def _write_refused(schema: str, *, commune: Any, settings: ProfileSettings, judged: Judged) -> str:
    """The file of refused rows with what they said, so that they can be mended and sent again."""
    fields = [name for name, heading in settings.columns.items() if not heading.startswith("__")]
    told = rows(REFUSED_CELLS.format(fields=", ".join(f"r.{name}" for name in fields)), schema=schema)
    refused = RefusedRows(
        judged.refusals, [settings.columns[name] for name in fields], {one[0]: _masked(fields, one[1:]) for one in told}
    )
    return write_refused_file(
        commune=commune, refused=refused, delimiter=settings.delimiter, encoding=settings.encoding
    )


def _refuse_file(
    schema: str, *, commune: Any, file_name: str, settings: ProfileSettings, judged: Judged, dry_run: bool
) -> None:
    """Refuse the whole file where its profile must be wrong, or where the profile takes all rows or none."""
    if judged.refusals and settings.bad_rows == "refuse_file" and not dry_run:
        raise RefusedFileError(refused_file_message(file_name, judged.refusals))
    [(placed, far, *bounds)] = rows(
        "SELECT COUNT(point), COUNT(far_x), MIN(far_x), MIN(far_y), MAX(far_x), MAX(far_y) FROM {schema}.parsed",
        schema=schema,
    )
    if far < FAR_AT_LEAST or far <= placed:
        return
    told = {"file": file_name, "count": far, "commune": commune.name, "srid": settings.srid}
    hint = suggest_srid(bounds, commune=commune, declared=settings.srid)
    message = _("%(count)s points of “%(file)s” lie more than 20 km outside %(commune)s in EPSG:%(srid)s.") % told
    if hint is not None:
        told = {"title": title_of(hint), "srid": hint}
        message += " " + _("They would lie inside in %(title)s (EPSG:%(srid)s): correct the profile.") % told
    elif share_inside([bounds[1], bounds[0], bounds[3], bounds[2]], srid=settings.srid, commune=commune) > 0:
        message += " " + _("They would lie inside with latitude and longitude exchanged: correct the profile.")
    raise RefusedFileError(message)


def _masked(fields: Sequence[str], cells: Sequence[str | None]) -> list[str]:
    """Cells of a refused row: addresses, which are masked only when they are kept, are masked here as well."""
    return [
        mask_personal(cell or "", names=False)[0] if field in ADDRESS_FIELDS else cell or ""
        for field, cell in zip(fields, cells, strict=True)
    ]


def _commit(
    schema: str, *, batch: ImportBatch, judged: Judged, settings: ProfileSettings, report: Report
) -> ImportBatch:
    """One transaction: rows, masked rows, batch, ledger number, audit. The file of refused rows comes before it."""
    committing = batch.state == BatchState.COMMITTED
    with transaction.atomic():
        lock_ledger(batch.commune)
        arrivals = select_arrivals(schema, commune=batch.commune, source=batch.profile.source)
        _fill_counts(batch, judged, arrivals)
        same = _same_content(batch) if committing and not arrivals.accepted else None
        if same is not None:
            return _counted_again(same, batch)
        batch.save()
        if committing and arrivals.accepted:
            entry = next_entry(commune=batch.commune, act=LedgerAct.IMPORT, user=batch.imported_by, batch=batch)
            batch.sequence = entry.number
            batch.save(update_fields=["sequence"])
            move_rows(schema, batch=batch)
            keep_addresses(schema, batch=batch, settings=settings)
            report(_("writing rows"), 4, STAGES)
        record_act(
            commune=batch.commune, user=batch.imported_by, role="", target=batch.file_name,
            verb="incidents.import" if committing else "incidents.dry_run",
            details={name: getattr(batch, name) for name in TOLD},
        )  # fmt: skip
    report(_("done"), STAGES, STAGES)
    return batch


def _fill_counts(batch: ImportBatch, judged: Judged, arrivals: Arrival) -> None:
    batch.accepted = arrivals.accepted
    batch.repeated = judged.sound - arrivals.accepted
    batch.unplaced = arrivals.unplaced
    batch.counts = {
        "refused": dict(sorted(Counter(reason for _row, _column, reason in judged.refusals).items())),
        "unplaced": arrivals.unplaced_by_reason,
        "new_versions": arrivals.new_versions,
        "flagged_times": arrivals.flagged_times,
        "read_otherwise": arrivals.read_otherwise,
        "masked": dict(judged.masked),
        "unmapped": judged.unmapped,
        **arrivals.difference,
    }


def _same_content(batch: ImportBatch) -> ImportBatch | None:
    """The batch that imported this very file through this very profile."""
    same = ImportBatch.objects.for_commune(batch.commune).committed().filter(sha256=batch.sha256, profile=batch.profile)
    found: ImportBatch | None = same.order_by("pk").first()
    return found


def _counted_again(same: ImportBatch, run_again: ImportBatch) -> ImportBatch:
    """The batch already there, telling the counts of this run; nothing is written."""
    if run_again.refused_file:
        refused_path(run_again.refused_file).unlink(missing_ok=True)
    for name in ("read", "accepted", "repeated", "refused", "unplaced", "counts"):
        setattr(same, name, getattr(run_again, name))
    return same
