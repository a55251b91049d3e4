"""From the words of a source to offence types: labels found in a file, types to choose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from django.utils.translation import gettext as _

from geo.decoder import Dialect, decode_table
from geo.errors import RefusedError
from incidents.models import OffenceType

MOST_LABELS = 300
WRITTEN = re.compile(r"^(?P<name>.*) \[(?P<version>\S+) (?P<code>\S+)\]$")


def labels_in(path: Path, *, file_name: str, dialect: Dialect, column: str) -> list[str]:
    """The different values of a column, most frequent first, at most 300."""
    counts: dict[str, int] = {}
    for batch in decode_table(path, dialect=dialect, columns=[column], file_name=file_name):
        for entry in pc.value_counts(batch.column(column)).to_pylist():
            label = (entry["values"] or "").strip()[:200]
            if label:
                counts[label] = counts.get(label, 0) + entry["counts"]
    return sorted(counts, key=lambda label: (-counts[label], label))[:MOST_LABELS]


def written(offence_type: Any) -> str:
    """A type as people choose it: its name, its taxonomy version and its code."""
    return f"{offence_type.name} [{offence_type.taxonomy.version} {offence_type.code}]"


def type_choices() -> list[str]:
    """Every type, newest taxonomies first."""
    rows = OffenceType.objects.select_related("taxonomy").order_by("taxonomy__version", "code")
    return [written(one) for one in rows]


def read_choice(text: str) -> tuple[str, str]:
    """Taxonomy version and code of a written choice. Raises RefusedError for anything else."""
    found = WRITTEN.match(text.strip())
    if found is None:
        raise RefusedError(_("“%(text)s” is not a type of the list. Choose one of it.") % {"text": text[:80]})
    return found["version"], found["code"]


def written_types() -> dict[str, str]:
    """Every type as people choose it, by `version code`."""
    types = OffenceType.objects.select_related("taxonomy")
    return {f"{one.taxonomy.version} {one.code}": written(one) for one in types}
