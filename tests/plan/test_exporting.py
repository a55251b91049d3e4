"""What leaves the house comes back equal, says what it lost, and holds nothing of cameras."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from access.models import AuditEvent, ExportLog, JobRun
from access.roles import Role
from access.services.jobs import request_job, run_job
from cameras.services.coverage import compute_coverage, covered_area
from geo.crs import CHILEAN_SRIDS, STORAGE_SRID, as_shapely, convert, is_metric, srid_of
from geo.errors import RefusedError
from geo.models import Commune
from geo.writers import equal_within
from plan.models import ExportFile
from plan.services.exporting import sweep_export_files
from plan.services.indicators import read_indicator
from sectors.models import RiskSector
from sectors.services.schemes import SchemeRules, freeze_scheme
from sectors.services.score_views import warnings_for_role
from tests.factories.access import MembershipFactory
from tests.factories.cameras import CameraFactory
from tests.factories.geo import CommuneFactory, PublicSpaceFactory, point, square
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, ObjectiveFactory, SectorStrategyFactory
from tests.factories.sectors import RiskSectorFactory
from tests.plan.files import an_export, entries, layer_of, table
from tests.sectors.scene import Scene

pytestmark = pytest.mark.django_db
FORMATS = ["shp", "gpkg"]


@pytest.fixture(autouse=True)
def own_files_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def ring_with_hole() -> MultiPolygon:
    """Two parts, one of them with a hole."""
    outer, hole, far = square(0, 0, 300)[0], square(100, 100, 50)[0], square(600, 0, 100)[0]
    return MultiPolygon(Polygon(outer.shell, hole.shell), far, srid=4326)


def stored_shapes(commune: Commune, srid: int) -> gpd.GeoSeries:
    sectors = RiskSector.objects.for_commune(commune).order_by("code")
    shapes = [convert(as_shapely(one.boundary), source_srid=STORAGE_SRID, target_srid=srid) for one in sectors]
    return gpd.GeoSeries(shapes, crs=srid)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("srid", sorted(CHILEAN_SRIDS))
def test_shapes_come_back_equal_in_every_chilean_system(commune: Commune, file_format: str, srid: int) -> None:
    RiskSectorFactory(commune=commune, code="A", boundary=ring_with_hole())
    exported = an_export(commune, file_format=file_format, srid=srid)
    read = layer_of(exported.path)
    tolerance = 1e-6 if is_metric(srid) else 1e-11
    assert equal_within(stored_shapes(commune, srid), read.geometry, tolerance_m=tolerance).all()
    assert read.crs is not None
    assert srid_of(read.crs) == srid or read.crs.to_proj4() == gpd.GeoSeries([], crs=srid).crs.to_proj4()


def test_shapefile_brings_its_companions(commune: Commune) -> None:
    inside = entries(an_export(commune, file_format="shp").path)
    wanted = {f"sectores.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")} | {"LEEME.txt", "campos.csv"}
    assert wanted | {"estrategias.csv"} <= set(inside)
    assert inside["sectores.cpg"].strip() == b"UTF-8"


def test_short_names_are_explained_in_the_dictionary(commune: Commune) -> None:
    exported = an_export(commune, file_format="shp")
    told = {next(iter(row.values())) for row in table(entries(exported.path)["campos.csv"])}
    columns = set(layer_of(exported.path).columns) - {"geometry"}
    assert columns == told
    assert all(len(name) <= 10 for name in columns)


def test_scores_and_strategies_are_joined(scene: Scene) -> None:
    run = scene.score()
    plan = CommunalPlanFactory(commune=scene.commune)
    version = scene.sectors["A"].versions.get(version=1)
    objective = ObjectiveFactory(plan=plan, number=3)
    SectorStrategyFactory(plan=plan, sector_version=version, objective=objective, budget_clp=45_000_000)
    SectorStrategyFactory(plan=plan, sector_version=version, budget_clp=5_000_000, causes="Sitio eriazo")
    SectorStrategyFactory(plan=plan, sector_version=version, status="descartada")
    exported = an_export(scene.commune, as_it_is=True)
    row = layer_of(exported.path).set_index("codigo").loc["A"]
    score = run.scores.get(sector_version=version)
    assert (row["puntaje"], row["lugar"], row["incidentes"]) == (round(score.score, 2), score.rank, score.n)
    assert (row["estrategias"], row["presupuesto_clp"], row["objetivos"]) == (2, 50_000_000, "3")
    listed = layer_of(exported.path, "estrategias")
    assert set(listed["causas"]) == {"Luminarias apagadas en el trayecto al paradero", "Sitio eriazo"}


def test_the_readme_says_that_a_score_counts_what_patrols_discovered(scene: Scene) -> None:
    window = {"window_from": date(2025, 1, 1), "window_until": date(2025, 12, 31)}
    scheme = freeze_scheme(
        commune=scene.commune, reason="contraste", created_by=scene.analyst,
        rules=SchemeRules(origins=["reported", "discovered"]), **window,
    )  # fmt: skip
    run = scene.score(scheme=scheme)
    text = entries(an_export(scene.commune, file_format="shp", as_it_is=True).path)["LEEME.txt"].decode("utf-8")
    assert "other_origins" in run.parameters["warnings"]
    assert all(sentence in text for sentence in warnings_for_role(run, Role.PLANNER))


def test_shapefile_lists_strategies_whole_beside_it(commune: Commune) -> None:
    strategy = SectorStrategyFactory(plan=CommunalPlanFactory(commune=commune), causes="ñandú; " * 100)
    exported = an_export(commune, file_format="shp", as_it_is=True)
    inside = entries(exported.path)
    assert table(inside["estrategias.csv"])[0]["causas"] == strategy.causes
    assert any("detalle" in loss and "254" in loss for loss in exported.losses)
    told = inside["LEEME.txt"].decode("utf-8")
    assert all(loss in told for loss in exported.losses)


def test_formulas_are_inert_in_the_table(commune: Commune) -> None:
    SectorStrategyFactory(plan=CommunalPlanFactory(commune=commune), causes="=cmd|' /C calc'!A0")
    exported = an_export(commune, file_format="shp", as_it_is=True)
    assert table(entries(exported.path)["estrategias.csv"])[0]["causas"].startswith("'=")


def test_sectors_without_score_or_strategy_are_empty_not_zero(commune: Commune) -> None:
    row = layer_of(an_export(commune).path).iloc[0]
    assert row[["puntaje", "lugar", "concentracion", "percepcion", "presupuesto_clp"]].isna().all()


def test_geopackage_brings_its_style(commune: Commune) -> None:
    exported = an_export(commune)
    with sqlite3.connect(exported.path) as connection:
        ((layer, style),) = connection.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall()
    assert layer == "sectores"
    assert 'attr="clase"' in style


@pytest.mark.parametrize("file_format", FORMATS)
def test_simulated_commune_is_marked_in_every_file(file_format: str) -> None:
    commune = CommuneFactory(simulated=True)
    exported = an_export(commune, file_format=file_format)
    assert layer_of(exported.path)["simulado"].astype(bool).all()
    told = (
        entries(exported.path)["LEEME.txt"].decode()
        if file_format == "shp"
        else " ".join(layer_of(exported.path, "leeme")["leeme"])
    )
    assert "SIMUL" in told.upper()


def test_real_commune_is_not_marked(commune: Commune) -> None:
    assert not layer_of(an_export(commune).path)["simulado"].astype(bool).any()


# --- nothing of cameras -------------------------------------------------------------------------------

RESERVED_WORDS = ("camara", "cámara", "cobert", "coverage", "uncovered", "viewshed", "vulnerab", "camera")


@pytest.mark.parametrize("role", [Role.PLANNER, Role.ANALYST, Role.DIRECTOR])
@pytest.mark.parametrize("file_format", FORMATS)
def test_export_holds_nothing_of_coverage_by_name_or_value(scene: Scene, file_format: str, role: Role) -> None:
    PublicSpaceFactory(commune=scene.commune, area=square(0, 0, 300))
    CameraFactory(commune=scene.commune, code="CAM-X9", point=point(150, 150), range_m=100)
    compute_coverage(commune=scene.commune)
    run = scene.score()
    plan = CommunalPlanFactory(commune=scene.commune)
    strategy = SectorStrategyFactory(plan=plan, sector_version=scene.sectors["A"].versions.get(version=1))
    hidden = IndicatorFactory(
        strategy=strategy, formula="dano_sin_cobertura", baseline_value=0.987, goal=0.5, name="Daño XQZ"
    )
    read_indicator(indicator=hidden, on=date(2025, 12, 31))
    exported = an_export(scene.commune, file_format=file_format, role=role, as_it_is=True)
    raw = exported.path.read_bytes() if file_format == "gpkg" else b"\n".join(entries(exported.path).values())
    text = raw.decode("utf-8", errors="ignore").lower()
    assert not [word for word in (*RESERVED_WORDS, "cam-x9", "xqz", "0.987") if word in text]
    assert not _numbers(exported) & _reserved_numbers(run, scene)


def _numbers(exported: ExportFile) -> set[str]:
    """Every number of the file, as people would compare them."""
    read = layer_of(exported.path).drop(columns="geometry")
    return {f"{value:.2f}" for name in read.select_dtypes("number") for value in read[name].dropna() if value % 1}


def _reserved_numbers(run: Any, scene: Scene) -> set[str]:
    """Values and points of the parts that hold cameras, of the sub-index they belong to, and the ground covered."""
    found: set[float] = {covered_area(scene.commune).area, covered_area(scene.commune).area / 10_000}
    for score in run.scores.all():
        parts = [score.contributions[name] for name in ("harm_uncovered", "ground_uncovered", "factors")]
        for told in [*parts, score.sub_indices["vulnerability"]]:
            found |= {told[key] for key in ("value", "points") if told[key] is not None}
        found |= {one for one in score.sub_indices["vulnerability"]["measures"].values() if one is not None}
    return {f"{value:.2f}" for value in found if value % 1}


def test_two_coverages_that_score_the_same_give_the_same_rows(scene: Scene) -> None:
    """Non-interference: what changes of cameras without changing a score leaves no trace in the file."""
    scene.score()
    before = layer_of(an_export(scene.commune, as_it_is=True).path)
    CameraFactory(commune=scene.commune, point=point(5000, 5000))
    compute_coverage(commune=scene.commune)
    after = layer_of(an_export(scene.commune, as_it_is=True).path)
    assert before.drop(columns="geometry").equals(after.drop(columns="geometry"))


# --- the file and its trail ---------------------------------------------------------------------------


def test_log_entry_and_row_carry_the_files_digest(commune: Commune) -> None:
    exported = an_export(commune, reason="para SECPLAN")
    digest = hashlib.sha256(exported.path.read_bytes()).hexdigest()
    log = ExportLog.objects.get(commune=commune)
    assert exported.sha256 == log.sha256 == digest
    assert (log.rows, log.srid, log.reason, log.role) == (1, 32718, "para SECPLAN", Role.PLANNER)


def test_nothing_but_the_finished_file_is_left(commune: Commune) -> None:
    exported = an_export(commune, file_format="shp")
    left = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert left == [exported.path]


def test_file_name_says_commune_layer_day_and_system(commune: Commune) -> None:
    name = an_export(commune, srid=24878, file_format="shp").file_name
    assert name.startswith("comuna-de-prueba")
    assert name.endswith("_epsg24878.zip")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"file_format": "dxf"}, RefusedError),
        ({"srid": 3857}, RefusedError),
        ({"role": Role.MANAGER}, PermissionDenied),
        ({"role": Role.READER}, PermissionDenied),
    ],
)
def test_export_refuses(commune: Commune, wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        an_export(commune, **wrong)


def test_commune_without_sectors_has_nothing_to_export(commune: Commune) -> None:
    with pytest.raises(RefusedError):
        an_export(commune, as_it_is=True)


def test_sectors_that_ended_and_other_communes_stay_out(commune: Commune) -> None:
    RiskSectorFactory(commune=commune, code="VIVO")
    RiskSectorFactory(commune=commune, code="FIN", status="cerrado", valid_until=date(2024, 6, 1))
    RiskSectorFactory(code="AJENO")
    assert list(layer_of(an_export(commune, as_it_is=True).path)["codigo"]) == ["VIVO"]


def test_download_is_an_attachment_in_a_sandbox_and_leaves_a_trace(planner: Client, commune: Commune) -> None:
    exported = an_export(commune)
    answer = planner.get(reverse("plan:export_file", args=[exported.pk]))
    assert b"".join(answer.streaming_content) == exported.path.read_bytes()
    assert answer["Content-Disposition"] == f'attachment; filename="{exported.file_name}"'
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert AuditEvent.objects.filter(commune=commune, verb="export.downloaded").count() == 1


def test_file_of_another_commune_is_not_found(planner: Client) -> None:
    assert planner.get(reverse("plan:export_file", args=[an_export(CommuneFactory()).pk])).status_code == 404


def test_file_whose_bytes_are_gone_is_not_found(planner: Client, commune: Commune) -> None:
    exported = an_export(commune)
    exported.path.unlink()
    assert planner.get(reverse("plan:export_file", args=[exported.pk])).status_code == 404


def test_sweeper_takes_only_old_files_without_row(commune: Commune) -> None:
    kept = an_export(commune).path
    orphan = kept.parent.parent / "0" / "huerfano.gpkg"
    orphan.parent.mkdir()
    orphan.write_bytes(b"x")
    written_s = orphan.stat().st_mtime
    assert sweep_export_files(now_s=written_s + 3600) == 0
    assert sweep_export_files(now_s=written_s + 25 * 3600) == 1
    assert kept.exists()


@pytest.mark.django_db(transaction=True)
def test_job_exports_in_the_role_the_person_has_now(commune: Commune) -> None:
    RiskSectorFactory(commune=commune)
    membership = MembershipFactory(commune=commune, role=Role.PLANNER)
    asked = {"commune": commune, "kind": "plan.export", "requested_by": membership.user}
    job = run_job(job_id=request_job(parameters={"file_format": "shp", "srid": 5362}, **asked).pk)
    assert (job.state, job.error) == (JobRun.State.DONE, "")
    assert ExportFile.objects.get(pk=job.result["file"]).sha256 == job.result["sha256"]
    waiting = request_job(parameters={"file_format": "shp", "srid": 5362}, **asked)
    membership.role = Role.READER
    membership.save()
    refused = run_job(job_id=waiting.pk)
    assert refused.state == JobRun.State.FAILED
    assert ExportFile.objects.for_commune(commune).count() == 1


# --- anything a person can write ----------------------------------------------------------------------

texts = some.text(
    alphabet=some.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=0x1FFFF), min_size=1, max_size=200
).filter(str.strip)
holes = some.tuples(some.floats(0.1, 0.4), some.floats(0.1, 0.4))


@some.composite
def boundaries(draw: Callable[..., Any]) -> MultiPolygon:
    """One to three rectangles side by side, some with a hole."""
    parts = []
    for number in range(draw(some.integers(1, 3))):
        x0, y0 = -73.28 + number * 0.01 + draw(some.floats(0, 0.002)), -39.82 + draw(some.floats(0, 0.01))
        width, height = draw(some.floats(0.001, 0.006)), draw(some.floats(0.001, 0.006))
        shell = shapely.box(x0, y0, x0 + width, y0 + height)
        hole = draw(some.none() | holes)
        if hole is not None:
            left, low = x0 + width * hole[0], y0 + height * hole[1]
            shell = shell.difference(shapely.box(left, low, left + width * 0.3, low + height * 0.3))
        parts.append(Polygon(*[list(ring.coords) for ring in (shell.exterior, *shell.interiors)]))
    return MultiPolygon(parts, srid=4326)


@pytest.mark.parametrize("file_format", FORMATS)
@hypothesis_settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    name=texts,
    act=some.just("") | texts,
    ends=some.none() | some.dates(date(2999, 1, 1), date(3999, 1, 1)),
    boundary=boundaries(),
    srid=some.sampled_from([4326, 32718, 5362, 24879]),
)
def test_whatever_a_sector_holds_comes_back_or_is_told(
    db: None, file_format: str, name: str, act: str, ends: date | None, boundary: MultiPolygon, srid: int
) -> None:
    commune = CommuneFactory()
    RiskSectorFactory(commune=commune, name=name, act=act, valid_until=ends, boundary=boundary)
    exported = an_export(commune, file_format=file_format, srid=srid, as_it_is=True)
    row = layer_of(exported.path).iloc[0]
    told = json.dumps(exported.losses, ensure_ascii=False)
    for column, sent in (("nombre", name), ("acto", act)):
        got = row[column] if isinstance(row[column], str) else ""
        assert got == sent or f"{column}:" in told
    until = row["hasta" if file_format == "shp" else "vigente_hasta"]
    assert (None if pd.isna(until) else str(until)[:10]) == (None if ends is None else ends.isoformat())
