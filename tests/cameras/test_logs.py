"""Outages, findings, requests for evidence, tours and uptime."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from access.models import AuditEvent
from cameras.models import Camera, EvidenceState, Outage, OutageCause
from cameras.services import logs
from cameras.services.logs import uptime
from geo.errors import ConflictError, RefusedError
from tests.factories.access import UserFactory
from tests.factories.cameras import CameraFactory, ViewshedFactory

START = datetime(2026, 3, 1, tzinfo=UTC)
PRESET = {"azimuth_deg": 90.0, "field_of_view_deg": 60.0, "dwell_s": 10.0, "move_s": 2.0}


@pytest.fixture
def camera(db: None) -> Camera:
    return CameraFactory()


@pytest.fixture
def operator(db: None) -> Any:
    return UserFactory()


def outage(camera: Camera, operator: Any, hours: tuple[float, float | None], **told: Any) -> Outage:
    since, until = hours
    return logs.record_outage(
        camera=camera,
        starts_at=START + timedelta(hours=since),
        ends_at=None if until is None else START + timedelta(hours=until),
        cause=told.pop("cause", OutageCause.POWER),
        recorded_by=operator,
        **told,
    )


def shares(camera: Camera, hours: float = 100) -> float | None:
    rows = uptime(camera.commune, since=START, until=START + timedelta(hours=hours))
    return next(row.ratio for row in rows if row.camera.pk == camera.pk)


def test_uptime_is_the_share_of_hours_without_an_outage(camera: Camera, operator: Any) -> None:
    outage(camera, operator, (10, 15))
    outage(camera, operator, (20, 25))
    assert shares(camera) == pytest.approx(0.9)


def test_open_outage_counts_until_the_end_of_the_period(camera: Camera, operator: Any) -> None:
    outage(camera, operator, (75, None))
    assert shares(camera) == pytest.approx(0.75)


def test_hours_outside_the_period_do_not_count(camera: Camera, operator: Any) -> None:
    outage(camera, operator, (-50, 10))
    assert shares(camera) == pytest.approx(0.9)


def test_hours_before_the_installation_do_not_count(operator: Any) -> None:
    camera = CameraFactory(installed_on=date(2026, 3, 3))
    outage(camera, operator, (72, 96))
    assert shares(camera, hours=96) == pytest.approx(0.5)


def test_planned_camera_has_no_uptime(db: None) -> None:
    camera = CameraFactory(status="planificada")
    assert uptime(camera.commune, since=START, until=START + timedelta(days=1)) == []


def test_worst_camera_comes_first(camera: Camera, operator: Any) -> None:
    other = CameraFactory(commune=camera.commune, code="AAA")
    outage(camera, operator, (1, 2))
    rows = uptime(camera.commune, since=START, until=START + timedelta(days=1))
    assert [row.camera.pk for row in rows] == [camera.pk, other.pk]


@pytest.mark.parametrize("hours", [(12, 14), (5, 11), (5, None), (10, 15)])
def test_two_outages_of_a_camera_never_share_time(
    camera: Camera, operator: Any, hours: tuple[float, float | None]
) -> None:
    outage(camera, operator, (10, 15))
    with pytest.raises(RefusedError, match="ya tiene una interrupción"):
        outage(camera, operator, hours)


def test_the_database_refuses_what_the_service_would(camera: Camera, operator: Any) -> None:
    first = outage(camera, operator, (10, None))
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_outage_that_ends_frees_the_time_after(camera: Camera, operator: Any) -> None:
    logs.end_outage(outage=outage(camera, operator, (10, None)), ends_at=START + timedelta(hours=12), ended_by=operator)
    assert outage(camera, operator, (12, 13)).pk


def test_outage_is_ended_once(camera: Camera, operator: Any) -> None:
    made = outage(camera, operator, (10, None))
    logs.end_outage(outage=made, ends_at=START + timedelta(hours=12), ended_by=operator)
    with pytest.raises(ConflictError):
        logs.end_outage(outage=made, ends_at=START + timedelta(hours=13), ended_by=operator)


@pytest.mark.parametrize(("hours", "told"), [((5, 4), {}), ((0, 1), {"cause": "duendes"}), ((24 * 365 * 20, None), {})])
def test_impossible_outage_is_refused(
    camera: Camera, operator: Any, hours: tuple[float, float | None], told: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError):
        outage(camera, operator, hours, **told)


def request(camera: Camera, operator: Any) -> Any:
    return logs.record_evidence_request(
        camera=camera,
        requester="ministerio_publico",
        basis="RUC 2600000000-0",
        interval=(START, START + timedelta(hours=1)),
        received_on=date(2026, 3, 2),
        recorded_by=operator,
    )


def test_what_was_handed_over_is_named_by_its_digest(camera: Camera, operator: Any) -> None:
    made = request(camera, operator)
    digest = "AB" * 32
    logs.answer_evidence_request(
        request=made, state=EvidenceState.DELIVERED, answered_on=date(2026, 3, 5), answered_by=operator, sha256=digest
    )
    assert (made.state, made.sha256) == ("entregada", digest.lower())


def test_delivery_without_a_digest_is_refused(camera: Camera, operator: Any) -> None:
    with pytest.raises(RefusedError, match="SHA-256"):
        logs.answer_evidence_request(
            request=request(camera, operator),
            state=EvidenceState.DELIVERED,
            answered_on=date(2026, 3, 5),
            answered_by=operator,
        )


def test_request_is_answered_once(camera: Camera, operator: Any) -> None:
    made = request(camera, operator)
    answer = {"state": EvidenceState.GONE, "answered_on": date(2026, 3, 5), "answered_by": operator}
    logs.answer_evidence_request(request=made, **answer)
    with pytest.raises(ConflictError):
        logs.answer_evidence_request(request=made, **answer)


def test_acts_are_recorded_without_what_was_seen(camera: Camera, operator: Any) -> None:
    logs.record_finding(
        camera=camera, seen_at=START, label="Riña en la plaza", outcome="patrulla", recorded_by=operator
    )
    event = AuditEvent.objects.get(verb="camera.finding")
    assert "Riña" not in str(event.details)


def test_tour_replaces_the_one_before_and_outdates_the_view(camera: Camera, operator: Any) -> None:
    seen = ViewshedFactory(camera=camera)
    logs.set_tour(camera=camera, presets=[PRESET, PRESET | {"azimuth_deg": 180.0}], set_by=operator)
    logs.set_tour(camera=camera, presets=[PRESET], set_by=operator)
    seen.refresh_from_db()
    assert (camera.presets.count(), seen.current) == (1, False)


@pytest.mark.parametrize(
    "wrong", [{"dwell_s": 0.0}, {"azimuth_deg": 360.0}, {"field_of_view_deg": 200.0}, {"move_s": -1}]
)
def test_refused_preset_is_named_and_keeps_the_tour(camera: Camera, operator: Any, wrong: dict[str, float]) -> None:
    logs.set_tour(camera=camera, presets=[PRESET], set_by=operator)
    with pytest.raises(RefusedError, match="2"):
        logs.set_tour(camera=camera, presets=[PRESET, PRESET | wrong], set_by=operator)
    assert camera.presets.count() == 1


def test_only_a_dome_has_a_tour(operator: Any) -> None:
    fixed = CameraFactory(kind="fija", azimuth_deg=10.0)
    with pytest.raises(RefusedError):
        logs.set_tour(camera=fixed, presets=[PRESET], set_by=operator)
