"""Personal data is found in texts, and what only looks like it is left."""

from __future__ import annotations

import random
import time

import pytest

from analysis.sniffing.personal import find_personal, is_rut, mask_personal, personal_column
from tests.incidents.source_files import NARRATIVES, person, phone, plate, rut

FOUND = [
    ("Llama Juan Pérez Soto por ruidos", "Llama [NOMBRE] por ruidos"),
    ("RUT 40.123.456-2 en el lugar", "RUT [RUT] en el lugar"),
    ("run: 401234562", "run: [RUT]"),
    ("fono +56 9 8765 4321", "fono [TELÉFONO]"),
    ("llamar al 987654321 o 63-2221234", "llamar al [TELÉFONO] o [TELÉFONO]"),
    ("escribir a vecina.uno@ejemplo.cl", "escribir a [CORREO]"),
    ("auto BCDF-12 y camión BD-1234", "auto [PATENTE] y camión [PATENTE]"),
    ("placa patente bcdf 12", "placa patente [PATENTE]"),
    ("SRA. XIMENA DE LA CRUZ INDICA", "SRA. [NOMBRE] INDICA"),
    ("don Segundo Huaiquipán denuncia", "don [NOMBRE] denuncia"),
]
LEFT = [
    "Ramón Picarte 1234 con Carlos Anwandter", "CALLE PEDRO MONTT 455 DEPTO 12", "Población Pablo Neruda",
    "folio 20261103-1", "650139 5591393", "-39.814123, -73.246987", "$1.250.000 de multa", "UV 1234 sector 4",
    "21:40 hrs del 03-11-2026", "Ord. 12, Ley 18.290, art. 196", "cámara CAM-00012", "Villa Los Alcaldes",
    "calle San Martín esquina Errázuriz", "móvil 12, km 45.320", "cuadrante 4",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), FOUND)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask_personal(text)[0] == masked


@pytest.mark.parametrize("text", LEFT)
def test_streets_figures_and_codes_are_left(text: str) -> None:
    found = [one for one in find_personal(text) if one.kind != "name" or "calle" in text.casefold()]
    assert not found, [text[one.start : one.end] for one in found]


def test_generated_narratives_lose_every_identifier_and_harmless_ones_nothing() -> None:
    chance = random.Random(3)
    for number in range(600):
        told = {"name": person(chance), "phone": phone(chance), "plate": plate(chance), "rut": rut(chance)}
        template = NARRATIVES[number % len(NARRATIVES)]
        masked, kinds = mask_personal(template.format(**told))
        used = [name for name in told if f"{{{name}}}" in template]
        assert not [told[name] for name in used if told[name] in masked]
        assert sum(kinds.values()) == len(used), (template.format(**told), kinds)


def test_the_check_digit_is_asked() -> None:
    chance = random.Random(5)
    made = [rut(chance) for _number in range(50)]
    assert all(map(is_rut, made))
    assert not any(is_rut(one[:-1] + ("1" if one[-1] != "1" else "2")) for one in made)


def test_columns_of_personal_data_are_known_by_their_cells() -> None:
    chance = random.Random(7)
    for kind, maker in (("rut", rut), ("phone", phone), ("plate", plate), ("name", person)):
        assert personal_column([maker(chance) for _number in range(20)]) == kind
    assert personal_column(["-39.814123", "-39.812345"]) == ""
    assert personal_column(["P00001", "P00002"]) == ""


def test_masking_is_linear_in_the_length_of_the_text() -> None:
    for hostile in ("9 " * 5_000, "a@" * 5_000, "1.000." * 1_500, "Juan " * 2_000, "-(" * 5_000, "BCDF " * 2_000):
        started = time.process_time()
        mask_personal(hostile)
        assert time.process_time() - started < 1.0, hostile[:10]
