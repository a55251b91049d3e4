"""The work of each role through the pages' forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rasterio.transform import from_origin

from access.models import AuditEvent, ExportLog, JobRun
from access.services.audit import record_act
from access.services.jobs import run_job
from geo.models import Commune, TerrainSurface, TerritorialUnit
from incidents.models import Incident, SourceProfile
from plan.models import ExportFile, Indicator, SectorStrategy
from sectors.models import FocalTerritory, RiskFactor, RiskSector, TerritoryProposal
from tests.factories.plan import CommunalPlanFactory, IndicatorFactory, SectorStrategyFactory, StrategyTypeFactory
from tests.factories.sectors import FactorTypeFactory
from tests.maps.rows import make_proposal

TABLE = (
    "folio;fecha;hora;delito;lat;lng\n"
    "1;01-10-2025;10:30;Hurto en la calle;-39,814;-73,246\n"
    "2;02-10-2025;22:15;Hurto en la calle;-39,815;-73,247\n"
    "3;99-10-2025;10:30;Hurto en la calle;-39,814;-73,246\n"
)
UNITS = Path(__file__).with_name("units.geojson")


def profile_form(analyst: Client, address: str) -> dict[str, Any]:
    """The profile form as a person would send it: the guesses, a name, and a type for the one label."""
    form = analyst.get(address).context["form"]
    sent = {name: "" if field.initial is None else field.initial for name, field in form.fields.items()}
    sent |= {name: "" if value is None else value for name, value in form.initial.items()}
    sent |= {"name": "Libro de novedades", "type_0": "Hurtos [cead-2024-b 301]"}
    choice = next(one for one in analyst.get(address).context["types"] if one.startswith("Hurto"))
    return sent | {"type_0": choice, "has_header": "on"}


def bring(analyst: Client, name: str, content: bytes, kind: str = "incidents") -> str:
    response = analyst.post(reverse("maps:imports"), {"kind": kind, "file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302
    return str(response["Location"])


@pytest.mark.django_db(transaction=True)  # a job tells its progress on a connection of its own
def test_a_new_file_becomes_a_profile_a_trial_and_an_import(analyst: Client, commune: Commune) -> None:
    table = bring(analyst, "novedades.csv", TABLE.encode())
    assert "Todavía no hay perfil" in analyst.get(table).content.decode()
    saved = analyst.post(f"{table}perfil/", profile_form(analyst, f"{table}perfil/"))
    assert saved.status_code == 302, saved.context["form"].errors
    profile = SourceProfile.objects.for_commune(commune).get()
    assert profile.settings["columns"] == {
        "record_id": "folio", "date": "fecha", "time": "hora", "label": "delito", "x": "lng", "y": "lat",
    }  # fmt: skip
    assert "<dt>Tipo, como lo escribe la fuente</dt><dd>delito</dd>" in analyst.get(table).content.decode()
    for act, kept in (("probar", 0), ("importar", 2)):
        job = analyst.post(f"{table}iniciar/", {"perfil": profile.pk, "acto": act})
        run = run_job(job_id=JobRun.objects.for_commune(commune).latest("pk").pk)
        assert (run.state, run.result["accepted"], run.result["refused"]) == ("done", 2, 1), run.error
        assert Incident.objects.for_commune(commune).current().count() == kept
        page = analyst.get(job["Location"]).content.decode()
        assert "Ver el lote importado" in page
        assert (f'href="{table}?perfil={profile.pk}"' in page) == (act == "probar")


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_read(analyst: Client) -> None:
    sent = {"kind": "incidents", "file": SimpleUploadedFile("notas.docx", b"PK")}
    response = analyst.post(reverse("maps:imports"), sent)
    assert response.status_code == 422
    assert ".csv" in response.content.decode()


@pytest.mark.django_db(transaction=True)  # a job tells its progress on a connection of its own
def test_a_layer_of_units_is_imported(analyst: Client, commune: Commune) -> None:
    sent = {"target": "unidad_vecinal", "file": SimpleUploadedFile("unidades.geojson", UNITS.read_bytes())}
    page = analyst.post(reverse("maps:geography"), sent)["Location"]
    form = analyst.get(page).context["form"]
    analyst.post(page, form.initial | {"source": "SUBDERE 2024", "srid": 4326})
    run = run_job(job_id=JobRun.objects.for_commune(commune).latest("pk").pk)
    assert (run.state, run.error) == ("done", "")
    assert TerritorialUnit.objects.for_commune(commune).get().name == "Uno"
    act = AuditEvent.objects.for_commune(commune).get(verb="geography.import")
    assert (act.user, act.details["accepted"]) == (analyst.membership.user, 1)


@pytest.mark.django_db(transaction=True)  # a job tells its progress on a connection of its own
def test_terrain_is_imported(analyst: Client, commune: Commune, tmp_path: Path) -> None:
    path = tmp_path / "cerro.tif"
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": 20, "height": 20, "crs": "EPSG:32718"}
    with rasterio.open(path, "w", **profile, transform=from_origin(649_000, 5_592_000, 10, 10)) as raster:
        raster.write(np.ones((20, 20), np.float32), 1)
    sent = {"name": "Cerro", "kind": "dtm", "source": "prueba"}
    address = reverse("maps:surface")
    assert analyst.post(address, sent).status_code == 422
    page = analyst.post(address, sent | {"surface": SimpleUploadedFile("cerro.tif", path.read_bytes())})["Location"]
    run = run_job(job_id=JobRun.objects.for_commune(commune).get(kind="geo.add_surface").pk)
    assert (run.state, run.error) == ("done", "")
    assert TerrainSurface.objects.for_commune(commune).get().name == "Cerro"
    assert reverse("maps:geography") in analyst.get(page).content.decode()


@pytest.mark.django_db(transaction=True)  # a job tells its progress on a connection of its own
def test_the_analyst_prepares_the_ground_after_a_layer(
    analyst: Client, director: Client, commune: Commune, text: Callable[[Any], str]
) -> None:
    page = reverse("maps:geography")
    assert "hexágonos de 250 m" in text(analyst.get(page))
    assert director.post(reverse("maps:prepare_ground")).status_code == 403
    job = analyst.post(reverse("maps:prepare_ground"))["Location"]
    run = run_job(job_id=JobRun.objects.for_commune(commune).get(kind="incidents.prepare_ground").pk)
    assert (run.state, run.error) == ("done", "")
    assert page in text(analyst.get(job))
    assert not analyst.get(page).context["preparation"]["waits"]
    record_act(commune=commune, user=None, role="", verb="geography.import", target="manzana")
    assert "después de la última preparación" in text(analyst.get(page))


def test_a_finished_layer_of_the_ground_leads_to_its_preparation(
    analyst: Client, commune: Commune, text: Callable[[Any], str]
) -> None:
    done = JobRun.objects.create(commune=commune, kind="geo.import_layer", state="done", result={"target": "manzana"})
    assert "#preparar" in text(analyst.get(reverse("maps:job", args=[done.pk])))


def test_the_analyst_sends_and_the_director_accepts(analyst: Client, director: Client, commune: Commune) -> None:
    proposal = make_proposal(commune)
    analyst.post(reverse("maps:send_proposal", args=[proposal.pk]), {"reason": "Se mantiene."})
    decided = director.post(
        reverse("maps:decide_proposal", args=[proposal.pk]),
        {"decision": "accept", "name": "Plaza Sur", "reason": "Coincide con terreno."},
    )
    sector = RiskSector.objects.for_commune(commune).get()
    assert decided["Location"] == reverse("maps:sector", args=[sector.code])
    assert (sector.name, sector.status) == ("Plaza Sur", "borrador")


def test_a_refusal_needs_a_reason_and_is_kept(director: Client, sent: TerritoryProposal) -> None:
    address = reverse("maps:decide_proposal", args=[sent.pk])
    assert director.post(address, {"decision": "refuse", "reason": ""}).status_code == 422
    director.post(address, {"decision": "refuse", "reason": "Es una feria."})
    sent.refresh_from_db()
    assert (sent.state, sent.decided_reason) == ("rechazada", "Es una feria.")


def test_the_director_does_not_see_drafts(director: Client, commune: Commune) -> None:
    draft = make_proposal(commune)
    assert director.get(reverse("maps:proposal", args=[draft.pk])).status_code == 404


def test_the_director_focalises_and_opens_the_board(
    director: Client, commune: Commune, sector: RiskSector, manager: Client
) -> None:
    year = date.today().year  # noqa: DTZ011 - the form takes calendar days
    director.post(
        reverse("maps:focalise"),
        {
            "sectors": [sector.pk], "name": "Centro", "act": "Decreto 12", "reason": "Concentra incidentes.",
            "period_from": f"{year}-01-01", "period_until": f"{year + 1}-12-31", "valid_until": f"{year + 1}-12-31",
        },
    )  # fmt: skip
    territory = FocalTerritory.objects.for_commune(commune).get()
    director.post(
        reverse("maps:open_board", args=[territory.pk]), {"name": "Mesa Centro", "opened_on": f"{year}-01-02"}
    )
    director.post(
        reverse("maps:appoint", args=[territory.pk]),
        {"user": manager.membership.user.pk, "valid_from": f"{year}-01-02"},
    )
    assert territory.board.name == "Mesa Centro"
    assert territory.managers.get().user == manager.membership.user


def test_the_planner_sets_a_strategy_and_freezes_a_baseline(
    planner: Client, commune: Commune, sector: RiskSector
) -> None:
    CommunalPlanFactory(commune=commune)
    kind = StrategyTypeFactory(commune=commune, verified=False)
    planner.post(
        reverse("maps:strategy_new"),
        {
            "sector": sector.code, "type": kind.pk, "causes": "Luminarias apagadas.", "responsible": "Operaciones",
            "starts_on": "2026-01-01", "ends_on": "2026-12-31", "status": "planificada",
        },
    )  # fmt: skip
    strategy = SectorStrategy.objects.for_commune(commune).get()
    planner.post(
        reverse("maps:indicator_new", args=[strategy.pk]),
        {
            "name": "Incidentes", "formula": "incidentes", "window": "52", "baseline_on": "31-12-2025",
            "direction": "bajar", "goal": "0", "goal_on": "31-12-2026",
        },
    )  # fmt: skip
    assert Indicator.objects.for_commune(commune).get().goal == 0
    assert "Incidentes" in planner.get(reverse("maps:plan")).content.decode()


@pytest.mark.django_db(transaction=True)  # a job tells its progress on a connection of its own
def test_the_planner_exports_by_a_job_and_finds_the_file_again(
    planner: Client, commune: Commune, sector: RiskSector, text: Callable[[Any], str]
) -> None:
    sent = {"file_format": "gpkg", "srid": 32718, "reason": "Para SECPLAN"}
    job = planner.post(reverse("maps:exports"), sent)["Location"]
    assert not ExportFile.objects.exists()
    run = run_job(job_id=JobRun.objects.for_commune(commune).get(kind="plan.export").pk)
    assert (run.state, run.error) == ("done", "")
    made = ExportFile.objects.for_commune(commune).get()
    file = reverse("plan:export_file", args=[made.pk])
    assert file in text(planner.get(job))
    assert made.file_name in text(planner.get(reverse("maps:exports")))
    assert planner.get(file).status_code == 200


@pytest.mark.django_db(transaction=True)  # a job tells its progress on a connection of its own
@pytest.mark.parametrize("address", ["maps:plan_read", "maps:indicator_read"])
def test_the_planner_reads_indicators_by_a_job(
    address: str, planner: Client, commune: Commune, sector: RiskSector, text: Callable[[Any], str]
) -> None:
    strategy = SectorStrategyFactory(plan=CommunalPlanFactory(commune=commune), sector_version=sector.versions.get())
    indicator = IndicatorFactory(strategy=strategy)
    asked, back = {
        "maps:plan_read": (strategy.plan_id, f"{reverse('maps:plan')}?version={strategy.plan_id}"),
        "maps:indicator_read": (indicator.pk, reverse("maps:strategy", args=[strategy.pk])),
    }[address]
    job = planner.post(reverse(address, args=[asked]))["Location"]
    assert not indicator.readings.exists()
    run = run_job(job_id=JobRun.objects.for_commune(commune).get(kind="plan.read_indicators").pk)
    assert (run.state, run.error, indicator.readings.count()) == ("done", "", 1)
    assert back in text(planner.get(job))


def test_a_factor_is_written_down_and_solved(manager: Client, commune: Commune) -> None:
    kind = FactorTypeFactory()
    sent = {"kind": kind.pk, "name": "Poste 12", "point": "-39,8140; -73,2460", "observed_on": "2025-10-01"}
    manager.post(reverse("maps:factor_new"), sent)
    factor = RiskFactor.objects.for_commune(commune).get()
    assert (round(factor.point.y, 4), round(factor.point.x, 4)) == (-39.814, -73.246)
    manager.post(reverse("maps:factor_state", args=[factor.pk]), {"state": "resuelto", "version": factor.version})
    factor.refresh_from_db()
    assert factor.state == "resuelto"


def test_the_sheet_to_print_tells_no_camera_part(
    analyst: Client, sector: RiskSector, text: Callable[[Any], str]
) -> None:
    shown = text(analyst.get(reverse("maps:sector_printed", args=[sector.code])))
    assert "Sector priorizado para apoyo" in shown
    assert "zona peligrosa" not in shown.lower()


def test_a_map_that_leaves_the_house_is_logged_with_its_reason(analyst: Client, commune: Commune) -> None:
    response = analyst.post(reverse("maps:map_download"), {"reason": "Sesión del consejo"})
    assert response["Content-Security-Policy"] == "sandbox allow-scripts"
    assert "attachment" in response["Content-Disposition"]
    assert ExportLog.objects.for_commune(commune).get().reason == "Sesión del consejo"
