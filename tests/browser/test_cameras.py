"""The operator keeps the log of a camera, the analyst tries a place, the director decides on the next one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from access.models import JobRun
from access.roles import Role
from access.services.jobs import run_job
from cameras.models import Camera, EvidenceRequest, Finding, Outage
from geo.models import Commune
from tests.factories.cameras import CameraFactory
from tests.factories.geo import PublicSpaceFactory, point, square
from tests.factories.incidents import ClusterFactory, HotspotRunFactory

pytestmark = pytest.mark.django_db(transaction=True)
Enter = Callable[..., Page]


@pytest.fixture
def watched(town: Commune) -> Camera:
    PublicSpaceFactory(commune=town, area=square(-300, -300, 600))
    return CameraFactory(commune=town, code="CAM-7", name="Plaza", point=point(0, 0), range_m=60)


def test_the_operator_keeps_the_log_of_a_camera(sign_in: Enter, watched: Camera) -> None:
    page = sign_in(Role.CAMERA_OPERATOR)
    page.get_by_role("navigation", name="Menú principal").get_by_role("link", name="Cámaras").click()
    page.get_by_role("link", name="CAM-7").click()
    expect(page.get_by_text("de espacio público")).to_be_visible()
    page.get_by_text("Registrar una interrupción").click()
    page.locator("#caida_cause").select_option("energia")
    page.locator("#caida_starts_at").fill("01-03-2026 10:00")
    page.locator("form[action$='/caida/']").get_by_role("button", name="Guardar").click()
    page.get_by_role("button", name="Funciona de nuevo", exact=True).click()
    page.get_by_text("Registrar un hallazgo").click()
    page.locator("#hallazgo_label").fill("Riña en la plaza")
    page.locator("form[action$='/hallazgo/']").get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("cell", name="Riña en la plaza")).to_be_visible()
    page.get_by_text("Registrar una solicitud").click()
    page.locator("#evidencia_basis").fill("Orden 12")
    page.locator("#evidencia_interval_from").fill("01-03-2026 10:00")
    page.locator("#evidencia_interval_until").fill("01-03-2026 11:00")
    page.locator("form[action$='/evidencia/']").get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("cell", name="Orden 12")).to_be_visible()
    assert Outage.objects.get().ends_at is not None
    assert (Finding.objects.count(), EvidenceRequest.objects.count()) == (1, 1)


def test_a_camera_that_is_dragged_shows_at_once_what_it_would_see(sign_in: Enter, watched: Camera) -> None:
    page = sign_in(Role.ANALYST)
    page.goto(f"/camaras/{watched.pk}/editar/")
    said = page.locator("[data-camera-said]")
    expect(said).to_contain_text("1,1 ha")
    page.get_by_label("Tipo").select_option("fija")
    expect(said).to_contain_text("necesita un azimut")
    page.get_by_role("slider", name="Azimut").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Ve 0,2 ha")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Se guardó la cámara")).to_be_visible()
    watched.refresh_from_db()
    assert (watched.kind, watched.azimuth_deg) == ("fija", 1.0)


def test_the_director_takes_a_proposed_camera_into_the_plan(sign_in: Enter, watched: Camera) -> None:
    town = watched.commune
    run = HotspotRunFactory(commune=town)
    ClusterFactory(run=run, commune=town, boundary=square(150, -40, 80), harm=300.0)
    page = sign_in(Role.DIRECTOR)
    page.goto("/camaras/nuevas/")
    page.get_by_label("Una malla sobre el espacio público, cada 50 m").check()
    page.get_by_label("Cuántas, o cuánto").fill("1")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_text("Espera su turno.")).to_be_visible()
    run_job(job_id=JobRun.objects.for_commune(town).get(kind="cameras.siting").pk)
    page.get_by_role("link", name="Ver las cámaras propuestas").click()
    expect(page.get_by_text("la mejor posible")).to_be_visible()
    page.get_by_text("Decidir").click()
    page.get_by_label("Motivo").fill("Aprobada por el consejo")
    page.get_by_role("button", name="Ingresarla como planificada").click()
    expect(page.get_by_text("está en el registro como planificada")).to_be_visible()
    assert Camera.objects.get(status="planificada").commune == town
