"""The analyst empties the queue of places with the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from geo.models import Commune
from incidents.models import Incident, PlaceAlias, RecordAddress
from tests.browser.conftest import AXE
from tests.factories.incidents import ImportBatchFactory, RecordAddressFactory


def candidate(label: str, east: float) -> dict[str, object]:
    return {
        "lng": -73.246 + east, "lat": -39.814, "place_class": "exact", "method": "door", "score": 0.9, "label": label,
        "facts": {"street": "Calle", "alike": 0.9, "number": 150},
    }  # fmt: skip


def test_the_queue_is_worked_by_keyboard_and_map(sign_in: Callable[..., Page], town: Commune) -> None:
    batch = ImportBatchFactory(commune=town)
    two = {"candidates": [candidate("Calle 150", 0), candidate("Calle 150 (sur)", 0.004)]}
    first = RecordAddressFactory(commune=town, batch=batch, address="Calle 150", details=two)
    second = RecordAddressFactory(commune=town, batch=batch, address="Cancha El Laurel 9", details={}, state="unknown")
    third = RecordAddressFactory(commune=town, batch=batch, address="en la playa", details={}, state="unknown")
    page = sign_in()
    page.goto("/importar/ubicar/")
    page.wait_for_selector("[data-marks][data-ready=yes]")
    expect(page.get_by_role("heading", name="Calle 150")).to_be_visible()
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    assert [one["id"] for one in found["violations"]] == []

    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cancha El Laurel 9")).to_be_visible()
    assert round(Incident.objects.current().get(record_key=first.record_key).point.x, 3) == -73.242

    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Calle 150")).to_be_visible()
    assert Incident.objects.current().get(record_key=first.record_key).point is None
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Cancha El Laurel 9")).to_be_visible()

    page.locator("[data-marks] canvas").first.click(position={"x": 200, "y": 150})
    expect(page.get_by_label("El punto en el mapa")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="en la playa")).to_be_visible()
    assert Incident.objects.current().get(record_key=second.record_key).place_class == "exact"
    assert PlaceAlias.objects.get().written.startswith("CANCHA LAUREL")

    page.keyboard.press("x")
    page.keyboard.type("no nombra un lugar")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Calle 150")).to_be_visible()
    third.refresh_from_db()
    assert (third.state, third.reason) == ("unplaceable", "no nombra un lugar")
    assert RecordAddress.objects.open().count() == 1
