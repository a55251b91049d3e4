"""Pages answer in Spanish, show each role its own menu, and say what to do where there is nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import Role
from geo.models import Commune
from maps.navigation import ENTRIES
from sectors.models import RiskSector

Text = Callable[[Any], str]
EMPTY = {
    "maps:imports": "Aún no se importa nada",
    "maps:profiles": "Todavía no hay perfiles",
    "maps:events": "Todavía no hay eventos",
    "maps:cameras": "Todavía no hay cámaras",
    "maps:camera_uptime": "Todavía no hay cámaras",
    "maps:camera_coverage": "Busque primero los focos",
    "maps:camera_siting": "Ninguna todavía",
    "maps:factors": "No hay factores sin resolver",
    "maps:readings": "Todavía no hay mediciones",
    "maps:proposals": "No hay propuestas aquí",
    "maps:sectors": "Todavía no hay sectores aquí",
    "maps:jobs": "Todavía no hay trabajos",
    "maps:exports": "Aún no se exporta nada",
    "maps:plan": "Todavía no hay plan",
    "maps:board": "Ningún territorio está focalizado ahora",
}
ENGLISH = ["Sign in", "Sectors", "Hot spots", "Save the", "Skip to", "No sector", "Jobs", "Proposal "]


@pytest.mark.parametrize(("page", "sentence"), EMPTY.items())
def test_an_empty_page_says_so_and_what_to_do(page: str, sentence: str, analyst: Client, text: Text) -> None:
    assert sentence in text(analyst.get(reverse(page)))


@pytest.mark.parametrize("page", [*EMPTY, "maps:map", "maps:help", "maps:geography", "maps:choose_commune"])
def test_no_page_speaks_english(page: str, analyst: Client, text: Text) -> None:
    shown = text(analyst.get(reverse(page)))
    assert not [words for words in ENGLISH if words in shown]


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_of_a_roles_menu_opens(role: Role, client_as: Callable[..., Client]) -> None:
    client = client_as(role)
    menu = client.get(reverse("maps:help")).context["menu"]
    assert [entry["address"] for entry in menu if client.get(entry["address"]).status_code != 200] == []


def test_the_menu_keeps_the_order_of_work(analyst: Client) -> None:
    shown = [entry["title"] for entry in analyst.get(reverse("maps:help")).context["menu"]]
    assert shown == [entry.title for entry in ENTRIES]


def test_simulated_data_are_marked_on_every_page(analyst: Client, commune: Commune, text: Text) -> None:
    Commune.objects.filter(pk=commune.pk).update(simulated=True)
    for page in ("maps:map", "maps:sectors", "maps:board", "maps:exports"):
        assert "Datos simulados." in text(analyst.get(reverse(page)))


def test_no_page_carries_inline_style_or_script(analyst: Client, sector: RiskSector, text: Text) -> None:
    for address in (reverse("maps:board"), reverse("maps:map"), reverse("maps:sector", args=[sector.code])):
        shown = text(analyst.get(address))
        assert " style=" not in shown
        assert " onclick=" not in shown
        assert "<script>" not in shown


def test_an_unknown_address_gets_the_page_of_missing_things(analyst: Client, text: Text) -> None:
    response = analyst.get("/no-existe/")
    assert response.status_code == 404
    assert "No se encontró la página" in text(response)


def test_a_denied_page_says_whom_to_ask(reader: Client, text: Text) -> None:
    response = reader.get(reverse("maps:board"))
    assert response.status_code == 403
    assert "Su rol no abre esta página" in text(response)


def test_a_refusal_is_told_as_a_page(analyst: Client, sector: RiskSector, text: Text) -> None:
    response = analyst.post(
        reverse("maps:sector_change", args=[sector.code]),
        {"version": 7, "name": "Otro", "typology": "mixto", "status": "activo", "reason": "prueba"},
    )
    assert response.status_code == 409
    assert "No se cambió nada" in text(response)


def test_a_failure_carries_a_code_for_support(analyst: Client, monkeypatch: pytest.MonkeyPatch, text: Text) -> None:
    def fail(*_args: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("maps.views.sectors.listed_sectors", fail)
    analyst.raise_request_exception = False
    response = analyst.get(reverse("maps:sectors"))
    assert response.status_code == 500
    assert 'class="support-code"' in text(response)


def test_sign_in_does_not_say_which_of_the_two_was_wrong(client: Client, db: None, text: Text) -> None:
    response = client.post(reverse("maps:sign_in"), {"username": "nadie", "password": "equivocada"})
    assert "El usuario o la contraseña no es correcto" in text(response)


def test_five_wrong_passwords_lock_the_door(client: Client, db: None, text: Text) -> None:
    for _attempt in range(5):
        response = client.post(reverse("maps:sign_in"), {"username": "nadie", "password": "equivocada"})
    assert "Cuenta bloqueada por un rato" in text(response)


def test_the_tabs_of_proposals_speak_of_many(analyst: Client, text: Text) -> None:
    page = text(analyst.get(reverse("maps:proposals")))
    assert all(f">{word}</a>" in page for word in ("Borradores", "Enviadas", "Aceptadas", "Rechazadas"))


def test_a_file_field_speaks_spanish(analyst: Client, text: Text) -> None:
    page = text(analyst.get(reverse("maps:imports")))
    assert "Elegir archivo" in page
    assert "Aún no se elige un archivo" in page
