"""The profile form's first values: from the profile before, or from a guess at the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analysis.sniffing.tables import Understanding
from geo.decoder import Dialect, TableDescription, describe_table
from incidents.models import SourceProfile
from incidents.services.ready_profiles import recognised
from incidents.services.sniffing import guessed_settings
from incidents.services.suggesting import suggested_types
from incidents.services.taxonomies import load_taxonomies
from maps.forms.imports import FORMATS_APART
from maps.profile_fields import FIELDS
from maps.type_mapping import labels_in, written_types
from maps.uploads import Upload

USUAL_TIMES = ["%H:%M:%S", "%H:%M", "%H"]


def description_of(upload: Upload, *, sheet: str = "") -> TableDescription:
    """What the file looks like: a table of text, a workbook or the attributes of a map layer."""
    return describe_table(upload.path, file_name=upload.file_name, sheet=sheet)


def fitting_profile(described: TableDescription, profiles: Iterable[SourceProfile]) -> SourceProfile | None:
    """The profile all of whose columns the file has; of several the one that names most. None where none fits."""
    header = set(described.header)
    fitting = [one for one in profiles if set(one.settings["columns"].values()) <= header]
    return max(fitting, key=lambda one: len(one.settings["columns"]), default=None)


def profile_roles(kind: str, described: TableDescription, profile: SourceProfile | None) -> list[dict[str, Any]]:
    """For each column of a file what a profile takes it for; nothing where no profile is chosen."""
    if profile is None:
        return []
    titles = {profile.settings["columns"].get(field.name): field.label for field in FIELDS[kind]}
    return [
        {
            "heading": heading,
            "title": titles.get(heading) or _("not imported"),
            "sign": "good" if heading in titles else "",
        }
        for heading in described.header
    ]


@dataclass(frozen=True)
class Start:
    """What a profile form begins with: a saved profile, a ready one whose columns the file has, or guesses alone."""

    settings: dict[str, Any]
    name: str = ""
    source: str = ""
    retention_months: int | None = None
    legal_basis: str = ""
    ready: str = ""


def start_of(kind: str, described: TableDescription, told: Understanding, profile: SourceProfile | None) -> Start:
    """Where the form begins."""
    if profile is not None:
        return Start(profile.settings, profile.name, profile.source, profile.retention_months, profile.legal_basis)
    guessed = guessed_settings(described, told)
    ready = recognised(described.header, kind=kind)
    if ready is None:
        return Start(guessed)
    settings = ready.settings_for(described.header, guessed)
    return Start(settings, ready.name, "", ready.retention_months, ready.legal_basis, ready.name)


def first_values(described: TableDescription, start: Start) -> dict[str, Any]:
    """Initial values of the profile form."""
    settings = start.settings
    names = ("delimiter", "encoding", "decimal", "has_header", "srid", "unsigned", "default_origin", "constant_label")
    first = {
        "date_format": FORMATS_APART.join(settings["date_format"]) if "date_format" in settings else "%d-%m-%Y",
        "time_format": FORMATS_APART.join(settings.get("time_format", USUAL_TIMES)),
        "keep_unmapped": settings.get("unmapped", "keep") == "keep",
        **{name: settings.get(name) for name in names},
        **{f"column_{name}": heading for name, heading in settings.get("columns", {}).items()},
        "name": start.name, "retention_months": start.retention_months, "legal_basis": start.legal_basis,
    }  # fmt: skip
    if described.srid and not start.source:
        first["srid"] = described.srid
    return first


def found_labels(upload: Upload, described: TableDescription, column: str, constant: str) -> list[str]:
    """Labels of the type column of the file; without one, the label of all rows."""
    if column not in described.header:
        return [constant] if constant else []
    dialect: Dialect = described.dialect
    return labels_in(upload.path, file_name=upload.file_name, dialect=dialect, column=column)


def first_types(labels: list[str], mapping: dict[str, Any]) -> dict[str, str]:
    """For each label the type that the profile gave it, else the type that is surely meant."""
    load_taxonomies()
    known = written_types()
    folded = {label.casefold(): key for label, key in mapping.items()}
    given = {label: folded[label.casefold()] for label in labels if label.casefold() in folded}
    told = {
        label: known.get(found[0].key, "")
        for label, found in suggested_types([one for one in labels if one not in given]).items()
        if found and found[0].is_sure
    }
    told |= {label: known.get(f"{version} {code}", "") for label, (version, code) in given.items()}
    return {f"type_{number}": told.get(label, "") for number, label in enumerate(labels)}


def type_hints(labels: list[str]) -> dict[str, str]:
    """For each label that no type is surely meant by, the likely ones, as help beside its field."""
    known = written_types()
    hints = {}
    for number, label in enumerate(labels):
        likely = [known[one.key] for one in suggested_types([label])[label] if one.key in known]
        if likely:
            hints[f"type_{number}"] = _("Perhaps: %(types)s") % {"types": "; ".join(likely)}
    return hints
