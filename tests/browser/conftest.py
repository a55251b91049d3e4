"""A live site, people who sign in, and a page that fails its test on any request to another host or console error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from access.models import Membership
from access.roles import Role
from geo.models import Commune
from tests.factories.access import MembershipFactory, UserFactory
from tests.factories.geo import (
    CommuneFactory,
    MaskAreaFactory,
    StreetSegmentFactory,
    TerritorialUnitFactory,
    line,
    square,
)

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-component-update", "--no-first-run",
    "--lang=es-CL",
]  # fmt: skip
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PASSWORD = "una-clave-larga-de-prueba"
AXE = Path(__file__).resolve().parents[2] / "maps/frontend/node_modules/axe-core/axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything of this folder drives Chromium."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests, the one of the system."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def town(transactional_db: None) -> Commune:
    """A small town: blocks, streets, a river."""
    commune = CommuneFactory(name="Comuna de prueba", boundary=square(-1500, -1500, 3000))
    for column in range(4):
        for row in range(4):
            TerritorialUnitFactory(
                commune=commune, kind="manzana", code=f"M-{column}{row}",
                boundary=square(-700 + 350 * column, -700 + 350 * row, 300),
            )  # fmt: skip
    for offset in range(-750, 800, 350):
        StreetSegmentFactory(commune=commune, name="Calle", line=line((offset, -800), (offset, 800)))
    MaskAreaFactory(commune=commune, area=square(900, -1400, 300))
    return commune


@pytest.fixture
def open_page(chromium: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """`open_page()` gives a fresh page; at the end the test fails on what the page should not have done."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(*, phone: bool = False, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP, locale="es-CL", timezone_id="America/Santiago",
            base_url=live_server.url, color_scheme="dark" if dark else "light", has_touch=phone, accept_downloads=True,
        )  # fmt: skip
        contexts.append(context)
        context.route("**/*", lambda route: route.continue_() if _ours(route.request.url) else _stop(route, wrong))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: _listen(message, wrong))
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
        return page

    def _ours(address: str) -> bool:
        return urlsplit(address).netloc in {urlsplit(live_server.url).netloc, ""}

    yield make
    for context in contexts:
        context.close()
    assert not wrong, wrong


def _stop(route: object, wrong: list[str]) -> None:
    wrong.append(f"request to another host: {route.request.url}")
    route.abort()


def _listen(message: object, wrong: list[str]) -> None:
    expected = "the server responded with a status of 4" in message.text  # a refusal that the test asks for
    if message.type == "error" and not expected:
        wrong.append(f"console: {message.text}")


@pytest.fixture
def sign_in(open_page: Callable[..., Page], town: Commune) -> Callable[..., Page]:
    """`sign_in(role)`: a page of a person of that role, signed in through the form."""

    def enter(role: str = Role.ANALYST, **how: bool) -> Page:
        membership = make_member(town, role)
        page = open_page(**how)
        page.goto("/entrar/")
        page.get_by_label("Usuario").fill(membership.user.username)
        page.get_by_label("Contraseña").fill(PASSWORD)
        page.get_by_role("button", name="Iniciar sesión").click()
        page.wait_for_url(lambda address: "/entrar/" not in address)
        return page

    return enter


def make_member(commune: Commune, role: str) -> Membership:
    """A person with a password."""
    user = UserFactory(first_name="Ana", last_name=str(Role(role).label))
    user.set_password(PASSWORD)
    user.save()
    return MembershipFactory(user=user, commune=commune, role=role)


@pytest.fixture
def open_map() -> Callable[..., Page]:
    """`open_map(page, …)`: the map at the middle of the town, once its sectors are there."""

    def go(page: Page, *, zoom: float = 16, more: str = "") -> Page:
        page.goto(f"/mapa/?c=-39.8140,-73.2460&z={zoom}{more}")
        page.wait_for_selector("#mapa[data-ready=yes]")
        return page

    return go
