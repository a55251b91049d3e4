"""The loop on a real file, with the three commands that the README names."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.models import User
from access.roles import Role
from geo.models import Commune, TerritorialUnit
from sectors.models import RiskSector
from tests.factories.access import MembershipFactory
from tests.factories.geo import CommuneFactory
from tests.incidents.buenos_aires import FILE, FOLDER, PROFILE, ROWS, UNPLACED


def told(*arguments: str) -> dict:
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


@pytest.mark.real_data
@pytest.mark.django_db(transaction=True)
def test_the_loop_runs_on_the_real_file_of_buenos_aires(tmp_path: Path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STATE_DIR = tmp_path
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps(PROFILE), encoding="utf-8")
    comunas = str(FOLDER / "comunas.gpkg")
    call_command(
        "add_commune", comunas, "--code", "BA", "--name", "Buenos Aires",
        "--timezone", "America/Argentina/Buenos_Aires", "--metric-srid", "32721", stdout=io.StringIO(),
    )  # fmt: skip
    call_command(
        "import_layer", comunas, "--commune", "BA", "--target", "barrio", "--map", "code=comuna", stdout=io.StringIO()
    )
    batch = told("import_incidents", str(FILE), "--commune", "BA", "--profile", str(profile))
    assert (batch["accepted"], batch["unplaced"]) == (ROWS, UNPLACED)

    done = told("analyse", "--commune", "BA", "--accept", "5", "--reason", "Prueba", "--folder", str(tmp_path / "out"))

    assert (done["first_day"], done["last_day"]) == ("2017-01-01", "2017-12-31")
    assert done["proposals"] >= 1
    assert 0 < done["proposed_area_ratio"] <= 0.05
    assert done["sectors"] == done["scored"] == min(5, done["proposals"])
    assert done["simulated"] is False
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".zip", ".gpkg"}
    commune = Commune.objects.get(cut_code="BA")
    assert TerritorialUnit.objects.for_commune(commune).count() == 15
    assert RiskSector.objects.for_commune(commune).count() == done["sectors"]


@pytest.mark.django_db
def test_a_commune_without_incidents_is_told_to_import_them():
    commune = CommuneFactory()
    with pytest.raises(CommandError, match="incidentes"):
        call_command("analyse", "--commune", commune.cut_code, stderr=io.StringIO())


@pytest.mark.django_db
def test_an_unknown_commune_is_refused():
    with pytest.raises(CommandError, match="XX99"):
        call_command("analyse", "--commune", "XX99")


@pytest.mark.django_db
def test_accepting_needs_a_reason():
    commune = CommuneFactory()
    with pytest.raises(CommandError, match="motivo"):
        call_command("analyse", "--commune", commune.cut_code, "--accept", "1", stderr=io.StringIO())


@pytest.mark.django_db
def test_two_analysts_must_be_told_apart():
    commune = CommuneFactory()
    MembershipFactory.create_batch(2, commune=commune, role=Role.ANALYST)
    with pytest.raises(CommandError, match="--user"):
        call_command("analyse", "--commune", commune.cut_code, stderr=io.StringIO())


@pytest.mark.django_db
def test_somebody_of_another_role_cannot_accept():
    commune = CommuneFactory()
    seat = MembershipFactory(commune=commune, role=Role.READER)
    with pytest.raises(CommandError, match=seat.user.username):
        call_command(
            "analyse", "--commune", commune.cut_code, "--accept", "1", "--reason", "x",
            "--director", seat.user.username, stderr=io.StringIO(),
        )  # fmt: skip


@pytest.mark.django_db
def test_the_console_account_cannot_sign_in():
    from config.management.commands.analyse import console_account

    account = console_account()
    assert account == console_account()
    assert not account.is_active
    assert not User.objects.get(pk=account.pk).has_usable_password()
