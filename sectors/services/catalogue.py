"""Changes of the risk-sector catalogue. Every save names the version it was made from and leaves one behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.errors import MissingVersionError, RefusedError, RefusedGeometryError
from geo.models import Commune
from sectors.errors import RefusedBoundaryError, StaleVersionError, WrongStateError
from sectors.models import RiskSector, RiskSectorVersion, SectorStatus, Typology
from sectors.services.boundaries import checked_boundary
from sectors.services.features import sector_feature
from sectors.services.trail import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from access.models import User

Boundary = str | dict[str, Any] | GEOSGeometry
CONTENT = ("name", "typology", "status", "boundary", "responsible", "act", "valid_until")
EDITABLE = ("name", "typology", "status", "responsible", "act", "boundary")
NAME_LENGTH, ACT_LENGTH, CODE_LENGTH = 200, 200, 40


@dataclass(frozen=True)
class SectorDetails:
    """What a new sector says beside its name and boundary."""

    code: str = ""
    typology: str = Typology.MIXED
    status: str = SectorStatus.DRAFT
    responsible: User | None = None
    act: str = ""
    valid_from: date | None = None


def today(commune: Commune) -> date:
    """The calendar day where the commune lies."""
    return timezone.localdate(timezone=ZoneInfo(commune.timezone))


@transaction.atomic
def create_sector(
    *,
    commune: Commune,
    name: str,
    boundary: Boundary,
    reason: str,
    created_by: User,
    details: SectorDetails | None = None,
) -> RiskSector:
    """Enter a sector in the catalogue with its first version; without a code it gets the next free one.

    Raises RefusedGeometryError or RefusedBoundaryError for the shape and RefusedError for anything else.
    """
    details = details or SectorDetails()
    if details.status == SectorStatus.CLOSED:
        raise RefusedError(_("A sector cannot begin closed."))
    content = _checked(
        {
            "name": name,
            "typology": details.typology,
            "status": details.status,
            "responsible": details.responsible,
            "act": details.act,
            "boundary": boundary,
        },
        commune=commune,
    )
    reason = checked_reason(reason)
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)  # codes are given one at a time
    sector = RiskSector.objects.create(
        commune=commune,
        code=_free_code(commune, wanted=details.code),
        valid_from=details.valid_from or today(commune),
        **content,
    )
    _write_version(sector, holds_from=sector.valid_from, changed_by=created_by, reason=reason)
    record("sector.created", commune=commune, user=created_by, target=sector.code, reason=reason)
    return sector


def redraw_sector(
    *, sector: RiskSector, boundary: Boundary, expected_version: int | None, reason: str, edited_by: User
) -> RiskSector:
    """Give a sector another boundary.

    Raises MissingVersionError without a version, StaleVersionError when somebody saved meanwhile, RefusedBoundaryError.
    """
    return change_sector(
        sector=sector,
        changes={"boundary": boundary},
        expected_version=expected_version,
        reason=reason,
        edited_by=edited_by,
    )


@dataclass(frozen=True)
class Border:
    """A boundary to give to a sector, and the version it was drawn on."""

    sector: RiskSector
    boundary: Boundary
    expected_version: int | None


@transaction.atomic
def redraw_together(*, borders: Sequence[Border], reason: str, edited_by: User) -> list[RiskSector]:
    """Give neighbours that share vertices their new boundaries, all or none; the answer keeps their order.

    Raises what `redraw_sector` raises for the first sector that cannot be saved, which its sentence names.
    """
    if not borders:
        raise RefusedError(_("No sector was sent."))
    if len({border.sector.pk for border in borders}) < len(borders):
        raise RefusedError(_("A sector was sent twice."))
    saved = {}
    for border in sorted(borders, key=lambda one: one.sector.pk):  # one order for all: no two saves wait for each other
        try:
            saved[border.sector.pk] = redraw_sector(
                sector=border.sector, boundary=border.boundary, expected_version=border.expected_version,
                reason=reason, edited_by=edited_by,
            )  # fmt: skip
        except RefusedGeometryError as refusal:
            told = _("Sector %(code)s: %(why)s") % {"code": border.sector.code, "why": str(refusal)}
            raise RefusedBoundaryError(told) from refusal
    return [saved[border.sector.pk] for border in borders]


@transaction.atomic
def change_sector(
    *,
    sector: RiskSector,
    changes: dict[str, Any],
    expected_version: int | None,
    reason: str,
    edited_by: User,
    holds_from: date | None = None,
) -> RiskSector:
    """Change some of name, typology, status, responsible, act and boundary, from a day onwards (today by default)."""
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    if changes.get("status") == SectorStatus.CLOSED:
        raise RefusedError(_("A sector is closed by its own act, with the day it ends."))
    content = _checked(changes, commune=sector.commune)
    if (
        expected_version is not None
        and RiskSector.objects.filter(pk=sector.pk, version=expected_version, status=SectorStatus.CLOSED).exists()
    ):
        raise WrongStateError(_("Sector %(code)s is closed. Restore a version to open it.") % {"code": sector.code})
    return _save(
        sector, content, expected_version, _Act("sector.changed", checked_reason(reason), edited_by, holds_from)
    )


@transaction.atomic
def close_sector(
    *, sector: RiskSector, closed_on: date | None, expected_version: int | None, reason: str, closed_by: User
) -> RiskSector:
    """End a sector on a day (its last one is the day before). Nothing is deleted; restoring a version reopens it."""
    ends_on = closed_on or today(sector.commune)
    if not sector.valid_from <= ends_on <= today(sector.commune):
        raise RefusedError(_("The day of closing must lie between the first day of the sector and today."))
    content = {"status": SectorStatus.CLOSED, "valid_until": ends_on}
    return _save(sector, content, expected_version, _Act("sector.closed", checked_reason(reason), closed_by, ends_on))


@transaction.atomic
def restore_version(
    *, sector: RiskSector, version: int, expected_version: int | None, reason: str, restored_by: User
) -> RiskSector:
    """Undo: write the content of an older version again as the newest one."""
    past = sector.versions.filter(version=version).first()
    if past is None:
        raise RefusedError(_("Sector %(code)s has no version %(version)s.") % {"code": sector.code, "version": version})
    content = {field: getattr(past, field) for field in CONTENT}
    act = _Act("sector.restored", checked_reason(reason), restored_by, None, restores=version)
    return _save(sector, content, expected_version, act)


def catalogue_as_of(*, commune: Commune, on: date, known_at: datetime | None = None) -> list[RiskSectorVersion]:
    """The catalogue that held on a day, as known now or as it was recorded at a moment."""
    versions = RiskSectorVersion.objects.for_commune(commune).as_of(on, known_at=known_at)
    return list(versions.select_related("sector", "responsible", "changed_by").order_by("sector__code"))


# --- how a save is made --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Act:
    verb: str
    reason: str
    user: User
    holds_from: date | None
    restores: int | None = None


def _save(sector: RiskSector, content: dict[str, Any], expected_version: int | None, act: _Act) -> RiskSector:
    """The one way a sector changes: the version is checked by the UPDATE itself, so two saves never both win."""
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the sector it was made from."))
    saved = RiskSector.objects.filter(pk=sector.pk, version=expected_version).update(
        version=expected_version + 1, **content
    )
    if saved != 1:
        raise _stale(sector, content, expected_version)
    fresh: RiskSector = RiskSector.objects.select_related("commune", "responsible").get(pk=sector.pk)
    latest = max(today(fresh.commune), fresh.valid_from)
    holds_from = act.holds_from or latest
    if holds_from < fresh.valid_from:
        raise RefusedError(_("A change cannot hold from before the first day of the sector."))
    if holds_from > latest:  # the catalogue as it stands would show it before its day
        raise RefusedError(_("A change cannot hold from a day to come: save it on that day."))
    _write_version(fresh, holds_from=holds_from, changed_by=act.user, reason=act.reason, restores=act.restores)
    record(
        act.verb,
        commune=fresh.commune,
        user=act.user,
        target=fresh.code,
        reason=act.reason,
        details={"version": fresh.version, "fields": sorted(content)},
    )
    return fresh


def _stale(sector: RiskSector, content: dict[str, Any], expected_version: int) -> StaleVersionError:
    current = RiskSector.objects.select_related("responsible").get(pk=sector.pk)
    yours = RiskSector.objects.select_related("responsible").get(pk=sector.pk)
    for field, value in content.items():
        setattr(yours, field, value)
    yours.version = expected_version
    return StaleVersionError(
        _("Sector %(code)s was changed by somebody else: you had version %(yours)s and it is now at %(current)s.")
        % {"code": sector.code, "yours": expected_version, "current": current.version},
        current=sector_feature(current),
        yours=sector_feature(yours),
    )


def _write_version(
    sector: RiskSector, *, holds_from: date, changed_by: User, reason: str, restores: int | None = None
) -> RiskSectorVersion:
    return RiskSectorVersion.objects.create(
        sector=sector,
        version=sector.version,
        valid_from=holds_from,
        recorded_at=timezone.now(),
        changed_by=changed_by,
        reason=reason,
        restores=restores,
        **{field: getattr(sector, field) for field in CONTENT},
    )


# --- what is let in ------------------------------------------------------------------------------------------------


def checked_reason(reason: str) -> str:
    """The reason of an act, which every act of this app must have."""
    told = reason.strip()
    if not told:
        raise RefusedError(_("Give the reason."))
    if len(told) > 500:
        raise RefusedError(_("The reason is longer than 500 characters. Shorten it."))
    return told


def _checked(changes: dict[str, Any], *, commune: Commune) -> dict[str, Any]:
    content = dict(changes)
    if "boundary" in content:
        content["boundary"] = checked_boundary(content["boundary"], commune=commune)
    for field, length in (("name", NAME_LENGTH), ("act", ACT_LENGTH)):
        if field in content:
            content[field] = content[field].strip()
            if len(content[field]) > length or "\x00" in content[field]:
                raise RefusedError(_("A text is too long or not a text: at most %(n)s characters.") % {"n": length})
    if "name" in content and not content["name"]:
        raise RefusedError(_("A sector needs a name."))
    for field, known in (("typology", Typology.values), ("status", SectorStatus.values)):
        if field in content and content[field] not in known:
            raise RefusedError(
                _("“%(value)s” is not known. Choose one of: %(known)s.")
                % {"value": str(content[field])[:40], "known": ", ".join(known)}
            )
    return content


def _free_code(commune: Commune, *, wanted: str) -> str:
    codes = set(RiskSector.objects.for_commune(commune).values_list("code", flat=True))
    code = wanted.strip()
    if not code:
        number = len(codes) + 1
        while f"S-{number:03d}" in codes:
            number += 1
        return f"S-{number:03d}"
    if code in codes:
        raise RefusedError(_("Code %(code)s is taken by another sector.") % {"code": code})
    if len(code) > CODE_LENGTH or not all(letter.isalnum() or letter in "-_." for letter in code):
        raise RefusedError(_("A code takes letters, digits, “-”, “_” and “.”, at most 40."))
    return code
