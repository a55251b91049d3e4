"""Taxonomies that the product ships, and those a source brings along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from geo.errors import RefusedError
from incidents.models import Crosswalk, GroupingMember, OffenceGrouping, OffenceTaxonomy, OffenceType
from incidents.models.taxonomy import Level, Nature, Origin

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
CURRENT = ("cead-2024-b", "municipal-1")  # the lists that new labels are mapped to
SHIPPED = (*CURRENT, "cead-2024-a", "sin-clasificar")
UNMAPPED = ("sin-clasificar", "sin_clasificar")  # the type of rows whose label no type is given to yet
TYPE_DEFAULTS: dict[str, Any] = {
    "nature": Nature.OFFENCE,
    "default_origin": Origin.REPORTED,
    "dmcs": False,
    "enforcement_driven": False,
    "reserved": False,
}
LEVELS = [Level.FAMILY, Level.GROUP, Level.SUBGROUP]


class UnknownTypeError(RefusedError):
    """A type was named that its taxonomy version does not hold."""


def load_taxonomies() -> dict[str, int]:
    """Write the shipped types that are absent; returns types per version. Safe to repeat.

    Types already there stay as they are: a municipality may have edited them (which are reserved, what it calls them).
    """
    counts: dict[str, int] = {}
    for version in SHIPPED:
        shipped = json.loads((REFERENCE / f"{version}.json").read_text(encoding="utf-8"))
        taxonomy = save_taxonomy(
            version=shipped["version"], name=shipped["name"], source=shipped["source"], types=shipped["types"],
            keep_known=True,
        )  # fmt: skip
        counts[taxonomy.version] = len(shipped["types"])
    _load_crosswalks()
    _load_groupings()
    return counts


def _load_crosswalks() -> None:
    """Links that the product ships; a link that people changed stays as they left it."""
    told = json.loads((REFERENCE / "crosswalk-2024.json").read_text(encoding="utf-8"))
    old, new = ({one.code: one for one in OffenceType.objects.of_version(told[end])} for end in ("from", "to"))
    wanted = [Crosswalk(from_type=old[one["from"]], to_type=new[one["to"]], kind=one["kind"]) for one in told["links"]]
    Crosswalk.objects.bulk_create(wanted, ignore_conflicts=True)


def _load_groupings() -> None:
    types = {(one.taxonomy.version, one.code): one for one in OffenceType.objects.select_related("taxonomy")}
    for told in json.loads((REFERENCE / "groupings.json").read_text(encoding="utf-8"))["groupings"]:
        defaults = {"name": told["name"], "source": told["source"]}
        grouping, _made = OffenceGrouping.objects.update_or_create(code=told["code"], defaults=defaults)
        members = [
            GroupingMember(grouping=grouping, title=entry["title"], place=place, offence_type=types[version, code])
            for place, entry in enumerate(told["entries"])
            for version, code in entry["types"]
        ]
        GroupingMember.objects.bulk_create(members, ignore_conflicts=True)


@transaction.atomic
def save_taxonomy(
    *, version: str, name: str, source: str, types: list[dict[str, Any]], keep_known: bool = False
) -> OffenceTaxonomy:
    """Write one taxonomy version and its types, parents first. Types already there are brought to what is given, or
    left alone with `keep_known`."""
    taxonomy, _made = OffenceTaxonomy.objects.update_or_create(
        version=version, defaults={"name": name, "source": source}
    )
    known = {one.code: one for one in OffenceType.objects.of_version(version)}
    for given in sorted(types, key=lambda one: LEVELS.index(Level(one["level"]))):
        if keep_known and given["code"] in known:
            continue
        parent = given.get("parent")
        if parent is not None and parent not in known:
            raise UnknownTypeError(
                _("The type “%(code)s” names a parent “%(parent)s” that the list does not hold.")
                % {"code": given["code"], "parent": parent}
            )
        kept = known.get(given["code"]) or OffenceType(taxonomy=taxonomy, code=given["code"])
        kept.name, kept.level = given["name"], given["level"]
        for field, default in TYPE_DEFAULTS.items():
            setattr(kept, field, given.get(field, default))
        kept.parent = known[parent] if parent is not None else None
        kept.save()
        known[kept.code] = kept
    return taxonomy


def offence_type(version: str, code: str) -> OffenceType:
    """The type of a taxonomy version with a code. Raises UnknownTypeError."""
    found: OffenceType | None = OffenceType.objects.with_key(version, code).select_related("parent", "taxonomy").first()
    if found is None:
        raise UnknownTypeError(
            _("The taxonomy “%(version)s” has no type “%(code)s”.") % {"version": version, "code": code}
        )
    return found
