"""Fields of days in a browser of another language, and an event's area drawn with the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.roles import Role
from geo.models import Commune
from incidents.models import MassEvent

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]


def test_an_area_is_drawn_and_a_day_is_chosen_in_spanish(sign_in: Enter, town: Commune) -> None:
    page = sign_in(Role.ANALYST)
    page.goto("/importar/eventos/nuevo/")
    page.get_by_label("Código").fill("EV-1")
    page.get_by_label("Nombre", exact=True).fill("Feria")
    page.get_by_role("button", name="Elegir en el calendario: Comienza").click()
    expect(page.get_by_role("dialog", name="Calendario")).to_contain_text(" de 20")
    page.keyboard.press("Escape")
    starts, ends = page.locator("#id_starts_at"), page.locator("#id_ends_at")
    starts.fill("22-11-2026 18:30")
    page.get_by_role("button", name="Elegir en el calendario: Termina").click()
    page.keyboard.press("Escape")
    ends.fill("22-11-2026 20:00")
    page.get_by_role("button", name="Elegir en el calendario: Termina").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(ends).to_have_value("23-11-2026 20:00")
    page.get_by_role("button", name="Dibujar el área").click()
    page.locator(".picker").scroll_into_view_if_needed()
    box = page.locator(".picker").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for east, south in ((-40, -40), (40, -40)):
        page.mouse.click(x + east, y + south)
        page.wait_for_timeout(350)
    page.mouse.dblclick(x + 40, y + 40)
    expect(page.locator("#id_footprint")).not_to_have_value("")
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.wait_for_url("**/importar/eventos/")
    event = MassEvent.objects.for_commune(town).get()
    assert (event.venue, event.footprint[0][0].num_points, event.ends_at.day) == (None, 4, 23)
