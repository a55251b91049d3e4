"""What happens to cameras: outages, findings, requests for evidence, the tour of a dome, and how long each worked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.models import Membership
from access.services.audit import record_act
from cameras.models import (
    Camera,
    EvidenceRequest,
    EvidenceState,
    Finding,
    FindingOutcome,
    Outage,
    OutageCause,
    Preset,
    Requester,
)
from geo.errors import ConflictError, RefusedError
from incidents.models import OffenceType

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_PRESETS = 64


@dataclass(frozen=True)
class Uptime:
    """How long one camera worked in a period: hours it should have, hours it did not, outages, share (0 to 1)."""

    camera: Camera
    hours: float
    hours_out: float
    outages: int
    out_now: bool
    findings: int

    @property
    def ratio(self) -> float | None:
        """Share of the period in which it worked; None where it did not hang there at all."""
        return None if self.hours <= 0 else max(0.0, 1.0 - self.hours_out / self.hours)


@transaction.atomic
def record_outage(
    *,
    camera: Camera,
    starts_at: datetime,
    cause: str,
    recorded_by: User,
    ends_at: datetime | None = None,
    note: str = "",
) -> Outage:
    """Write that a camera does not work, or did not between two times. Raises RefusedError where another outage of the
    same camera shares time with it, or where it starts in the future."""
    _known(cause, OutageCause.values)
    _not_in_the_future(starts_at, ends_at)
    if ends_at is not None and ends_at <= starts_at:
        raise RefusedError(_("The outage must end after it starts."))
    locked = Camera.objects.select_for_update().get(pk=camera.pk)
    others = Outage.objects.for_commune(locked.commune).filter(camera=locked)
    far = ends_at or datetime.max.replace(tzinfo=starts_at.tzinfo) - timedelta(days=2)
    if others.touching(starts_at, far).exists():
        raise RefusedError(
            _("Camera %(code)s already has an outage in that time. Change or end that one first.")
            % {"code": locked.code}
        )
    outage: Outage = Outage.objects.create(
        commune=locked.commune,
        camera=locked,
        starts_at=starts_at,
        ends_at=ends_at,
        cause=cause,
        note=note.strip()[:200],
        recorded_by=recorded_by,
    )
    _record("camera.outage", locked, recorded_by, {"cause": cause, "open": ends_at is None})
    return outage


@transaction.atomic
def end_outage(*, outage: Outage, ends_at: datetime, ended_by: User) -> Outage:
    """Say when an open outage ended. Raises ConflictError where somebody already did."""
    _not_in_the_future(ends_at)
    if ends_at <= outage.starts_at:
        raise RefusedError(_("The outage must end after it starts."))
    if Outage.objects.filter(pk=outage.pk, ends_at=None).update(ends_at=ends_at) != 1:
        raise ConflictError(_("Somebody has already ended this outage."))
    outage.refresh_from_db()
    _record("camera.outage_ended", outage.camera, ended_by, {"outage": outage.pk})
    return outage


@transaction.atomic
def record_finding(
    *,
    camera: Camera,
    seen_at: datetime,
    label: str,
    outcome: str,
    recorded_by: User,
    offence_type: OffenceType | None = None,
) -> Finding:
    """Write what an operator saw. It is work done: no incident is made of it, and no score counts it."""
    _known(outcome, FindingOutcome.values)
    _not_in_the_future(seen_at)
    if not label.strip():
        raise RefusedError(_("Say in a few words what was seen, without names."))
    finding: Finding = Finding.objects.create(
        commune=camera.commune,
        camera=camera,
        seen_at=seen_at,
        label=label.strip()[:120],
        outcome=outcome,
        offence_type=offence_type,
        recorded_by=recorded_by,
    )
    _record("camera.finding", camera, recorded_by, {"finding": finding.pk})
    return finding


@transaction.atomic
def record_evidence_request(
    *,
    camera: Camera,
    requester: str,
    basis: str,
    interval: tuple[datetime, datetime],
    received_on: date,
    recorded_by: User,
) -> EvidenceRequest:
    """Write that an institution asks for the recording of an interval. The recording itself is never stored here."""
    _known(requester, Requester.values)
    if not basis.strip():
        raise RefusedError(_("Write the legal basis or the number of the order."))
    if interval[1] <= interval[0]:
        raise RefusedError(_("The interval must end after it starts."))
    _not_in_the_future(*interval)
    request: EvidenceRequest = EvidenceRequest.objects.create(
        commune=camera.commune,
        camera=camera,
        requester=requester,
        basis=basis.strip()[:120],
        interval_from=interval[0],
        interval_until=interval[1],
        received_on=received_on,
        recorded_by=recorded_by,
    )
    _record("camera.evidence_requested", camera, recorded_by, {"request": request.pk, "requester": requester})
    return request


@transaction.atomic
def answer_evidence_request(
    *, request: EvidenceRequest, state: str, answered_on: date, answered_by: User, sha256: str = ""
) -> EvidenceRequest:
    """Say how a request ended; what was handed over is named by the digest of its file. Raises ConflictError where
    it was answered already."""
    _known(state, EvidenceState.values)
    digest = sha256.strip().lower()
    if state == EvidenceState.RECEIVED:
        raise RefusedError(_("Say whether it was delivered, refused or no longer kept."))
    if state == EvidenceState.DELIVERED and not DIGEST.fullmatch(digest):
        raise RefusedError(_("Write the SHA-256 of the file that was handed over: 64 digits and letters from a to f."))
    answered = EvidenceRequest.objects.filter(pk=request.pk, state=EvidenceState.RECEIVED).update(
        state=state, answered_on=answered_on, sha256=digest if state == EvidenceState.DELIVERED else ""
    )
    if answered != 1:
        raise ConflictError(_("This request was answered already."))
    request.refresh_from_db()
    _record("camera.evidence_answered", request.camera, answered_by, {"request": request.pk, "state": state})
    return request


@transaction.atomic
def set_tour(*, camera: Camera, presets: Sequence[dict[str, Any]], set_by: User) -> list[Preset]:
    """Replace the tour of a dome; an empty list takes it away. Each preset: name, azimuth_deg, field_of_view_deg,
    tilt_deg, dwell_s, move_s. Raises RefusedError that names the preset."""
    if camera.kind != "domo_ptz" and presets:
        raise RefusedError(_("Only a dome has a tour."))
    if len(presets) > MOST_PRESETS:
        raise RefusedError(_("A tour holds at most %(most)s presets.") % {"most": MOST_PRESETS})
    for number, preset in enumerate(presets, start=1):
        _check_preset(number, preset)
    locked = Camera.objects.select_for_update().get(pk=camera.pk)
    locked.presets.all().delete()
    made = [
        Preset(commune=locked.commune, camera=locked, position=number, **preset)
        for number, preset in enumerate(presets, start=1)
    ]
    Preset.objects.bulk_create(made)
    locked.viewsheds.filter(current=True).update(current=False)
    _record("camera.tour_set", locked, set_by, {"presets": len(made)})
    return made


def uptime(commune: Commune, *, since: datetime, until: datetime) -> list[Uptime]:
    """How long each camera worked in [since, until), worst first. A camera counts from the day it was installed."""
    cameras = list(Camera.objects.for_commune(commune).exclude(status="planificada").order_by("code"))
    outages: dict[int, list[Outage]] = {}
    for outage in Outage.objects.for_commune(commune).touching(since, until):
        outages.setdefault(outage.camera_id, []).append(outage)
    findings: dict[int, int] = {}
    for pk in Finding.objects.for_commune(commune).between(since, until).values_list("camera_id", flat=True):
        findings[pk] = findings.get(pk, 0) + 1
    zone = since.tzinfo
    rows = []
    for camera in cameras:
        start = max(since, _midnight(camera.installed_on, zone) or since)
        stop = min(until, _midnight(camera.retired_on, zone) or until)
        own = outages.get(camera.pk, [])
        out = sum(_hours(max(start, one.starts_at), min(stop, one.ends_at or stop)) for one in own)
        rows.append(
            Uptime(
                camera=camera,
                hours=_hours(start, stop),
                hours_out=out,
                outages=len(own),
                out_now=any(one.ends_at is None for one in own),
                findings=findings.get(camera.pk, 0),
            )
        )
    return sorted(rows, key=lambda row: (row.ratio is None, 1.0 if row.ratio is None else row.ratio))


def _check_preset(number: int, preset: dict[str, Any]) -> None:
    limits = {
        "azimuth_deg": (0, 359.999999),
        "field_of_view_deg": (0.1, 180),
        "dwell_s": (1, 3600),
        "move_s": (0, 3600),
    }
    for name, (least, most) in limits.items():
        value = preset.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise RefusedError(
                _("Preset %(number)s: %(field)s must lie between %(least)s and %(most)s.")
                % {
                    "number": number,
                    "field": getattr(Preset._meta.get_field(name), "verbose_name", name),
                    "least": f"{least:g}",
                    "most": f"{most:g}",
                }
            )


def _hours(start: datetime, stop: datetime) -> float:
    return max(0.0, (stop - start).total_seconds() / 3600)


def _midnight(day: date | None, zone: Any) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=zone)


def _known(value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise RefusedError(
            _("“%(value)s” is not known. Choose one of: %(known)s.")
            % {"value": str(value)[:40], "known": ", ".join(known)}
        )


def _not_in_the_future(*moments: datetime | None) -> None:
    if any(moment is not None and moment > timezone.now() for moment in moments):
        raise RefusedError(_("That time has not come yet."))


def _record(verb: str, camera: Camera, user: User, details: dict[str, Any]) -> None:
    role = Membership.objects.filter(commune=camera.commune, user=user).values_list("role", flat=True).first()
    record_act(commune=camera.commune, user=user, role=role, verb=verb, target=camera.code, details=details)
