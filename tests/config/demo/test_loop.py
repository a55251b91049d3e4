"""The whole loop on a simulated commune, through the command that people type."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from access.models import Membership, User
from access.roles import Role
from community.services.gaps import gaps
from config.demo.people import demo_password
from config.demo.stages import STAGES
from geo.models import Commune
from incidents.models import Incident
from plan.models import Indicator, IndicatorReading, SectorStrategy
from sectors.models import ProposalState, RiskSector, TerritoryProposal

pytestmark = pytest.mark.django_db(transaction=True)
ARGUMENTS = ("demo", "--no-serve", "--json", "--until", "2025-12-31")


def run(*arguments: str) -> dict:
    out = io.StringIO()
    call_command(*ARGUMENTS, *arguments, stdout=out, stderr=io.StringIO())
    [line] = out.getvalue().splitlines()
    return json.loads(line)


@pytest.fixture
def state_folder(tmp_path: Path, settings) -> Path:
    settings.STATE_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.STATE_DIR


def test_demo_runs_the_whole_loop_and_says_what_happened(state_folder):
    told = run()
    _claims_about_the_object(told)
    _claims_about_the_database()
    _claims_about_what_must_not_be_there(state_folder)
    again = run()
    assert again["warm"] is True
    assert {key: again[key] for key in told if key != "warm"} == {key: told[key] for key in told if key != "warm"}
    _claims_about_room()


def _claims_about_the_object(told: dict) -> None:
    rows = told["rows"]
    assert rows["read"] == rows["accepted"] + rows["repeated"] + rows["refused"]
    assert (rows["repeated"], rows["refused"]) == (15, 12)
    assert 30_000 < rows["accepted"] < 42_000
    assert 0.015 < rows["unplaced"] / rows["accepted"] < 0.025
    assert told["recall"] >= 0.8
    assert 0 < told["proposed_area_ratio"] <= 0.05
    assert told["proposals"] >= told["sectors"] > 0
    assert {Path(file["file"]).suffix for file in told["files"]} == {".zip", ".gpkg"}
    assert all(Path(file["path"]).stat().st_size > 0 for file in told["files"])
    assert list(told["seconds"]) == [stage.name for stage in STAGES]
    assert told["simulated"] is True


def _claims_about_the_database() -> None:
    commune = Commune.objects.get(cut_code="SIM01")
    assert commune.simulated
    seats = Membership.objects.filter(commune=commune)
    assert {seat.role: seat.user.username for seat in seats} == {role.value: role.value for role in Role}
    assert all(user.check_password(demo_password()) for user in User.objects.filter(memberships__commune=commune)[:2])
    proposals = TerritoryProposal.objects.for_commune(commune)
    assert proposals.in_state(ProposalState.REFUSED).count() == 1
    assert all(proposal.decided_reason for proposal in proposals.in_state(ProposalState.REFUSED))
    assert RiskSector.objects.for_commune(commune).count() >= 3
    assert gaps(commune=commune).count() == 1
    assert SectorStrategy.objects.filter(commune=commune).count() >= 3
    assert IndicatorReading.objects.count() == 2 * Indicator.objects.count() > 0
    assert Incident.objects.for_commune(commune).filter(origin="discovered").exists()


def _claims_about_what_must_not_be_there(state_folder: Path) -> None:
    """Who asked for help, and what the files say of hot spots, is nowhere in the database."""
    dumped = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} t "
                "WHERE t::text LIKE '%%Persona Simulada%%' OR t::text LIKE '%%+56 9 0000%%' "
                "OR t::text LIKE '%%Solicitante indica%%' OR t::text LIKE '%%nightlife street%%'"
            )
            dumped += f"{table} " if cursor.fetchone()[0] else ""
    assert dumped == ""
    assert (state_folder / "demo-password").stat().st_mode & 0o077 == 0


def _claims_about_room() -> None:
    boundary = Commune.objects.get(cut_code="SIM01").boundary
    Commune.objects.create(cut_code="14101", name="Real", boundary=boundary, metric_srid=32718)
    with pytest.raises(CommandError, match="Real"):
        call_command(*ARGUMENTS, "--seed", "2", stdout=io.StringIO(), stderr=io.StringIO())


def test_password_lies_outside_the_repository():
    assert Path(settings.STATE_DIR).name == "var"
    ignored = (settings.BASE_DIR / ".gitignore").read_text(encoding="utf-8")
    assert "/var/" in ignored
