"""Source profiles, taxonomies, harm weights, commands and jobs."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from access.services.jobs import request_job, run_job
from geo.models import Commune
from incidents.models import Incident, OffenceType, SourceProfile
from incidents.services.harm import harm_days
from incidents.services.profile_settings import RefusedProfileError
from incidents.services.profiles import UnknownProfileError, profile_named, save_profile
from incidents.services.taxonomies import UnknownTypeError, load_taxonomies
from tests.factories.incidents import SETTINGS, cead
from tests.incidents.files import profile_for, row, write_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_the_shipped_list_has_its_families_groups_and_subgroups() -> None:
    load_taxonomies()
    assert load_taxonomies() == {"cead-2024-b": 79, "municipal-1": 29, "cead-2024-a": 79, "sin-clasificar": 1}
    types = OffenceType.objects.of_version("cead-2024-b")
    assert [types.filter(level=level).count() for level in ("family", "group", "subgroup")] == [8, 23, 48]


@pytest.mark.parametrize(
    ("code", "flags"),
    [
        ("60401", (True, False, False, "reported")),
        ("10201", (True, False, True, "reported")),
        ("10204", (False, False, True, "reported")),
        ("30103", (False, False, True, "reported")),
        ("40102", (False, True, False, "discovered")),
        ("70502", (False, True, False, "discovered")),
        ("70501", (False, False, False, "reported")),
    ],
)
def test_flags_of_a_type(code: str, flags: tuple) -> None:
    one = cead(code)
    assert (one.dmcs, one.enforcement_driven, one.reserved, one.default_origin) == flags


def own_types(name: str, **flags: bool) -> dict:
    return {**SETTINGS, "own_taxonomy": name, "own_types": [{"code": "30101", "name": "Otra cosa", **flags}]}


def test_a_profile_does_not_rewrite_a_shipped_taxonomy(commune: Commune) -> None:
    with pytest.raises(RefusedProfileError):
        save_profile(commune=commune, name="registro", settings=own_types("cead-2024-b"))
    assert cead("30101").reserved


def test_a_profile_of_one_kind_takes_no_version_of_another(commune: Commune) -> None:
    kept = save_profile(commune=commune, name="Novedades", settings=SETTINGS)
    with pytest.raises(RefusedProfileError, match="otra clase de tabla"):
        save_profile(commune=commune, name="Novedades", settings={"columns": {"kind": "tipo"}}, kind="risk_factors")
    assert SourceProfile.objects.for_commune(commune).latest().get() == kept


def test_a_profile_does_not_rewrite_the_taxonomy_of_another_commune(commune: Commune, other_commune: Commune) -> None:
    save_profile(commune=other_commune, name="registro", settings=own_types("propia", reserved=True))
    with pytest.raises(RefusedProfileError):
        save_profile(commune=commune, name="registro", settings=own_types("propia"))
    assert OffenceType.objects.with_key("propia", "30101").get().reserved


def test_blank_harm_stays_blank_unless_the_fallback_is_accepted(commune: Commune) -> None:
    told = harm_days(commune=commune)
    assert told.days[cead("10102").pk] == 5476
    assert cead("50101").pk not in told.days
    assert cead("50101").pk in told.without_value
    assert harm_days(commune=commune, accept_fallback=True).days[cead("50101").pk] == 1.0


def test_a_change_of_settings_is_a_new_version(commune: Commune) -> None:
    first, same = profile_for(commune), profile_for(commune)
    second = profile_for(commune, srid=32718)
    assert (first.pk, second.version) == (same.pk, 2)
    assert profile_named(commune=commune, name="registro") == second
    assert SourceProfile.objects.latest().count() == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"columns": {"date": "fecha"}},
        {"columns": {"date": "fecha", "label": "tipo", "x": "lng"}},
        {"columns": {"date": "fecha", "label": "RUT víctima"}},
        {"columns": {"date": "fecha", "label": "tipo", "victim": "nombre"}},
        {"srid": 999_999},
        {"date_format": ["%Q"]},
        {"delimiter": "x"},
        {"unknown": 1},
    ],
)
def test_a_broken_profile_is_refused(commune: Commune, broken: dict) -> None:
    with pytest.raises(RefusedProfileError):
        save_profile(commune=commune, name="x", settings={**SETTINGS, **broken})


def test_a_mapping_to_a_type_that_is_not_there_is_refused(commune: Commune) -> None:
    with pytest.raises(UnknownTypeError):
        profile_for(commune, type_mapping={"Hurto": ["cead-2024-b", "40999"]})


def test_profiles_of_another_commune_are_not_found(commune: Commune, other_commune: Commune) -> None:
    profile_for(other_commune)
    with pytest.raises(UnknownProfileError):
        profile_named(commune=commune, name="registro")


def test_the_command_imports_with_a_profile_from_a_file_and_undoes(commune: Commune, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", [row(1), row(2, fecha="x")])
    described = tmp_path / "perfil.json"
    described.write_text(json.dumps({"name": "registro", "settings": SETTINGS}), encoding="utf-8")
    out = StringIO()
    call_command("import_incidents", path, commune=commune.cut_code, profile=str(described), json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["read"], told["accepted"], told["refused"]) == (2, 1, 1)
    call_command("undo_batch", told["batch"], stdout=StringIO())
    assert not Incident.objects.current().exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_imports_and_deletes_the_upload(commune: Commune, tmp_path: Path, settings) -> None:
    folder = Path(settings.MEDIA_ROOT) / "uploads" / str(commune.pk)
    folder.mkdir(parents=True)
    path = write_rows(folder / "abc.csv", [row(1)])
    job = request_job(
        commune=commune,
        kind="incidents.import",
        parameters={"path": str(path), "file_name": "a.csv", "profile": profile_for(commune).pk},
        requested_by=None,
    )
    done = run_job(job_id=job.pk)
    assert (done.state, done.result["accepted"], path.exists()) == ("done", 1, False)
