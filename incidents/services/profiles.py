"""Source profiles: saved by version, brought by a file, looked up by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from geo.errors import RefusedError
from incidents.models import ProfileKind, SourceProfile
from incidents.services.profile_settings import ProfileSettings, RefusedProfileError, read_settings
from incidents.services.taxonomies import SHIPPED, load_taxonomies, offence_type, save_taxonomy

LARGEST_PROFILE_BYTES = 1_000_000


class UnknownProfileError(RefusedError):
    """No profile of the commune has that name."""


@transaction.atomic
def save_profile(
    *,
    commune: Any,
    name: str,
    settings: dict[str, Any],
    source: str = "",
    kind: str = ProfileKind.INCIDENTS,
    retention_months: int | None = None,
    legal_basis: str = "",
    saved_by: Any = None,
) -> SourceProfile:
    """Write a profile: the first version of a new source, or a new version where something changed.

    The same settings again return the version already there. Own types are written to their own taxonomy and every
    type of the mapping must exist. A taxonomy that is shipped or another commune's is not the profile's own: whoever
    writes it says which types are reserved. Raises RefusedProfileError, UnknownTypeError.
    """
    if kind not in ProfileKind.values:
        raise RefusedProfileError(_("There is no kind of profile “%(kind)s”.") % {"kind": kind})
    read = read_settings(settings, kind=kind)
    _write_own_types(read, commune=commune)
    for version, code in set(read.type_mapping.values()):
        offence_type(version, code)
    slug = slugify(source or name)[:40]
    if not slug:
        raise RefusedProfileError(_("Give the profile a name."))
    stored = read.model_dump(mode="json")
    versions = SourceProfile.objects.for_commune(commune).filter(source=slug).select_for_update()
    latest: SourceProfile | None = max(versions, key=lambda profile: profile.version, default=None)
    if latest is not None and latest.kind != kind:
        raise RefusedProfileError(
            _("The profile “%(name)s” reads another kind of table: give this one another name.") % {"name": latest.name}
        )
    values = {
        "kind": kind,
        "name": name,
        "settings": stored,
        "retention_months": retention_months,
        "legal_basis": legal_basis,
    }
    if latest is not None and all(getattr(latest, field) == value for field, value in values.items()):
        return latest
    return SourceProfile.objects.create(
        commune=commune, source=slug, version=latest.version + 1 if latest else 1, created_by=saved_by, **values
    )


def profile_named(*, commune: Any, name: str, kind: str | None = None) -> SourceProfile:
    """The newest version of the commune's profile with a source slug or name. Raises UnknownProfileError."""
    profiles = SourceProfile.objects.for_commune(commune).latest()
    if kind is not None:
        profiles = profiles.of_kind(kind)
    found: SourceProfile | None = profiles.filter(source=name).first() or profiles.filter(name=name).first()
    if found is None:
        raise UnknownProfileError(
            _("There is no profile “%(name)s”. Profiles: %(names)s.")
            % {"name": name, "names": ", ".join(profiles.values_list("source", flat=True)) or "–"}
        )
    return found


def profile_from_file(*, commune: Any, path: Path, saved_by: Any = None) -> SourceProfile:
    """Save the profile that a JSON file describes: the fields of `save_profile`, `name` and `settings` at least."""
    try:
        if path.stat().st_size > LARGEST_PROFILE_BYTES:
            raise RefusedProfileError(_("The file “%(file)s” is too large for a profile.") % {"file": path.name})
        described = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RefusedProfileError(_("The file “%(file)s” is not a JSON profile.") % {"file": path.name}) from error
    known = {"name", "settings", "source", "kind", "retention_months", "legal_basis"}
    if not isinstance(described, dict) or not {"name", "settings"} <= set(described) <= known:
        raise RefusedProfileError(
            _("A profile file holds “name” and “settings”, and may hold: %(fields)s.")
            % {"fields": ", ".join(sorted(known - {"name", "settings"}))}
        )
    return save_profile(commune=commune, saved_by=saved_by, **described)


def settings_of(profile: SourceProfile) -> ProfileSettings:
    """The typed settings of a stored profile."""
    return read_settings(profile.settings, kind=profile.kind)


def _write_own_types(read: ProfileSettings, *, commune: Any) -> None:
    load_taxonomies()
    if read.own_taxonomy:
        others = SourceProfile.objects.exclude(commune=commune).filter(settings__own_taxonomy=read.own_taxonomy)
        if read.own_taxonomy in SHIPPED or others.exists():
            raise RefusedProfileError(
                _("The taxonomy “%(name)s” is not this source's own: give it another name.")
                % {"name": read.own_taxonomy}
            )
        save_taxonomy(
            version=read.own_taxonomy,
            name=read.own_taxonomy_name or read.own_taxonomy,
            source=_("types of a source"),
            types=[one.model_dump(mode="json") for one in read.own_types],
        )
