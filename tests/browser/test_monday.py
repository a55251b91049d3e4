"""An analyst's Monday: the files of the week, as municipal sources write them, brought in with the mouse."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from access.models import JobRun
from access.roles import Role
from access.services.jobs import run_job
from geo.models import Commune
from incidents.models import ImportBatch, Incident, SourceProfile
from tests.browser.conftest import DESKTOP, PHONE
from tests.incidents.source_files import SHAPES, Style, content_of, table_of

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
CALLS = next(one for one in SHAPES if one.name == "llamados")
ALERTS = next(one for one in SHAPES if one.name == "app de alertas")


def workbook(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def bring(page: Page, path: Path) -> None:
    page.goto("/importar/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Continuar").click()


def shot(page: Page, name: str) -> None:
    """Pictures in both sizes for people to look at, where the folder for them is named."""
    if folder := os.environ.get("ATALAYA_SHOTS"):
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)


def work(page: Page, commune: Commune) -> None:
    """What a worker does meanwhile; the page then shows the end by itself."""
    expect(page.get_by_text("Espera su turno.")).to_be_visible()
    run_job(job_id=JobRun.objects.for_commune(commune).latest("pk").pk)
    expect(page.get_by_text("Terminado.")).to_be_visible()


def test_a_monday_of_calls_and_alerts(sign_in: Enter, town: Commune, tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    table = table_of(CALLS, Style(title_rows=2), rows=40)
    table[5][table[2].index("FECHA")] = "31-02-2025"
    page = sign_in(Role.ANALYST)
    bring(page, workbook(tmp_path / "llamados.xlsx", table))
    page.get_by_role("link", name="Crear el perfil con este archivo").click()
    expect(page.get_by_text("Se reconoció «Llamados a la central»")).to_be_visible()
    expect(page.get_by_role("columnheader", name="TELÉFONO")).to_contain_text("datos personales: teléfono")
    expect(page.get_by_role("columnheader", name="OBSERVACIONES")).to_contain_text("texto libre")
    shot(page, "perfil")
    page.get_by_role("button", name="Guardar el perfil").click()
    page.get_by_role("button", name="Probar sin guardar nada").click()
    work(page, town)
    page.get_by_role("link", name="Volver al archivo para importarlo").click()
    page.get_by_role("button", name="Importar", exact=True).click()
    work(page, town)
    page.get_by_role("link", name="Ver el lote importado").click()
    expect(page.get_by_text("no existe", exact=False).first).to_be_visible()
    shot(page, "lote")
    assert Incident.objects.for_commune(town).current().count() == 39

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Descargar las filas rechazadas (XLSX)").click()
    mended = tmp_path / "corregidas.xlsx"
    downloading.value.save_as(mended)
    book = openpyxl.load_workbook(mended)
    headings = [cell.value for cell in book.active[1]]
    book.active.cell(2, headings.index("FECHA") + 1).value = "28-10-2025"
    book.save(mended)
    bring(page, mended)
    page.get_by_role("button", name="Importar", exact=True).click()
    work(page, town)
    assert Incident.objects.for_commune(town).current().count() == 40

    alerts = tmp_path / "alertas.csv"
    alerts.write_bytes(content_of(ALERTS, Style(title_rows=0), rows=30))
    bring(page, alerts)
    page.get_by_role("link", name="Crear el perfil con este archivo").click()
    expect(page.get_by_text("caen en la comuna").first).to_be_visible()
    page.get_by_role("button", name="Guardar el perfil").click()
    page.get_by_role("button", name="Importar", exact=True).click()
    work(page, town)
    page.goto("/importar/registro/")
    expect(page.get_by_role("heading", name="Aplicación de alertas")).to_be_visible()
    shot(page, "registro")
    assert SourceProfile.objects.for_commune(town).count() == 2
    assert ImportBatch.objects.for_commune(town).committed().count() == 3


def test_words_without_a_type_are_given_one_with_the_mouse(
    sign_in: Enter, town: Commune, tmp_path: Path, settings
) -> None:
    from tests.incidents.files import bring_in, profile_for, row

    settings.MEDIA_ROOT = tmp_path / "files"
    bring_in(tmp_path, profile_for(town, unmapped="keep"), [row(1), row(2, tipo="Portonazo"), row(3, tipo="Gatos")])
    page = sign_in(Role.ANALYST)
    page.goto(f"/importar/lotes/{ImportBatch.objects.for_commune(town).get().pk}/")
    page.get_by_role("link", name="Darles un tipo").click()
    expect(page.get_by_label("Portonazo")).to_have_value("Robos con violencia o intimidación [cead-2024-b 201]")
    shot(page, "palabras")
    page.get_by_role("button", name="Dar estos tipos").click()
    expect(page.get_by_text("1 registro recibió su tipo.")).to_be_visible()
    expect(page.get_by_label("Gatos")).to_be_visible()
