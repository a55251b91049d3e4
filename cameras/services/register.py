"""The camera register: imported through a source profile, kept by hand with saves that check their version."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Membership
from access.services.audit import record_act
from analysis.progress import Report, silent
from cameras.errors import StaleVersionError
from cameras.models import HIGHEST_MOUNT_M, LONGEST_RANGE_M, Camera, CameraKind, CameraStatus, Night, Owner, Viewshed
from cameras.services.content import CONTENT, DECIDES_THE_VIEW, checked, plain, told_of, with_defaults, with_optics
from geo.errors import MissingVersionError, RefusedError
from incidents.models import ProfileKind
from incidents.services.table_undo import UNDOS, TableUndo
from incidents.services.tables import BadRowError, SourceRow, TableField, import_table

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune
    from incidents.models import ImportBatch, SourceProfile

BY_HAND = "formulario"


def camera_fields() -> list[TableField]:
    """Fields of a table of cameras, as a source profile's `columns` may name them."""
    return [
        TableField("code", required=True, maximum_length=40),
        TableField("name"),
        TableField("owner", choices=list(Owner.values)),
        TableField("monitored_live", "boolean", required=True),
        TableField("kind", required=True, choices=list(CameraKind.values)),
        TableField("point", "point", required=True),
        TableField("height_m", "decimal", minimum=0.1, maximum=HIGHEST_MOUNT_M),
        TableField("azimuth_deg", "decimal", minimum=0, maximum=360),
        TableField("field_of_view_deg", "decimal", minimum=0.1, maximum=360),
        TableField("elevation_m", "decimal", minimum=-100, maximum=7000),
        TableField("focal_length_mm", "decimal", minimum=0.1, maximum=2000),
        TableField("sensor_width_mm", "decimal", minimum=0.1, maximum=100),
        TableField("tilt_deg", "decimal", minimum=-29.9, maximum=90),
        TableField("tele_field_of_view_deg", "decimal", minimum=0.1, maximum=360),
        TableField("pixels_wide", "integer", minimum=160, maximum=20000),
        TableField("pixels_high", "integer", minimum=120, maximum=20000),
        TableField("night", choices=list(Night.values)),
        TableField("range_m", "decimal", minimum=0.1, maximum=LONGEST_RANGE_M),
        TableField("status", choices=list(CameraStatus.values)),
        TableField("brand", maximum_length=120),
        TableField("installed_on", "date"),
        TableField("retired_on", "date"),
    ]


def import_cameras(
    *,
    path: Path,
    file_name: str,
    profile: SourceProfile,
    imported_by: User,
    dry_run: bool = False,
    report: Report = silent,
) -> ImportBatch:
    """Import a register. A camera is known by its code; what its source has not changed since the last import changes
    nothing, field by field, so what people corrected by hand stays.

    A code that comes back in the same file with other content is refused: the file does not say which is right.
    """
    save_row = partial(_save_row, profile=profile, seen={})
    return import_table(
        path=path,
        file_name=file_name,
        profile=profile,
        fields=camera_fields(),
        save_row=save_row,
        imported_by=imported_by,
        dry_run=dry_run,
        report=report,
    )


@transaction.atomic
def save_camera(
    *,
    commune: Commune,
    content: dict[str, Any],
    saved_by: User,
    camera: Camera | None = None,
    expected_version: int | None = None,
    reason: str = "",
) -> Camera:
    """Enter a camera (`content` holds its code), or change some fields of one that stands.

    `content["point"]` is a GeoJSON point or a stored one. Fields left out of a new camera take the documented
    defaults and are listed in `assumed`. Raises MissingVersionError, StaleVersionError with both sides, RefusedError.
    """
    if camera is None:
        return _enter(commune, dict(content), saved_by=saved_by, reason=reason)
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the camera it was made from."))
    changes = checked(dict(content), commune=commune)
    told = [name for name in camera.assumed if name not in changes]
    saved = (
        Camera.objects.for_commune(commune)
        .filter(pk=camera.pk, version=expected_version)
        .update(version=F("version") + 1, changed_at=timezone.now(), assumed=told, **changes)
    )
    fresh: Camera = Camera.objects.select_related("commune").get(pk=camera.pk)
    if saved != 1:
        raise StaleVersionError(
            _("Camera %(code)s was changed by somebody else: you had version %(yours)s and it is now at %(current)s.")
            % {"code": fresh.code, "yours": expected_version, "current": fresh.version},
            current=told_of(fresh),
            yours=told_of(fresh) | plain(changes) | {"version": expected_version},
        )
    _outdate(fresh, changes)
    _record("camera.changed", fresh, saved_by, reason, {"version": fresh.version, "fields": sorted(changes)})
    return fresh


# --- by hand ----------------------------------------------------------------------------------------


def _enter(commune: Commune, content: dict[str, Any], *, saved_by: User, reason: str) -> Camera:
    code = str(content.pop("code", "")).strip()
    if not code or len(code) > 40:
        raise RefusedError(_("A camera needs a code of at most 40 characters."))
    if Camera.objects.for_commune(commune).with_code(code).exists():
        raise RefusedError(_("Code %(code)s is taken by another camera.") % {"code": code})
    told = checked(content, commune=commune)
    for name in ("kind", "point"):
        if told.get(name) is None:
            raise RefusedError(_("A camera needs its kind and its place on the map."))
    told.setdefault("owner", Owner.MUNICIPAL)
    told.setdefault("monitored_live", False)
    filled = with_defaults(told)
    camera: Camera = Camera.objects.create(commune=commune, code=code, source=BY_HAND, **filled)
    _record("camera.entered", camera, saved_by, reason, {"version": 1})
    return camera


def _outdate(camera: Camera, changes: dict[str, Any]) -> None:
    if DECIDES_THE_VIEW & set(changes):
        Viewshed.objects.for_commune(camera.commune).current().filter(camera=camera).update(current=False)


def _record(verb: str, camera: Camera, user: User, reason: str, details: dict[str, Any]) -> None:
    role = Membership.objects.filter(commune=camera.commune, user=user).values_list("role", flat=True).first()
    record_act(
        commune=camera.commune, user=user, role=role, verb=verb, target=camera.code, reason=reason, details=details
    )


# --- from a file ------------------------------------------------------------------------------------


def _save_row(values: dict[str, Any], batch: ImportBatch, *, profile: SourceProfile, seen: dict[str, str]) -> bool:
    """True where the camera is new or the source has changed it, False where the row says nothing new."""
    code, content = values["code"], _row_content(values)
    says = SourceRow(content)
    if seen.setdefault(code, says.digest) != says.digest:
        raise BadRowError("id_with_other_content", "code")
    known = Camera.objects.for_commune(batch.commune).with_code(code).select_for_update().first()
    kept = {"source": profile.source, **says.kept}
    if known is None:
        Camera.objects.create(commune=batch.commune, code=code, **kept, **content)
        return True
    if known.content_hash == says.digest:
        return False
    changed = _news(known, says)
    Camera.objects.filter(pk=known.pk).update(version=F("version") + 1, changed_at=timezone.now(), **kept, **changed)
    _outdate(known, changed)
    return True


def _news(known: Camera, says: SourceRow) -> dict[str, Any]:
    """What the source says that it did not say last time and that is not so already."""
    before = known.source_content
    news = {
        name: value for name, value in says.news(before).items() if name != "assumed" and getattr(known, name) != value
    }
    assumed = [name for name in says.content["assumed"] if name in news or name in known.assumed or not before]
    return news | {"assumed": assumed}


def _retire(row: int) -> None:
    """A camera whose import is undone stays for the results that point to what it saw; its file may bring it again."""
    Camera.objects.filter(pk=row).update(
        version=F("version") + 1, changed_at=timezone.now(), status=CameraStatus.RETIRED, content_hash="",
        source_content={},
    )  # fmt: skip


def _outdate_row(row: int, changed: Iterable[str]) -> None:
    _outdate(Camera.objects.select_related("commune").get(pk=row), dict.fromkeys(changed))


UNDOS[ProfileKind.CAMERAS] = TableUndo(Camera, take_away=_retire, after=_outdate_row)


def _row_content(values: dict[str, Any]) -> dict[str, Any]:
    """What a row says; what it leaves empty is empty, so that a value that vanishes at the source is news."""
    told = with_defaults(with_optics({name: values[name] for name in CONTENT}))
    content = {name: None for name in CONTENT if name not in told}
    content |= {"name": "", "brand": "", "night": "", "owner": Owner.MUNICIPAL, "status": CameraStatus.OPERATIVE} | told
    if content["azimuth_deg"] is not None:
        content["azimuth_deg"] %= 360.0
    return content
