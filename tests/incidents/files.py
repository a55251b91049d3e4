"""Small files of incidents for tests."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from geo.models import Commune
from incidents.models import ImportBatch, Incident, SourceProfile
from incidents.services.importing import import_incidents
from incidents.services.profiles import save_profile
from tests.factories.incidents import SETTINGS

HEADER = ["folio", "fecha", "hora", "tipo", "procedencia", "lng", "lat", "nombre"]
LNG, LAT = -73.246, -39.814


def row(folio: Any = "1", **changes: Any) -> list[str]:
    """A row that is accepted, but for what is changed. The last column holds what must never be imported."""
    told = {
        "folio": folio,
        "fecha": "2025-06-02",
        "hora": "12:30:00",
        "tipo": "Hurto",
        "procedencia": "denuncia",
        "lng": LNG,
        "lat": LAT,
        "nombre": "Persona Inventada",
    } | changes
    return [str(told[name]) for name in HEADER]


def write_rows(
    path: Path, rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER, delimiter: str = ","
) -> Path:
    """Write a CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def profile_for(
    commune: Commune, *, source: str = "registro", without: Sequence[str] = (), **changes: Any
) -> SourceProfile:
    """A saved profile that reads the files of `write_rows`; `changes` are of its settings."""
    columns = {name: heading for name, heading in SETTINGS["columns"].items() if name not in without}
    return save_profile(commune=commune, name=source, settings={**SETTINGS, "columns": columns, **changes})


def bring_in(
    folder: Path,
    profile: SourceProfile,
    rows: Iterable[Sequence[str]],
    *,
    name: str = "incidentes.csv",
    **options: Any,
) -> ImportBatch:
    """Write rows to a file and import it."""
    path = write_rows(folder / name, rows)
    return import_incidents(
        commune=profile.commune, path=path, file_name=name, profile=profile, imported_by=None, **options
    )


def current(commune: Commune) -> list[Incident]:
    """What stands now, in reading order."""
    return list(Incident.objects.for_commune(commune).current().in_reading_order())


def content(commune: Commune) -> list[tuple[Any, ...]]:
    """What stands now without the numbers that only tell when it was written."""
    return sorted(
        (one.source, one.record_key, str(one.content_hash), one.offence_type_id, one.origin, one.occurred_from,
         one.time_precision, one.time_flag, one.point.wkt if one.point else "", one.place_class)
        for one in current(commune)
    )  # fmt: skip
