"""What roles below the analyst may know, and that nothing finer reaches them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from django.db import ProgrammingError, connection, transaction

from access.roles import Role
from geo.crs import xy_to_metric
from geo.models import Commune, SnapPoint, SnapRelease
from incidents.models import Incident, MaskedIncident
from incidents.services.masking import masked_reader, remask
from incidents.tiles import TileAddress, incident_tile
from tests.factories.geo import point
from tests.factories.incidents import IncidentFactory, cead
from tests.geo.grid import tile_of
from tests.incidents.files import LAT, LNG, bring_in, profile_for, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_the_masked_role_cannot_read_the_exact_table() -> None:
    IncidentFactory()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), masked_reader():
        Incident.objects.count()


def test_the_masked_role_reads_the_masked_table() -> None:
    IncidentFactory()
    with masked_reader():
        assert MaskedIncident.objects.select_related("offence_group").get().offence_group.code == "604"


def test_the_role_ends_with_its_block_also_after_an_error() -> None:
    IncidentFactory()
    with masked_reader():
        pass
    assert Incident.objects.count() == 1
    with pytest.raises(ProgrammingError), transaction.atomic(), masked_reader():
        Incident.objects.count()
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("code", ["30101", "10201", "10204"])
def test_reserved_types_have_neither_place_nor_hour(code: str) -> None:
    one = IncidentFactory(offence_type=cead(code))
    assert (one.masked.point, one.masked.hour, one.masked.reserved) == (None, None, True)


def test_without_snap_points_the_mask_is_the_centre_of_a_hexagon() -> None:
    one = IncidentFactory()
    exact = xy_to_metric(np.array([one.point.x]), np.array([one.point.y]), commune=one.commune)
    mask = xy_to_metric(np.array([one.masked.point.x]), np.array([one.masked.point.y]), commune=one.commune)
    assert 0 < np.hypot(exact[0] - mask[0], exact[1] - mask[1])[0] <= 250.1
    assert one.masked.release == 0


def test_with_snap_points_the_mask_is_the_nearest_one() -> None:
    one = IncidentFactory()
    release = SnapRelease.objects.create(commune=one.commune, number=1, reason="primera")
    for east in (80, -200):
        SnapPoint.objects.create(
            commune=one.commune, release=release, point=point(east, 0), dwellings=10, origin="street"
        )
    remask(commune=one.commune, reason="primera", remasked_by=None)
    masked = MaskedIncident.objects.get()
    assert (masked.point.coords, masked.release) == (point(80, 0).coords, 1)


def test_week_and_hour_are_local() -> None:
    sunday_night = dt.datetime(2025, 6, 9, 3, 30, tzinfo=dt.UTC)  # Sunday 8 June, 23:30 in Chile
    one = IncidentFactory(occurred_from=sunday_night)
    assert (one.masked.week, one.masked.hour) == (dt.date(2025, 6, 2), 23)


def moved_inside_its_cell(commune: Commune, seed: int) -> list[tuple[float, float]]:
    """Two hundred points that keep their hexagon whatever the seed: around centres, by less than the inner radius."""
    centres = np.random.default_rng(7).integers(-6, 6, (200, 2))
    shift = np.random.default_rng(seed).uniform(-90, 90, (200, 2))
    side = 250.0
    base = xy_to_metric(np.array([LNG]), np.array([LAT]), commune=commune)
    q0, r0 = round((np.sqrt(3) / 3 * base[0][0] - base[1][0] / 3) / side), round(2 / 3 * base[1][0] / side)
    q, r = centres[:, 0] + q0, centres[:, 1] + r0
    x, y = side * np.sqrt(3) * (q + r / 2) + shift[:, 0], side * 1.5 * r + shift[:, 1]
    return list(zip(x.tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PLANNER, Role.MANAGER])
def test_moving_every_point_inside_its_cell_leaves_masked_tiles_byte_for_byte(tmp_path: Path, role: Role) -> None:
    from tests.factories.geo import CommuneFactory

    answers = []
    for seed in (1, 2):
        with transaction.atomic():
            save = transaction.savepoint()
            with connection.cursor() as cursor:
                cursor.execute("ALTER SEQUENCE incidents_incident_id_seq RESTART WITH 1000000")
            commune = CommuneFactory(cut_code="NI")
            rows = [
                row(number, lng=f"{x:.2f}", lat=f"{y:.2f}", tipo=("Hurto", "Robo", "VIF")[number % 3])
                for number, (x, y) in enumerate(moved_inside_its_cell(commune, seed))
            ]
            bring_in(tmp_path, profile_for(commune, srid=32718), rows)
            answers.append(
                [
                    incident_tile(
                        commune=commune, role=role, period=None, address=TileAddress(**tile_of(point(), zoom=zoom))
                    )
                    for zoom in (10, 13, 14, 16)
                ]
            )
            transaction.savepoint_rollback(save)
    assert answers[0] == answers[1]
    assert all(answers[0][:3])


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PLANNER])
def test_the_order_in_which_a_file_told_incidents_does_not_show_in_masked_tiles(role: Role) -> None:
    days = [dt.datetime(2025, 6, day, 16, 0, tzinfo=dt.UTC) for day in (2, 3, 9, 5)]
    answers = []
    for ordered in (days, days[::-1]):
        with transaction.atomic():
            save = transaction.savepoint()
            first = IncidentFactory(occurred_from=ordered[0])
            for day in ordered[1:]:
                IncidentFactory(commune=first.commune, occurred_from=day)
            address = TileAddress(**tile_of(first.masked.point, zoom=16))
            answers.append(incident_tile(commune=first.commune, role=role, address=address, period=None))
            transaction.savepoint_rollback(save)
    assert answers[0]
    assert answers[0] == answers[1]


def test_small_counts_are_hidden_from_masked_roles_and_told_to_the_analyst() -> None:
    one = IncidentFactory()
    address = TileAddress(**tile_of(one.masked.point, zoom=13))
    masked = incident_tile(commune=one.commune, role=Role.DIRECTOR, address=address, period=None)
    exact = incident_tile(commune=one.commune, role=Role.ANALYST, address=address, period=None)
    assert b"<5" in masked
    assert b"<5" not in exact


def test_the_operator_sees_the_last_72_hours_without_reserved_types() -> None:
    now = dt.datetime.now(dt.UTC)
    old = IncidentFactory(occurred_from=now - dt.timedelta(hours=80))
    address = TileAddress(**tile_of(old.point, zoom=15))
    IncidentFactory(commune=old.commune, occurred_from=now, offence_type=cead("30101"))
    assert not incident_tile(commune=old.commune, role=Role.CAMERA_OPERATOR, address=address, period=None)
    IncidentFactory(commune=old.commune, occurred_from=now)
    assert incident_tile(commune=old.commune, role=Role.CAMERA_OPERATOR, address=address, period=None)
