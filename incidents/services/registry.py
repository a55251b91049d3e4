"""The processing record: for each source what is kept, why, how long, who keeps it, and its last imports."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incidents.models import ErasedCount, ImportBatch, Incident, ProfileKind, SourceProfile
from incidents.services.remains import inert

PURPOSE = "Prevención y seguridad pública comunal"
LAST_IMPORTS = 3


@dataclass(frozen=True)
class RegistryEntry:
    """One source in the record."""

    profile: SourceProfile
    columns: list[str]
    has_coordinates: bool
    standing: int
    erased: int
    imports: list[ImportBatch]

    @property
    def is_complete(self) -> bool:
        """Whether the source says how long its rows are kept and on what legal basis."""
        return bool(self.profile.retention_months and self.profile.legal_basis)


def processing_record(*, commune: Any) -> list[RegistryEntry]:
    """The record of a commune, source by source in the order of their names."""
    entries = []
    for profile in SourceProfile.objects.for_commune(commune).latest().select_related("created_by").order_by("name"):
        columns = profile.settings.get("columns", {})
        batches = ImportBatch.objects.for_commune(commune).filter(profile__source=profile.source, state="committed")
        standing = Incident.objects.for_commune(commune).current().filter(source=profile.source)
        erased = ErasedCount.objects.for_commune(commune).of_source(profile.source).values_list("incidents", flat=True)
        entries.append(
            RegistryEntry(
                profile=profile,
                columns=sorted(columns.values()),
                has_coordinates=bool({"x", "coordinates"} & set(columns)),
                standing=standing.count() if profile.kind == ProfileKind.INCIDENTS else 0,
                erased=sum(erased),
                imports=list(batches.newest_first()[:LAST_IMPORTS]),
            )
        )
    return entries


def record_as_csv(entries: list[RegistryEntry]) -> bytes:
    """The record as a table that opens in a spreadsheet."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=";")
    writer.writerow(
        [_("Source"), _("Holds"), _("Purpose"), _("Legal basis"), _("Columns kept"), _("Kept for (months)"),
         _("Version"), _("Saved by"), _("Records that count"), _("Erased after retention"), _("Last import")]
    )  # fmt: skip
    for one in entries:
        last = one.imports[0].created_at if one.imports else None
        row = [
            one.profile.name, one.profile.get_kind_display(), PURPOSE, one.profile.legal_basis, ", ".join(one.columns),
            one.profile.retention_months or "", one.profile.version, one.profile.created_by or "", one.standing,
            one.erased, date_format(last, "SHORT_DATETIME_FORMAT") if last else "",
        ]  # fmt: skip
        writer.writerow([inert(str(cell)) for cell in row])
    return sink.getvalue().encode("utf-8-sig")
