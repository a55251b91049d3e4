"""Every page in both sizes and both themes: nothing cut off, nothing from elsewhere, nothing axe-core objects to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.roles import Role
from geo.models import Commune
from sectors.models import ProposalState
from tests.browser.conftest import AXE
from tests.factories.incidents import ImportBatchFactory, MassEventFactory
from tests.factories.plan import CommunalPlanFactory
from tests.factories.sectors import FocalTerritoryFactory, RiskFactorFactory, RiskSectorFactory
from tests.maps.rows import make_proposal

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]
PAGES = [
    "/mapa/", "/importar/", "/importar/perfiles/", "/importar/geografia/", "/importar/eventos/",
    "/importar/eventos/nuevo/", "/camaras/", "/importar/factores/", "/importar/percepcion/nueva/", "/focos/",
    "/sectores/", "/sectores/S-001/", "/sectores/S-001/hoja/", "/tablero/", "/plan/", "/exportar/", "/trabajos/",
    "/ayuda/", "/comuna/", "/mapa/descargar/",
]  # fmt: skip
SERIOUS = {"serious", "critical"}


@pytest.fixture
def furnished(town: Commune) -> Commune:
    """A town with a little of everything."""
    sector = RiskSectorFactory(commune=town, code="S-001", name="Plaza Norte y alrededores del mercado municipal")
    FocalTerritoryFactory(commune=town, sectors=[sector])
    RiskFactorFactory(commune=town, name="Poste frente al consultorio")
    MassEventFactory(commune=town, name="Fiesta costumbrista de verano")
    ImportBatchFactory(commune=town, file_name="novedades-de-octubre-con-un-nombre-muy-largo.csv")
    CommunalPlanFactory(commune=town)
    make_proposal(town, state=ProposalState.SENT)
    return town


def objections(page: Page) -> list[str]:
    """What axe-core finds serious, by rule."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


def cut_off(page: Page) -> bool:
    """True where the page is wider than the screen."""
    return bool(
        page.evaluate(
            "() => document.documentElement.scrollWidth > innerWidth"
            " || document.querySelector('main').scrollWidth > document.querySelector('main').clientWidth + 1"
        )
    )


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, False), (False, True)])
def test_no_page_is_cut_off_or_closed_to_anybody(phone: bool, dark: bool, sign_in: Enter, furnished: Commune) -> None:
    page = sign_in(Role.ANALYST, phone=phone, dark=dark)
    found = {}
    for address in PAGES:
        response = page.goto(address)
        page.wait_for_load_state("networkidle")
        told = [f"status {response.status}"] if response.status != 200 else []
        told += ["cut off"] if cut_off(page) else []
        found |= {address: told + objections(page)}
    assert {address: told for address, told in found.items() if told} == {}


def test_the_menu_opens_on_a_phone(sign_in: Enter, town: Commune) -> None:
    page = sign_in(Role.ANALYST, phone=True)
    page.get_by_role("button", name="Menú").click()
    page.get_by_role("link", name="Sectores", exact=True).click()
    expect(page.get_by_role("heading", name="Sectores", exact=True)).to_be_visible()


def test_the_switch_turns_the_page_dark_and_remembers(sign_in: Enter, town: Commune) -> None:
    page = sign_in(Role.ANALYST)
    page.get_by_role("button", name="Cambiar entre claro y oscuro").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("/sectores/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_first_tab_leads_to_the_content(sign_in: Enter, town: Commune) -> None:
    page = sign_in(Role.ANALYST)
    page.goto("/sectores/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Saltar al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenido")).to_be_focused()


def test_keys_are_shown_and_letters_can_be_switched_off(
    sign_in: Enter, furnished: Commune, open_map: Callable[..., Page]
) -> None:
    page = open_map(sign_in(Role.ANALYST))
    page.locator("#mapa").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Teclas del mapa")
    dialog.get_by_label("Las teclas de una letra").uncheck()
    page.keyboard.press("Escape")
    page.locator("#mapa").focus()
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Dibujar un sector")).to_have_count(0)


def test_the_address_keeps_view_layers_and_period(
    sign_in: Enter, furnished: Commune, open_map: Callable[..., Page]
) -> None:
    page = open_map(sign_in(Role.ANALYST), more="&capas=sectores,unidades&desde=2025-01-01&hasta=2025-01-31")
    expect(page.get_by_label("Unidades vecinales y cuadrantes")).to_be_checked()
    expect(page.get_by_label("Propuestas", exact=True)).not_to_be_checked()
    page.get_by_label("Calles").check()
    page.wait_for_timeout(300)
    assert "calles" in page.url
    assert "desde=2025-01-01&hasta=2025-01-31" in page.url
    assert "c=-39.8140,-73.2460" in page.url


def test_the_legend_says_number_days_and_source(
    sign_in: Enter, furnished: Commune, open_map: Callable[..., Page]
) -> None:
    page = open_map(sign_in(Role.ANALYST))
    expect(page.locator("[data-part=layers]")).to_contain_text("n = 16")
    expect(page.locator("[data-part=layers]")).to_contain_text("Muy alto")
