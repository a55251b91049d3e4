"""The register: from a file and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access.models import AuditEvent, User
from access.roles import Role
from cameras.errors import StaleVersionError
from cameras.models import Camera, CameraStatus, Viewshed
from cameras.services.register import import_cameras, save_camera
from geo.errors import MissingVersionError, RefusedError
from geo.models import Commune
from incidents.models import ImportBatch
from incidents.services.profiles import save_profile
from incidents.services.undoing import take_back
from tests.factories.access import MembershipFactory
from tests.factories.cameras import CameraFactory, ViewshedFactory
from tests.factories.geo import point

pytestmark = pytest.mark.django_db

HEADER = "CODIGO;NOMBRE;DUENO;EN_VIVO;TIPO;LNG;LAT;ALTURA;AZIMUT;ANGULO;ALCANCE;ESTADO\n"
DOME = "C-1;Plaza Ñuble;municipal;sí;domo_ptz;-73,246;-39,814;9,5;;;120;operativa\n"
FIXED = "C-2;Paseo;comunitaria;no;fija;-73,247;-39,815;;360;;;operativa\n"
BAD = (
    "C-3;Sin tipo;municipal;sí;dron;-73,247;-39,815;6;;;60;operativa\n"
    "C-4;Alta;municipal;sí;fija;-73,247;-39,815;400;;;60;operativa\n"
    "C-5;Lejos;municipal;sí;fija;-70,0;-33,0;6;90;68;60;operativa\n"
    "C-6;Duda;municipal;quizás;fija;-73,247;-39,815;6;90;68;60;operativa\n"
)


@pytest.fixture
def analyst(commune: Commune) -> User:
    return MembershipFactory(commune=commune, role=Role.ANALYST).user


def bring(text: str, *, commune: Commune, analyst: User, tmp_path: Path, **options: Any) -> ImportBatch:
    profile = save_profile(
        commune=commune,
        name="Cámaras",
        source="camaras",
        kind="cameras",
        saved_by=analyst,
        settings={
            "delimiter": ";",
            "decimal": ",",
            "columns": {
                "code": "CODIGO",
                "name": "NOMBRE",
                "owner": "DUENO",
                "monitored_live": "EN_VIVO",
                "kind": "TIPO",
                "x": "LNG",
                "y": "LAT",
                "height_m": "ALTURA",
                "azimuth_deg": "AZIMUT",
                "field_of_view_deg": "ANGULO",
                "range_m": "ALCANCE",
                "status": "ESTADO",
            },
        },
    )
    path = tmp_path / "camaras.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return import_cameras(path=path, file_name=path.name, profile=profile, imported_by=analyst, **options)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.read, batch.accepted, batch.repeated, batch.refused


def test_good_rows_are_entered_and_bad_rows_listed(commune: Commune, analyst: User, tmp_path: Path) -> None:
    batch = bring(DOME + FIXED + BAD, commune=commune, analyst=analyst, tmp_path=tmp_path)
    assert counts(batch) == (6, 2, 0, 4)
    assert list(Camera.objects.for_commune(commune).order_by("code").values_list("code", flat=True)) == ["C-1", "C-2"]


def test_what_the_register_does_not_say_is_assumed_and_marked(commune: Commune, analyst: User, tmp_path: Path) -> None:
    bring(DOME + FIXED, commune=commune, analyst=analyst, tmp_path=tmp_path)
    fixed = Camera.objects.get(commune=commune, code="C-2")
    assert (fixed.height_m, fixed.field_of_view_deg, fixed.range_m) == (5.0, 68.0, 60.0)
    assert fixed.assumed == ["field_of_view_deg", "height_m", "range_m"]
    assert fixed.azimuth_deg == 0.0


def test_same_file_twice_changes_nothing(commune: Commune, analyst: User, tmp_path: Path) -> None:
    bring(DOME + FIXED, commune=commune, analyst=analyst, tmp_path=tmp_path)
    batch = bring(DOME + FIXED, commune=commune, analyst=analyst, tmp_path=tmp_path)
    assert counts(batch) == (2, 0, 2, 0)
    assert set(Camera.objects.for_commune(commune).values_list("version", flat=True)) == {1}


def test_dry_run_leaves_only_its_batch(commune: Commune, analyst: User, tmp_path: Path) -> None:
    batch = bring(DOME, commune=commune, analyst=analyst, tmp_path=tmp_path, dry_run=True)
    assert counts(batch) == (1, 1, 0, 0)
    assert not Camera.objects.for_commune(commune).exists()


def test_code_that_comes_back_with_other_content_is_refused(commune: Commune, analyst: User, tmp_path: Path) -> None:
    batch = bring(DOME + DOME.replace("120", "90"), commune=commune, analyst=analyst, tmp_path=tmp_path)
    assert counts(batch) == (2, 1, 0, 1)


def test_row_the_source_changed_is_taken_and_outdates_the_view(commune: Commune, analyst: User, tmp_path: Path) -> None:
    bring(DOME, commune=commune, analyst=analyst, tmp_path=tmp_path)
    seen = ViewshedFactory(camera=Camera.objects.get(commune=commune))
    batch = bring(DOME.replace("120", "90"), commune=commune, analyst=analyst, tmp_path=tmp_path)
    camera = Camera.objects.get(commune=commune)
    assert (counts(batch), camera.range_m, camera.version) == ((1, 1, 0, 0), 90.0, 2)
    assert not Viewshed.objects.get(pk=seen.pk).current


def test_hand_correction_outlives_an_import_of_the_same_row(commune: Commune, analyst: User, tmp_path: Path) -> None:
    bring(DOME, commune=commune, analyst=analyst, tmp_path=tmp_path)
    camera = Camera.objects.get(commune=commune)
    save_camera(
        commune=commune, camera=camera, content={"range_m": 80}, expected_version=1, saved_by=analyst, reason="medida"
    )
    bring(DOME, commune=commune, analyst=analyst, tmp_path=tmp_path)
    assert Camera.objects.get(commune=commune).range_m == 80.0


def test_hand_correction_outlives_a_change_of_another_field(commune: Commune, analyst: User, tmp_path: Path) -> None:
    bring(FIXED, commune=commune, analyst=analyst, tmp_path=tmp_path)
    camera = Camera.objects.get(commune=commune)
    measured = {"range_m": 80, "height_m": 7}
    save_camera(commune=commune, camera=camera, content=measured, expected_version=1, saved_by=analyst, reason="medida")
    bring(FIXED.replace("Paseo", "Paseo Libertad"), commune=commune, analyst=analyst, tmp_path=tmp_path)
    camera.refresh_from_db()
    assert (camera.name, camera.range_m, camera.height_m) == ("Paseo Libertad", 80.0, 7.0)
    assert camera.assumed == ["field_of_view_deg"]


def test_new_camera_by_hand_takes_defaults_and_leaves_a_trace(commune: Commune, analyst: User) -> None:
    camera = save_camera(
        commune=commune, content={"code": "N-1", "kind": "domo_ptz", "point": point(0, 0)}, saved_by=analyst
    )
    assert (camera.height_m, camera.range_m, camera.assumed) == (
        8.0, 100.0, ["height_m", "range_m", "tele_field_of_view_deg"],
    )  # fmt: skip
    event = AuditEvent.objects.get(commune=commune, verb="camera.entered")
    assert (event.user, event.role, event.target) == (analyst, Role.ANALYST, "N-1")


def test_told_field_is_no_longer_assumed(commune: Commune, analyst: User) -> None:
    camera = CameraFactory(commune=commune, assumed=["height_m", "range_m"])
    saved = save_camera(commune=commune, camera=camera, content={"height_m": 7}, expected_version=1, saved_by=analyst)
    assert saved.assumed == ["range_m"]


def test_save_without_version_is_refused(commune: Commune, analyst: User) -> None:
    with pytest.raises(MissingVersionError):
        save_camera(commune=commune, camera=CameraFactory(commune=commune), content={"name": "x"}, saved_by=analyst)


def test_stale_save_is_refused_with_both_sides(commune: Commune, analyst: User) -> None:
    camera = CameraFactory(commune=commune, name="Uno")
    save_camera(commune=commune, camera=camera, content={"name": "Dos"}, expected_version=1, saved_by=analyst)
    with pytest.raises(StaleVersionError) as refused:
        save_camera(commune=commune, camera=camera, content={"name": "Tres"}, expected_version=1, saved_by=analyst)
    assert (refused.value.extra["current"]["name"], refused.value.extra["yours"]["name"]) == ("Dos", "Tres")
    assert Camera.objects.get(pk=camera.pk).name == "Dos"


def test_new_optics_outdate_the_view_and_a_new_name_does_not(commune: Commune, analyst: User) -> None:
    seen = ViewshedFactory(camera__commune=commune)
    named = save_camera(
        commune=commune, camera=seen.camera, content={"name": "Otra"}, expected_version=1, saved_by=analyst
    )
    assert Viewshed.objects.get(pk=seen.pk).current
    save_camera(commune=commune, camera=named, content={"range_m": 30}, expected_version=2, saved_by=analyst)
    assert not Viewshed.objects.get(pk=seen.pk).current


@pytest.mark.parametrize(
    "wrong",
    [
        {"height_m": float("nan")},
        {"height_m": 0},
        {"range_m": "60"},
        {"azimuth_deg": 400},
        {"kind": "dron"},
        {"point": {"type": "Point", "coordinates": [0, 0]}},
        {"version": 3},
    ],
)
def test_save_refuses_what_cannot_be(commune: Commune, analyst: User, wrong: dict[str, Any]) -> None:
    camera = CameraFactory(commune=commune)
    with pytest.raises(RefusedError):
        save_camera(commune=commune, camera=camera, content=wrong, expected_version=1, saved_by=analyst)


def test_taken_code_is_refused(commune: Commune, analyst: User) -> None:
    CameraFactory(commune=commune, code="N-1")
    with pytest.raises(RefusedError):
        save_camera(commune=commune, content={"code": "N-1", "kind": "fija", "point": point()}, saved_by=analyst)


def test_an_undone_register_retires_its_cameras_and_gives_changed_ones_their_fields_back(
    commune: Commune, analyst: User, tmp_path: Path
) -> None:
    places = {"commune": commune, "analyst": analyst, "tmp_path": tmp_path}
    bring(DOME, **places)
    later = bring(DOME.replace("9,5", "12") + FIXED, **places)
    save_camera(
        commune=commune, content={"name": "Plaza"}, saved_by=analyst,
        camera=Camera.objects.get(code="C-1"), expected_version=2,
    )  # fmt: skip
    take_back(batch=later, undone_by=analyst)
    dome, fixed = Camera.objects.get(code="C-1"), Camera.objects.get(code="C-2")
    assert (dome.name, dome.height_m, dome.status) == ("Plaza", 9.5, "operativa")
    assert fixed.status == CameraStatus.RETIRED
    assert AuditEvent.objects.get(verb="cameras.undo").details | {"withdrawn": 1, "restored": 1, "kept": 0} == (
        AuditEvent.objects.get(verb="cameras.undo").details
    )
    assert bring(DOME.replace("9,5", "12") + FIXED, **places).accepted == 2
    assert Camera.objects.get(code="C-2").status == "operativa"
