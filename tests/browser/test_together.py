"""Neighbours that share a border are redrawn together, and a draft outlives a reload."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.roles import Role
from geo.models import Commune
from sectors.models import RiskSector
from tests.browser.test_redraw import drag, edit, fill_reason, pixel_of, save
from tests.factories.geo import square
from tests.factories.sectors import RiskSectorFactory

pytestmark = pytest.mark.django_db(transaction=True)
Enter, OpenMap = Callable[..., Page], Callable[..., Page]


@pytest.fixture
def pair(town: Commune) -> tuple[RiskSector, RiskSector]:
    """Two squares side by side: x = 100 is their border."""
    west = RiskSectorFactory(commune=town, code="S-001", name="Plaza Norte", boundary=square(-100, -100, 200))
    east = RiskSectorFactory(commune=town, code="S-002", name="Mercado", boundary=square(100, -100, 200))
    return west, east


def corners(sector: RiskSector) -> set[tuple[float, float]]:
    sector.refresh_from_db()
    return {(round(x, 9), round(y, 9)) for x, y in sector.boundary[0][0]}


def test_a_shared_vertex_moves_in_both_and_the_draft_outlives_a_reload(
    sign_in: Enter, open_map: OpenMap, pair: tuple[RiskSector, RiskSector]
) -> None:
    west, east = pair
    before = corners(west) & corners(east)
    page = edit(sign_in(Role.ANALYST), open_map)
    drag(page, pixel_of(page, 100, 100), pixel_of(page, 130, 150))
    expect(page.locator("[data-part=affected]")).to_contain_text("S-002 Mercado")
    page.reload()
    page.get_by_role("button", name="Recuperarlo").click()
    expect(page.locator("[data-part=affected]")).to_contain_text("S-002 Mercado")
    page.get_by_role("button", name="Deshacer").click()
    expect(page.locator("[data-part=affected-part]")).to_be_hidden()
    page.get_by_role("button", name="Rehacer").click()
    fill_reason(page)
    save(page)
    expect(page.locator("[data-part=notice]")).to_contain_text("2 sectores juntos")
    after = corners(west) & corners(east)
    assert (len(before), len(after), len(before & after)) == (2, 2, 1)
    assert (west.version, east.version) == (2, 2)
    page.reload()
    page.wait_for_selector("#mapa[data-ready=yes]")
    expect(page.locator("[data-part=draft-offer]")).to_be_hidden()


def test_a_neighbour_saved_by_somebody_else_stops_both_until_the_person_chooses(
    sign_in: Enter, open_map: OpenMap, pair: tuple[RiskSector, RiskSector]
) -> None:
    west, east = pair
    before = corners(east)
    page = edit(sign_in(Role.ANALYST), open_map)
    RiskSector.objects.filter(pk=east.pk).update(version=2)
    drag(page, pixel_of(page, 100, 100), pixel_of(page, 130, 150))
    fill_reason(page)
    save(page)
    dialog = page.get_by_role("dialog", name="Otra persona guardó este sector entretanto")
    expect(dialog).to_contain_text("Mercado")
    assert not any(one.versions.filter(reason="Ajuste en terreno").exists() for one in pair)
    dialog.get_by_role("button", name="Dejar la otra, descartar la mía").click()
    save(page)
    expect(page.locator("[data-part=notice]")).to_contain_text("Guardado")
    west.refresh_from_db()
    assert (west.version, corners(east)) == (2, before)
