"""The analyst draws and redraws sectors, with mouse and with keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.roles import Role
from geo.models import Commune
from sectors.models import RiskSector
from sectors.services.catalogue import redraw_sector
from tests.browser.conftest import make_member
from tests.factories.geo import square
from tests.factories.sectors import RiskSectorFactory

pytestmark = pytest.mark.django_db(transaction=True)
Enter, OpenMap = Callable[..., Page], Callable[..., Page]


@pytest.fixture
def sector(town: Commune) -> RiskSector:
    return RiskSectorFactory(commune=town, code="S-001", name="Plaza Norte", boundary=square(-100, -100, 200))


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#mapa").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pixel_of(page: Page, east_m: float, north_m: float) -> tuple[float, float]:
    """Where a place lies on the screen at zoom 16: metres from the middle of the town to pixels."""
    metres_per_pixel = 156_543.03 / 2**16 * 0.7681
    x, y = middle(page)
    return x + east_m / metres_per_pixel, y - north_m / metres_per_pixel


def fill_reason(page: Page, words: str = "Ajuste en terreno") -> None:
    page.get_by_label("Motivo del cambio").fill(words)


def test_a_drawn_sector_is_kept_after_reload(sign_in: Enter, open_map: OpenMap, town: Commune) -> None:
    page = open_map(sign_in(Role.ANALYST))
    page.get_by_role("button", name="Dibujar sector").click()
    for east, north in ((-150, -150), (150, -150), (150, 150)):
        page.mouse.click(*pixel_of(page, east, north))
        page.wait_for_timeout(350)
    page.mouse.dblclick(*pixel_of(page, -150, 150))
    page.get_by_label("Nombre", exact=True).fill("Feria Sur")
    fill_reason(page)
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.locator("[data-part=notice]")).to_contain_text("Guardado")
    page.reload()
    expect(page.locator("#lista-sectores")).to_contain_text("Feria Sur")
    drawn = RiskSector.objects.for_commune(town).get()
    assert (drawn.name, drawn.version, drawn.boundary[0].num_points) == ("Feria Sur", 1, 5)


def edit(page: Page, open_map: OpenMap) -> Page:
    """The sector in the editor, at a view whose scale is known."""
    open_map(page, more="&sector=S-001")
    page.get_by_role("button", name="Editar el límite").click()
    page.wait_for_selector("[data-part=edit-form]")
    page.wait_for_timeout(400)
    return page


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()
    page.wait_for_timeout(250)


def save(page: Page) -> None:
    page.get_by_role("button", name="Guardar", exact=True).click()


def test_dragged_vertex_is_kept_after_reload(sign_in: Enter, open_map: OpenMap, sector: RiskSector) -> None:
    page = edit(sign_in(Role.ANALYST), open_map)
    drag(page, pixel_of(page, 100, 100), pixel_of(page, 180, 180))
    fill_reason(page)
    save(page)
    expect(page.locator("[data-part=notice]")).to_contain_text("Guardado")
    open_map(page, more="&sector=S-001")
    expect(page.locator("[data-part=facts]")).to_contain_text("Versión")
    before = sector.boundary.extent
    sector.refresh_from_db()
    assert sector.version == 2
    assert sector.boundary.extent[2] - before[2] > 60 / 85_600
    assert sector.versions.get(version=2).reason == "Ajuste en terreno"


def test_a_side_gets_a_vertex_and_undo_takes_it_back(sign_in: Enter, open_map: OpenMap, sector: RiskSector) -> None:
    page = edit(sign_in(Role.ANALYST), open_map)
    facts = page.locator("[data-part=shape-facts]")
    expect(facts).to_contain_text("4 vértices")
    drag(page, pixel_of(page, 100, 0), pixel_of(page, 160, 0))
    expect(facts).to_contain_text("5 vértices")
    page.keyboard.press("Control+z")
    expect(facts).to_contain_text("4 vértices")
    page.keyboard.press("Control+Shift+z")
    expect(facts).to_contain_text("5 vértices")
    page.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_role("button", name="Guardar", exact=True)).to_be_disabled()


def test_a_border_that_crosses_itself_is_said_and_not_saved(
    sign_in: Enter, open_map: OpenMap, sector: RiskSector
) -> None:
    page = edit(sign_in(Role.ANALYST), open_map)
    drag(page, pixel_of(page, 100, 100), pixel_of(page, -160, 0))
    expect(page.locator("[data-part=shape-problems]")).to_contain_text("El borde se cruza a sí mismo")
    expect(page.get_by_role("button", name="Guardar", exact=True)).to_be_disabled()


def test_a_sector_is_reshaped_without_a_mouse(sign_in: Enter, open_map: OpenMap, sector: RiskSector) -> None:
    page = open_map(sign_in(Role.ANALYST))
    page.get_by_label("Buscar un sector por código o nombre").fill("plaza")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#mapa").focus()
    page.keyboard.press("e")
    page.wait_for_selector("[data-part=edit-form]")
    page.locator("#mapa").focus()
    page.keyboard.press("t")
    latitude = page.get_by_label("Latitud del vértice 1")
    latitude.fill("-39,8160")
    latitude.press("Tab")
    fill_reason(page, "Según el plano regulador")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part=notice]")).to_contain_text("Guardado")
    sector.refresh_from_db()
    assert round(sector.boundary.extent[1], 4) == -39.816


def test_a_stale_save_shows_both_and_the_person_chooses(
    sign_in: Enter, open_map: OpenMap, sector: RiskSector, town: Commune
) -> None:
    page = edit(sign_in(Role.ANALYST), open_map)
    other = make_member(town, Role.ANALYST).user
    redraw_sector(
        sector=sector, boundary=square(-120, -120, 240), expected_version=1, reason="otro ajuste", edited_by=other
    )
    drag(page, pixel_of(page, 100, 100), pixel_of(page, 180, 180))
    fill_reason(page)
    save(page)
    dialog = page.get_by_role("dialog", name="Otra persona guardó este sector entretanto")
    expect(dialog).to_contain_text("Versión 2")
    dialog.get_by_role("button", name="Guardar la mía sobre la otra").click()
    expect(page.locator("[data-part=notice]")).to_contain_text("Guardado")
    sector.refresh_from_db()
    assert sector.version == 3


def test_an_older_version_is_restored_from_the_history(sign_in: Enter, open_map: OpenMap, sector: RiskSector) -> None:
    editor = make_member(sector.commune, Role.ANALYST).user
    redraw_sector(
        sector=sector, boundary=square(-300, -300, 600), expected_version=1, reason="muy grande", edited_by=editor
    )
    page = open_map(sign_in(Role.ANALYST), more="&sector=S-001")
    page.get_by_role("button", name="Historial").click()
    dialog = page.get_by_role("dialog", name="Historial del sector")
    dialog.get_by_role("button", name="Restaurar").first.click()
    dialog.get_by_label("Motivo").fill("Era la correcta")
    dialog.locator("form").get_by_role("button", name="Restaurar").click()
    expect(page.locator("[data-part=notice]")).to_contain_text("Se restauró la versión 1")
    restored = sector.versions.get(version=3)
    assert (restored.restores, restored.reason) == (1, "Era la correcta")


def test_the_director_gets_no_editor(sign_in: Enter, open_map: OpenMap, sector: RiskSector) -> None:
    page = open_map(sign_in(Role.DIRECTOR), more="&sector=S-001")
    expect(page.locator("[data-part=facts]")).to_contain_text("S-001")
    expect(page.get_by_role("button", name="Dibujar sector")).to_have_count(0)
    expect(page.get_by_role("button", name="Editar el límite")).to_have_count(0)
