"""The doctor sees what is wrong, says how to mend it, and says so to machines too."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from config import doctor
from config.doctor import MEND, NOTE, OK, Finding

pytestmark = pytest.mark.django_db


def of(findings: Any, what: str) -> Finding:
    return next(finding for finding in findings if finding.what == what)


@pytest.mark.parametrize(
    "look", [doctor.python, doctor.packages, doctor.gis_libraries, doctor.reference_systems, doctor.timezones]
)
def test_this_installation_has_the_libraries_it_needs(look: Any) -> None:
    assert [finding for finding in look() if finding.state != OK] == []


def test_gdal_and_geos_come_from_the_wheel_and_django_has_no_warning() -> None:
    findings = list(doctor.gis_libraries())
    assert "libgdal" in of(findings, "GDAL").found
    assert of(findings, "Revisiones de Django").state == OK


def test_a_package_of_another_version_is_named(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("django==1.0 \\\n    --hash=sha256:00\n")
    settings.BASE_DIR = tmp_path
    (finding,) = doctor.packages()
    assert finding.state == MEND
    assert "django" in finding.found


def test_a_missing_bundle_is_seen_and_the_command_that_builds_it_is_named(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    finding = of(doctor.built_files(), "Programa del navegador")
    assert finding.state == MEND
    assert "make setup" in finding.mend


def test_a_translation_that_was_not_compiled_is_seen(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "maps" / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    settings.BASE_DIR = tmp_path
    assert of(doctor.built_files(), "Traducciones").found == "maps"


def test_a_full_disk_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: type("usage", (), {"free": 1024**3})())
    assert {finding.state for finding in doctor.disk()} == {MEND}


def test_the_database_has_its_extensions_its_checksums_and_its_tables() -> None:
    findings = {finding.what: finding.state for finding in doctor.database()}
    wanted = {"PostgreSQL", "Extensiones", "data_checksums", "synchronous_commit", "Tablas"}
    assert {what: findings.get(what) for what in wanted} == dict.fromkeys(wanted, OK)


def test_a_server_that_does_not_flush_its_writes_is_seen() -> None:
    assert of(doctor.database(), "fsync").state == MEND  # the tests' own cluster trades this away for speed


def test_debug_left_on_is_seen(settings: Any) -> None:
    settings.DEBUG = True
    assert of(doctor.configuration(), "DEBUG").state == MEND


def test_plain_http_on_a_server_is_told(settings: Any) -> None:
    settings.PRIVATE_CLUSTER = settings.BEHIND_TLS = False
    assert of(doctor.configuration(), "BEHIND_TLS").state == NOTE


def test_the_command_fails_when_something_must_be_mended() -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=io.StringIO())
    assert ended.value.code == 1


def test_machines_get_one_json_object() -> None:
    output = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=output)
    told = json.loads(output.getvalue())
    assert told["healthy"] is False
    assert {frozenset(finding) for finding in told["findings"]} == {frozenset({"what", "state", "found", "mend"})}


def test_the_command_succeeds_where_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.management.commands.doctor.examine", lambda: [Finding("Python", OK, "3.11")])
    output = io.StringIO()
    call_command("doctor", stdout=output)
    assert "✓ Python: 3.11" in output.getvalue()
