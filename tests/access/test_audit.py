"""The trail is only ever added to."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import Error

from access.models import AuditEvent, ExportLog
from access.services.audit import record_act, record_export
from tests.factories.access import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def act() -> AuditEvent:
    membership = MembershipFactory()
    return record_act(commune=membership.commune, user=membership.user, role=membership.role, verb="test.act")


@pytest.fixture
def export(tmp_path: Path) -> ExportLog:
    membership = MembershipFactory()
    path = tmp_path / "sectores.gpkg"
    path.write_bytes(b"content")
    return record_export(
        commune=membership.commune, user=membership.user, role=membership.role, layer="sectors", file_format="gpkg",
        srid=32718, rows=3, path=path, parameters={"plan": 1},
    )  # fmt: skip


def test_an_act_keeps_who_did_what_in_which_role(act: AuditEvent) -> None:
    stored = AuditEvent.objects.get(pk=act.pk)
    assert (stored.user, stored.role, stored.verb) == (act.user, "analista", "test.act")


def test_an_export_keeps_the_digest_of_its_file(export: ExportLog) -> None:
    assert export.sha256 == hashlib.sha256(b"content").hexdigest()
    assert export.file_name == "sectores.gpkg"


@pytest.mark.parametrize("table", ["access_auditevent", "access_exportlog"])
@pytest.mark.parametrize("change", ["UPDATE {} SET role = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_trail(act: AuditEvent, export: ExportLog, table: str, change: str) -> None:
    with pytest.raises(Error, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_the_orm_cannot_change_the_trail(act: AuditEvent) -> None:
    act.verb = "another"
    with pytest.raises((InternalError, Error)), transaction.atomic():
        act.save()


def test_an_act_of_a_rolled_back_transaction_is_not_kept() -> None:
    membership = MembershipFactory()
    with transaction.atomic():
        record_act(commune=membership.commune, user=membership.user, role="", verb="test.lost")
        transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(verb="test.lost").exists()
