"""The profile form's first values: from the profile before, or from a guess at the file."""

from __future__ import annotations

from typing import Any

from geo.decoder import Dialect, TableDescription, describe_table
from incidents.models import OffenceType, SourceProfile
from incidents.services.taxonomies import load_taxonomies
from maps.profile_fields import guessed_columns
from maps.type_mapping import labels_in, likely_types, written
from maps.uploads import Upload


def description_of(upload: Upload, *, sheet: str = "") -> TableDescription:
    """What the file looks like: a table of text, a workbook or the attributes of a map layer."""
    return describe_table(upload.path, file_name=upload.file_name, sheet=sheet)


def first_values(kind: str, described: TableDescription, profile: SourceProfile | None) -> dict[str, Any]:
    """Initial values of the profile form."""
    if profile is not None:
        return _values_of(profile)
    columns = guessed_columns(kind, described.header)
    return {
        "delimiter": described.dialect.delimiter,
        "encoding": described.dialect.encoding,
        "has_header": described.dialect.has_header,
        "decimal": described.decimal,
        "date_format": "%d-%m-%Y",
        "srid": described.srid or 4326,
        **{f"column_{name}": heading for name, heading in columns.items()},
    }


def found_labels(upload: Upload, described: TableDescription, column: str) -> list[str]:
    """Labels of the type column of the file; none where the column is not there."""
    if column not in described.header:
        return []
    dialect: Dialect = described.dialect
    return labels_in(upload.path, file_name=upload.file_name, dialect=dialect, column=column)


def first_types(labels: list[str], profile: SourceProfile | None) -> dict[str, str]:
    """For each label the type that the profile gave it, else the type of the same name."""
    load_taxonomies()
    told = likely_types(labels)
    mapping = profile.settings.get("type_mapping", {}) if profile else {}
    known = {
        (one.taxonomy.version, one.code): written(one) for one in OffenceType.objects.select_related("taxonomy")
    } if mapping else {}  # fmt: skip
    for label, (version, code) in mapping.items():
        told[label] = known.get((version, code), "")
    return {f"type_{number}": told.get(label, "") for number, label in enumerate(labels)}


def _values_of(profile: SourceProfile) -> dict[str, Any]:
    settings = profile.settings
    names = ("delimiter", "encoding", "decimal", "has_header", "srid", "default_origin")
    return {
        "name": profile.name,
        "retention_months": profile.retention_months,
        "legal_basis": profile.legal_basis,
        "date_format": settings.get("date_format", ["%d-%m-%Y"])[0],
        **{name: settings.get(name) for name in names},
        **{f"column_{name}": heading for name, heading in settings.get("columns", {}).items()},
    }
