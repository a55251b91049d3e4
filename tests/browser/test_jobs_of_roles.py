"""The director decides, the planner exports, the analyst brings a file: as they would, with mouse and keyboard."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from access.models import JobRun
from access.roles import Role
from access.services.jobs import run_job
from geo.models import Commune
from incidents.models import SourceProfile
from sectors.models import ProposalState, RiskSector
from tests.factories.incidents import SourceProfileFactory
from tests.factories.sectors import RiskSectorFactory
from tests.maps.rows import make_proposal

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]


def test_the_director_accepts_a_proposal_from_her_board(sign_in: Enter, town: Commune) -> None:
    proposal = make_proposal(town, state=ProposalState.SENT)
    page = sign_in(Role.DIRECTOR)
    expect(page.get_by_role("heading", name="Tablero")).to_be_visible()
    page.get_by_role("link", name=f"Propuesta {proposal.pk}").click()
    page.get_by_label("Nombre del nuevo sector").fill("Costanera")
    page.get_by_label("Motivo de la decisión").fill("Coincide con lo que dicen las juntas de vecinos")
    page.get_by_role("button", name="Aceptar").click()
    expect(page.get_by_role("heading", name="Costanera")).to_be_visible()
    expect(page.get_by_text("Se aceptó la propuesta")).to_be_visible()
    assert RiskSector.objects.for_commune(town).get().status == "borrador"


def test_a_decision_without_reason_is_asked_for_again(sign_in: Enter, town: Commune) -> None:
    proposal = make_proposal(town, state=ProposalState.SENT)
    page = sign_in(Role.DIRECTOR)
    page.goto(f"/focos/{proposal.pk}/")
    page.get_by_role("button", name="Rechazar").click()
    expect(page.get_by_label("Motivo de la decisión")).to_be_focused()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.SENT


def test_the_planner_exports_a_shapefile(sign_in: Enter, town: Commune, tmp_path: Path) -> None:
    RiskSectorFactory(commune=town, code="S-001", name="Plaza Norte")
    page = sign_in(Role.PLANNER)
    page.get_by_role("navigation", name="Menú principal").get_by_role("link", name="Exportar").click()
    page.get_by_label("Formato").select_option("shp")
    page.get_by_label("Para qué es").fill("SECPLAN")
    page.get_by_role("button", name="Crear el archivo").click()
    expect(page.get_by_text("Espera su turno.")).to_be_visible()
    run_job(job_id=JobRun.objects.for_commune(town).get(kind="plan.export").pk)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="comuna-de-prueba_sectores").click()
    kept = tmp_path / "sectores.zip"
    downloading.value.save_as(kept)
    names = [Path(name).suffix for name in zipfile.ZipFile(kept).namelist()]
    assert {".shp", ".prj", ".cpg", ".dbf", ".txt"} <= set(names)


def test_the_analyst_drops_a_file_and_sees_its_first_rows(sign_in: Enter, town: Commune) -> None:
    profile: SourceProfile = SourceProfileFactory(commune=town)
    page = sign_in(Role.ANALYST)
    page.goto("/importar/")
    drop = """(area) => {
        const data = new DataTransfer();
        data.items.add(new File(["folio;fecha;delito\\n1;01-10-2025;Hurto\\n"], "octubre.csv", {type: "text/csv"}));
        area.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }"""
    page.locator("[data-drop-area]").evaluate(drop)
    expect(page.locator("[data-file-name]")).to_contain_text("octubre.csv")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("cell", name="Hurto")).to_be_visible()
    page.get_by_label("Perfil", exact=True).select_option(str(profile.pk))
    page.get_by_role("button", name="Probar sin guardar nada").click()
    expect(page.get_by_text("Espera su turno.")).to_be_visible()
    JobRun.objects.filter(commune=town).update(state="running", stage="leyendo el archivo", done=30, total=100)
    expect(page.get_by_text("leyendo el archivo")).to_be_visible()
    JobRun.objects.filter(commune=town).update(state="queued")
    page.get_by_role("button", name="Cancelar el trabajo").click()
    expect(page.get_by_text("Se detuvo y no se guardó nada.")).to_be_visible()
    assert JobRun.objects.for_commune(town).get().state == "cancelled"


def test_a_downloaded_map_opens_without_a_network(
    sign_in: Enter, town: Commune, chromium: object, tmp_path: Path
) -> None:
    RiskSectorFactory(commune=town, name="<img src=x onerror=window.hostil=1>${window.hostil=2}")
    page = sign_in(Role.ANALYST)
    page.goto("/mapa/descargar/?capas=sectores,incidentes")
    page.get_by_label("Para qué es").fill("Sesión")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Descargar").click()
    kept = tmp_path / "mapa.html"
    downloading.value.save_as(kept)
    context = chromium.new_context(offline=True)
    alone, asked, wrong = context.new_page(), [], []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    alone.on("pageerror", lambda error: wrong.append(str(error)))
    alone.goto(kept.as_uri())
    alone.wait_for_selector("path.leaflet-interactive, canvas.leaflet-zoom-animated")
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    assert wrong == []
    assert alone.evaluate("typeof window.hostil") == "undefined"
    context.close()
